"""What a juror may do beside scoring: undo, abstain, give back, note, sign, and find receipts."""

import re
from typing import Any

import pytest
from flask import Flask

import plural.mails  # noqa: F401 - registers the composers
from plural import clock, mailing
from plural.actions import assignments, eligibility, progress, scores
from plural.errors import Refused, StaleState
from plural.extensions import db
from plural.models.audit import AuditEvent
from plural.models.entry import Entry, EntryState, FilmState, FilmVersion
from plural.models.people import Account, Membership, MembershipRole
from plural.models.rounds import Criterion, Round, RoundResult
from plural.models.scoring import (
    Assignment,
    AssignmentState,
    FilmNote,
    Score,
    ScoreRevision,
)
from plural.round_rules import RoundRules, Sight
from tests import letters
from tests.factories import Make
from tests.plural.panels import Panel, seat_of, who
from tests.visitor import Visitor

FILLED = {"criterion_story": "4", "criterion_craft": "2", "revision": "0"}


@pytest.fixture
def panel(app: Flask, make: Make) -> Panel:
    """Three jurors of three organisations, three films; two watch each."""
    panel = Panel(app, make, make.staff())
    panel.add_jurors(3)
    panel.add_films(3)
    return panel


@pytest.fixture
def round_id(panel: Panel) -> int:
    return panel.assigned()


def declare(panel: Panel, round_id: int, **rules: Any) -> None:
    with panel.deed():
        db.session.get_one(Round, round_id).written_rules = RoundRules(**rules).written()


def mine(panel: Panel, round_id: int, juror: int = 0) -> list[int]:
    """The ids of a juror's assignments."""
    with panel.app.app_context():
        seat = seat_of(panel.jurors[juror][0], round_id)
        return [a.id for a in Assignment.query.filter_by(seat_id=seat).order_by(Assignment.id)]


def shared(panel: Panel, round_id: int) -> tuple[int, int, int, int]:
    """A film that two jurors have: their numbers, and their assignments."""
    with panel.app.app_context():
        rows = Assignment.query.filter_by(round_id=round_id).order_by(Assignment.id).all()
        first = rows[0]
        other = next(
            a for a in rows if a.film_version_id == first.film_version_id and a.id != first.id
        )
        accounts = [account.id for account, _m in panel.jurors]
        who_first, who_other = (
            accounts.index(a.seat.membership.account_id) for a in (first, other)
        )
        return who_first, first.id, who_other, other.id


def state_of(panel: Panel, assignment_id: int) -> AssignmentState:
    with panel.app.app_context():
        found: AssignmentState = db.session.get_one(Assignment, assignment_id).state
        return found


def give(desk: Visitor, assignment_id: int, **fields: str) -> Any:
    return desk.post(f"jury/films/{assignment_id}/score", {**FILLED, **fields})


def top_up(panel: Panel, round_id: int) -> None:
    with panel.deed():
        assignments.assign(db.session.get_one(Round, round_id), panel.by())


# ----- undo


def test_a_score_taken_back_waits_again_and_the_record_keeps_what_was_given(
    panel: Panel, round_id: int, sign_in: Any
) -> None:
    desk: Visitor = sign_in(panel.jurors[0][0])
    [first, *_rest] = mine(panel, round_id)
    give(desk, first)
    page = desk.post(f"jury/films/{first}/score/removal", {"revision": "1"}).text
    assert "The film waits for you again" in page
    assert state_of(panel, first) is AssignmentState.ASSIGNED
    with panel.app.app_context():
        assert Score.query.count() == 0
        kept = ScoreRevision.query.order_by(ScoreRevision.revision).all()
        assert [row.values for row in kept] == [{"story": 4.0, "craft": 2.0}, None]
        assert kept[0].receipt == kept[1].receipt
        deeds = [e.action for e in AuditEvent.query.order_by(AuditEvent.seq)]
        assert deeds[-2:] == ["score.taken_back", "assignment.assigned"]
    panel.close(round_id)
    with panel.app.app_context():
        assert RoundResult.query.one().document["scores"] == []


def test_a_tab_from_before_the_undo_is_stale(panel: Panel, round_id: int, sign_in: Any) -> None:
    desk: Visitor = sign_in(panel.jurors[0][0])
    [first, *_rest] = mine(panel, round_id)
    give(desk, first)
    desk.post(f"jury/films/{first}/score/removal", {"revision": "1"})
    assert give(desk, first, criterion_story="1").status_code == 409
    assert give(desk, first, criterion_story="1", revision="2").status_code == 200
    with panel.app.app_context():
        score = Score.query.one()
        assert (score.values["story"], score.revision) == (1.0, 3)


