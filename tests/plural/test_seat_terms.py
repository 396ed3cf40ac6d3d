"""What jurors take on in a round: fewest and most films, reserves, young jurors, categories."""

from collections import Counter
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from plural.actions import assignments, rounds, topping_up
from plural.extensions import db
from plural.models.audit import AuditEvent
from plural.models.people import Account, Membership
from plural.models.rounds import Round, Seat
from plural.models.scoring import Assignment, AssignmentState
from plural.round_rules import RoundRules
from tests.factories import Make
from tests.plural.panels import Panel, in_threads, seat_of
from tests.plural.test_reminders import hours_until
from tests.visitor import Visitor


@pytest.fixture
def panel(app: Flask, make: Make) -> Panel:
    """Four jurors of four organisations, and six films."""
    panel = Panel(app, make, make.staff())
    panel.add_jurors(4)
    panel.add_films(6)
    return panel


@pytest.fixture
def desk(panel: Panel, sign_in: Any) -> Visitor:
    found: Visitor = sign_in(panel.staff)
    return found


def seat(panel: Panel, round_id: int, juror: int) -> int:
    with panel.app.app_context():
        return seat_of(panel.jurors[juror][0], round_id)


def settle(panel: Panel, desk: Visitor, round_id: int, juror: int, **terms: Any) -> Any:
    """Send the form of one seat, as the page has it."""
    number = seat(panel, round_id, juror)
    sent = {"fewest_films": "", "most_films": "", **terms}
    form = {f"seat{number}-{name}": value for name, value in sent.items()}
    return desk.post(f"staff/rounds/{round_id}/seats/{number}/terms", form)


def preview(desk: Visitor, round_id: int) -> str:
    page: str = desk.get(f"staff/rounds/{round_id}/assignment").text
    return page


def give_out(panel: Panel, desk: Visitor, round_id: int) -> list[int]:
    """Give out what the page proposes; how many films each juror has then."""
    with panel.app.app_context():
        seen = assignments.propose(db.session.get_one(Round, round_id)).digest
    assert seen in preview(desk, round_id)
    answer = desk.post(f"staff/rounds/{round_id}/assignment", {"seen": seen})
    assert answer.status_code == 200
    return loads(panel, round_id)


def loads(panel: Panel, round_id: int) -> list[int]:
    with panel.app.app_context():
        counted = Counter(a.seat_id for a in standing(round_id))
        return [counted[seat_of(account, round_id)] for account, _member in panel.jurors]


def standing(round_id: int) -> list[Assignment]:
    states = (AssignmentState.ASSIGNED, AssignmentState.SCORED)
    return [a for a in Assignment.query.filter_by(round_id=round_id) if a.state in states]


def test_the_form_of_a_seat_becomes_its_row_and_a_deed(panel: Panel, desk: Visitor) -> None:
    round_id = panel.open()
    answer = settle(
        panel, desk, round_id, 0,
        fewest_films="2", most_films="5", is_reserve="y", is_young="y", categories=["adult"],
    )  # fmt: skip
    assert answer.status_code == 200
    with panel.app.app_context():
        kept = db.session.get_one(Seat, seat_of(panel.jurors[0][0], round_id))
        assert (kept.fewest_films, kept.most_films) == (2, 5)
        assert (kept.is_reserve, kept.is_young, kept.categories) == (True, True, ["adult"])
        deed = AuditEvent.query.filter_by(action="seat.terms_changed").one()
        assert (deed.subject, deed.actor) == (f"seat:{kept.id}", panel.by().pseudonym)
        assert deed.detail is not None
        assert deed.detail.payload["most_films"] == 5
    page = desk.get(f"staff/rounds/{round_id}/terms").text
    assert f'name="seat{kept.id}-most_films" type="number" value="5"' in page
    assert settle(panel, desk, round_id, 0).status_code == 200
    with panel.app.app_context():
        kept = db.session.get_one(Seat, kept.id)
        assert (kept.fewest_films, kept.most_films, kept.categories) == (None, None, [])
        assert (kept.is_reserve, kept.is_young) == (False, False)


def test_fewest_above_most_is_refused_on_the_page_and_by_the_database(
    panel: Panel, desk: Visitor
) -> None:
    round_id = panel.open()
    answer = settle(panel, desk, round_id, 0, fewest_films="5", most_films="4")
    assert answer.status_code == 409
    assert "The fewest films (5) are more than the most (4)." in answer.text
    assert 'value="5"' in answer.text
    with panel.app.app_context():
        kept = db.session.get_one(Seat, seat_of(panel.jurors[0][0], round_id))
        assert (kept.fewest_films, kept.most_films) == (None, None)
        kept.fewest_films, kept.most_films = 5, 4
        with pytest.raises(IntegrityError):
            db.session.flush()
        db.session.rollback()


