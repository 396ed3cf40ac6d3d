"""A festival goes on to its end whatever dies or is forgotten on the way."""

from collections.abc import Callable
from itertools import cycle

import pytest
import redis

from demo import cast
from demo.report import Counts
from stack import Stack

pytestmark = [
    pytest.mark.journey,
    pytest.mark.timeout(900),
    # The tus client leaves closing its files to the garbage collector.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
Tell = Callable[[Callable[[Stack, str], None]], Counts]

# Everything but the film whose guardian says no.
SHOWN = len(cast.MAKERS) - 1


def check_complete(counts: Counts) -> None:
    assert counts.films == SHOWN
    assert counts.renditions >= SHOWN
    assert counts.scores == 3 * SHOWN
    assert counts.distinctions == len(cast.CATEGORIES)
    assert counts.recognitions == len(cast.SPECIAL_RECOGNITIONS) + len(cast.PARTNERS)
    assert counts.downloads >= 4


def test_a_festival_ends_complete_although_each_process_is_killed_in_turn(tell: Tell) -> None:
    victims = cycle(("worker1", "web", "worker2", "cron", "valkey"))
    killed = []

    def kill_next(stack: Stack, _moment: str) -> None:
        victim = next(victims)
        stack.kill(victim)
        killed.append(victim)
        if victim == "web":
            stack.wait_until_ready()

    check_complete(tell(kill_next))
    assert {"web", "worker1", "worker2", "cron", "valkey"} <= set(killed)


def test_forgetting_everything_in_redis_delays_a_festival_and_loses_nothing(tell: Tell) -> None:
    flushed = []

    def flush(stack: Stack, moment: str) -> None:
        redis.from_url(stack.redis_url).flushall()
        flushed.append(moment)

    check_complete(tell(flush))
    assert "films entered" in flushed