def test_only_a_score_that_is_still_the_same_is_taken_back_and_only_while_the_round_is_open(
    panel: Panel, round_id: int, sign_in: Any
) -> None:
    desk: Visitor = sign_in(panel.jurors[0][0])
    [first, *_rest] = mine(panel, round_id)
    with panel.app.app_context():
        found = db.session.get_one(Assignment, first)
        with pytest.raises(Refused, match="nothing_to_take_back"):
            scores.take_back(who(found.seat), found, 0)
    give(desk, first)
    give(desk, first, criterion_story="5", revision="1")
    assert desk.post(f"jury/films/{first}/score/removal", {"revision": "1"}).status_code == 409
    with panel.app.app_context():
        found = db.session.get_one(Assignment, first)
        with pytest.raises(StaleState):
            scores.take_back(who(found.seat), found, 1)
    panel.close(round_id)
    assert desk.post(f"jury/films/{first}/score/removal", {"revision": "2"}).status_code == 409
    with panel.app.app_context():
        assert Score.query.one().values["story"] == 5.0


# ----- no score


def test_abstain_is_a_missing_score_and_never_zero(
    panel: Panel, round_id: int, sign_in: Any
) -> None:
    number, first, other_number, other = shared(panel, round_id)
    desk: Visitor = sign_in(panel.jurors[number][0])
    assert desk.post(f"jury/films/{first}/abstention", {"reason": ""}).status_code == 400
    desk.post(f"jury/films/{first}/abstention", {"reason": "I could not hear it"})
    assert state_of(panel, first) is AssignmentState.ABSTAINED
    assert "I could not hear it" in desk.get(f"jury/films/{first}").text
    give(sign_in(panel.jurors[other_number][0]), other)
    given = mine(panel, round_id, number)
    with panel.app.app_context():
        board = progress.board(db.session.get_one(Round, round_id))
        seat = seat_of(panel.jurors[number][0], round_id)
        [load] = [load for load in board.loads if load.seat.id == seat]
        assert (load.done, load.films) == (1, len(given))
        assert len(board.short) == 1, "somebody else may be asked"
        film = db.session.get_one(Assignment, first).film
        code = f"{film.entry.code}.{film.number}"
    panel.close(round_id)
    with panel.app.app_context():
        document = RoundResult.query.one().document
        assert [s["film_id"] for s in document["scores"]] == [code]
        [row] = [r for r in document["result"]["order"] if r["film_id"] == code]
        assert row["reviews"] == 1
        assert row["raw_mean"] == pytest.approx((2 * 0.75 + 0.25) / 3)


def test_who_abstains_is_not_given_the_film_again_and_somebody_else_is(
    panel: Panel, round_id: int, sign_in: Any
) -> None:
    number, first, _other_number, _other = shared(panel, round_id)
    sign_in(panel.jurors[number][0]).post(
        f"jury/films/{first}/abstention", {"reason": "I could not hear it"}
    )
    top_up(panel, round_id)
    assert state_of(panel, first) is AssignmentState.ABSTAINED
    with panel.app.app_context():
        film_id = db.session.get_one(Assignment, first).film_version_id
        rows = Assignment.query.filter_by(film_version_id=film_id).all()
        assert len([a for a in rows if a.state is AssignmentState.ASSIGNED]) == 2


def test_who_has_abstained_may_judge_after_all_and_a_score_may_become_an_abstention(
    panel: Panel, round_id: int, sign_in: Any
) -> None:
    desk: Visitor = sign_in(panel.jurors[0][0])
    [first, *_rest] = mine(panel, round_id)
    give(desk, first)
    desk.post(f"jury/films/{first}/abstention", {"reason": "I was tired"})
    with panel.app.app_context():
        assert Score.query.count() == 0
    desk.post(f"jury/films/{first}/abstention/removal")
    assert state_of(panel, first) is AssignmentState.ASSIGNED
    assert desk.post(f"jury/films/{first}/abstention/removal").status_code == 409
    assert give(desk, first, revision="2").status_code == 200
    assert state_of(panel, first) is AssignmentState.SCORED


