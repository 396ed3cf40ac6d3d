"""A juror's desk in a preselection, and what it keeps."""

import re
import threading
from typing import Any

import pytest
from flask import Flask

import plural.mails  # noqa: F401 - registers the composers
from plural import clock, mailing
from plural.actions import organisations, rounds, scores, versions
from plural.actions.receipts import counted_in
from plural.errors import DomainError, Refused
from plural.extensions import db
from plural.models.audit import AuditEvent, OutboxItem
from plural.models.consent import Consent
from plural.models.entry import FilmVersion
from plural.models.people import Account, Membership
from plural.models.rounds import Criterion, Round, RoundResult
from plural.models.scoring import Assignment, AssignmentState, Conflict, ConflictSource, Score
from plural.round_rules import RoundRules, Sight
from tests.factories import Make
from tests.plural.panels import Panel, seat_of, who
from tests.visitor import Visitor, steady

FILLED = {"criterion_story": "4", "criterion_craft": "2", "revision": "0"}


@pytest.fixture
def panel(app: Flask, make: Make) -> Panel:
    """Two jurors of two organisations, three films, both watch all."""
    panel = Panel(app, make, make.staff())
    panel.add_jurors(2)
    panel.add_films(3, synopsis="Two neighbours meet", country="JO")
    return panel


@pytest.fixture
def round_id(panel: Panel) -> int:
    return panel.assigned()


def declare(panel: Panel, round_id: int, **rules: Any) -> None:
    """Write rules of the round as its draft would have said them."""
    with panel.deed():
        db.session.get_one(Round, round_id).written_rules = RoundRules(**rules).written()


def assignment_of(panel: Panel, juror: int = 0, film: int = 0) -> int:
    with panel.app.app_context():
        account = panel.jurors[juror][0]
        found = [
            a
            for a in Assignment.query.filter_by(film_version_id=panel.films[film].id)
            if a.seat.membership.account_id == account.id
        ]
        return int(found[0].id)


def kept(assignment_id: int) -> Score | None:
    found: Score | None = Score.query.filter_by(assignment_id=assignment_id).first()
    return found


def test_the_queue_says_what_is_left_and_offers_the_next_film(
    panel: Panel, round_id: int, sign_in: Any
) -> None:
    desk: Visitor = sign_in(panel.jurors[0][0])
    with panel.app.app_context():
        seat = seat_of(panel.jurors[0][0], round_id)
    assert "3 films left to watch" in desk.get("jury").text
    page = desk.get(f"jury/{seat}").text
    assert "0 of 3 films done" in page
    assert 'datetime="PT36S"' in page
    first = re.search(r"jury/films/(\d+)\">", page.split("Watch the next film")[0])
    assert first
    after = desk.post(f"jury/films/{first.group(1)}/score", FILLED).text
    assert "1 of 3 films done" in after
    assert f"jury/films/{first.group(1)}/score" not in after, "the next film follows at once"


def test_each_juror_has_an_order_of_their_own_that_stays(
    app: Flask, make: Make, sign_in: Any
) -> None:
    panel = Panel(app, make, make.staff())
    panel.add_jurors(2)
    panel.add_films(8)
    round_id = panel.assigned()
    orders = []
    for account, _membership in panel.jurors:
        desk: Visitor = sign_in(account)
        with app.app_context():
            seat = seat_of(account, round_id)
        titles = [
            re.findall(r"<bdi>(Film \d+)</bdi>", desk.get(f"jury/{seat}").text) for _n in "ab"
        ]
        assert titles[0] == titles[1]
        assert len(titles[0]) == 8
        orders.append(titles[0])
    assert orders[0] != orders[1]
    assert sorted(orders[0]) == sorted(orders[1])


