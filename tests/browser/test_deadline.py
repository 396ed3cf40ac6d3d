"""The deadline: how far away by the festival's clock, and when in the visitor's own zone."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from tests.browser.visiting import Person
from tests.factories import Make

pytestmark = pytest.mark.browser
# Clocks in Berlin show 18:00.
DEADLINE = datetime(2031, 3, 14, 17, 0, tzinfo=UTC)
IN_BERLIN = "March 14, 2031, 6:00 PM"
DAY_S = 86_400
MINUTE_S = 60


@pytest.mark.parametrize(("ahead_days", "said"), [(0, "in 29 days"), (10, "in 19 days")])
def test_the_deadline_is_as_far_away_as_the_festival_says(
    make: Make,
    origin: str,
    person: Callable[..., Person],
    set_clock: Callable[[float], None],
    ahead_days: int,
    said: str,
) -> None:
    """The factory's edition closes thirty days after it was made; the device is a year late.

    The page tells its time in whole seconds: a minute keeps clear of the day's turn.
    """
    make.edition()
    set_clock(ahead_days * DAY_S + MINUTE_S)
    visitor = person(f"{origin}/en/plural/2026")
    visitor.page.clock.install(time=datetime.now(UTC) - timedelta(days=365))
    visitor.open()
    distance = visitor.page.locator(".instant-distance").first
    distance.wait_for()
    assert distance.inner_text() == said


@pytest.mark.parametrize(
    ("zone", "own"),
    [
        ("Asia/Amman", "March 14, 2031 at 8:00 PM"),
        ("America/New_York", "March 14, 2031 at 1:00 PM"),
        ("Pacific/Kiritimati", "March 15, 2031 at 7:00 AM"),
    ],
)
def test_the_deadline_stands_in_the_visitors_zone_beside_the_festivals(
    make: Make, origin: str, person: Callable[..., Person], zone: str, own: str
) -> None:
    make.edition(time_zone="Europe/Berlin", entries_close_at=DEADLINE)
    visitor = person(f"{origin}/en/plural/2026", timezone_id=zone, locale="en-US")
    visitor.open()
    deadline = visitor.page.locator(".instant").first
    deadline.locator(".instant-also").wait_for()
    assert spaced(deadline.locator("time").inner_text()) == own
    assert deadline.locator(".instant-zone").inner_text() == "your time"
    assert spaced(deadline.locator(".instant-also").inner_text()).startswith(f"({IN_BERLIN} · ")


def test_where_the_clocks_agree_the_deadline_is_said_once(
    make: Make, origin: str, person: Callable[..., Person]
) -> None:
    make.edition(time_zone="Europe/Berlin", entries_close_at=DEADLINE)
    visitor = person(f"{origin}/en/plural/2026", timezone_id="Europe/Paris", locale="en-US")
    visitor.open()
    deadline = visitor.page.locator(".instant").first
    deadline.locator(".instant-distance").wait_for()
    assert spaced(deadline.locator("time").inner_text()) == IN_BERLIN
    assert deadline.locator(".instant-also").count() == 0


def spaced(words: str) -> str:
    """Browsers and Babel part the hour from AM and PM with different spaces."""
    return words.replace("\u202f", " ")