def test_a_film_in_a_foreign_language_goes_to_somebody_else_and_the_language_is_noted(
    app: Flask, make: Make, sign_in: Any
) -> None:
    panel = Panel(app, make, make.staff())
    panel.add_jurors(3)
    panel.add_films(2, language="de")
    panel.add_films(1, language="zxx")
    round_id = panel.assigned(reviews_wanted=1)
    with app.app_context():
        rows = Assignment.query.all()
        given = next(a for a in rows if a.film.entry.language == "de")
        silent = next(a for a in rows if a.film.entry.language == "zxx")
        accounts = [account.id for account, _m in panel.jurors]
        juror, watcher = (accounts.index(a.seat.membership.account_id) for a in (given, silent))
        given_id, silent_id, film_id = given.id, silent.id, given.film_version_id
    account = panel.jurors[juror][0]
    desk: Visitor = sign_in(account)
    page = desk.post(f"jury/films/{given_id}/language").text
    assert "German" in page
    assert state_of(panel, given_id) is AssignmentState.RELEASED
    assert desk.get(f"jury/films/{given_id}").status_code == 404
    top_up(panel, round_id)
    assert state_of(panel, given_id) is AssignmentState.RELEASED
    with app.app_context():
        assert db.session.get_one(Account, account.id).languages_not_followed == ["de"]
        [taken] = Assignment.query.filter_by(
            film_version_id=film_id, state=AssignmentState.ASSIGNED
        ).all()
        assert taken.seat.membership.account_id != account.id
    answer = sign_in(panel.jurors[watcher][0]).post(f"jury/films/{silent_id}/language")
    assert answer.status_code == 409
    fields = {"name": account.name, "language": "en", "watched": ["de", "en"]}
    desk.post("account/settings", fields)
    with app.app_context():
        assert db.session.get_one(Account, account.id).languages_not_followed == []


def test_a_conflict_can_be_declared_after_abstaining(
    panel: Panel, round_id: int, sign_in: Any
) -> None:
    desk: Visitor = sign_in(panel.jurors[0][0])
    [first, *_rest] = mine(panel, round_id)
    desk.post(f"jury/films/{first}/abstention", {"reason": "I could not hear it"})
    desk.post(f"jury/films/{first}/conflict", {"reason": "I taught her"})
    assert state_of(panel, first) is AssignmentState.CONFLICTED


# ----- the rules of the round


@pytest.mark.parametrize(("kind", "other"), [("maker", "jury"), ("jury", "maker")])
def test_a_comment_that_the_round_wants_must_be_there(
    panel: Panel, round_id: int, sign_in: Any, kind: str, other: str
) -> None:
    declare(panel, round_id, **{f"{kind}_comment_required": True})
    desk: Visitor = sign_in(panel.jurors[0][0])
    [first, *_rest] = mine(panel, round_id)
    refused = give(desk, first, **{f"comment_for_{other}": "Fine"})
    assert refused.status_code == 400
    assert "Please write a few words" in refused.text
    with panel.app.app_context():
        found = db.session.get_one(Assignment, first)
        with pytest.raises(Refused, match="comment_missing"):
            scores.give(who(found.seat), found, scores.Sheet({"story": 4.0}), 0)
    assert give(desk, first, **{f"comment_for_{kind}": "Keep going"}).status_code == 200


@pytest.mark.parametrize("shows", [True, False])
def test_makers_are_named_where_the_round_shows_names_and_they_agreed(
    app: Flask, make: Make, sign_in: Any, shows: bool
) -> None:
    panel = Panel(app, make, make.staff())
    panel.add_jurors(1)
    account = make.account("Lina Haddad")
    panel.films.append(make.eligible_film(account))
    round_id = panel.assigned(reviews_wanted=1)
    declare(panel, round_id, shows_names=shows)
    desk: Visitor = sign_in(panel.jurors[0][0])
    [first] = mine(panel, round_id)
    assert ("Lina Haddad" in desk.get(f"jury/films/{first}").text) is shows
    with panel.deed():
        for consent in FilmVersion.query.one().entry.persons[0].consents:
            if consent.use.value == "name":
                consent.revoked_at = clock.now()
    assert "Lina Haddad" not in desk.get(f"jury/films/{first}").text


def test_what_others_gave_is_seen_after_ones_own_score_only_where_the_round_says_so(
    panel: Panel, round_id: int, sign_in: Any
) -> None:
    number, first, other_number, other = shared(panel, round_id)
    declare(panel, round_id, others_scores=Sight.AFTER_OWN)
    desk: Visitor = sign_in(panel.jurors[number][0])
    give(sign_in(panel.jurors[other_number][0]), other, comment_for_jury="canary")
    assert "canary" not in desk.get(f"jury/films/{first}").text
    desk.post(f"jury/films/{first}/abstention", {"reason": "no"})
    assert "canary" not in desk.get(f"jury/films/{first}").text
    desk.post(f"jury/films/{first}/abstention/removal")
    give(desk, first)
    assert "canary" not in desk.get(f"jury/films/{first}").text
    page = desk.post(f"jury/films/{first}/score/final", {"revision": "1"}).text
    assert "canary" in page
    assert panel.jurors[other_number][0].name not in page