def test_in_a_blind_round_a_juror_sees_the_film_and_never_who_made_it(
    panel: Panel, round_id: int, sign_in: Any
) -> None:
    declare(panel, round_id, shows_names=False)
    page = sign_in(panel.jurors[0][0]).get(f"jury/films/{assignment_of(panel)}").text
    film = panel.films[0]
    with panel.app.app_context():
        entry = db.session.get_one(FilmVersion, film.id).entry
        assert entry.title in page
        assert "Two neighbours meet" in page
        assert f"/films/{film.id}/240.mp4" in page
        assert 'kind="subtitles"' in page
        for hidden in (entry.account.name, entry.account.email, "Jordan", entry.persons[0].name):
            assert hidden not in page.replace(panel.jurors[0][0].name, "")
    assert "style=" not in page


def test_a_score_is_kept_with_a_receipt(panel: Panel, round_id: int, sign_in: Any) -> None:
    assignment_id = assignment_of(panel)
    sent = {**FILLED, "comment_for_maker": " Keep going ", "comment_for_jury": "Strong end"}
    answer = sign_in(panel.jurors[0][0]).post(f"jury/films/{assignment_id}/score", sent)
    with panel.app.app_context():
        score = kept(assignment_id)
        assert score is not None
        assert score.values == {"story": 4.0, "craft": 2.0}
        assert (score.comment_for_maker, score.comment_for_jury) == ("Keep going", "Strong end")
        assert (score.revision, score.film_version_id) == (1, panel.films[0].id)
        assert score.assignment.state is AssignmentState.SCORED
        assert score.receipt in answer.text
        event = AuditEvent.query.filter_by(action="score.given").one()
        assert event.detail is not None
        assert event.detail.payload == {"receipt": score.receipt, "revision": 1}
        assert event.actor == panel.jurors[0][0].pseudonym


def test_what_does_not_apply_is_missing_and_not_zero(
    panel: Panel, round_id: int, sign_in: Any
) -> None:
    assignment_id = assignment_of(panel)
    sent = {**FILLED, "criterion_craft": ""}
    sign_in(panel.jurors[0][0]).post(f"jury/films/{assignment_id}/score", sent)
    with panel.app.app_context():
        score = kept(assignment_id)
        assert score is not None
        assert score.values == {"story": 4.0}


@pytest.mark.parametrize("wrong", [{"criterion_story": ""}, {"criterion_story": "6"}])
def test_a_value_outside_the_rubric_is_refused_and_the_rest_stays(
    panel: Panel, round_id: int, sign_in: Any, wrong: dict[str, str]
) -> None:
    assignment_id = assignment_of(panel)
    answer = sign_in(panel.jurors[0][0]).post(
        f"jury/films/{assignment_id}/score", {**FILLED, "comment_for_jury": "typed", **wrong}
    )
    assert answer.status_code == 400
    assert "Please look at these again" in answer.text
    assert "typed" in answer.text
    with panel.app.app_context():
        assert Score.query.count() == 0


def test_half_points_are_offered_where_the_rubric_has_them(
    panel: Panel, round_id: int, sign_in: Any
) -> None:
    with panel.deed():
        Criterion.query.filter_by(key="story").one().step = 0.5
    assignment_id = assignment_of(panel)
    desk: Visitor = sign_in(panel.jurors[0][0])
    assert 'value="3.5"' in desk.get(f"jury/films/{assignment_id}").text
    desk.post(f"jury/films/{assignment_id}/score", {**FILLED, "criterion_story": "3.5"})
    with panel.app.app_context():
        score = kept(assignment_id)
        assert score is not None
        assert score.values["story"] == 3.5


