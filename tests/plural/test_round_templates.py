"""New rounds: templates, copies of another year, the rules of each kind, the juror's page."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from plural import starting_rounds
from plural.extensions import db
from plural.forms.rubrics import anchors
from plural.languages import LANGUAGES
from plural.models.festival import Edition
from plural.models.rounds import Round, RoundKind
from plural.round_rules import Deciding, RoundRules, Sight
from tests.factories import Make
from tests.plural.panels import Panel, shortlisted_panel
from tests.plural.test_rounds import filled_form
from tests.visitor import Visitor


@pytest.fixture
def panel(app: Flask, make: Make) -> Panel:
    panel = Panel(app, make, make.staff())
    panel.add_jurors(2)
    panel.add_films(2)
    return panel


def rows(app: Flask) -> dict[str, int]:
    with app.app_context():
        return {
            name: db.session.scalar(select(func.count()).select_from(table)) or 0
            for name, table in db.metadata.tables.items()
        }


def texts_of(panel: Panel) -> dict[tuple[str, str], str]:
    edition = Edition.query.one()
    return {(t.key, t.language): t.text for t in edition.texts}


@pytest.mark.parametrize("kind", list(RoundKind))
def test_a_template_has_a_name_in_every_language(kind: RoundKind) -> None:
    values = starting_rounds.values(kind)
    assert all(values[f"name_{code}"] for code in LANGUAGES)
    RoundRules.of(values)


def test_the_starting_rubric_has_words_for_every_value_in_every_language() -> None:
    for line in starting_rounds.values(RoundKind.PRESELECTION)["criteria"]:
        for code in LANGUAGES:
            assert line[f"name_{code}"]
            assert line[f"hint_{code}"]
            assert sorted(anchors(line[f"anchors_{code}"])) == [1, 2, 3, 4, 5]


def test_a_new_round_begins_with_the_template(panel: Panel, sign_in: Any) -> None:
    page = sign_in(panel.staff).get("staff/rounds/new?kind=preselection").text
    assert 'value="Preselection"' in page
    assert 'value="الاختيار الأولي"' in page
    assert "5: I will tell others about it." in page
    assert 'name="young_jurors" type="number" value="0"' in page
    assert 'checked id="outside_region"' in page


def test_words_for_values_are_texts_of_the_edition_and_go_when_taken_out(
    panel: Panel, sign_in: Any
) -> None:
    desk: Visitor = sign_in(panel.staff)
    words = "1: Cold\n2.5: It grows on me\n10: I cried"
    desk.post("staff/rounds/new", filled_form(panel, **{"criteria-0-anchors_en": words}))
    with panel.app.app_context():
        made, texts = Round.query.one(), texts_of(panel)
        assert texts["criterion.story.anchor.1", "en"] == "Cold"
        assert texts["criterion.story.anchor.2.5", "en"] == "It grows on me"
        assert texts["criterion.story.anchor.10", "en"] == "I cried"
        path = f"staff/rounds/{made.id}/edit"
    assert "2.5: It grows on me" in desk.get(path).text
    desk.post(path, filled_form(panel, **{"criteria-0-anchors_en": "1: Cold"}))
    with panel.app.app_context():
        kept = [key for key, _language in texts_of(panel) if ".anchor." in key]
        assert kept == ["criterion.story.anchor.1"]


def test_a_line_without_a_value_is_refused(panel: Panel, sign_in: Any) -> None:
    wrong = filled_form(panel, **{"criteria-0-anchors_en": "It leaves me cold"})
    answer = sign_in(panel.staff).post("staff/rounds/new", wrong)
    assert answer.status_code == 400
    assert "Each line begins with a number and a colon" in answer.text


RULES = {
    "preselection": {
        "others_scores": "after_own",
        "maker_comment_required": "y",
        "jury_comments_shown": "y",
        "slopes": "y",
        "young_jurors": "2",
    },
    "international_jury": {"deciding": "talking", "quorum": "4", "one_prize_per_film": "y"},
    "partner_picks": {"one_prize_per_film": "y"},
}
KEPT = {
    "preselection": RoundRules(
        shows_names=False,
        others_scores=Sight.AFTER_OWN,
        may_comment=False,
        maker_comment_required=True,
        jury_comments_shown=True,
        slopes=True,
        outside_region=False,
        young_jurors=2,
    ),
    "international_jury": RoundRules(
        shows_names=False,
        deciding=Deciding.TALKING,
        quorum=4,
        ex_aequo=False,
        one_prize_per_film=True,
    ),
    "partner_picks": RoundRules(shows_names=False, one_prize_per_film=True),
}


@pytest.mark.parametrize("kind", list(RULES))
def test_the_rules_of_each_kind_are_kept_and_sealed(
    panel: Panel, make: Make, sign_in: Any, kind: str
) -> None:
    make.award("grand", category_id=make.category("adult").id)
    source = shortlisted_panel(panel) if kind != "preselection" else 0
    form = filled_form(panel, kind=kind, key="new", source=str(source), **RULES[kind])
    desk: Visitor = sign_in(panel.staff)
    assert desk.post("staff/rounds/new", form).status_code == 200
    with panel.app.app_context():
        made = Round.query.filter_by(key="new").one()
        assert made.rules == KEPT[kind]
        number = made.id
    page = desk.get(f"staff/rounds/{number}/edit").text
    offered = {name for name in RoundRules().written() if f'name="{name}"' in page}
    assert set(RULES[kind]) <= offered
    assert ("quorum" in offered) == (kind == "international_jury")


@pytest.mark.parametrize("shown", [False, True])
def test_who_reads_the_words_for_the_jury_is_sealed_as_declared(panel: Panel, shown: bool) -> None:
    round_id = panel.open(rules=RoundRules(jury_comments_shown=shown))
    with panel.app.app_context():
        declared = db.session.get_one(Round, round_id).declared
        assert declared is not None
        assert declared["rules"]["jury_comments_shown"] is shown


def test_quorum_changed_after_the_opening_is_refused(
    panel: Panel, make: Make, sign_in: Any
) -> None:
    make.award("grand", category_id=make.category("adult").id)
    jury = panel.open(RoundKind.INTERNATIONAL_JURY, key="jury", source=shortlisted_panel(panel))
    with panel.app.app_context():
        sealed = db.session.get_one(Round, jury).declared_digest
    answer = sign_in(panel.staff).post(
        f"staff/rounds/{jury}/edit",
        filled_form(panel, kind="international_jury", key="jury", quorum="1"),
    )
    assert answer.status_code == 409
    with panel.app.app_context():
        found = db.session.get_one(Round, jury)
        assert found.declared is not None
        assert found.declared["rules"]["quorum"] == found.rules.quorum == 0
        assert found.declared_digest == sealed


def test_a_tie_rule_and_bounds_are_sealed(panel: Panel, sign_in: Any) -> None:
    desk: Visitor = sign_in(panel.staff)
    form = {"tie_rule": "lot", "bounds-0-kind": "region:Africa", "bounds-0-floor": "2"}
    desk.post("staff/rounds/new", filled_form(panel, **form))
    with panel.app.app_context():
        number = Round.query.one().id
    desk.post(f"staff/rounds/{number}/opening")
    with panel.app.app_context():
        declared = db.session.get_one(Round, number).declared
        assert declared is not None
        assert declared["tie_rule"] == "lot"
        assert declared["bounds"] == [
            {"trait": "region", "value": "Africa", "floor": 2, "ceiling": None}
        ]


# ----- copied from another year


@pytest.fixture
def former(panel: Panel, make: Make) -> int:
    """Last year's preselection with words of its own."""
    edition = make.edition("2025")
    rules = RoundRules(outside_region=False, young_jurors=2).written()
    round_ = make.round(key="screening", edition=edition, reviews_wanted=7, written_rules=rules)
    make.texts(edition, {"criterion.story.name": "Story", "criterion.story.anchor.3": "Fine"})
    make.texts(edition, {"round.screening.name": "Screening"})
    return int(round_.id)