def test_a_score_is_final_once_what_others_gave_was_shown_and_can_be_undone_before(
    panel: Panel, round_id: int, sign_in: Any
) -> None:
    number, first, other_number, other = shared(panel, round_id)
    declare(panel, round_id, others_scores=Sight.AFTER_OWN)
    desk: Visitor = sign_in(panel.jurors[number][0])
    give(sign_in(panel.jurors[other_number][0]), other, comment_for_jury="canary")
    address = f"jury/films/{first}/score"
    assert f"{address}/final" not in desk.get(f"jury/films/{first}").text
    assert desk.post(f"{address}/final", {"revision": "0"}).status_code == 409
    give(desk, first, criterion_story="1")
    desk.post(f"{address}/removal", {"revision": "1"})
    give(desk, first, criterion_story="1", revision="2")
    assert f"{address}/final" in desk.get(f"jury/films/{first}").text
    assert desk.post(f"{address}/final", {"revision": "2"}).status_code == 409
    assert "canary" not in desk.get(f"jury/films/{first}").text

    assert "canary" in desk.post(f"{address}/final", {"revision": "3"}).text
    page = desk.post(f"{address}/final", {"revision": "3"}).text
    assert "Your score is final." in page
    assert f'action="{desk.place}/{address}' not in page
    assert give(desk, first, criterion_story="5", revision="3").status_code == 409
    assert desk.post(f"{address}/removal", {"revision": "3"}).status_code == 409
    assert desk.post(f"jury/films/{first}/abstention", {"reason": "no"}).status_code == 409
    with panel.app.app_context():
        score = Score.query.filter_by(assignment_id=first).one()
        assert (score.values["story"], score.revision) == (1.0, 3)
        assert AuditEvent.query.filter_by(action="score.made_final").count() == 1
    assert desk.post(f"jury/films/{first}/conflict", {"reason": "My niece"}).status_code == 200
    with panel.app.app_context():
        assert Score.query.filter_by(assignment_id=first).one().void_reason == "My niece"


@pytest.mark.parametrize("sight", [Sight.AFTER_CLOSE, Sight.NEVER])
def test_no_score_is_made_final_where_the_round_does_not_show_others_for_it(
    panel: Panel, round_id: int, sign_in: Any, sight: Sight
) -> None:
    number, first, *_others = shared(panel, round_id)
    declare(panel, round_id, others_scores=sight)
    desk: Visitor = sign_in(panel.jurors[number][0])
    give(desk, first)
    assert f"jury/films/{first}/score/final" not in desk.get(f"jury/films/{first}").text
    assert desk.post(f"jury/films/{first}/score/final", {"revision": "1"}).status_code == 409
    assert give(desk, first, criterion_story="5", revision="1").status_code == 200


@pytest.mark.parametrize("shown", [False, True])
def test_what_others_wrote_for_the_jury_is_read_after_the_close_only_where_the_round_says_so(
    panel: Panel, round_id: int, sign_in: Any, shown: bool
) -> None:
    """The words alone: no score, no name, and nothing that is for the filmmaker."""
    number, first, other_number, other = shared(panel, round_id)
    declare(panel, round_id, jury_comments_shown=shown)
    desk: Visitor = sign_in(panel.jurors[number][0])
    words = {"comment_for_jury": "canary", "comment_for_maker": "other canary"}
    give(sign_in(panel.jurors[other_number][0]), other, **words)
    give(desk, first, comment_for_jury="my own words")
    assert "canary" not in desk.get(f"jury/films/{first}").text
    panel.close(round_id)
    page = desk.get(f"jury/films/{first}").text
    assert ("What others wrote for the jury" in page) is shown
    assert page.count("canary") == int(shown)
    assert "What others gave" not in page
    assert panel.jurors[other_number][0].name not in page
    panel.reopen(round_id)
    assert "canary" not in desk.get(f"jury/films/{first}").text


