"""Giving films to jurors, and how far they are."""

from collections import Counter
from dataclasses import dataclass

from judging import assignment as engine
from judging.connectedness import measure
from judging.rounds import Pair
from plural import audit, clock, lifecycle
from plural.actions import conflicts, panel
from plural.actions.locks import hold_alone, hold_open
from plural.extensions import db
from plural.models.entry import FilmVersion
from plural.models.people import Account
from plural.models.rounds import Round, Seat
from plural.models.scoring import Assignment, AssignmentState

STANDING = (AssignmentState.ASSIGNED, AssignmentState.SCORED)


@dataclass(frozen=True)
class Given:
    """What one run of the assignment changed, and how many reviews are still missing."""

    new: int
    released: int
    missing: int


def assign(round_: Round, by: Account) -> Given:
    """Give every film of an open preselection its reviews; work that is done stays.

    Run again after a conflict or a drop-out it tops up. Raises Refused when the round is not open.
    """
    hold_alone(round_)
    hold_open(round_)
    conflicts.note_derived(round_)
    films = {panel.pseudonym(film): film for film in panel.films(round_, clock.now())}
    people, wanted = panel.seats_by_person(round_), panel.reviews_wanted(round_)
    released = release_idle(round_, films)
    standing = {panel.pair(a) for a in panel.assignments(round_) if a.state in STANDING}
    result = engine.assign(
        [panel.engine_film(film, wanted[film.id]) for film in films.values()],
        [panel.engine_juror(name, seats) for name, seats in people.items()],
        panel.conflicts(round_, films.values()),
        seed=round_.seed,
        finished={pair for pair in standing if pair.film_id in films},
    )
    new = [pair for pair in result.pairs if pair not in standing]
    for pair in new:
        give(round_, people[pair.juror_id][0], films[pair.film_id])
    db.session.flush()
    missing = {shortfall.film_id: shortfall.missing for shortfall in result.shortfalls}
    given = Given(len(new), released, sum(missing.values()))
    audit.append(
        round_.edition.festival,
        "round.assigned",
        lifecycle.subject(round_),
        by,
        {"new": given.new, "released": given.released, "missing": missing},
    )
    return given


def release_idle(round_: Round, films: dict[str, FilmVersion]) -> int:
    """Take back unfinished work on films that left, and from people who did."""
    idle = [
        a
        for a in panel.assignments(round_)
        if a.state is AssignmentState.ASSIGNED
        and (not panel.is_living(a.seat) or panel.pseudonym(a.film) not in films)
    ]
    for assignment in idle:
        lifecycle.move(assignment, AssignmentState.RELEASED, None)
    return len(idle)


def give(round_: Round, seat: Seat, film: FilmVersion) -> None:
    """Put a film before a seat; one that it had given back comes again."""
    former = Assignment.query.filter_by(seat_id=seat.id, film_version_id=film.id).first()
    if former is not None:
        lifecycle.move(former, AssignmentState.ASSIGNED, None, assigned_at=clock.now())
        return
    db.session.add(
        Assignment(
            round_id=round_.id, seat_id=seat.id, film_version_id=film.id, assigned_at=clock.now()
        )
    )


# ----- how far the round is


@dataclass(frozen=True)
class Load:
    """How much one seat has before it, and how much of that is done."""

    seat: Seat
    films: int
    done: int


@dataclass(frozen=True)
class Short:
    """A film that has fewer jurors than wanted."""

    film: FilmVersion
    missing: int


@dataclass(frozen=True)
class Progress:
    """A round's progress as staff may see it: who has how much, never what was given."""

    loads: list[Load]
    shorts: list[Short]
    unreviewed: list[FilmVersion]
    open: int
    connected: bool


def progress(round_: Round) -> Progress:
    standing = [a for a in panel.assignments(round_) if a.state in STANDING]
    films = panel.films(round_, clock.now())
    given = Counter(a.film_version_id for a in standing)
    scored = [a for a in standing if a.state is AssignmentState.SCORED]
    reviewed = {a.film_version_id for a in scored}
    wanted = panel.reviews_wanted(round_)
    return Progress(
        loads=loads(panel.seats(round_), standing, scored),
        shorts=[Short(f, wanted[f.id] - given[f.id]) for f in films if given[f.id] < wanted[f.id]],
        unreviewed=[f for f in films if f.id not in reviewed],
        open=len(standing) - len(scored),
        connected=measure(pairs(standing)).connected,
    )


def pairs(assignments: list[Assignment]) -> list[Pair]:
    return [panel.pair(assignment) for assignment in assignments]


def loads(seats: list[Seat], standing: list[Assignment], scored: list[Assignment]) -> list[Load]:
    before, done = Counter(a.seat_id for a in standing), Counter(a.seat_id for a in scored)
    return [Load(seat, before[seat.id], done[seat.id]) for seat in seats]