def test_a_round_is_copied_from_last_year_without_people_and_films(
    panel: Panel, former: int, sign_in: Any
) -> None:
    desk: Visitor = sign_in(panel.staff)
    assert f"like={former}" in desk.get("staff/rounds").text
    page = desk.get(f"staff/rounds/new?kind=preselection&like={former}").text
    assert 'value="screening"' in page
    assert 'value="Screening"' in page
    assert 'name="reviews_wanted" required type="number" value="7"' in page
    assert 'name="young_jurors" type="number" value="2"' in page
    assert 'checked id="outside_region"' not in page
    assert "3: Fine" in page
    assert 'name="members" value' in page
    assert "checked" not in page.split("Who judges")[1]


def test_a_round_of_another_festival_is_not_copied(panel: Panel, make: Make, sign_in: Any) -> None:
    elsewhere = make.edition("2025", make.festival("elsewhere"))
    round_ = make.round(edition=elsewhere)
    answer = sign_in(panel.staff).get(f"staff/rounds/new?kind=preselection&like={round_.id}")
    assert answer.status_code == 404


# ----- the juror's page


def test_the_jurors_page_of_a_preselection_is_shown_and_nothing_is_written(
    panel: Panel, make: Make, sign_in: Any
) -> None:
    round_id = panel.draft()
    make.signed(panel.staff, make.edition())
    with panel.app.app_context():
        title = panel.films[0].entry.title
    desk: Visitor = sign_in(panel.staff)
    before = rows(panel.app)
    page = desk.get(f"staff/rounds/{round_id}/preview").text
    assert "This is what a juror will see" in page
    assert title in page
    assert 'name="criterion_story"' in page
    main = page.split("<main")[1]
    assert f'<p class="back"><a href="/en/plural/2026/staff/rounds/{round_id}">' in main
    assert main.count('type="submit"') == main.count('type="submit" disabled') > 0
    assert rows(panel.app) == before
    with panel.app.app_context():
        assert db.session.get_one(Round, round_id).state == "draft"


@pytest.mark.parametrize("kind", [RoundKind.INTERNATIONAL_JURY, RoundKind.PARTNER_PICKS])
def test_the_jurors_page_of_a_jury_is_shown_and_nothing_is_written(
    panel: Panel, make: Make, sign_in: Any, kind: RoundKind
) -> None:
    make.award("grand", category_id=make.category("adult").id)
    make.signed(panel.staff, make.edition())
    round_id = panel.draft(kind, key="jury", source=shortlisted_panel(panel))
    desk: Visitor = sign_in(panel.staff)
    before = rows(panel.app)
    answer = desk.get(f"staff/rounds/{round_id}/preview")
    assert answer.status_code == 200
    assert "This is what a juror will see" in answer.text
    assert rows(panel.app) == before


def test_an_open_round_has_no_preview(panel: Panel, sign_in: Any) -> None:
    """Its pages hold what jurors keep secret."""
    round_id = panel.open()
    assert sign_in(panel.staff).get(f"staff/rounds/{round_id}/preview").status_code == 409