def test_words_for_the_jury_of_a_score_with_a_conflict_are_read_by_nobody(
    panel: Panel, round_id: int, sign_in: Any
) -> None:
    number, first, other_number, other = shared(panel, round_id)
    declare(panel, round_id, jury_comments_shown=True)
    beside: Visitor = sign_in(panel.jurors[other_number][0])
    give(beside, other, comment_for_jury="canary")
    desk: Visitor = sign_in(panel.jurors[number][0])
    give(desk, first)
    panel.only_close(round_id)
    assert "canary" in desk.get(f"jury/films/{first}").text
    beside.post(f"jury/films/{other}/conflict", {"reason": "My niece"})
    assert "canary" not in desk.get(f"jury/films/{first}").text


def test_where_no_words_are_wanted_none_are_asked_for_and_older_ones_stay(
    panel: Panel, round_id: int, sign_in: Any
) -> None:
    number, first, _other_number, _other = shared(panel, round_id)
    desk: Visitor = sign_in(panel.jurors[number][0])
    assert 'name="comment_for_maker"' in desk.get(f"jury/films/{first}").text
    give(desk, first, comment_for_maker="Go on like this")
    declare(panel, round_id, may_comment=False, maker_comment_required=True)
    page = desk.get(f"jury/films/{first}").text
    assert "criterion_" in page
    assert "comment_for_" not in page
    changed = give(desk, first, criterion_story="5", comment_for_maker="Else", revision="1")
    assert changed.status_code == 200
    with panel.app.app_context():
        assert [score.comment_for_maker for score in Score.query] == ["Go on like this"]
        assert [score.revision for score in Score.query] == [2]


def test_words_for_the_jury_are_not_read_by_who_may_still_score_the_film_in_a_later_version(
    panel: Panel, round_id: int, sign_in: Any
) -> None:
    number, first, other_number, other = shared(panel, round_id)
    declare(panel, round_id, jury_comments_shown=True)
    give(sign_in(panel.jurors[other_number][0]), other, comment_for_jury="canary")
    panel.only_close(round_id)
    assert "canary" not in sign_in(panel.jurors[number][0]).get(f"jury/films/{first}").text


READERS = [
    ({}, "Only staff read it, after the round has closed."),
    ({"jury_comments_shown": True}, "After the round has closed, staff read it, and other jurors"),
    ({"others_scores": Sight.AFTER_CLOSE}, "After the round has closed, staff read it, and other"),
    ({"others_scores": Sight.AFTER_OWN}, "once their own score is final. Staff read it after"),
]


@pytest.mark.parametrize(("rules", "told"), READERS)
def test_a_juror_is_told_beforehand_who_reads_the_words_for_the_jury_also_in_the_preview(
    panel: Panel, round_id: int, make: Make, sign_in: Any, rules: dict[str, Any], told: str
) -> None:
    draft = panel.draft(key="draft", rules=RoundRules(**rules))
    declare(panel, round_id, **rules)
    [first, *_rest] = mine(panel, round_id)
    assert told in sign_in(panel.jurors[0][0]).get(f"jury/films/{first}").text
    make.signed(panel.staff, make.edition())
    assert told in sign_in(panel.staff).get(f"staff/rounds/{draft}/preview").text


@pytest.mark.parametrize("sight", [Sight.AFTER_CLOSE, Sight.NEVER])
def test_what_others_gave_is_seen_after_the_close_only_where_the_round_says_so(
    panel: Panel, round_id: int, sign_in: Any, sight: Sight
) -> None:
    number, first, other_number, other = shared(panel, round_id)
    declare(panel, round_id, others_scores=sight)
    desk: Visitor = sign_in(panel.jurors[number][0])
    give(sign_in(panel.jurors[other_number][0]), other, comment_for_jury="canary")
    give(desk, first)
    assert "canary" not in desk.get(f"jury/films/{first}").text
    panel.close(round_id)
    seen = "canary" in desk.get(f"jury/films/{first}").text
    assert seen is (sight is Sight.AFTER_CLOSE)


def test_the_words_of_each_step_stand_at_the_step_in_the_language_of_the_page(
    make: Make, panel: Panel, round_id: int, sign_in: Any
) -> None:
    with panel.deed():
        Criterion.query.filter_by(key="story").one().step = 0.5
    edition = make.edition()
    make.texts(edition, {"criterion.story.anchor.3.5": "Half a step more than three"})
    make.texts(edition, {"criterion.story.anchor.3.5": "نصف درجة فوق الثلاث"}, "ar")
    desk: Visitor = sign_in(panel.jurors[0][0])
    [first, *_rest] = mine(panel, round_id)
    page = desk.get(f"jury/films/{first}").text
    step = re.search(r'aria-describedby="([^"]+)"[^>]*value="3.5"', page)
    assert step, "the step is described by its words"
    assert f'id="{step.group(1)}">Half a step more than three<' in page
    assert "نصف درجة" in desk.get(f"/ar/plural/2026/jury/films/{first}").text


