"""Films given out: different organisations, no conflicts, nothing done is lost."""

from collections import Counter
from typing import Any

import pytest
from flask import Flask

from plural.actions import assignments, panel, rounds, screening
from plural.extensions import db
from plural.models.consent import Consent
from plural.models.entry import Entry, FilmVersion, Track
from plural.models.people import Account, Membership
from plural.models.rounds import Round, Seat
from plural.models.scoring import Assignment, AssignmentState, Conflict, ConflictSource, Score
from plural.regions import region_of
from tests.factories import Make
from tests.plural.panels import Panel, in_threads
from tests.visitor import Visitor


@pytest.fixture
def filled(app: Flask, make: Make) -> Panel:
    """Three organisations with two jurors each, and six films."""
    filled = Panel(app, make, make.staff())
    filled.add_jurors(6, [make.organisation() for _n in range(3)])
    filled.add_films(6)
    return filled


def assign(filled: Panel, round_id: int) -> assignments.Given:
    with filled.deed():
        return assignments.assign(db.session.get_one(Round, round_id), filled.by())


def standing(round_id: int) -> list[Assignment]:
    return [a for a in Assignment.query.filter_by(round_id=round_id) if a.state in STANDING]


STANDING = (AssignmentState.ASSIGNED, AssignmentState.SCORED)


def test_every_film_gets_jurors_of_different_organisations(filled: Panel) -> None:
    round_id = filled.open(reviews_wanted=3)
    given = assign(filled, round_id)
    assert given == assignments.Given(new=18, released=0, missing=0)
    with filled.app.app_context():
        for film in filled.films:
            rows = Assignment.query.filter_by(film_version_id=film.id).all()
            assert len({a.seat.membership.organisation_id for a in rows}) == 3
        loads = Counter(a.seat_id for a in Assignment.query)
        assert set(loads.values()) == {3}


def test_running_again_changes_nothing(filled: Panel) -> None:
    round_id = filled.assigned()
    with filled.app.app_context():
        before = {(a.seat_id, a.film_version_id) for a in standing(round_id)}
    assert assign(filled, round_id).new == 0
    with filled.app.app_context():
        assert {(a.seat_id, a.film_version_id) for a in standing(round_id)} == before


def test_fewer_eligible_jurors_than_k(filled: Panel, sign_in: Any) -> None:
    """What cannot be given is named, with the reason, before anything is given out."""
    round_id = filled.open(reviews_wanted=5)
    page = sign_in(filled.staff).get(f"staff/rounds/{round_id}/assignment").text
    assert "6 films get fewer reviews than wanted" in page
    assert page.count("2 reviews are missing.") == 6
    assert page.count("People of 3 organisations may judge it.") == 6
    with filled.app.app_context():
        assert Assignment.query.count() == 0


def test_a_shortfall_says_who_has_a_conflict_and_who_cannot_follow(
    filled: Panel, make: Make
) -> None:
    spoken = make.eligible_film(language="fr")
    filled.films.append(spoken)
    with filled.deed():
        Track.query.filter_by(film_version_id=spoken.id).delete()
        for number, (_account, membership) in enumerate(filled.jurors):
            languages = ["ar"] if number in (0, 1, 3) else ["fr"]
            db.session.get_one(Membership, membership.id).languages = languages
        screening.set_conflict(
            db.session.get_one(FilmVersion, spoken.id).entry,
            db.session.get_one(Account, filled.jurors[5][0].id),
            "A cousin",
            filled.by(),
        )
    round_id = filled.open(reviews_wanted=3)
    with filled.app.app_context():
        proposal = assignments.propose(db.session.get_one(Round, round_id))
        [short] = [m for m in proposal.missing if m.film.id == spoken.id]
        # Of three organisations with two jurors each, one knows only Arabic.
        assert (short.count, short.organisations) == (1, 2)
        assert (short.in_conflict, short.cannot_follow) == (1, 3)