@pytest.mark.parametrize(
    ("step", "written", "words"),
    [
        (1.0, "1", "A number from 0 to 100, in steps of 1."),
        (0.5, "0.5", "A number from 0 to 100, in steps of 0.5."),
        (0.0, "any", "A number from 0 to 100."),
    ],
)
def test_a_criterion_of_many_steps_says_its_range_and_step_in_the_field_and_in_words(
    panel: Panel, round_id: int, sign_in: Any, step: float, written: str, words: str
) -> None:
    with panel.deed():
        story = Criterion.query.filter_by(key="story").one()
        story.minimum, story.maximum, story.step = 0.0, 100.0, step
    assignment_id = assignment_of(panel)
    desk: Visitor = sign_in(panel.jurors[0][0])
    page = desk.get(f"jury/films/{assignment_id}").text
    found = re.search(r'<input[^>]*name="criterion_story"[^>]*>', page)
    assert found
    attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', found.group()))
    assert (attributes["type"], attributes["step"]) == ("number", written)
    assert (float(attributes["min"]), float(attributes["max"])) == (0.0, 100.0)
    hint = attributes["aria-describedby"]
    assert re.search(rf'<p class="hint" id="{hint}">[^<]*{re.escape(words)}</p>', page)
    desk.post(f"jury/films/{assignment_id}/score", {**FILLED, "criterion_story": "50.5"})
    with panel.app.app_context():
        assert Score.query.count() == (0 if step == 1.0 else 1)


def test_sending_the_same_twice_gives_one_receipt(
    panel: Panel, round_id: int, sign_in: Any
) -> None:
    assignment_id = assignment_of(panel)
    desk: Visitor = sign_in(panel.jurors[0][0])
    first = desk.post(f"jury/films/{assignment_id}/score", FILLED)
    second = desk.post(f"jury/films/{assignment_id}/score", FILLED)
    assert (first.status_code, second.status_code) == (200, 200)
    with panel.app.app_context():
        score = kept(assignment_id)
        assert score is not None
        assert score.revision == 1
        assert score.receipt in first.text
        assert score.receipt in second.text
        assert AuditEvent.query.filter_by(action="score.given").count() == 1


def test_a_second_tab_overwrites_nothing_and_loses_nothing(
    panel: Panel, round_id: int, sign_in: Any
) -> None:
    assignment_id = assignment_of(panel)
    desk: Visitor = sign_in(panel.jurors[0][0])
    desk.post(f"jury/films/{assignment_id}/score", FILLED)
    late = {**FILLED, "criterion_story": "1", "comment_for_maker": "From the second tab"}
    answer = desk.post(f"jury/films/{assignment_id}/score", late)
    assert answer.status_code == 409
    assert "scored in another tab meanwhile" in answer.text
    assert "From the second tab" in answer.text
    assert re.search(r'name="criterion_story"[^>]*checked[^>]*value="1"|checked[^>]*'
                     r'name="criterion_story"[^>]*value="1"', answer.text)  # fmt: skip
    assert re.search(r'name="revision"[^>]*value="1"', answer.text)
    with panel.app.app_context():
        score = kept(assignment_id)
        assert score is not None
        assert score.values["story"] == 4.0
    desk.post(f"jury/films/{assignment_id}/score", {**late, "revision": "1"})
    with panel.app.app_context():
        score = kept(assignment_id)
        assert score is not None
        assert (score.values["story"], score.revision) == (1.0, 2)


def test_a_conflict_after_scoring_voids_the_score_and_keeps_it(
    panel: Panel, round_id: int, sign_in: Any
) -> None:
    assignment_id = assignment_of(panel)
    desk: Visitor = sign_in(panel.jurors[0][0])
    desk.post(f"jury/films/{assignment_id}/score", FILLED)
    assert desk.post(f"jury/films/{assignment_id}/conflict", {"reason": ""}).status_code == 400
    answer = desk.post(f"jury/films/{assignment_id}/conflict", {"reason": "I taught her"})
    assert answer.status_code == 200
    with panel.app.app_context():
        found = Conflict.query.one()
        assert (found.source, found.reason) == (ConflictSource.DECLARED, "I taught her")
        score = kept(assignment_id)
        assert score is not None
        assert (score.values["story"], score.void_reason) == (4.0, "I taught her")
        assert score.voided_at is not None
        assert score.assignment.state is AssignmentState.CONFLICTED
        seat, film = score.assignment.seat_id, panel.films[0]
        title = db.session.get_one(FilmVersion, film.id).entry.title
    assert title not in desk.get(f"jury/{seat}").text
    assert desk.get(f"jury/films/{assignment_id}").status_code == 404
    assert desk.post(f"jury/films/{assignment_id}/score", FILLED).status_code == 404
    assert desk.get(f"/api/v1/plural/2026/films/{film.id}/240.mp4").status_code == 404
    panel.close(round_id)
    with panel.app.app_context():
        document = RoundResult.query.one().document
        code = f"{db.session.get_one(FilmVersion, film.id).entry.code}.1"
        assert [s["film_id"] for s in document["scores"]].count(code) == 1
        [row] = [r for r in document["result"]["order"] if r["film_id"] == code]
        assert (row["reviews"], row["official"]) == (0, None)


