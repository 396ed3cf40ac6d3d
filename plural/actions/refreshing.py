"""Outputs whose recipe has changed since they were made: which they are, and making them anew.

The old ones serve until the new ones are published; then they go in the same transaction.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import selectinload

from media_pipeline.ladder import PlannedOutput
from media_pipeline.source import Source
from plural import lifecycle, outbox
from plural.actions import film_queue
from plural.actions.film_files import ANEW, LADDER, MODERN, made_from
from plural.actions.film_order import wanted
from plural.extensions import db
from plural.models.entry import Entry, FilmState, FilmVersion
from plural.models.media import Output, OutputState

PLAYS = (FilmState.PLAYABLE, FilmState.COMPLETE)
OF_THE_LADDER = (*LADDER, MODERN)
REPLACED = "replaced"
UNPLANNED = "unplanned"


@dataclass(frozen=True)
class Outdated:
    """What a film has by another recipe than today's.

    `planned` are to be made anew or for the first time; `unplanned` are outputs that films do not
    get any more.
    """

    film: FilmVersion
    planned: tuple[PlannedOutput, ...]
    unplanned: tuple[Output, ...]


@dataclass(frozen=True)
class Estimate:
    """How many films get an output anew, and about how many seconds of one processor it takes."""

    name: str
    films: int
    cpu_s: float


def outdated_films() -> list[Outdated]:
    """Films that play and have something by another recipe, the oldest first.

    What is being made already, or has failed, is not named again.
    """
    films = (
        FilmVersion.query.join(Entry)
        .filter(FilmVersion.state.in_(PLAYS), FilmVersion.source.is_not(None), wanted())
        .options(selectinload(FilmVersion.outputs))
        .order_by(FilmVersion.id)
    )
    found = (compare(film) for film in films)
    return [each for each in found if each.planned or each.unplanned]


def compare(film: FilmVersion) -> Outdated:
    """What the film has against what the ladder says now."""
    plan = made_from(Source.from_data(film.source or {}))
    rows = rows_by_name(film)
    planned = tuple(each for each in plan if is_to_be_made(each, rows[each.name]))
    return Outdated(film, planned, unplanned_outputs(film, plan))


def rows_by_name(film: FilmVersion) -> Mapping[str, list[Output]]:
    """Outputs of the ladder that a film has, by name; a name may be there twice, old and new."""
    found: defaultdict[str, list[Output]] = defaultdict(list)
    for row in film.outputs:
        if row.group.removeprefix(ANEW) in OF_THE_LADDER:
            found[row.name].append(row)
    return found


def is_to_be_made(planned: PlannedOutput, rows: Sequence[Output]) -> bool:
    """Whether nothing has it as it is planned, nor is about to make it: by the recipe of then."""
    return not any(
        row.state is not OutputState.READY or row.recipe_digest == planned.recipe_digest
        for row in rows
    )


def unplanned_outputs(film: FilmVersion, plan: Iterable[PlannedOutput]) -> tuple[Output, ...]:
    names = {each.name for each in plan}
    ready = (o for o in film.outputs if o.group in OF_THE_LADDER and o.state is OutputState.READY)
    return tuple(output for output in ready if output.name not in names)


def estimates(outdated: Sequence[Outdated]) -> list[Estimate]:
    """By name of output, from what the old ones cost, or others of that name by length of film."""
    per_second = costs_per_second()
    films: defaultdict[str, int] = defaultdict(int)
    cpu_s: defaultdict[str, float] = defaultdict(float)
    for each in outdated:
        recorded = {o.name: o.cpu_s for o in each.film.outputs if o.state is OutputState.READY}
        for planned in each.planned:
            guess = per_second.get(planned.name, 0.0) * (each.film.duration_s or 0.0)
            films[planned.name] += 1
            cpu_s[planned.name] += recorded.get(planned.name, guess)
    return [Estimate(name, films[name], cpu_s[name]) for name in sorted(films)]


def costs_per_second() -> dict[str, float]:
    """Seconds of one processor per second of film that outputs of each name have cost so far."""
    rows = (
        db.session.query(
            Output.name,
            db.func.sum(Output.cpu_s),
            db.func.sum(FilmVersion.duration_s),
        )
        .join(FilmVersion)
        .filter(Output.state == OutputState.READY, FilmVersion.duration_s > 0)
        .group_by(Output.name)
    )
    return {name: cpu_s / duration_s for name, cpu_s, duration_s in rows}


def make_anew(outdated: Sequence[Outdated]) -> None:
    """Have all of it made when nothing else is to be done."""
    for each in outdated:
        for planned in each.planned:
            film_queue.add(
                each.film,
                ANEW + planned.group,
                planned.name,
                planned.recipe_digest,
                planned.media_type,
            )
        if not each.planned:
            retire(each.unplanned, UNPLANNED)
    db.session.flush()
    outbox.wake_after_commit(outbox.FILMS)


def retire_replaced(film: FilmVersion, new: Sequence[Output]) -> None:
    """Remove the rows of older outputs whose place the new ones take."""
    names = [row.name for row in new]
    retire(
        Output.query.filter(
            Output.film_version_id == film.id,
            Output.name.in_(names),
            Output.state == OutputState.READY,
        ).all(),
        REPLACED,
    )


def retire_unplanned(film: FilmVersion, source: Source) -> None:
    """Remove the rows of what films do not get any more, once all that is planned is there."""
    db.session.expire(film, ["outputs"])
    if all(row.state is OutputState.READY for rows in rows_by_name(film).values() for row in rows):
        retire(unplanned_outputs(film, made_from(source)), UNPLANNED)


def retire(rows: Iterable[Output], action: str) -> None:
    """Remove rows, noting why; tidying the film removes what they stored."""
    for row in rows:
        lifecycle.record(row, action, by=None)
        db.session.delete(row)
    db.session.flush()
