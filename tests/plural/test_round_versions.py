"""A round after its close: provisional, frozen by two people, reopened as a version of its own."""

from typing import Any

import pytest
from flask import Flask

from judging import snapshot
from plural import audit, clock
from plural.actions import (
    assignments,
    drafts,
    reopening,
    results,
    rounds,
    scores,
    sealing,
    shortlists,
    two_people,
    versions,
)
from plural.errors import Refused, StaleState
from plural.extensions import db
from plural.models.audit import AuditEvent
from plural.models.entry import EntryState, FilmVersion
from plural.models.festival import Edition, Festival
from plural.models.people import Account
from plural.models.round_requests import RequestState, RoundRequest
from plural.models.rounds import Round, RoundKind, RoundResult, RoundState
from plural.models.scoring import Assignment, AssignmentState, Score
from tests.factories import Make
from tests.plural.panels import RUBRIC, Panel, in_threads, shortlisted_panel, who
from tests.visitor import Visitor


@pytest.fixture
def panel(app: Flask, make: Make) -> Panel:
    panel = Panel(app, make, make.staff())
    panel.add_jurors(3)
    panel.add_films(3)
    return panel


@pytest.fixture
def closed(panel: Panel) -> int:
    """A closed preselection in which every film has been scored."""
    round_id = panel.assigned()
    panel.score_all(round_id, lambda a: 1 + a.film_version_id % 5)
    panel.only_close(round_id)
    return round_id


def row(round_id: int) -> Round:
    return db.session.get_one(Round, round_id)


def ask(desk: Visitor, round_id: int, reason: str = "") -> int:
    """Ask to freeze; the number of the request that waits then."""
    answer = desk.post(f"staff/rounds/{round_id}/freezing", {"reason": reason})
    assert answer.status_code == 200, answer.text
    with desk.client.application.app_context():
        waiting = two_people.waiting(row(round_id))
        assert waiting is not None
        return waiting.id


# ----- closed, not yet frozen


def test_a_closed_round_is_provisional_and_nothing_follows_from_it(
    panel: Panel, closed: int, sign_in: Any
) -> None:
    page = sign_in(panel.staff).get(f"staff/rounds/{closed}/result").text
    assert "Provisional" in page
    assert "Calibrated" in page
    assert "shortlist" not in page.split('id="choose"')[0].split("<main")[1].split("Freeze")[0]
    with panel.app.app_context():
        edition = db.session.get_one(Edition, panel.make.edition().id)
        assert drafts.frozen_preselections(edition) == []
        result = versions.current(row(closed))
        assert result is not None
        assert result.frozen_at is None
        with pytest.raises(Refused, match="round_not_frozen"):
            shortlists.mark(result, shortlists.top(result), "", panel.by())


def test_it_takes_two_people_to_freeze(panel: Panel, closed: int, sign_in: Any) -> None:
    first, second = sign_in(panel.staff), sign_in(panel.second())
    request = ask(first, closed)
    path = f"staff/rounds/{closed}/freezing/confirmation"
    assert "somebody else has to confirm" in first.get(f"staff/rounds/{closed}/result").text
    answer = first.post(path, {"request": request})
    assert answer.status_code == 409
    assert "Somebody else has to confirm it" in answer.text
    assert second.post(path, {"request": request}).status_code == 200
    with panel.app.app_context():
        frozen = row(closed)
        assert frozen.state is RoundState.FROZEN
        result = versions.frozen(frozen)
        assert result.frozen_at is not None
        assert snapshot.recompute(result.document).differences == ()
        sealed = AuditEvent.query.filter_by(action="round.sealed").one()
        assert sealed.actor == panel.second().pseudonym
        assert sealed.detail is not None
        assert sealed.detail.payload["digest"] == result.digest
        assert sealed.detail.payload["asked_by"] == panel.by().pseudonym
        assert audit.first_broken(db.session.get_one(Festival, sealed.festival_id)) is None


def test_the_database_itself_wants_two_people(panel: Panel, closed: int) -> None:
    with panel.app.app_context():
        asked = sealing.ask(row(closed), "", panel.by())
        statement = "UPDATE round_request SET state = 'confirmed', settled_at = asked_at,"
        with pytest.raises(Exception, match="two_persons"):
            db.session.execute(
                db.text(f"{statement} settled_by_id = asked_by_id WHERE id = {asked.id}")
            )