@pytest.mark.parametrize("by_staff", [False, True])
def test_a_conflict_declared_after_the_close_voids_the_score(
    panel: Panel, round_id: int, sign_in: Any, by_staff: bool
) -> None:
    """As in an open round: it does not count, and its receipt and the others' pages say so."""
    declare(panel, round_id, others_scores=Sight.AFTER_CLOSE)
    assignment_id, other = assignment_of(panel), assignment_of(panel, juror=1)
    desk: Visitor = sign_in(panel.jurors[0][0])
    desk.post(f"jury/films/{assignment_id}/score", {**FILLED, "comment_for_jury": "Splendid"})
    beside: Visitor = sign_in(panel.jurors[1][0])
    beside.post(f"jury/films/{other}/score", FILLED)
    panel.only_close(round_id)
    assert "Splendid" in beside.get(f"jury/films/{other}").text
    if by_staff:
        form = {"account_id": panel.jurors[0][0].id, "reason": "They are related"}
        entry = panel.films[0].entry_id
        sign_in(panel.staff).post(f"staff/entries/{entry}/conflicts", form)
    else:
        desk.post(f"jury/films/{assignment_id}/conflict", {"reason": "I taught her"})
    with panel.app.app_context():
        score = kept(assignment_id)
        assert score is not None
        assert score.voided_at is not None
        assert score.assignment.state is AssignmentState.CONFLICTED
    assert "Splendid" not in beside.get(f"jury/films/{other}").text
    assert "Does not count" in desk.get("jury/receipts").text
    panel.freeze(round_id)
    with panel.app.app_context():
        given = kept(other)
        assert given is not None
        frozen = versions.frozen(db.session.get_one(Round, round_id))
        assert counted_in(frozen) == {given.receipt}


def test_staff_set_a_conflict_of_a_juror_who_has_dropped_out(
    panel: Panel, round_id: int, sign_in: Any
) -> None:
    """What they have given counts on, so it must be possible to void it."""
    panel.score_all(round_id, lambda _a: 4)
    (account, membership), entry = panel.jurors[0], panel.films[0].entry_id
    with panel.deed():
        organisations.end_membership(db.session.get_one(Membership, membership.id), panel.by())
    desk: Visitor = sign_in(panel.staff)
    desk.post(f"staff/entries/{entry}/conflicts", {"account_id": account.id, "reason": "Brothers"})
    with panel.app.app_context():
        score = kept(assignment_of(panel))
        assert score is not None
        assert score.void_reason == "Brothers"


def test_a_conflict_since_the_freeze_takes_the_film_when_the_round_is_reopened(
    panel: Panel, round_id: int, sign_in: Any
) -> None:
    """What is frozen stays; the next version begins without the score."""
    scored, waiting = assignment_of(panel), assignment_of(panel, film=1)
    desk: Visitor = sign_in(panel.jurors[0][0])
    desk.post(f"jury/films/{scored}/score", FILLED)
    panel.close(round_id)
    for assignment_id in (scored, waiting):
        desk.post(f"jury/films/{assignment_id}/conflict", {"reason": "I taught her"})
    assert "in the frozen result" in desk.get("jury/receipts").text
    panel.reopen(round_id)
    assert "Does not count" in desk.get("jury/receipts").text
    with panel.app.app_context():
        for assignment_id in (scored, waiting):
            found = db.session.get_one(Assignment, assignment_id)
            assert found.state is AssignmentState.CONFLICTED
        score = kept(scored)
        assert score is not None
        assert (score.voided_at is not None, score.void_reason) == (True, "I taught her")
    panel.close(round_id)
    with panel.app.app_context():
        old, new = db.session.get_one(Round, round_id).results
        assert (counted_in(old), counted_in(new)) == ({score.receipt}, set())


