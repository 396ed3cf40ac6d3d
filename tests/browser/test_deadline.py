"""How far away an instant is, by the festival's clock and not by the visitor's."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from tests.browser.visiting import Person
from tests.factories import Make

pytestmark = pytest.mark.browser
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
