"""The undertaking before the first film, and worries about children as cases."""

from typing import Any

import pytest
from flask import Flask

from plural.actions import undertakings, worries
from plural.errors import Refused
from plural.extensions import db
from plural.models.audit import AuditEvent, OutboxItem
from plural.models.people import Account
from plural.models.safety import Undertaking, Worry, WorryState
from plural.models.scoring import Assignment
from tests.factories import Make
from tests.plural.panels import Panel, seat_of
from tests.visitor import Visitor

WORDS = "She looks afraid of somebody behind the camera"


@pytest.fixture
def panel(app: Flask, make: Make) -> Panel:
    panel = Panel(app, make, make.staff())
    panel.add_jurors(2)
    panel.add_films(2)
    return panel


@pytest.fixture
def round_id(panel: Panel) -> int:
    return panel.assigned()


@pytest.fixture
def unsigned(panel: Panel, round_id: int, make: Make) -> None:
    """Staff have written a second version, which nobody has signed."""
    make.undertaking(make.edition(), 2, "I keep them safe, always.")


def addresses(panel: Panel, round_id: int) -> dict[str, str]:
    """What shows a film to the first juror."""
    with panel.app.app_context():
        seat = seat_of(panel.jurors[0][0], round_id)
        assignment = Assignment.query.filter_by(seat_id=seat).first()
        film = assignment.film_version_id
        return {
            "queue": f"jury/{seat}",
            "film": f"jury/films/{assignment.id}",
            "watch": f"jury/{seat}/films/{film}",
            "media": f"/api/v1/plural/2026/films/{film}/240.mp4",
            "poster": f"/api/v1/plural/2026/films/{film}/poster.jpg",
            "worry": f"jury/{seat}/films/{film}/worry",
        }


@pytest.mark.usefixtures("unsigned")
def test_no_film_is_shown_before_the_undertaking_and_signing_leads_back_to_it(
    panel: Panel, round_id: int, sign_in: Any
) -> None:
    desk: Visitor = sign_in(panel.jurors[0][0])
    shown = addresses(panel, round_id)
    for name in ("queue", "film", "watch"):
        answer = desk.get(shown[name])
        assert answer.status_code == 302
        assert "/jury/undertaking?next=" in answer.headers["Location"]
    for name in ("media", "poster"):
        assert desk.get(shown[name]).status_code == 404
    page = desk.get("jury").text
    assert "Read and sign it" in page
    page = desk.get("jury/undertaking").text
    assert "I keep them safe, always." in page
    assert "You have signed version 1. The text has changed since." in page

    back = desk.address(shown["film"])
    lacks = desk.post(f"jury/undertaking?next={back}", {"signed_name": "Ines"})
    assert "Please tick this if you keep to it." in lacks.text
    answer = desk.post(
        f"jury/undertaking?next={back}",
        {"signed_name": "Ines", "agrees": "y"},
        follow_redirects=False,
    )
    assert answer.headers["Location"] == back
    for name in ("queue", "film", "watch", "media", "poster"):
        assert desk.get(shown[name]).status_code == 200
    with panel.app.app_context():
        newest = Undertaking.query.filter_by(text_version=2).one()
        assert (newest.signed_name, newest.language) == ("Ines", "en")
        event = AuditEvent.query.filter_by(action="undertaking.signed").one()
        assert event.detail is not None
        assert event.detail.payload == {"text_version": 2, "language": "en"}


@pytest.mark.usefixtures("unsigned")
def test_signing_leads_to_no_other_site(panel: Panel, sign_in: Any) -> None:
    desk: Visitor = sign_in(panel.jurors[0][0])
    for elsewhere in ("https://example.com", "//example.com", "/en/plural/2026/staff"):
        answer = desk.post(
            f"jury/undertaking?next={elsewhere}",
            {"signed_name": "Ines", "agrees": "y"},
            follow_redirects=False,
        )
        assert answer.headers["Location"] == "/en/plural/2026/jury"


def test_the_undertaking_is_signed_once_for_each_version(
    panel: Panel, round_id: int, make: Make
) -> None:
    account = panel.jurors[0][0]
    make.undertaking(make.edition(), 2)
    for language in ("en", "ar"):
        with panel.deed():
            found = db.session.get_one(Account, account.id)
            undertakings.sign(found, edition_of(found), "Ines", language)
    with panel.app.app_context():
        signed = Undertaking.query.filter_by(account_id=account.id)
        assert sorted(row.text_version for row in signed) == [1, 2]