def test_what_is_open_is_named_with_a_way_to_mend_it(panel: Panel, sign_in: Any) -> None:
    round_id = panel.assigned()
    panel.only_close(round_id)
    desk: Visitor = sign_in(panel.staff)
    answer = desk.post(f"staff/rounds/{round_id}/freezing")
    assert answer.status_code == 409
    named = answer.text.split("Nobody has scored these films.")[1].split("</section>")[0]
    for film in panel.films:
        assert f"/staff/entries/{film.entry_id}" in named
    ask(desk, round_id, "All three were shown to the jury together.")
    with panel.app.app_context():
        asked = AuditEvent.query.filter_by(action="round.freezing_asked").one()
        assert asked.detail is not None
        assert asked.detail.payload["reason"] == "All three were shown to the jury together."


def test_an_award_that_nobody_has_decided_is_named(panel: Panel, make: Make, sign_in: Any) -> None:
    make.award("grand", category_id=make.category("adult").id)
    jury = panel.open(RoundKind.INTERNATIONAL_JURY, key="jury", source=shortlisted_panel(panel))
    panel.only_close(jury)
    answer = sign_in(panel.staff).post(f"staff/rounds/{jury}/freezing")
    assert answer.status_code == 409
    assert "Award grand" in answer.text.split("Nothing is decided here")[1].split("</section>")[0]


def test_what_changes_between_the_two_people_is_looked_at_again(
    panel: Panel, closed: int, sign_in: Any
) -> None:
    first, second = sign_in(panel.staff), sign_in(panel.second())
    request = ask(first, closed)
    withdraw(panel, panel.films[0])
    answer = second.post(f"staff/rounds/{closed}/freezing/confirmation", {"request": request})
    assert "changed since you looked" in answer.text
    with panel.app.app_context():
        assert row(closed).state is RoundState.CLOSED
        assert db.session.get_one(RoundRequest, request).state is RequestState.DROPPED
        result = versions.current(row(closed))
        assert result is not None
        assert {r.film_version_id for r in result.ranked} == {f.id for f in panel.films[1:]}


def withdraw(panel: Panel, film: FilmVersion, state: EntryState = EntryState.WITHDRAWN) -> None:
    with panel.deed():
        entry = db.session.get_one(FilmVersion, film.id).entry
        entry.state, entry.withdrawn_at = state, clock.now()


def test_a_request_that_was_taken_back_cannot_be_confirmed(
    panel: Panel, closed: int, sign_in: Any
) -> None:
    first, second = sign_in(panel.staff), sign_in(panel.second())
    request = ask(first, closed)
    first.post(f"staff/rounds/{closed}/request/withdrawal", {"request": request})
    answer = second.post(f"staff/rounds/{closed}/freezing/confirmation", {"request": request})
    assert answer.status_code == 409
    assert "settled or replaced meanwhile" in answer.text


def test_two_people_who_freeze_at_once_freeze_once(panel: Panel, closed: int) -> None:
    second = panel.second()
    with panel.deed():
        request = sealing.ask(row(closed), "", panel.by()).id

    def confirm() -> None:
        sealing.confirm(row(closed), request, db.session.get_one(Account, second.id))

    outcomes = in_threads(panel, 6, confirm)
    assert outcomes.count("done") == 1
    assert set(outcomes) <= {"done", "request_gone"}
    with panel.app.app_context():
        assert AuditEvent.query.filter_by(action="round.sealed").count() == 1
        assert RoundResult.query.count() == 1


def test_freezing_and_reopening_at_once_end_in_one_of_both(panel: Panel, closed: int) -> None:
    """The later request replaces the earlier one, so only one of them can be confirmed."""
    second = panel.second()
    terms = reopening.Terms(clock.now().replace(year=2099))
    with panel.deed():
        freezing = sealing.ask(row(closed), "", panel.by()).id
    with panel.deed():
        again = reopening.ask(row(closed), terms, "A juror was ill", panel.by()).id
    turn = iter([freezing, again] * 2)
    kinds = {freezing: sealing.confirm, again: reopening.confirm}

    def confirm() -> None:
        request = next(turn)
        kinds[request](row(closed), request, db.session.get_one(Account, second.id))

    outcomes = in_threads(panel, 4, confirm)
    assert sorted(outcomes) == ["done", "request_gone", "request_gone", "request_gone"]
    with panel.app.app_context():
        assert (row(closed).state, row(closed).version) == (RoundState.OPEN, 2)