# ----- notes


def test_notes_are_for_their_juror_alone_and_go_with_the_account(
    panel: Panel, round_id: int, sign_in: Any
) -> None:
    number, first, other_number, other = shared(panel, round_id)
    with panel.app.app_context():
        seat = seat_of(panel.jurors[number][0], round_id)
        film = db.session.get_one(Assignment, first).film
        film_id, entry_id = film.id, film.entry_id
    desk: Visitor = sign_in(panel.jurors[number][0])
    stranger: Visitor = sign_in(panel.jurors[other_number][0])
    staff: Visitor = sign_in(panel.staff)
    wrong = desk.post(f"jury/{seat}/films/{film_id}/notes", {"at": "soon", "words": "canary"})
    assert wrong.status_code == 400
    desk.post(f"jury/{seat}/films/{film_id}/notes", {"at": "0:07", "words": "canary"})
    page = desk.get(f"jury/films/{first}").text
    assert "canary" in page
    assert 'data-at="7.0"' in page
    with panel.app.app_context():
        note = FilmNote.query.one().id
    assert stranger.post(f"jury/notes/{note}/removal").status_code == 404
    for someone, path in (
        (stranger, f"jury/films/{other}"),
        (staff, f"staff/entries/{entry_id}"),
        (staff, f"staff/rounds/{round_id}"),
        (staff, "staff/audit"),
    ):
        assert "canary" not in someone.get(path).text
    panel.close(round_id)
    with panel.app.app_context():
        assert "canary" not in str(RoundResult.query.one().document)
        on_erasure = {key.ondelete for key in FilmNote.__table__.c.account_id.foreign_keys}
        assert on_erasure == {"CASCADE"}
    assert "canary" in desk.get(f"jury/films/{first}").text, "after the close it is still there"
    desk.post(f"jury/notes/{note}/removal")
    with panel.app.app_context():
        assert FilmNote.query.count() == 0


def test_the_database_itself_erases_notes_with_their_account(
    app: Flask, make: Make, panel: Panel
) -> None:
    account = make.account()
    film_id = panel.films[0].id
    make.add(
        FilmNote(
            account_id=account.id,
            film_version_id=film_id,
            at_s=1.0,
            words="mine",
            written_at=panel.films[0].created_at,
        )
    )
    with panel.deed():
        db.session.execute(db.delete(Account).where(Account.id == account.id))
    with app.app_context():
        assert FilmNote.query.count() == 0


# ----- receipts


def test_every_receipt_is_found_again_and_after_the_freeze_in_the_result(
    panel: Panel, round_id: int, sign_in: Any
) -> None:
    desk: Visitor = sign_in(panel.jurors[0][0])
    first, second = mine(panel, round_id)[:2]
    give(desk, first)
    give(desk, first, criterion_story="5", revision="1")
    give(desk, second)
    desk.post(f"jury/films/{second}/score/removal", {"revision": "1"})
    with panel.app.app_context():
        rows = ScoreRevision.query.order_by(ScoreRevision.id).all()
        replaced, kept, taken_back = (r.receipt for r in rows if r.values is not None)
    page = desk.get("jury/receipts").text
    for receipt, words in (
        (replaced, "Replaced by a later one"),
        (kept, "Kept; the result is not frozen yet"),
        (taken_back, "You took it back"),
    ):
        assert words in row_of(page, receipt)
    panel.close(round_id)
    page = desk.get(f"jury/receipts?receipt={kept}").text
    assert "Your score is in the frozen result" in row_of(page, kept)
    assert replaced not in page
    with panel.app.app_context():
        assert RoundResult.query.one().digest in page
    stranger: Visitor = sign_in(panel.jurors[1][0])
    page = stranger.get(f"jury/receipts?receipt={kept}").text
    assert "frozen result" not in page


def row_of(page: str, receipt: str) -> str:
    return next(row for row in page.split("<tbody", 1)[1].split("<tr") if receipt in row)


def test_a_voided_score_says_so_on_its_receipt(panel: Panel, round_id: int, sign_in: Any) -> None:
    desk: Visitor = sign_in(panel.jurors[0][0])
    [first, *_rest] = mine(panel, round_id)
    give(desk, first)
    desk.post(f"jury/films/{first}/conflict", {"reason": "I taught her"})
    assert "Does not count" in desk.get("jury/receipts").text