def edition_of(account: Account) -> Any:
    return account.festival.current_edition


def test_staff_see_who_has_signed_which_version(
    panel: Panel, round_id: int, make: Make, sign_in: Any
) -> None:
    make.undertaking(make.edition(), 2)
    make.signed(panel.jurors[0][0], make.edition())
    page = sign_in(panel.staff).get("staff/safety").text
    rows = {
        name: next(row for row in page.split("<tr") if name in row)
        for name in (panel.jurors[0][0].name, panel.jurors[1][0].name)
    }
    assert ">Signed<" in rows[panel.jurors[0][0].name]
    assert "An older text" in rows[panel.jurors[1][0].name]


def test_a_changed_undertaking_is_a_new_version_written_by_staff(
    panel: Panel, round_id: int, sign_in: Any
) -> None:
    staff: Visitor = sign_in(panel.staff)
    page = staff.get("staff/texts/en").text
    assert "What jurors sign before their first film" in page
    staff.post("staff/texts/en", {"consent.juror": "Something stricter."})
    desk: Visitor = sign_in(panel.jurors[0][0])
    assert "Something stricter." in desk.get("jury/undertaking").text
    assert desk.get(addresses(panel, round_id)["queue"]).status_code == 302


# ----- worries


def told(panel: Panel, round_id: int, sign_in: Any) -> Visitor:
    """The first juror after telling of a worry."""
    desk: Visitor = sign_in(panel.jurors[0][0])
    page = desk.post(addresses(panel, round_id)["worry"], {"words": WORDS}).text
    assert "have been told" in page
    return desk


def test_a_worry_becomes_a_case_that_one_member_of_staff_takes_and_answers(
    panel: Panel, round_id: int, sign_in: Any
) -> None:
    desk, staff = told(panel, round_id, sign_in), sign_in(panel.staff)
    film = addresses(panel, round_id)["film"]
    assert "Nobody has it in hand yet" in desk.get(film).text
    assert "1 worry about a child wants an answer" in staff.get("staff").text
    assert WORDS in staff.get("staff/safety").text
    with panel.app.app_context():
        worry = Worry.query.one().id
        mails = [i.payload["ids"] for i in OutboxItem.query if "worry_id" in str(i.payload)]
        assert mails == [{"worry_id": worry, "account_id": panel.staff.id}]
    assert staff.post(f"staff/worries/{worry}/answer", {"answer": "x"}).status_code == 409
    staff.post(f"staff/worries/{worry}/handling")
    assert "Somebody has it in hand" in desk.get(film).text
    assert staff.post(f"staff/worries/{worry}/answer", {"answer": " "}).status_code == 400
    staff.post(f"staff/worries/{worry}/answer", {"answer": "We called her teacher."})
    page = desk.get(film).text
    assert "Answered" in page
    assert "teacher" not in page
    with panel.app.app_context():
        found = Worry.query.one()
        assert (found.state, found.answer) == (WorryState.ANSWERED, "We called her teacher.")
        assert found.handled_by_id == panel.staff.id
        deeds = [e.action for e in AuditEvent.query.order_by(AuditEvent.seq)]
        assert deeds[-3:] == ["worry.raised", "worry.in_hand", "worry.answered"]
        details = [e.detail.payload for e in AuditEvent.query if e.detail]
        assert not any(word in str(details) for word in (WORDS, "teacher"))
    assert "wants an answer" not in staff.get("staff").text


def test_two_members_of_staff_do_not_take_the_same_case(
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


def test_nobody_but_staff_reads_a_worry(panel: Panel, round_id: int, sign_in: Any) -> None:
    told(panel, round_id, sign_in)
    other: Visitor = sign_in(panel.jurors[1][0])
    with panel.app.app_context():
        seat = seat_of(panel.jurors[1][0], round_id)
        films = [a.id for a in Assignment.query.filter_by(seat_id=seat)]
        entry = panel.films[0].entry_id
        maker = db.session.get_one(Assignment, films[0]).film.entry.account
    pages = ["jury", f"jury/{seat}", *(f"jury/films/{film}" for film in films)]
    found: Visitor = sign_in(maker)
    for someone, paths in ((other, pages), (found, ["entries", f"entries/{entry}"])):
        for path in paths:
            text = someone.get(path).text
            assert WORDS not in text
            assert "worry on" not in text