def test_a_conflict_holds_in_every_seat_of_the_person(
    panel: Panel, make: Make, sign_in: Any
) -> None:
    account = panel.jurors[0][0]
    first = panel.assigned(key="one")
    second = panel.assigned(key="two")
    with panel.app.app_context():
        ids = {
            round_: Assignment.query.filter_by(
                seat_id=seat_of(account, round_), film_version_id=panel.films[0].id
            )
            .one()
            .id
            for round_ in (first, second)
        }
    sign_in(account).post(f"jury/films/{ids[first]}/conflict", {"reason": "My niece"})
    with panel.app.app_context():
        for assignment_id in ids.values():
            found = db.session.get_one(Assignment, assignment_id)
            assert found.state is AssignmentState.CONFLICTED


def test_nobody_opens_the_films_of_another_juror(
    panel: Panel, round_id: int, sign_in: Any, make: Make
) -> None:
    other = assignment_of(panel, juror=1)
    for person in (panel.jurors[0][0], make.account()):
        desk: Visitor = sign_in(person)
        assert desk.get(f"jury/films/{other}").status_code == 404
        assert desk.post(f"jury/films/{other}/score", FILLED).status_code == 404
        assert desk.post(f"jury/films/{other}/conflict", {"reason": "x"}).status_code == 404


def test_a_juror_never_sees_what_others_gave(panel: Panel, round_id: int, sign_in: Any) -> None:
    mine = assignment_of(panel)
    desk: Visitor = sign_in(panel.jurors[0][0])
    with panel.app.app_context():
        seat = seat_of(panel.jurors[0][0], round_id)
    pages = ("jury", f"jury/{seat}", f"jury/films/{mine}")
    before = [steady(desk.get(page).text) for page in pages]
    other = {**FILLED, "comment_for_jury": "canary", "comment_for_maker": "canary"}
    sign_in(panel.jurors[1][0]).post(f"jury/films/{assignment_of(panel, juror=1)}/score", other)
    assert [steady(desk.get(page).text) for page in pages] == before


def test_after_the_deadline_nothing_can_be_given(
    panel: Panel, round_id: int, sign_in: Any, set_clock: Any
) -> None:
    assignment_id = assignment_of(panel)
    desk: Visitor = sign_in(panel.jurors[0][0])
    set_clock(5 * 86400 + 60)
    assert "Keep my score" not in desk.get(f"jury/films/{assignment_id}").text
    answer = desk.post(f"jury/films/{assignment_id}/score", FILLED)
    assert answer.status_code == 409
    assert "This round has closed" in answer.text
    with panel.app.app_context():
        assert Score.query.count() == 0


def test_a_film_whose_consent_is_taken_back_is_gone_at_once(
    panel: Panel, round_id: int, sign_in: Any
) -> None:
    assignment_id = assignment_of(panel)
    desk: Visitor = sign_in(panel.jurors[0][0])
    with panel.deed():
        for consent in Consent.query.filter_by(film_version_id=panel.films[0].id):
            consent.revoked_at = clock.now()
    assert desk.get(f"jury/films/{assignment_id}").status_code == 404
    assert desk.post(f"jury/films/{assignment_id}/score", FILLED).status_code == 404
    assert "2 films left to watch" in desk.get("jury").text


def test_a_score_that_comes_after_the_close_is_refused(panel: Panel, round_id: int) -> None:
    panel.close(round_id)
    with panel.app.app_context():
        found = db.session.get_one(Assignment, assignment_of(panel))
        with pytest.raises(Refused) as refused:
            scores.give(who(found.seat), found, scores.Sheet({"story": 3.0}), 0)
        assert refused.value.code == "round_closed"


