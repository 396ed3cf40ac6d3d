"""What workers have made in the last day, by the hour: from the log of tasks, for all festivals."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select

from plural import clock
from plural.extensions import db
from plural.models.audit import TaskEvent
from plural.models.entry import FilmState, FilmVersion
from plural.models.media import Output, OutputState

HOURS = 24
HOUR = timedelta(hours=1)
OUTPUT, FILM = "output:", "film_version:"
MADE = (OUTPUT, OutputState.READY.value)
COMPLETED = (FILM, FilmState.COMPLETE.value)
FAILED = (OUTPUT, OutputState.FAILED.value)


@dataclass(frozen=True)
class Hour:
    """What became ready, what films became complete and what was given up within an hour."""

    begins_at: datetime
    outputs: int
    films: int
    failures: int


@dataclass(frozen=True)
class Throughput:
    """The last 24 hours, the one that runs last.

    `cpu_s_per_film_minute`: seconds of one processor for each minute of film, over the complete
    films that got their last output in them; None without any.
    """

    hours: list[Hour]
    cpu_s_per_film_minute: float | None

    @property
    def outputs(self) -> int:
        return sum(hour.outputs for hour in self.hours)

    @property
    def films(self) -> int:
        return sum(hour.films for hour in self.hours)

    @property
    def failures(self) -> int:
        return sum(hour.failures for hour in self.hours)

    @property
    def most(self) -> int:
        """The most that was made or given up in an hour."""
        return max(hour.outputs + hour.failures for hour in self.hours)


def throughput() -> Throughput:
    """What was made since the full hour 23 hours ago."""
    this_hour = clock.now().replace(minute=0, second=0, microsecond=0)
    begins = [this_hour - HOUR * back for back in reversed(range(HOURS))]
    counted: Counter[tuple[datetime, tuple[str, str]]] = Counter()
    for event in events_since(begins[0]):
        hour = event.at.replace(minute=0, second=0, microsecond=0)
        counted[hour, (event.subject.partition(":")[0] + ":", event.state)] += 1
    hours = [
        Hour(at, counted[at, MADE], counted[at, COMPLETED], counted[at, FAILED]) for at in begins
    ]
    return Throughput(hours, cpu_s_per_film_minute(begins[0]))


def events_since(at: datetime) -> Any:
    kinds = (
        TaskEvent.subject.startswith(subject) & (TaskEvent.state == state)
        for subject, state in (MADE, COMPLETED, FAILED)
    )
    wanted = select(TaskEvent.at, TaskEvent.subject, TaskEvent.state)
    return db.session.execute(wanted.where(TaskEvent.at >= at, or_(*kinds)))


def cpu_s_per_film_minute(since: datetime) -> float | None:
    """What complete films have cost whose last output became ready since then."""
    costs = (
        select(
            func.sum(Output.cpu_s).label("cpu_s"),
            func.max(FilmVersion.duration_s).label("duration_s"),
        )
        .join(FilmVersion)
        .where(FilmVersion.state == FilmState.COMPLETE, Output.state == OutputState.READY)
        .group_by(Output.film_version_id)
        .having(func.max(Output.ready_at) >= since)
        .subquery()
    )
    cpu_s, duration_s = db.session.execute(
        select(func.sum(costs.c.cpu_s), func.sum(costs.c.duration_s))
    ).one()
    return 60 * cpu_s / duration_s if duration_s else None