def test_nobody_s_terms_change_once_the_round_is_over(panel: Panel, desk: Visitor) -> None:
    round_id = panel.assigned()
    panel.only_close(round_id)
    assert settle(panel, desk, round_id, 0, most_films="1").status_code == 409
    assert desk.get(f"staff/rounds/{round_id}/terms").status_code == 409


def test_a_seat_of_another_round_is_not_found(panel: Panel, desk: Visitor) -> None:
    round_id, other = panel.open(), panel.open(key="other")
    number = seat(panel, other, 0)
    assert desk.post(f"staff/rounds/{round_id}/seats/{number}/terms", {}).status_code == 404


def test_nobody_gets_more_than_the_most_films_that_they_take(panel: Panel, desk: Visitor) -> None:
    round_id = panel.open(reviews_wanted=4)
    settle(panel, desk, round_id, 0, most_films="1")
    assert give_out(panel, desk, round_id) == [1, 6, 6, 6]


def test_fewest_films_go_before_equal_shares(panel: Panel, desk: Visitor) -> None:
    round_id = panel.open()
    settle(panel, desk, round_id, 0, fewest_films="6")
    assert give_out(panel, desk, round_id) == [6, 2, 2, 2]


def test_a_reserve_gets_films_only_where_the_others_do_not_suffice(
    panel: Panel, desk: Visitor
) -> None:
    round_id = panel.open()
    settle(panel, desk, round_id, 3, is_reserve="y")
    assert give_out(panel, desk, round_id) == [4, 4, 4, 0]
    with panel.deed():
        for juror in (0, 1):
            left = db.session.get_one(Membership, panel.jurors[juror][1].id)
            left.ended_at = left.invited_at
    give_out(panel, desk, round_id)
    assert loads(panel, round_id) == [0, 0, 6, 6]


def test_jurors_get_films_of_their_age_categories_only(panel: Panel, desk: Visitor) -> None:
    panel.add_films(2, "teen")
    round_id = panel.open()
    for juror in (0, 1, 2):
        settle(panel, desk, round_id, juror, categories=["adult"])
    page = preview(desk, round_id)
    assert page.count("3 jurors judge other age categories only.") == 2
    give_out(panel, desk, round_id)
    with panel.app.app_context():
        teen = [a for a in standing(round_id) if a.film.entry.category.key == "teen"]
        assert {a.seat_id for a in teen} == {seat_of(panel.jurors[3][0], round_id)}
        assert len(teen) == 2


def test_impossible_loads(panel: Panel, desk: Visitor) -> None:
    """Most films that do not suffice and fewest that cannot be reached, named before anything."""
    round_id = panel.open()
    for juror in range(3):
        settle(panel, desk, round_id, juror, most_films="1")
    settle(panel, desk, round_id, 3, fewest_films="20")
    page = preview(desk, round_id)
    assert "3 films get fewer reviews than wanted" in page
    assert page.count("1 review is missing.") == 3
    assert page.count("3 jurors have as many films as they may get.") == 3
    name = panel.jurors[3][1].name
    assert "1 juror gets fewer films than agreed" in page
    assert f"<bdi>{name}</bdi>: 6 of at least 20 films" in page
    assert give_out(panel, desk, round_id) == [1, 1, 1, 6]


def test_nobody_left_is_a_shortfall_too(panel: Panel, desk: Visitor) -> None:
    round_id = panel.open()
    settle(panel, desk, round_id, 0, fewest_films="2")
    with panel.deed():
        for _account, membership in panel.jurors:
            left = db.session.get_one(Membership, membership.id)
            left.ended_at = left.invited_at
    page = preview(desk, round_id)
    assert page.count("2 reviews are missing.") == 6
    assert "gets fewer films than agreed" not in page


def test_a_changed_bound_makes_the_old_preview_stale(panel: Panel, desk: Visitor) -> None:
    round_id = panel.open()
    with panel.app.app_context():
        seen = assignments.propose(db.session.get_one(Round, round_id)).digest
    # What would be given out stays the same: three films are everybody's share.
    settle(panel, desk, round_id, 0, most_films="5")
    answer = desk.post(f"staff/rounds/{round_id}/assignment", {"seen": seen})
    assert answer.status_code == 409
    assert loads(panel, round_id) == [0, 0, 0, 0]