def test_a_proposal_writes_nothing_and_is_done_exactly_so(filled: Panel, sign_in: Any) -> None:
    round_id = filled.open(reviews_wanted=3)
    desk: Visitor = sign_in(filled.staff)
    with filled.app.app_context():
        proposal = assignments.propose(db.session.get_one(Round, round_id))
        assert Assignment.query.count() == 0
    page = desk.get(f"staff/rounds/{round_id}/assignment").text
    assert proposal.digest in page
    assert "All jurors hang together" in page
    assert page.count('class="plot-juror"') == 6
    answer = desk.post(f"staff/rounds/{round_id}/assignment", {"seen": proposal.digest})
    assert "18 reviews have been given out" in answer.text
    with filled.app.app_context():
        given = {panel.pair(a) for a in Assignment.query}
        assert given == set(proposal.pairs) == set(proposal.new)
        loads = Counter(a.seat_id for a in Assignment.query)
        assert {load.seat.id: load.more for load in proposal.loads} == loads


def test_a_stale_proposal_gives_out_nothing(filled: Panel, make: Make, sign_in: Any) -> None:
    round_id = filled.open(reviews_wanted=3)
    with filled.app.app_context():
        proposal = assignments.propose(db.session.get_one(Round, round_id))
        seen, first = proposal.digest, proposal.new[0]
    with filled.deed():
        code, _dot, _number = first.film_id.partition(".")
        screening.set_conflict(
            Entry.query.filter_by(code=code).one(),
            Account.query.filter_by(pseudonym=first.juror_id).one(),
            "A cousin",
            filled.by(),
        )
    answer = sign_in(filled.staff).post(f"staff/rounds/{round_id}/assignment", {"seen": seen})
    assert answer.status_code == 409
    assert "nothing has been given out" in answer.text
    with filled.app.app_context():
        assert Assignment.query.count() == 0


def test_a_conflict_that_follows_from_the_rows_is_in_the_proposal_already(
    filled: Panel, make: Make, sign_in: Any
) -> None:
    """Else nobody could ever apply it: applying records the conflict and changes the proposal."""
    round_id = filled.open(reviews_wanted=3)
    account = filled.jurors[0][0]
    with filled.deed():
        person = db.session.get_one(FilmVersion, filled.films[0].id).entry.persons[0]
        person.name = account.name
    with filled.app.app_context():
        seen = assignments.propose(db.session.get_one(Round, round_id)).digest
    answer = sign_in(filled.staff).post(f"staff/rounds/{round_id}/assignment", {"seen": seen})
    assert answer.status_code == 200
    with filled.app.app_context():
        assert Conflict.query.one().account_id == account.id


def test_two_who_apply_the_same_proposal_give_it_out_once(filled: Panel) -> None:
    round_id = filled.open(reviews_wanted=3)
    with filled.app.app_context():
        seen = assignments.propose(db.session.get_one(Round, round_id)).digest

    def apply() -> None:
        found = db.session.get_one(Round, round_id)
        assignments.apply(found, seen, db.session.get_one(Account, filled.staff.id))

    outcomes = in_threads(filled, 4, apply)
    assert sorted(outcomes) == ["assignment_changed"] * 3 + ["done"]
    with filled.app.app_context():
        assert Assignment.query.count() == 18


def test_a_conflict_set_before_is_respected(filled: Panel) -> None:
    account, _membership = filled.jurors[0]
    with filled.deed():
        for film in filled.films:
            screening.set_conflict(
                db.session.get_one(FilmVersion, film.id).entry,
                db.session.get_one(Account, account.id),
                "Works for the school",
                filled.by(),
            )
    round_id = filled.assigned(reviews_wanted=3)
    with filled.app.app_context():
        held = [a for a in standing(round_id) if a.seat.membership.account_id == account.id]
        assert held == []
        assert len(standing(round_id)) == 18


