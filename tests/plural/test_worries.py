"""Worries about children as cases: told beside every player, seen by those who are named."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import DBAPIError

import plural.mails  # noqa: F401 - registers the composers
from plural import clock, mailing
from plural.actions import safeguarding, worries
from plural.errors import Refused
from plural.extensions import db
from plural.models.audit import AuditEvent, OutboxItem
from plural.models.people import Account
from plural.models.safety import Outcome, Worry, WorryState, WorryStep
from plural.models.scoring import Assignment
from tests.factories import Make
from tests.plural.panels import Panel, in_threads, seat_of
from tests.visitor import Visitor

WORDS = "She looks afraid of somebody behind the camera"
CLOSING = {"outcome": "helped", "answer": "Her teacher looks after her now."}


@pytest.fixture
def panel(app: Flask, make: Make) -> Panel:
    """A jury with two films; `panel.staff` is named to look after the safety of children."""
    panel = Panel(app, make, make.staff("Named"))
    panel.add_jurors(2)
    panel.add_films(2)
    return panel


@pytest.fixture
def round_id(panel: Panel) -> int:
    return panel.assigned()


def first_film(panel: Panel, round_id: int) -> tuple[int, int, int]:
    """The first juror's seat, an assignment of theirs, and its film version."""
    with panel.app.app_context():
        seat = seat_of(panel.jurors[0][0], round_id)
        assignment = Assignment.query.filter_by(seat_id=seat).order_by(Assignment.id).first()
        return seat, assignment.id, assignment.film_version_id


def told(panel: Panel, round_id: int, sign_in: Any) -> Visitor:
    """The first juror after telling of a worry."""
    desk: Visitor = sign_in(panel.jurors[0][0])
    seat, _assignment, film = first_film(panel, round_id)
    page = desk.post(f"jury/{seat}/films/{film}/worry", {"words": WORDS}).text
    assert "have been told" in page
    return desk


def case_id(panel: Panel) -> int:
    with panel.app.app_context():
        return int(Worry.query.one().id)


def mailed(panel: Panel) -> list[int]:
    """The accounts to which the mail about a worry has been ordered."""
    with panel.app.app_context():
        items = OutboxItem.query.filter_by(kind="mail").order_by(OutboxItem.id)
        found = [i.payload for i in items if i.payload["name"] == "child_worry"]
        return sorted(payload["ids"]["account_id"] for payload in found)


# ----- telling


def test_only_those_who_are_named_are_written_to(
    panel: Panel, round_id: int, make: Make, sign_in: Any
) -> None:
    make.staff("Not named")
    second = make.staff("Named too")
    with panel.deed():
        safeguarding.name(db.session.get_one(Account, second.id), panel.by())
    told(panel, round_id, sign_in)
    assert mailed(panel) == sorted([panel.staff.id, second.id])


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "has told us this about"), ("ar", "هناك من يشعر بالقلق على طفل في")],
)
def test_the_mail_leads_to_the_case_in_the_readers_language(
    panel: Panel, round_id: int, sign_in: Any, language: str, words: str
) -> None:
    told(panel, round_id, sign_in)
    with panel.app.app_context():
        panel.by().language = language
        worry = Worry.query.one()
        mail = mailing.COMPOSERS["child_worry"](worry_id=worry.id, account_id=panel.staff.id)
        assert mail is not None
        message = mailing.compose(mail, None)
        assert WORDS in message.get_content()
        assert words in message["Subject"] + message.get_content()
        assert f"/{language}/plural/2026/staff/worries/{worry.id}" in message.get_content()


def test_the_mail_does_not_leave_for_somebody_who_is_not_named_any_more(
    panel: Panel, round_id: int, make: Make, sign_in: Any
) -> None:
    other = make.staff("Named next")
    told(panel, round_id, sign_in)
    with panel.app.app_context():
        safeguarding.name(db.session.get_one(Account, other.id), panel.by())
        safeguarding.end(panel.by(), panel.by())
        ids = {"worry_id": Worry.query.one().id, "account_id": panel.staff.id}
        assert mailing.COMPOSERS["child_worry"](**ids) is None


def test_the_button_stands_beside_every_player_of_juries_and_of_staff(
    panel: Panel, round_id: int, make: Make, sign_in: Any
) -> None:
    seat, assignment, film = first_film(panel, round_id)
    juror, staff = sign_in(panel.jurors[0][0]), sign_in(panel.staff)
    make.signed(panel.staff, make.edition())
    entry = next(f.entry_id for f in panel.films if f.id == film)
    of_jury = f"/en/plural/2026/jury/{seat}/films/{film}/worry"
    of_staff = f"/en/plural/2026/staff/films/{film}/worry"
    for desk, path, action in (
        (juror, f"jury/films/{assignment}", of_jury),
        (juror, f"jury/{seat}/films/{film}", of_jury),
        (staff, f"staff/entries/{entry}", of_staff),
    ):
        page = desk.get(path).text
        _before, _player, beside = page.partition('class="player-foot"')
        assert "I am worried about this child" in beside, path
        assert f'action="{action}"' in beside, path


def test_staff_who_are_not_named_tell_of_a_worry_and_see_no_more_of_it_than_a_juror(
    panel: Panel, make: Make, sign_in: Any
) -> None:
    film, staff = panel.films[0], make.staff("Not named")
    desk: Visitor = sign_in(staff)
    assert desk.post(f"staff/films/{film.id}/worry", {"words": " "}).status_code == 400
    page = desk.post(f"staff/films/{film.id}/worry", {"words": WORDS}).text
    assert "You told the festival of a worry on" in page
    assert "Nobody has it in hand yet" in page
    case = case_id(panel)
    for path in ("staff", "staff/safety", f"staff/entries/{film.entry_id}", "staff/audit"):
        text = desk.get(path).text
        assert WORDS not in text
        assert "wants an answer" not in text
    assert desk.get("staff/worries").status_code == 403
    assert desk.get(f"staff/worries/{case}").status_code == 403
    assert mailed(panel) == [panel.staff.id]