def test_a_receipt_says_until_the_freeze_that_the_score_is_kept(
    panel: Panel, round_id: int, sign_in: Any
) -> None:
    """Not that the round is still open, once it has closed; and again for each new version."""
    desk: Visitor = sign_in(panel.jurors[0][0])
    first, second = mine(panel, round_id)[:2]
    give(desk, first)
    panel.only_close(round_id)
    assert "the result is not frozen yet" in desk.get("jury/receipts").text
    panel.freeze(round_id)
    assert "the result is not frozen yet" not in desk.get("jury/receipts").text
    panel.reopen(round_id)
    give(desk, second)
    with panel.app.app_context():
        old, new = (s.receipt for s in Score.query.order_by(Score.id))
    page = desk.get("jury/receipts").text
    assert "Your score is in the frozen result" in row_of(page, old)
    assert "Kept; the result is not frozen yet" in row_of(page, new)
    panel.close(round_id)
    assert "Your score is in the frozen result" in row_of(desk.get("jury/receipts").text, new)


def test_a_receipt_of_a_film_that_has_left_says_so(
    panel: Panel, round_id: int, sign_in: Any
) -> None:
    desk: Visitor = sign_in(panel.jurors[0][0])
    [first, *_rest] = mine(panel, round_id)
    give(desk, first)
    with panel.deed():
        entry = db.session.get_one(Assignment, first).film.entry
        eligibility.decide(entry, EntryState.DISQUALIFIED, "Made by others", panel.by())
    panel.close(round_id)
    assert "Not in the result: the film has left" in desk.get("jury/receipts").text


# ----- a new version


def test_film_file_replaced_mid_round_the_score_stays_and_the_juror_learns_what_changed(
    panel: Panel, make: Make, round_id: int, sign_in: Any
) -> None:
    desk: Visitor = sign_in(panel.jurors[0][0])
    [first, *_rest] = mine(panel, round_id)
    give(desk, first)
    assert "new version" not in desk.get(f"jury/films/{first}").text
    with panel.deed():
        film = db.session.get_one(Assignment, first).film
        film_id = film.id
        newer = FilmVersion(
            number=2, created_at=clock.now(), state=FilmState.COMPLETE, duration_s=75.0
        )
        film.entry.versions.append(newer)
        entry_id = film.entry_id
    make.consents(make.first(Entry, id=entry_id))
    page = desk.get(f"jury/films/{first}").text
    assert "The maker has sent a new version since" in page
    assert "Its length was <bdi>0:12</bdi> and is now <bdi>1:15</bdi>." in page
    assert "Its subtitles were: English. Now they are: none." in page
    assert "Picture or sound have changed." in page
    assert f"/films/{film_id}/240.mp4" in page
    with panel.app.app_context():
        assert Score.query.one().film_version_id == film_id


# ----- people


def test_a_juror_of_two_partners_has_one_account_one_signature_and_a_queue_in_each_round(
    app: Flask, make: Make, sign_in: Any
) -> None:
    panel = Panel(app, make, make.staff())
    first, second = make.organisation("First"), make.organisation("Second")
    panel.add_jurors(1, [first])
    account = panel.jurors[0][0]
    other = make.membership(MembershipRole.JUROR, second, account)
    panel.add_films(4)
    one = panel.assigned(key="one", reviews_wanted=1)
    panel.jurors[0] = (account, other)
    two = panel.assigned(key="two", reviews_wanted=1)
    desk: Visitor = sign_in(account)
    page = desk.get("jury").text
    assert page.count("4 films left to watch") == 2
    assert "First" in page
    assert "Second" in page
    given = mine(panel, one)[0]
    give(desk, given)
    assert desk.get("jury").text.count("4 films left to watch") == 1
    assert desk.post(f"jury/films/{given}/conflict", {"reason": "x"}).status_code == 200
    with app.app_context():
        gone = Assignment.query.filter_by(state=AssignmentState.CONFLICTED).all()
        assert {a.round_id for a in gone} == {one, two}


def test_order_effects_each_juror_has_an_order_by_seed_and_pseudonym_that_nothing_else_moves(
    app: Flask, make: Make, sign_in: Any
) -> None:
    panel = Panel(app, make, make.staff())
    panel.add_jurors(2)
    for category in ("adult", "teen", "child"):
        panel.add_films(3, category)
    round_id = panel.assigned()
    orders = []
    for number, (account, _membership) in enumerate(panel.jurors):
        desk: Visitor = sign_in(account)
        before = order_of(desk, panel, number, round_id)
        give(desk, before[4])
        after = order_of(desk, panel, number, round_id)
        assert [a for a in after if a != before[4]] == [a for a in before if a != before[4]]
        with app.app_context():
            orders.append([db.session.get_one(Assignment, a).film_version_id for a in before])
    assert sorted(orders[0]) == sorted(orders[1])
    assert orders[0] != orders[1]
    with panel.deed():
        db.session.get_one(Round, round_id).seed = "another"
    assert order_of(desk, panel, 1, round_id) != after


