"""A criterion that does not apply to a category, from the form to the ranking."""

from typing import Any

import pytest
from flask import Flask

from judging.snapshot import recompute
from plural.actions import scores, versions
from plural.errors import Refused
from plural.extensions import db
from plural.models.entry import Entry
from plural.models.rounds import Round, RoundState
from plural.models.scoring import Assignment
from tests.factories import Make
from tests.plural.panels import Panel, who
from tests.plural.test_rounds import filled_form
from tests.visitor import Visitor

STORY = {"key": "story", "weight": 1.0, "minimum": 1.0, "maximum": 5.0}
RESEARCH = {**STORY, "key": "research", "weight": 3.0, "categories": ["adult"]}


@pytest.fixture
def panel(app: Flask, make: Make) -> Panel:
    """A film of teenagers and one of adults, before two jurors."""
    panel = Panel(app, make, make.staff())
    panel.add_jurors(2)
    panel.add_films(1, "teen")
    panel.add_films(1, "adult")
    return panel


def assignments_of(panel: Panel, round_id: int, category: str) -> list[Assignment]:
    found = Assignment.query.filter_by(round_id=round_id).order_by(Assignment.id)
    return [a for a in found if a.film.entry.category.key == category]


def test_staff_say_for_which_age_categories_a_criterion_applies(panel: Panel, sign_in: Any) -> None:
    desk: Visitor = sign_in(panel.staff)
    page = desk.post("staff/rounds/new", filled_form(panel, **{"criteria-1-categories": "adult"}))
    assert "only for: Category adult" in page.text
    with panel.app.app_context():
        made = Round.query.one()
        assert [(c.key, c.categories) for c in made.criteria] == [
            ("story", []),
            ("craft", ["adult"]),
        ]
        path = f"staff/rounds/{made.id}"
    form = desk.get(f"{path}/edit").text
    ticked = [box for box in form.split("<input")[1:] if "checked" in box.split(">")[0]]
    assert [box for box in ticked if 'name="criteria-1-categories"' in box and '"adult"' in box]
    assert not [box for box in ticked if 'name="criteria-0-categories"' in box]
    desk.post(f"{path}/opening")
    with panel.app.app_context():
        sealed = db.session.get_one(Round, made.id)
        assert sealed.state is RoundState.OPEN
        assert sealed.declared is not None
        told = {row["key"]: row["categories"] for row in sealed.declared["rubric"]}
        assert told == {"story": [], "craft": ["adult"]}


def test_a_category_without_a_criterion_that_counts_is_named(panel: Panel, sign_in: Any) -> None:
    form = filled_form(
        panel, **{"criteria-0-categories": ["adult"], "criteria-1-categories": ["adult"]}
    )
    answer = sign_in(panel.staff).post("staff/rounds/new", form)
    assert answer.status_code == 409
    assert "applies to the films of this age category: Category " in answer.text
    with panel.app.app_context():
        assert Round.query.count() == 0


def test_an_unknown_category_is_refused(panel: Panel, sign_in: Any) -> None:
    form = filled_form(panel, **{"criteria-1-categories": "elders"})
    assert sign_in(panel.staff).post("staff/rounds/new", form).status_code == 400


def test_the_preview_shows_the_page_of_each_age_category(panel: Panel, sign_in: Any) -> None:
    desk: Visitor = sign_in(panel.staff)
    round_id = panel.draft(criteria=[STORY, RESEARCH])
    panel.make.signed(panel.staff, panel.make.edition())
    path = f"staff/rounds/{round_id}/preview?category"
    assert f"{path}=adult" in desk.get(f"staff/rounds/{round_id}").text
    assert 'name="criterion_research"' in desk.get(f"{path}=adult").text
    teen = desk.get(f"{path}=teen").text
    assert 'name="criterion_story"' in teen
    assert 'name="criterion_research"' not in teen


def test_a_criterion_that_does_not_apply_to_a_category_is_neither_asked_nor_taken(
    panel: Panel, sign_in: Any
) -> None:
    round_id = panel.assigned(criteria=[STORY, RESEARCH])
    with panel.app.app_context():
        teen, adult = (assignments_of(panel, round_id, key)[0] for key in ("teen", "adult"))
        juror = {a.id: a.seat.membership.account for a in (teen, adult)}
    page = sign_in(juror[teen.id]).get(f"jury/films/{teen.id}").text
    assert 'name="criterion_story"' in page
    assert "criterion_research" not in page
    desk: Visitor = sign_in(juror[adult.id])
    assert 'name="criterion_research"' in desk.get(f"jury/films/{adult.id}").text
    form = {"revision": "0", "criterion_story": "4"}
    assert desk.post(f"jury/films/{adult.id}/score", form).status_code == 400
    with panel.app.app_context():
        asked = db.session.get_one(Assignment, teen.id)
        sheet = scores.Sheet({"story": 4.0, "research": 5.0})
        with pytest.raises(Refused) as refused:
            scores.give(who(asked.seat), asked, sheet, 0)
        assert refused.value.data == {"criterion": "research", "problem": "unknown"}


def test_a_criterion_that_does_not_apply_to_a_category_does_not_count_there(panel: Panel) -> None:
    round_id = panel.assigned(criteria=[STORY, RESEARCH])
    given = {"teen": {"story": 5.0}, "adult": {"story": 5.0, "research": 1.0}}
    with panel.deed():
        for category, values in given.items():
            for assignment in assignments_of(panel, round_id, category):
                scores.give(who(assignment.seat), assignment, scores.Sheet(values), 0)
    panel.close(round_id)
    with panel.app.app_context():
        result = versions.frozen(db.session.get_one(Round, round_id))
        means = {row.film.entry.category.key: row.raw_mean for row in result.ranked}
        assert means == {"teen": 1.0, "adult": 0.25}
        assert {row.reviews for row in result.ranked} == {2}
        assert recompute(result.document).differences == ()


def test_a_film_that_comes_into_another_category_is_scored_by_what_applies_there(
    panel: Panel, make: Make
) -> None:
    """What does not apply any more is passed over; without what does apply it does not count."""
    round_id = panel.assigned(criteria=[STORY, RESEARCH])
    with panel.deed():
        for category, values in (
            ("teen", {"story": 5.0}),
            ("adult", {"story": 3.0, "research": 1.0}),
        ):
            for assignment in assignments_of(panel, round_id, category):
                scores.give(who(assignment.seat), assignment, scores.Sheet(values), 0)
    teen, adult = make.category("teen").id, make.category("adult").id
    with panel.deed():
        for film, category in zip(panel.films, (adult, teen), strict=True):
            db.session.get_one(Entry, film.entry_id).category_id = category
    panel.close(round_id)
    with panel.app.app_context():
        result = versions.frozen(db.session.get_one(Round, round_id))
        found = {row.film_version_id: (row.raw_mean, row.reviews) for row in result.ranked}
        assert found == {panel.films[0].id: (None, 0), panel.films[1].id: (0.5, 2)}