def test_after_a_late_conflict_another_run_tops_up(filled: Panel) -> None:
    round_id = filled.assigned()
    filled.score_all(round_id, lambda _a: 3)
    with filled.deed():
        lost = standing(round_id)[0]
        account, entry = lost.seat.membership.account, lost.film.entry
        screening.set_conflict(entry, account, "A cousin", filled.by())
        lost_id, film_id, account_id = lost.id, lost.film_version_id, account.id
    assert assign(filled, round_id).new == 1
    with filled.app.app_context():
        again = [a for a in standing(round_id) if a.film_version_id == film_id]
        assert len(again) == 2
        assert account_id not in {a.seat.membership.account_id for a in again}
        assert len({a.seat.membership.organisation_id for a in again}) == 2
        assert db.session.get_one(Assignment, lost_id).state is AssignmentState.CONFLICTED
        assert db.session.get_one(Assignment, lost_id).score.voided_at is not None
        assert Score.query.count() == 12


def test_drop_out_mid_round_goes_to_others_and_scores_stay(filled: Panel) -> None:
    round_id = filled.assigned(reviews_wanted=3)
    _account, membership = filled.jurors[0]
    with filled.deed():
        mine = [a for a in standing(round_id) if a.seat.membership_id == membership.id]
        first = mine[0].id
        score = Score(assignment_id=first, film_version_id=mine[0].film_version_id, values={})
        score.submitted_at = mine[0].assigned_at
        db.session.add(score)
        mine[0].state = AssignmentState.SCORED
        left = db.session.get_one(Membership, membership.id)
        left.ended_at = left.invited_at
    given = assign(filled, round_id)
    assert (given.released, given.new, given.missing) == (len(mine) - 1, len(mine) - 1, 0)
    with filled.app.app_context():
        assert db.session.get_one(Assignment, first).state is AssignmentState.SCORED
        still = [a for a in standing(round_id) if a.seat.membership_id == membership.id]
        assert [a.id for a in still] == [first]


def test_juror_added_mid_round_shares_what_is_left(filled: Panel, make: Make) -> None:
    round_id = filled.open(reviews_wanted=4)
    assert assign(filled, round_id).missing == 6
    _account, late = make.juror()
    with filled.deed():
        member = db.session.get_one(Membership, late.id)
        rounds.seat_late(db.session.get_one(Round, round_id), [member], filled.by())
    given = assign(filled, round_id)
    assert (given.new, given.released, given.missing) == (6, 0, 0)
    with filled.app.app_context():
        seat = Seat.query.filter_by(membership_id=late.id).one()
        assert len([a for a in standing(round_id) if a.seat_id == seat.id]) == 6


def test_a_film_whose_consent_is_taken_back_is_taken_from_the_jurors(filled: Panel) -> None:
    round_id = filled.assigned()
    gone = filled.films[0]
    with filled.deed():
        for consent in Consent.query.filter_by(film_version_id=gone.id):
            consent.revoked_at = consent.given_at
    assert assign(filled, round_id).released == 2
    with filled.app.app_context():
        assert gone.id not in {a.film_version_id for a in standing(round_id)}


@pytest.mark.parametrize("tie", ["own film", "guardian's address", "declared name"])
def test_a_tie_that_the_rows_show_is_a_conflict(filled: Panel, make: Make, tie: str) -> None:
    account, _membership = filled.jurors[0]
    if tie == "own film":
        film = make.eligible_film(account)
    else:
        film = make.eligible_film()
        if tie == "guardian's address":
            make.guardian(make.whole_entry(film.entry_id), account.email.upper())
        else:
            with filled.deed():
                person = db.session.get_one(Entry, film.entry_id).persons[0]
                person.name = account.name.upper()
    filled.films.append(film)
    round_id = filled.assigned(reviews_wanted=3)
    with filled.app.app_context():
        found = Conflict.query.filter_by(account_id=account.id).one()
        assert found.entry_id == film.entry_id
        assert found.source is ConflictSource.DERIVED
        judges = {a.seat.membership.account_id for a in standing(round_id)
                  if a.film_version_id == film.id}  # fmt: skip
        assert account.id not in judges
        # A colleague of whoever entered the film does not judge it either.
        assert len(judges) == (2 if tie == "own film" else 3)


