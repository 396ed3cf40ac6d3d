"""The shortlist under floors and ceilings: who moves, what cannot be met, what needs a reason."""

from typing import Any

import pytest
from flask import Flask

from plural.actions import shortlists, versions
from plural.errors import Refused
from plural.extensions import db
from plural.models.audit import AuditEvent
from plural.models.rounds import RankedFilm, Round
from tests.factories import Make
from tests.plural.panels import Panel
from tests.visitor import Visitor

VALUES = (5, 4, 3, 2, 1, 1, 5, 4)


def bound(trait: str, value: str, floor: int | None = None, ceiling: int | None = None) -> Any:
    return {"trait": trait, "value": value, "floor": floor, "ceiling": ceiling}


@pytest.fixture
def panel(app: Flask, make: Make) -> Panel:
    """Six films, the best first: four from Europe, one from Africa, one in Arabic from Asia."""
    panel = Panel(app, make, make.staff())
    panel.add_jurors(2)
    for country, language in [
        ("FR", "fr"), ("DE", "de"), ("IT", "it"), ("ES", "es"), ("KE", "sw"), ("JO", "ar"),
    ]:  # fmt: skip
        panel.add_films(1, country=country, language=language)
    return panel


def frozen(panel: Panel, **facts: Any) -> int:
    round_id = panel.assigned(shortlist_size=3, **facts)
    values = dict(zip([film.id for film in panel.films], VALUES, strict=False))
    panel.score_all(round_id, lambda a: values[a.film_version_id])
    panel.close(round_id)
    return round_id


def numbers(panel: Panel, film_ids: Any) -> list[int]:
    place = {film.id: n for n, film in enumerate(panel.films)}
    return sorted(place[film_id] for film_id in film_ids)


def choose(panel: Panel, round_id: int, *bounds: Any) -> shortlists.Choice:
    return shortlists.choose_within(versions.frozen(db.session.get_one(Round, round_id)), bounds)


def test_a_floor_moves_the_best_that_meets_it(panel: Panel) -> None:
    round_id = frozen(panel)
    with panel.app.app_context():
        assert numbers(panel, choose(panel, round_id).film_ids) == [0, 1, 2]
        choice = choose(panel, round_id, bound("region", "Africa", floor=1))
        assert numbers(panel, choice.film_ids) == [0, 1, 4]
        assert [r.film_version_id for r in choice.moved_in] == [panel.films[4].id]
        assert [r.film_version_id for r in choice.moved_out] == [panel.films[2].id]
        assert choice.unmet == ()


def test_a_ceiling_and_a_language_floor_hold_together(panel: Panel) -> None:
    round_id = frozen(panel)
    with panel.app.app_context():
        bounds = [bound("region", "Europe", ceiling=2), bound("language", "ar", floor=1)]
        choice = choose(panel, round_id, *bounds)
        assert numbers(panel, choice.film_ids) == [0, 1, 5]


def test_an_age_category_can_have_places_of_its_own(panel: Panel, make: Make) -> None:
    panel.add_films(2, "teen")
    round_id = frozen(panel)
    with panel.app.app_context():
        choice = choose(panel, round_id, bound("category", "teen", ceiling=1))
        assert numbers(panel, choice.film_ids) == [0, 1, 2, 6]


def test_infeasible_floors(panel: Panel, sign_in: Any) -> None:
    """What cannot be met is said in words, and taken only with a reason."""
    round_id = frozen(panel)
    desk: Visitor = sign_in(panel.staff)
    form = {"bounds-0-kind": "region:Africa", "bounds-0-floor": "3"}
    path = f"staff/rounds/{round_id}/shortlist/bounds"
    page = desk.post(path, form).text
    assert "Not everything can be met" in page
    assert "Africa: at least 3 asked for, and only 1 film fits" in page
    with panel.app.app_context():
        assert RankedFilm.query.filter_by(shortlisted=True).count() == 0
    assert desk.post(path, {**form, "take": "y"}).status_code == 409
    answer = desk.post(path, {**form, "take": "y", "reason": "There is only one from Africa"})
    assert answer.status_code == 200
    with panel.app.app_context():
        chosen = {r.film_version_id for r in RankedFilm.query.filter_by(shortlisted=True)}
        assert panel.films[4].id in chosen
        event = AuditEvent.query.filter_by(action="round.shortlisted").one()
        assert event.detail is not None
        payload = event.detail.payload
        assert payload["reason"] == "There is only one from Africa"
        assert payload["moved_in"] == [f"{panel.films[4].entry.code}.1"]
        assert payload["bounds"] == [bound("region", "Africa", floor=3)]


def test_bounds_that_clash_are_named_with_what_would_dissolve_them(
    panel: Panel, sign_in: Any
) -> None:
    round_id = frozen(panel)
    desk: Visitor = sign_in(panel.staff)
    path = f"staff/rounds/{round_id}/shortlist/bounds"
    form = {
        "bounds-0-kind": "region:Europe",
        "bounds-0-floor": "3",
        "bounds-1-kind": "region:Africa",
        "bounds-1-floor": "1",
    }
    page = desk.post(path, form).text
    assert "the best films keep every bound" not in page
    [why] = [line for line in page.splitlines() if "These cannot hold together:" in line]
    for words in ("Europe: at least 3", "Africa: at least 1", "at most 3"):
        assert words in why
    remedies = page.split("Any one of these would do:")[1].split("</ul>")[0]
    for words in ("at most 4", "Europe: at least 2", "Africa: no floor"):
        assert words in remedies
    one = {"bounds-0-kind": "region:Africa", "bounds-0-floor": "3"}
    page = desk.post(path, one).text
    assert "Too few films have been reviewed for this one: Africa: at least 3." in page
    assert "Africa: at least 1" in page.split("Any one of these would do:")[1].split("</ul>")[0]


def test_declared_bounds_need_no_reason_and_others_do(panel: Panel, sign_in: Any) -> None:
    sealed = [bound("language", "ar", floor=1)]
    round_id = frozen(panel, bounds=sealed)
    desk: Visitor = sign_in(panel.staff)
    path = f"staff/rounds/{round_id}/shortlist/bounds"
    page = desk.get(path).text
    assert "Arabic: at least 1" in page
    assert "In because of a bound" in page
    form = {"bounds-0-kind": "language:ar", "bounds-0-floor": "1", "take": "y"}
    assert desk.post(path, form).status_code == 200
    with panel.app.app_context():
        marked = [r.film_version_id for r in RankedFilm.query.filter_by(shortlisted=True)]
        assert numbers(panel, marked) == [0, 1, 5]
        result = versions.frozen(db.session.get_one(Round, round_id))
        plain = shortlists.top(result)
        with pytest.raises(Refused, match="shortlist_needs_reason"):
            shortlists.mark(result, plain, "", panel.by())
    other = {"bounds-0-kind": "region:Europe", "bounds-0-ceiling": "0", "take": "y"}
    assert desk.post(path, other).status_code == 409


def test_bulk_action_on_the_wrong_selection(panel: Panel, sign_in: Any) -> None:
    """A film that this ranking does not have makes the whole list refused, and nothing changes."""
    round_id = frozen(panel)
    stranger = panel.make.eligible_film()
    answer = sign_in(panel.staff).post(
        f"staff/rounds/{round_id}/shortlist",
        {"films": [panel.films[0].id, stranger.id, 99999], "reason": "By mistake"},
    )
    assert answer.status_code == 409
    with panel.app.app_context():
        assert RankedFilm.query.filter_by(shortlisted=True).count() == 0