def test_twenty_at_the_close_leave_one_result(panel: Panel) -> None:
    round_id = panel.assigned()
    panel.score_all(round_id, lambda _a: 4)
    staff = panel.staff.id

    def close() -> None:
        rounds.close(row(round_id), db.session.get_one(Account, staff), anyway=True)

    outcomes = in_threads(panel, 20, close)
    assert outcomes.count("done") == 1
    assert set(outcomes) <= {"done", "stale_state", "transition_not_allowed"}
    with panel.app.app_context():
        assert RoundResult.query.count() == 1


# ----- reopened


def test_reopening_makes_a_version_and_keeps_the_one_before(
    panel: Panel, closed: int, sign_in: Any
) -> None:
    panel.freeze(closed)
    with panel.app.app_context():
        before = versions.frozen(row(closed)).digest
        sealed = row(closed).declared_digest
    panel.reopen(closed)
    with panel.app.app_context():
        again = row(closed)
        assert (again.state, again.version) == (RoundState.OPEN, 2)
        assert again.declared is not None
        assert again.declared["version"] == 2
        assert again.declared_digest != sealed
        assert versions.current(again) is None
    desk: Visitor = sign_in(panel.staff)
    page = desk.get(f"staff/rounds/{closed}/result").text
    assert "This is an older version of the round" in page
    assert "It counts until a newer version is frozen" in page
    record = desk.get(f"staff/rounds/{closed}/snapshot.json?version=1").get_json()
    assert record["digest"] == before
    assert desk.get(f"staff/rounds/{closed}/result?version=2").status_code == 404
    panel.close(closed)
    with panel.app.app_context():
        assert [r.version for r in row(closed).results] == [1, 2]
        assert versions.frozen(row(closed)).version == 2
        assert row(closed).results[0].digest == before
    assert before in desk.get(f"staff/rounds/{closed}").text
    old = desk.get(f"staff/rounds/{closed}/result?version=1").text
    assert "It is kept to be read and counts no more" in old


def test_a_version_that_was_never_frozen_is_kept_and_never_counts(
    panel: Panel, closed: int
) -> None:
    panel.reopen(closed)
    edition_id = panel.make.edition().id
    with panel.app.app_context():
        assert [r.frozen_at for r in row(closed).results] == [None]
        assert versions.newest_frozen(row(closed)) is None
        edition = db.session.get_one(Edition, edition_id)
        assert drafts.frozen_preselections(edition) == []


def test_it_takes_two_people_and_a_reason_to_reopen(
    panel: Panel, closed: int, sign_in: Any
) -> None:
    first, second = sign_in(panel.staff), sign_in(panel.second())
    path = f"staff/rounds/{closed}/reopening"
    form = {"closes_at": "2099-01-01T12:00", "reason": ""}
    assert first.post(path, form).status_code == 400
    past = first.post(path, {**form, "reason": "x", "closes_at": "2001-01-01T12:00"})
    assert past.status_code == 409
    assert first.post(path, {**form, "reason": "A juror was ill"}).status_code == 200
    with panel.app.app_context():
        request = two_people.waiting(row(closed))
        assert request is not None
        number = request.id
    assert first.post(f"{path}/confirmation", {"request": number}).status_code == 409
    assert second.post(f"{path}/confirmation", {"request": number}).status_code == 200
    with panel.app.app_context():
        assert row(closed).state is RoundState.OPEN
        event = AuditEvent.query.filter_by(action="round.reopened").one()
        assert event.detail is not None
        assert event.detail.payload["reason"] == "A juror was ill"


def test_an_open_round_is_not_reopened(panel: Panel, sign_in: Any) -> None:
    round_id = panel.assigned()
    with panel.app.app_context(), pytest.raises(Refused, match="round_not_closed"):
        reopening.ask(row(round_id), reopening.Terms(clock.now()), "x", panel.by())