def test_two_who_apply_one_preview_with_bounds_give_it_out_once(
    panel: Panel, desk: Visitor
) -> None:
    round_id = panel.open(reviews_wanted=4)
    settle(panel, desk, round_id, 0, most_films="1")
    with panel.app.app_context():
        seen = assignments.propose(db.session.get_one(Round, round_id)).digest

    def apply() -> None:
        found = db.session.get_one(Round, round_id)
        assignments.apply(found, seen, db.session.get_one(Account, panel.staff.id))

    assert sorted(in_threads(panel, 2, apply)) == ["assignment_changed", "done"]
    assert loads(panel, round_id) == [1, 6, 6, 6]


def test_the_nightly_top_up_keeps_to_the_bounds(
    panel: Panel, desk: Visitor, set_clock: Any
) -> None:
    round_id = panel.open(reviews_wanted=4)
    settle(panel, desk, round_id, 0, most_films="3")
    assert give_out(panel, desk, round_id) == [3, 6, 6, 6]
    with panel.deed():
        left = db.session.get_one(Membership, panel.jurors[1][1].id)
        left.ended_at = left.invited_at
    set_clock(hours_until(panel.app, 3) * 3600)
    with panel.deed():
        assert topping_up.top_up_due() == 6
    assert loads(panel, round_id) == [3, 0, 6, 6]


# ----- the round's own rules: from outside the region, young jurors


def regional(app: Flask, make: Make, **rules: Any) -> tuple[Panel, int]:
    """Three jurors from the films' region and one from elsewhere; one review per film."""
    panel = Panel(app, make, make.staff())
    places = [make.organisation(country=code) for code in ("KE", "NG", "SN", "FR")]
    panel.add_jurors(4, places)
    panel.add_films(4, country="ZA")
    return panel, panel.open(reviews_wanted=1, rules=RoundRules(**rules))


def test_films_without_a_review_from_outside_their_region_are_named(
    app: Flask, make: Make, sign_in: Any
) -> None:
    panel, round_id = regional(app, make)
    desk: Visitor = sign_in(panel.staff)
    settle(panel, desk, round_id, 3, most_films="3")
    page = preview(desk, round_id)
    assert "1 film has no review from outside its region" in page
    with app.app_context():
        proposal = assignments.propose(db.session.get_one(Round, round_id))
        [alone] = proposal.without_outside
        assert f"<bdi>{alone.entry.title}</bdi>" in page
    assert give_out(panel, desk, round_id)[3] == 3


def test_a_round_may_do_without_reviews_from_outside_the_region(
    app: Flask, make: Make, sign_in: Any
) -> None:
    panel, round_id = regional(app, make, outside_region=False)
    desk: Visitor = sign_in(panel.staff)
    assert "from outside" not in preview(desk, round_id)
    assert give_out(panel, desk, round_id) == [1, 1, 1, 1]


def test_each_film_gets_a_young_juror_and_where_none_is_to_be_had_it_is_named(
    panel: Panel, desk: Visitor
) -> None:
    round_id = panel.open(rules=RoundRules(young_jurors=1))
    settle(panel, desk, round_id, 0, is_young="y")
    assert "without a young juror" not in preview(desk, round_id)
    settle(panel, desk, round_id, 0, is_young="y", most_films="4")
    page = preview(desk, round_id)
    assert "2 films have fewer young jurors than this round asks for" in page
    with panel.app.app_context():
        lacking = assignments.propose(db.session.get_one(Round, round_id)).without_young
        assert len(lacking) == 2
        assert all(f"<bdi>{film.entry.title}</bdi>" in page for film in lacking)
        expected = {film.id for film in panel.films} - {film.id for film in lacking}
    assert give_out(panel, desk, round_id)[0] == 4
    with panel.app.app_context():
        young = seat_of(panel.jurors[0][0], round_id)
        assert {a.film_version_id for a in standing(round_id) if a.seat_id == young} == expected


def test_a_review_of_a_young_juror_who_has_left_still_counts(panel: Panel, desk: Visitor) -> None:
    round_id = panel.open(rules=RoundRules(young_jurors=1))
    settle(panel, desk, round_id, 0, is_young="y")
    give_out(panel, desk, round_id)
    panel.score_all(round_id, lambda _a: 3)
    with panel.deed():
        left = db.session.get_one(Membership, panel.jurors[0][1].id)
        left.ended_at = left.invited_at
    with panel.app.app_context():
        proposal = assignments.propose(db.session.get_one(Round, round_id))
        assert (proposal.changes, proposal.without_young) == (False, [])


def test_both_rules_are_sealed_at_the_opening(panel: Panel) -> None:
    round_id = panel.draft(rules=RoundRules(outside_region=False, young_jurors=2))
    with panel.deed():
        rounds.open_(db.session.get_one(Round, round_id), panel.by())
    with panel.app.app_context():
        declared = db.session.get_one(Round, round_id).declared
        assert declared is not None
        assert declared["rules"]["outside_region"] is False
        assert declared["rules"]["young_jurors"] == 2