def test_neither_other_jurors_nor_the_maker_learn_of_a_worry(
    panel: Panel, round_id: int, sign_in: Any
) -> None:
    told(panel, round_id, sign_in)
    with panel.app.app_context():
        seat = seat_of(panel.jurors[1][0], round_id)
        films = [a.id for a in Assignment.query.filter_by(seat_id=seat)]
        worry = Worry.query.one()
        entry, maker = worry.film.entry_id, worry.film.entry.account
    pages = ["jury", f"jury/{seat}", *(f"jury/films/{film}" for film in films)]
    others: list[tuple[Visitor, list[str]]] = [
        (sign_in(panel.jurors[1][0]), pages),
        (sign_in(maker), ["entries", f"entries/{entry}"]),
    ]
    for desk, paths in others:
        for path in paths:
            text = desk.get(path).text
            assert WORDS not in text
            assert "worry on" not in text


# ----- acting


def test_a_case_is_taken_noted_and_closed_with_an_outcome(
    panel: Panel, round_id: int, sign_in: Any
) -> None:
    juror, staff = told(panel, round_id, sign_in), sign_in(panel.staff)
    _seat, assignment, _film = first_film(panel, round_id)
    film, case = f"jury/films/{assignment}", f"staff/worries/{case_id(panel)}"
    assert "Nobody has it in hand yet" in juror.get(film).text
    assert "1 worry about a child wants an answer" in staff.get("staff").text
    assert case in staff.get("staff/worries").text
    assert WORDS in staff.get(case).text
    assert staff.post(f"{case}/answer", CLOSING).status_code == 409
    staff.post(f"{case}/handling")
    assert "Somebody has it in hand" in juror.get(film).text
    assert staff.post(f"{case}/steps", {"words": " "}).status_code == 400
    assert (
        "I called her school."
        in staff.post(f"{case}/steps", {"words": "I called her school."}).text
    )
    assert staff.post(f"{case}/answer", {**CLOSING, "answer": " "}).status_code == 400
    assert staff.post(f"{case}/answer", {"answer": "Well."}).status_code == 400
    page = staff.post(f"{case}/answer", CLOSING).text
    assert "The festival has helped" in page
    staff.post(f"{case}/steps", {"words": "She is well, a year later."})
    assert "She is well" in staff.get(case).text
    assert "wants an answer" not in staff.get("staff").text
    shown = juror.get(film).text
    assert "Answered" in shown
    assert "teacher" not in shown
    assert "school" not in shown
    with panel.app.app_context():
        found = Worry.query.one()
        assert (found.state, found.outcome) == (WorryState.ANSWERED, Outcome.HELPED)
        assert (found.answer, found.handled_by_id) == (CLOSING["answer"], panel.staff.id)


def test_the_chain_holds_pseudonyms_and_no_word_of_a_case(
    panel: Panel, round_id: int, sign_in: Any
) -> None:
    told(panel, round_id, sign_in)
    with panel.deed():
        worry, by = Worry.query.one(), panel.by()
        worries.take(worry, by)
        worries.note(worry, "A canary noted", by)
        worries.seal(worry, "A canary sealed", by)
        worries.lift_seal(worry, "A canary lifted", by)
        worries.answer(worry, Outcome.NOTHING_FOUND, "A canary closed", by)
    with panel.app.app_context():
        events = AuditEvent.query.order_by(AuditEvent.seq).all()[-6:]
        assert [event.action for event in events] == [
            "worry.raised",
            "worry.in_hand",
            "worry.noted",
            "entry.sealed",
            "entry.seal_lifted",
            "worry.answered",
        ]
        assert [event.detail.payload for event in events if event.detail] == [{}] * 6
        assert [event.actor for event in events[1:]] == [panel.by().pseudonym] * 5


def test_what_was_written_down_is_never_changed(panel: Panel, round_id: int, sign_in: Any) -> None:
    told(panel, round_id, sign_in)
    with panel.deed():
        worries.note(Worry.query.one(), "As it was", panel.by())
    with panel.app.app_context():
        with pytest.raises(DBAPIError, match="never changed"):
            db.session.execute(db.text("UPDATE worry_step SET words = 'As it suits'"))
        db.session.rollback()
        assert WorryStep.query.one().words == "As it was"


def test_two_people_do_not_take_the_same_case(
    panel: Panel, round_id: int, sign_in: Any, make: Make
) -> None:
    told(panel, round_id, sign_in)
    other = make.staff("Other")
    with panel.app.app_context():
        first, second = (db.session.get_one(Account, a.id) for a in (panel.staff, other))
        worry = Worry.query.one()
        worries.take(worry, first)
        with pytest.raises(Refused, match="transition_not_allowed"):
            worries.take(worry, second)
        worries.give_back(worry, first)
        worries.take(worry, second)
        assert worry.handled_by_id == second.id


def test_two_who_seal_at_the_same_time_seal_once(panel: Panel, round_id: int, sign_in: Any) -> None:
    told(panel, round_id, sign_in)

    def seal() -> None:
        worries.seal(Worry.query.one(), "At once", panel.by())

    outcomes = in_threads(panel, 4, seal)
    assert sorted(outcomes) == ["done", *["film_sealed"] * 3]
    with panel.app.app_context():
        assert WorryStep.query.count() == 1
        sealed_at = Worry.query.one().film.entry.sealed_at
        assert sealed_at is not None
        assert sealed_at <= clock.now()
