"""The undertaking before the first film."""

from typing import Any

import pytest
from flask import Flask

from plural.actions import undertakings
from plural.extensions import db
from plural.models.audit import AuditEvent
from plural.models.people import Account
from plural.models.safety import Undertaking
from plural.models.scoring import Assignment
from tests.factories import Make
from tests.plural.panels import Panel, seat_of
from tests.visitor import Visitor


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
    assert ">Signed<" in row_of(page, panel.jurors[0][0].name)
    assert "An older text" in row_of(page, panel.jurors[1][0].name)
    assert "Not yet" in row_of(page, panel.staff.name)


def test_a_changed_undertaking_is_a_new_version_written_by_staff(
    panel: Panel, round_id: int, sign_in: Any
) -> None:
    staff: Visitor = sign_in(panel.staff)
    page = staff.get("staff/texts/en").text
    assert "What staff and jurors sign before their first film" in page
    staff.post("staff/texts/en", {"consent.juror": "Something stricter."})
    desk: Visitor = sign_in(panel.jurors[0][0])
    assert "Something stricter." in desk.get("jury/undertaking").text
    assert desk.get(addresses(panel, round_id)["queue"]).status_code == 302


def test_staff_sign_too_before_their_first_film_and_come_back_to_it(
    panel: Panel, make: Make, sign_in: Any
) -> None:
    film = panel.films[0]
    page, media = f"staff/entries/{film.entry_id}", f"/api/v1/plural/2026/films/{film.id}/240.mp4"
    desk: Visitor = sign_in(panel.staff)
    shown = desk.get(page).text
    assert "<video" not in shown
    assert f"jury/undertaking?next={desk.address(page)}" in shown
    assert desk.get(media).status_code == 404

    back = f"jury/undertaking?next={desk.address(page)}"
    assert "Staff desk" in desk.get(back).text
    answer = desk.post(back, {"signed_name": "Sam", "agrees": "y"}, follow_redirects=False)
    assert answer.headers["Location"] == desk.address(page)
    assert "<video" in desk.get(page).text
    assert desk.get(media).status_code == 200
    assert ">Signed<" in row_of(desk.get("staff/safety").text, panel.staff.name)


def row_of(page: str, name: str) -> str:
    _before, *rows = page.split('<tr role="row">')
    return next(row for row in rows if f"<bdi>{name}</bdi>" in row)


def test_a_preview_of_the_jurors_page_wants_the_undertaking_too(
    panel: Panel, make: Make, sign_in: Any
) -> None:
    desk: Visitor = sign_in(panel.staff)
    preview = f"staff/rounds/{panel.draft()}/preview"
    answer = desk.get(preview)
    assert answer.status_code == 302
    assert f"/jury/undertaking?next={desk.address(preview)}" in answer.headers["Location"]
    make.signed(panel.staff, make.edition())
    assert "<video" in desk.get(preview).text