def order_of(desk: Visitor, panel: Panel, number: int, round_id: int) -> list[int]:
    with panel.app.app_context():
        seat = seat_of(panel.jurors[number][0], round_id)
    page = desk.get(f"jury/{seat}").text.split('<ul class="films">', 1)[1]
    return [int(found) for found in re.findall(r'<h3><a href="[^"]*/jury/films/(\d+)"', page)]


@pytest.mark.parametrize(("weight", "expected"), [(0.0, 0.75), (1.0, (2 * 0.75 + 0.25) / 3)])
def test_zero_weight_is_asked_and_does_not_count(
    panel: Panel, sign_in: Any, weight: float, expected: float
) -> None:
    round_id = panel.assigned(
        criteria=[{"key": "story", "weight": 2.0}, {"key": "craft", "weight": weight}]
    )
    [first, *_rest] = mine(panel, round_id)
    give(sign_in(panel.jurors[0][0]), first)
    panel.close(round_id)
    with panel.app.app_context():
        film = db.session.get_one(Assignment, first).film
        rows = RoundResult.query.one().document["result"]["order"]
        [row] = [r for r in rows if r["film_id"] == f"{film.entry.code}.{film.number}"]
        assert row["raw_mean"] == pytest.approx(expected)


def test_a_criterion_that_a_juror_leaves_out_takes_its_weight_along(
    panel: Panel, sign_in: Any
) -> None:
    """The weight of craft is the larger one: as a zero it would pull the mean down."""
    round_id = panel.assigned(
        criteria=[{"key": "story"}, {"key": "craft", "weight": 9.0, "optional": True}]
    )
    [first, *_rest] = mine(panel, round_id)
    give(sign_in(panel.jurors[0][0]), first, criterion_craft="")
    panel.close(round_id)
    with panel.app.app_context():
        scored = [r for r in RoundResult.query.one().document["result"]["order"] if r["reviews"]]
        assert [row["raw_mean"] for row in scored] == [0.75]


def test_a_script_is_told_where_to_go_on_and_a_page_is_led_there(
    panel: Panel, round_id: int, sign_in: Any
) -> None:
    desk: Visitor = sign_in(panel.jurors[0][0])
    first, second = mine(panel, round_id)[:2]
    told = desk.post(
        f"jury/films/{first}/score", FILLED, headers={"Accept": "application/json"}
    ).json
    with panel.app.app_context():
        assert told["receipt"] == Score.query.one().receipt
    assert told["next"].endswith(f"/jury/films/{second}")
    answer = desk.post(f"jury/films/{first}/score", FILLED, follow_redirects=False)
    assert answer.headers["Location"] == told["next"]


def test_an_invitation_in_ones_language_leads_to_pages_and_mails_in_it(
    app: Flask, make: Make, visitor: Visitor
) -> None:
    """The second invitation goes to the same account, which signs in and accepts by POST."""
    edition = make.edition()
    tokens = []
    for name in ("First", "Second"):
        membership = make.add(
            Membership(
                organisation_id=make.organisation(name).id,
                role=MembershipRole.JUROR,
                email="noor@example.org",
                language="ar",
                invited_at=edition.created_at,
            )
        )
        with app.app_context():
            mailing.post(edition.festival_id, "invitation", membership_id=membership.id)
            db.session.commit()
        [mail] = letters.deliver(app)
        assert mail["Content-Language"] == "ar"
        assert "/ar/plural/2026/invitation/" in mail.get_content()
        tokens.append(letters.token_in(mail))
    visitor.home = visitor.place = "/ar/plural/2026"
    visitor.post(f"invitation/{tokens[0]}", {"name": "Noor", "password": "three long words"})
    page = visitor.post(f"invitation/{tokens[1]}").text
    assert 'lang="ar" dir="rtl"' in page
    assert visitor.get(f"invitation/{tokens[0]}").status_code == 410
    with app.app_context():
        account = Account.query.one()
        assert account.language == "ar"
        assert len([m for m in account.memberships if m.accepted_at]) == 2
