"""Summer time: deadlines in the hour that clocks skip, in the one they show twice, and beside."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from plural.extensions import db
from plural.models.festival import Edition
from plural.models.people import Account
from plural.models.rounds import Round
from tests.factories import Make
from tests.plural.panels import Panel
from tests.plural.test_rounds import filled_form
from tests.visitor import Visitor

SKIPPED, TWICE = "2030-03-10T02:30", "2030-11-03T01:30"
SENTENCES = {
    SKIPPED: "On that day the clocks go forward, and this time does not exist.",
    TWICE: "On that day the clocks go back, and this time comes twice.",
}
BESIDE = {
    "2030-03-10T01:59": datetime(2030, 3, 10, 6, 59, tzinfo=UTC),
    "2030-03-10T03:00": datetime(2030, 3, 10, 7, 0, tzinfo=UTC),
    "2030-11-03T00:59": datetime(2030, 11, 3, 4, 59, tzinfo=UTC),
    "2030-11-03T02:00": datetime(2030, 11, 3, 7, 0, tzinfo=UTC),
}
SHOWN = {
    "2030-03-10T01:59": "March 10, 2030, 1:59",
    "2030-03-10T03:00": "March 10, 2030, 3:00",
    "2030-11-03T00:59": "November 3, 2030, 12:59",
    "2030-11-03T02:00": "November 3, 2030, 2:00",
}


@pytest.fixture
def panel(app: Flask, make: Make) -> Panel:
    """A jury in New York."""
    panel = Panel(app, make, make.staff())
    panel.add_jurors(2)
    panel.add_films(2)
    with panel.deed():
        Edition.query.one().time_zone = "America/New_York"
    return panel


@pytest.mark.parametrize("written", SENTENCES)
def test_a_round_does_not_close_at_a_time_that_is_none_or_two(
    panel: Panel, sign_in: Callable[[Account], Visitor], written: str
) -> None:
    round_id = panel.open()
    with panel.app.app_context():
        before = db.session.get_one(Round, round_id).closes_at
    desk = sign_in(panel.staff)
    answer = desk.post(f"staff/rounds/{round_id}/schedule", {"closes_at": written})
    assert answer.status_code == 400
    assert SENTENCES[written] in answer.text
    assert f'value="{written}"' in answer.text
    with panel.app.app_context():
        assert db.session.get_one(Round, round_id).closes_at == before
    answer = desk.post("staff/rounds/new", filled_form(panel, closes_at=written))
    assert answer.status_code == 400
    assert SENTENCES[written] in answer.text


@pytest.mark.parametrize("written", BESIDE)
def test_a_round_closes_on_the_minute_beside_the_change(
    panel: Panel, sign_in: Callable[[Account], Visitor], written: str
) -> None:
    round_id = panel.open()
    page = sign_in(panel.staff).post(f"staff/rounds/{round_id}/schedule", {"closes_at": written})
    with panel.app.app_context():
        assert db.session.get_one(Round, round_id).closes_at == BESIDE[written]
    assert SHOWN[written] in page.text.replace("\N{NARROW NO-BREAK SPACE}", " ")
    assert f'value="{written}"' in page.text


def edition_form(closes_at: str, zone: str) -> dict[str, Any]:
    return {
        "time_zone": zone,
        "entries_open_at": "2026-01-01T09:00",
        "entries_close_at": closes_at,
        "grace_minutes": "30",
        "min_duration_s": "5",
        "max_duration_s": "300",
        "produced_after": "2022-01-01",
        "contact_email": "films@example.org",
    }


@pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
@pytest.mark.parametrize("written", SENTENCES)
def test_the_deadline_is_no_time_that_is_none_or_two_in_the_zone_that_is_chosen(
    app: Flask, make: Make, sign_in: Callable[[Account], Visitor], zone: str, written: str
) -> None:
    """Whether the edition has been in that zone before, or comes into it by the same form."""
    edition = make.edition(time_zone=zone)
    before = edition.entries_close_at
    desk = sign_in(make.staff())
    answer = desk.post("staff/edition", edition_form(written, "America/New_York"))
    assert SENTENCES[written] in answer.text
    with app.app_context():
        found = db.session.get_one(Edition, edition.id)
        assert (found.entries_close_at, found.time_zone) == (before, zone)


@pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
@pytest.mark.parametrize("written", BESIDE)
def test_the_deadline_is_kept_and_shown_to_the_minute_beside_the_change(
    app: Flask, make: Make, sign_in: Callable[[Account], Visitor], zone: str, written: str
) -> None:
    edition = make.edition(time_zone=zone)
    desk = sign_in(make.staff())
    assert "Saved." in desk.post("staff/edition", edition_form(written, "America/New_York")).text
    with app.app_context():
        assert db.session.get_one(Edition, edition.id).entries_close_at == BESIDE[written]
    home = desk.get("").text.replace("\N{NARROW NO-BREAK SPACE}", " ")
    assert f'datetime="{BESIDE[written].isoformat()}">{SHOWN[written]}' in home


def test_a_time_that_another_zone_skips_is_a_time(
    app: Flask, make: Make, sign_in: Callable[[Account], Visitor]
) -> None:
    """An edition leaves New York for a zone without summer time, by the same form."""
    edition = make.edition(time_zone="America/New_York")
    desk = sign_in(make.staff())
    assert "Saved." in desk.post("staff/edition", edition_form(SKIPPED, "UTC")).text
    with app.app_context():
        found = db.session.get_one(Edition, edition.id)
        assert found.entries_close_at == datetime(2030, 3, 10, 2, 30, tzinfo=UTC)