def test_edit_after_freeze(panel: Panel, closed: int, sign_in: Any) -> None:
    """Nothing of a frozen round can be changed: neither scores nor what it has declared."""
    panel.freeze(closed)
    desk: Visitor = sign_in(panel.staff)
    for deed in ("opening", "closing", "films", "freezing", "computation", "schedule"):
        answer = desk.post(
            f"staff/rounds/{closed}/{deed}", {"closes_at": "2099-01-01T12:00", "anyway": "y"}
        )
        assert answer.status_code == 409, deed
    with panel.app.app_context():
        given = Assignment.query.filter_by(round_id=closed).first()
        with pytest.raises(Refused, match="round_closed"):
            scores.give(who(given.seat), given, scores.Sheet({"story": 5.0}), 1)


def test_scores_of_an_older_version_are_sealed_and_missing_ones_can_be_given(
    panel: Panel, sign_in: Any
) -> None:
    round_id = panel.assigned()
    with panel.deed():
        first, *_rest = Assignment.query.filter_by(round_id=round_id).order_by(Assignment.id)
        scores.give(who(first.seat), first, scores.Sheet({"story": 2.0}), 0)
        sealed = first.id
    panel.close(round_id)
    panel.reopen(round_id)
    with panel.app.app_context():
        given = db.session.get_one(Assignment, sealed)
        with pytest.raises(Refused, match="score_is_final"):
            scores.give(who(given.seat), given, scores.Sheet({"story": 5.0}), 1)
        missing = Assignment.query.filter_by(state=AssignmentState.ASSIGNED).first()
        scores.give(who(missing.seat), missing, scores.Sheet({"story": 5.0}), 0)


def test_a_ranking_that_cannot_decide_asks_for_exactly_those_reviews(
    app: Flask, make: Make, sign_in: Any
) -> None:
    panel = Panel(app, make, make.staff())
    panel.add_jurors(6)
    panel.add_films(8)
    round_id = panel.assigned(shortlist_size=3)
    low = panel.films[0].id
    panel.score_all(round_id, lambda a: 1 if a.film_version_id == low else 4)
    panel.only_close(round_id)
    with app.app_context():
        result = versions.current(row(round_id))
        assert result is not None
        undecided = {r.film_version_id for r in result.ranked if results.is_undecided(r)}
        assert undecided
        assert low not in undecided
    first, second = sign_in(panel.staff), sign_in(panel.second())
    form = {"closes_at": "2099-01-01T12:00", "reason": "They cannot be told apart",
            "more_reviews": "y"}  # fmt: skip
    assert first.post(f"staff/rounds/{round_id}/reopening", form).status_code == 200
    with app.app_context():
        request = two_people.waiting(row(round_id))
        assert request is not None
        number = request.id
    second.post(f"staff/rounds/{round_id}/reopening/confirmation", {"request": number})
    with panel.deed():
        declared = row(round_id).declared
        assert declared is not None
        assert set(declared["extra_reviews"].values()) == {2}
        assert len(declared["extra_reviews"]) == len(undecided)
        assignments.assign(row(round_id), panel.by())
    with app.app_context():
        new = Assignment.query.filter_by(round_id=round_id, state=AssignmentState.ASSIGNED)
        assert {a.film_version_id for a in new} == undecided
        assert new.count() == 2 * len(undecided)


@pytest.mark.parametrize(
    ("rubric", "asked_again"),
    [
        ([{"key": "story", "weight": 1.0}, {"key": "craft", "optional": True}], 0),
        ([{"key": "story", "weight": 2.0}], 0),
        ([*RUBRIC, {"key": "courage"}], 6),
    ],
    ids=["reweighted", "removed", "added"],
)
def test_a_criterion_added_removed_or_reweighted_is_a_new_version(
    panel: Panel, closed: int, rubric: list[dict[str, Any]], asked_again: int
) -> None:
    """Scores that answer the new criteria stay; others are asked for again and do not count."""
    panel.freeze(closed)
    panel.reopen(closed, as_draft=True)
    with panel.deed():
        draft = row(closed)
        assert (draft.state, draft.version) == (RoundState.DRAFT, 2)
        seats = {seat.id for seat in draft.seats}
        plan = drafts.Plan(draft.key, draft.closes_at, 2, 1, criteria=rubric, members=[])
        drafts.change(draft, plan, panel.by())
        assert {seat.id for seat in draft.seats} == seats
        rounds.open_(draft, panel.by())
    with panel.app.app_context():
        again = Assignment.query.filter_by(state=AssignmentState.ASSIGNED).count()
        assert again == asked_again
    panel.close(closed)
    with panel.app.app_context():
        old, new = row(closed).results
        assert [c["key"] for c in old.document["rubric"]] == ["story", "craft"]
        assert [c["key"] for c in new.document["rubric"]] == [c["key"] for c in rubric]
        assert len(new.document["scores"]) == 6 - asked_again
        assert Score.query.count() == 6
        for result in (old, new):
            assert snapshot.recompute(result.document).differences == ()