def test_a_juror_of_two_organisations_counts_for_both(app: Flask, make: Make) -> None:
    filled = Panel(app, make, make.staff())
    first, second, third = (make.organisation() for _n in range(3))
    both, membership = make.juror(first)
    make.juror(second, both)
    filled.jurors = [(both, membership), make.juror(second), make.juror(third)]
    filled.add_films(4)
    round_id = filled.assigned(reviews_wanted=3)
    with app.app_context():
        for film in filled.films:
            rows = [a for a in standing(round_id) if a.film_version_id == film.id]
            accounts = {a.seat.membership.account_id for a in rows}
            assert not {both.id, filled.jurors[1][0].id} <= accounts
            assert len(rows) == 2


def test_a_juror_gets_films_that_they_can_follow(filled: Panel, make: Make) -> None:
    spoken = make.eligible_film(language="fr")
    filled.films.append(spoken)
    with filled.deed():
        Track.query.filter_by(film_version_id=spoken.id).delete()
        for account, membership in filled.jurors:
            found = db.session.get_one(Membership, membership.id)
            found.languages = ["fr", "en"] if account is filled.jurors[0][0] else ["ar", "en"]
    round_id = filled.assigned()
    with filled.app.app_context():
        found = [a for a in standing(round_id) if a.film_version_id == spoken.id]
        assert [a.seat.membership.account_id for a in found] == [filled.jurors[0][0].id]


LOOSE = "All jurors hang together, but only by a few films"


def test_jurors_who_hang_together_by_few_films_are_said_to(
    app: Flask, make: Make, sign_in: Any
) -> None:
    """Two languages, and only one juror who follows both."""
    filled = Panel(app, make, make.staff())
    filled.add_jurors(13)
    for language in ("fr", "ar"):
        filled.add_films(12, language=language)
    with filled.deed():
        Track.query.delete()
        for n, (_account, membership) in enumerate(filled.jurors):
            found = db.session.get_one(Membership, membership.id)
            found.languages = ["fr", "ar"] if n == 0 else ["fr"] if n % 2 else ["ar"]
    round_id = filled.open()
    page = sign_in(filled.staff).get(f"staff/rounds/{round_id}/assignment").text
    assert LOOSE in page
    with filled.deed():
        proposal = assignments.propose(db.session.get_one(Round, round_id))
        assert (len(proposal.groups), proposal.mixed) == (1, False)
        for _account, membership in filled.jurors:
            db.session.get_one(Membership, membership.id).languages = ["fr", "ar"]
    page = sign_in(filled.staff).get(f"staff/rounds/{round_id}/assignment").text
    assert LOOSE not in page
    assert "All jurors hang together: everybody's scores can be compared" in page


def test_one_review_comes_from_outside_the_region_of_the_film(app: Flask, make: Make) -> None:
    filled = Panel(app, make, make.staff())
    organisations = [make.organisation(country=code) for code in ("KE", "NG", "SN", "FR")]
    filled.add_jurors(4, organisations)
    filled.add_films(4, country="ZA")
    round_id = filled.assigned(reviews_wanted=2)
    outside = filled.jurors[3][0].id
    with app.app_context():
        for film in filled.films:
            rows = [a for a in standing(round_id) if a.film_version_id == film.id]
            assert outside in {a.seat.membership.account_id for a in rows}


def test_regions_follow_the_united_nations() -> None:
    assert [region_of(code) for code in ("jo", "MX", "FJ", "")] == [
        "Asia",
        "Americas",
        "Oceania",
        "",
    ]


def test_conflicts_speak_in_pseudonyms(filled: Panel) -> None:
    account, _membership = filled.jurors[0]
    with filled.deed():
        film = db.session.get_one(FilmVersion, filled.films[0].id)
        screening.set_conflict(
            film.entry, db.session.get_one(Account, account.id), "x", filled.by()
        )
    round_id = filled.assigned()
    with filled.app.app_context():
        [found] = panel.conflicts(db.session.get_one(Round, round_id))
        assert (found.film_id, found.juror_id) == (
            f"{filled.films[0].entry.code}.1",
            account.pseudonym,
        )