def test_the_deadline_second_twenty_scores_at_the_close_count_or_are_refused(
    app: Flask, make: Make
) -> None:
    panel = Panel(app, make, make.staff())
    panel.add_jurors(2)
    panel.add_films(10)
    round_id = panel.assigned()
    with app.app_context():
        ids = [a.id for a in Assignment.query.all()]
    together, given, late = threading.Barrier(len(ids) + 1), [], []

    def score(assignment_id: int) -> None:
        with app.app_context():
            found = db.session.get_one(Assignment, assignment_id)
            asker = who(found.seat)
            db.session.rollback()
            together.wait()
            try:
                kept_score = scores.give(asker, found, scores.Sheet({"story": 3.0}), 0)
                receipt = kept_score.receipt
                db.session.commit()
                given.append(receipt)
            except DomainError as error:
                db.session.rollback()
                late.append(error.code)

    def close() -> None:
        with app.app_context():
            found, staff = db.session.get_one(Round, round_id), panel.by()
            db.session.rollback()
            together.wait()
            rounds.close(found, staff, anyway=True)
            db.session.commit()

    threads = [threading.Thread(target=score, args=(i,)) for i in ids]
    threads.append(threading.Thread(target=close))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(given) + len(late) == len(ids)
    assert set(late) <= {"round_closed"}
    with app.app_context():
        document = RoundResult.query.one().document
        assert sorted(s["receipt"] for s in document["scores"]) == sorted(given)
        assert sorted(s.receipt for s in Score.query.all()) == sorted(given)


def test_a_worry_about_a_child_reaches_staff_and_nobody_else(
    panel: Panel, round_id: int, sign_in: Any
) -> None:
    film = panel.films[0]
    with panel.app.app_context():
        seat = seat_of(panel.jurors[0][0], round_id)
    desk: Visitor = sign_in(panel.jurors[0][0])
    answer = desk.post(f"jury/{seat}/films/{film.id}/worry", {"words": "She looks afraid"})
    assert answer.status_code == 200
    with panel.app.app_context():
        [item] = [i for i in OutboxItem.query if i.payload.get("name") == "child_worry"]
        assert "afraid" not in str(item.payload)
        mail = mailing.COMPOSERS["child_worry"](**item.payload["ids"])
        assert mail is not None
        assert mail.to == panel.staff.email
        written = mailing.compose(mail, None).get_content()
        assert "She looks afraid" in written
        assert "staff/worries/" in written
        assert AuditEvent.query.filter_by(action="worry.raised").one().detail.payload == {}


def test_the_mail_of_the_opening_is_in_the_language_of_the_juror(
    panel: Panel, round_id: int
) -> None:
    account = panel.jurors[0][0]
    with panel.deed():
        db.session.get_one(Account, account.id).language = "ar"
    with panel.app.app_context():
        seat = seat_of(account, round_id)
        mail = mailing.COMPOSERS["round_opened"](seat_id=seat)
        assert mail is not None
        assert (mail.to, mail.language) == (account.email, "ar")
        assert "/ar/plural/2026/jury" in mailing.compose(mail, None).get_content()
    panel.close(round_id)
    with panel.app.app_context():
        assert mailing.COMPOSERS["round_opened"](seat_id=seat) is None


def test_after_the_close_a_juror_still_finds_the_receipt_and_not_the_film(
    panel: Panel, round_id: int, sign_in: Any
) -> None:
    assignment_id = assignment_of(panel)
    desk: Visitor = sign_in(panel.jurors[0][0])
    desk.post(f"jury/films/{assignment_id}/score", FILLED)
    panel.close(round_id)
    page = desk.get(f"jury/films/{assignment_id}").text
    with panel.app.app_context():
        score = kept(assignment_id)
        assert score is not None
        assert score.receipt in page
    assert "240.mp4" not in page
    assert "Keep my score" not in page