@pytest.mark.parametrize("deed", ["abstention", "score/removal"])
def test_a_score_that_is_asked_for_again_may_be_taken_back_or_become_an_abstention(
    panel: Panel, closed: int, sign_in: Any, deed: str
) -> None:
    panel.reopen(closed, as_draft=True)
    with panel.deed():
        draft = row(closed)
        rubric = [{"key": "story"}, {"key": "sound"}]
        plan = drafts.Plan(draft.key, draft.closes_at, 2, 1, criteria=rubric)
        drafts.change(draft, plan, panel.by())
        rounds.open_(draft, panel.by())
        again = Assignment.query.order_by(Assignment.id).first()
        assert again is not None
        assert (again.state, again.score is not None) == (AssignmentState.ASSIGNED, True)
        juror = db.session.get_one(Account, again.seat.membership.account_id)
        number = again.id
        db.session.expunge(juror)
    sent = {"reason": "I cannot say more", "revision": "1"}
    answer = sign_in(juror).post(f"jury/films/{number}/{deed}", sent)
    assert answer.status_code == 200
    with panel.app.app_context():
        done = db.session.get_one(Assignment, number)
        state = AssignmentState.ABSTAINED if deed == "abstention" else AssignmentState.ASSIGNED
        assert (done.state, done.score) == (state, None)


def test_a_score_stands_again_where_its_criteria_come_back(panel: Panel, closed: int) -> None:
    for rubric, standing in (([*RUBRIC, {"key": "courage"}], 0), (RUBRIC, 6)):
        panel.reopen(closed, as_draft=True)
        with panel.deed():
            draft = row(closed)
            plan = drafts.Plan(draft.key, draft.closes_at, 2, 1, criteria=rubric)
            drafts.change(draft, plan, panel.by())
            rounds.open_(draft, panel.by())
        with panel.app.app_context():
            scored = Assignment.query.filter_by(state=AssignmentState.SCORED)
            assert scored.count() == standing
        panel.close(closed)
        with panel.app.app_context():
            assert len(row(closed).results[-1].document["scores"]) == standing
            assert Score.query.count() == 6


def test_what_hangs_on_an_old_version_says_so(panel: Panel, make: Make, sign_in: Any) -> None:
    make.award("grand", category_id=make.category("adult").id)
    source = shortlisted_panel(panel)
    jury = panel.draft(RoundKind.INTERNATIONAL_JURY, key="jury", source=source)
    desk: Visitor = sign_in(panel.staff)
    words = "The shortlist behind this round has been frozen anew"
    panel.reopen(source)
    assert words not in desk.get(f"staff/rounds/{jury}").text
    panel.close(source)
    assert words in desk.get(f"staff/rounds/{jury}").text
    assert "still hangs on an older version" in desk.get(f"staff/rounds/{source}").text
    assert desk.post(f"staff/rounds/{jury}/films").status_code == 409
    with panel.deed():
        result = versions.frozen(row(source))
        chosen = {r.film_version_id for r in result.ranked[:1]}
        shortlists.mark(result, chosen, "Only one is left", panel.by())
    assert desk.post(f"staff/rounds/{jury}/films").status_code == 200
    assert words not in desk.get(f"staff/rounds/{jury}").text
    with panel.app.app_context():
        assert row(jury).source_version == 2
        assert {f.film_version_id for f in row(jury).films} == chosen


def test_somebody_who_confirms_what_is_gone_is_told(panel: Panel, closed: int) -> None:
    with panel.app.app_context(), pytest.raises(StaleState):
        sealing.confirm(row(closed), 12345, panel.by())
