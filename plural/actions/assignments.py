"""Giving films to jurors: what the engine proposes, looked at by people, then done exactly so."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import rfc8785
from sqlalchemy import select

from judging import assignment as engine
from judging.conflicts import Conflict as Barred
from judging.rounds import Juror, Pair, Side
from plural import audit, clock, lifecycle
from plural.actions import conflicts, panel, shortfalls
from plural.actions.locks import hold_alone, hold_open
from plural.actions.shortfalls import Missing
from plural.errors import StaleState
from plural.extensions import db
from plural.models.entry import FilmVersion
from plural.models.people import Account
from plural.models.rounds import Round, Seat
from plural.models.scoring import BEFORE_JUROR, Assignment, AssignmentState

YOUNG = "young"


@dataclass(frozen=True)
class Held:
    """What is before a juror, as plain values: a round may have ten thousand."""

    id: int
    seat_id: int
    film_version_id: int
    state: AssignmentState
    by_hand: bool


@dataclass(frozen=True)
class Load:
    """How many films one seat has, how many of them are done, and how many it is to get."""

    seat: Seat
    films: int
    done: int
    more: int = 0


@dataclass(frozen=True)
class Proposal:
    """What one run would change, and which wishes stay unmet: jurors under their fewest films,
    films without a review from outside their region or with too few young jurors.

    The digest is of what stands, of what jurors take on, and of all that follows from it.
    """

    pairs: tuple[Pair, ...]
    new: tuple[Pair, ...]
    idle: tuple[int, ...]
    missing: list[Missing]
    loads: list[Load]
    below_fewest: list[Load]
    without_outside: list[FilmVersion]
    without_young: list[FilmVersion]
    groups: tuple[tuple[str, ...], ...]
    second_eigenvalue: float
    mixed: bool
    digest: str

    @property
    def changes(self) -> bool:
        return bool(self.new or self.idle)


@dataclass(frozen=True)
class Given:
    """What one run of the assignment changed, and how many reviews are still missing."""

    new: int
    released: int
    missing: int


@dataclass(frozen=True)
class Rows:
    """All that an assignment is made of, read once."""

    films: dict[str, FilmVersion]
    people: dict[str, list[Seat]]
    barred: list[Barred]
    held: list[Held]

    @property
    def names(self) -> dict[int, str]:
        return {film.id: name for name, film in self.films.items()}

    @property
    def juror_of(self) -> dict[int, str]:
        return {seat.id: name for name, held in self.people.items() for seat in held}


def propose(round_: Round) -> Proposal:
    """Who would get which film now; writes nothing. Finished work stays."""
    rows = read(round_)
    standing, idle = sift(rows)
    wanted = panel.reviews_wanted(round_)
    films = [panel.engine_film(film, wanted[film.id]) for film in rows.films.values()]
    jurors = [panel.engine_juror(name, seats) for name, seats in rows.people.items()]
    sides = sides_of(round_, rows)
    by_hand = {pair for pair, one in standing.items() if one.by_hand}
    result = engine.assign(
        films,
        jurors,
        rows.barred,
        seed=round_.seed,
        pinned=by_hand,
        finished=standing.keys() - by_hand,
        outside_region=round_.rules.outside_region,
        sides=sides,
    )
    new = tuple(pair for pair in result.pairs if pair not in standing)
    living = [juror for juror in jurors if panel.is_living(rows.people[juror.id][0])]
    loads_ = loads(rows, standing, new)
    below = {rows.people[name][0].id for name in result.below_minimum}
    outside = result.without_outside if round_.rules.outside_region else ()
    return Proposal(
        pairs=result.pairs,
        new=new,
        idle=idle,
        missing=shortfalls.explain(result, films, living, rows.barred, rows.films),
        loads=loads_,
        below_fewest=[load for load in loads_ if load.seat.id in below],
        without_outside=[rows.films[name] for name in outside],
        without_young=[rows.films[name] for name in result.without_side.get(YOUNG, ())],
        groups=result.components,
        second_eigenvalue=result.second_eigenvalue,
        mixed=result.mixed,
        digest=digest(standing, new, idle, jurors, sides),
    )


def sift(rows: Rows) -> tuple[dict[Pair, Held], tuple[int, ...]]:
    """What stands before the jurors, and which work nobody can do any more.

    A film that staff gave by hand and that is away waits for its return: nobody is shown it.
    """
    names, juror_of = rows.names, rows.juror_of
    conflicted = {(c.film_id, c.juror_id) for c in rows.barred}
    living = {seat.id for held in rows.people.values() for seat in held if panel.is_living(seat)}
    standing: dict[Pair, Held] = {}
    idle = []
    for one in rows.held:
        film, juror = names.get(one.film_version_id), juror_of.get(one.seat_id, "")
        unfinished = one.state is AssignmentState.ASSIGNED
        if (film, juror) in conflicted or one.state is AssignmentState.ABSTAINED:
            continue
        if film is None and one.by_hand and one.seat_id in living:
            continue
        if unfinished and (film is None or one.seat_id not in living):
            idle.append(one.id)
        elif film is not None:
            standing[Pair(film, juror)] = one
    return standing, tuple(sorted(idle))


def sides_of(round_: Round, rows: Rows) -> tuple[Side, ...]:
    """The young jurors, if the round asks for them; one who has left counts with what is done."""
    if not round_.rules.young_jurors:
        return ()
    young = {name for name, held in rows.people.items() if any(seat.is_young for seat in held)}
    return (Side(YOUNG, frozenset(young), round_.rules.young_jurors),)


def read(round_: Round) -> Rows:
    films = {panel.pseudonym(film): film for film in panel.films(round_, clock.now())}
    people = panel.seats_by_person(round_)
    barred = panel.conflicts(round_, films.values())
    refused = panel.refused(round_, films.values())
    return Rows(films, people, [*barred, *refused, *conflicts.derived(round_)], held(round_))


def held(round_: Round) -> list[Held]:
    found = db.session.execute(
        select(
            Assignment.id,
            Assignment.seat_id,
            Assignment.film_version_id,
            Assignment.state,
            Assignment.by_hand,
        )
        .where(Assignment.round_id == round_.id, Assignment.state.in_(BEFORE_JUROR))
        .order_by(Assignment.id)
    )
    return [Held(*row) for row in found]


def digest(
    standing: Mapping[Pair, Held],
    new: Iterable[Pair],
    idle: Iterable[int],
    jurors: Iterable[Juror],
    sides: Iterable[Side],
) -> str:
    written: dict[str, Any] = {
        "standing": [[p.film_id, p.juror_id, standing[p].by_hand] for p in sorted(standing)],
        "new": [[p.film_id, p.juror_id] for p in sorted(new)],
        "idle": list(idle),
        "bounds": [
            [j.id, j.load_min, j.load_max, j.reserve, sorted(j.categories)]
            for j in sorted(jurors, key=lambda juror: juror.id)
        ],
        "sides": [[side.name, side.count, sorted(side.juror_ids)] for side in sides],
    }
    return hashlib.sha256(rfc8785.dumps(written)).hexdigest()


def loads(rows: Rows, standing: dict[Pair, Held], new: Iterable[Pair]) -> list[Load]:
    films = Counter(one.seat_id for one in standing.values())
    done = Counter(o.seat_id for o in standing.values() if o.state is AssignmentState.SCORED)
    more = Counter(rows.people[pair.juror_id][0].id for pair in new)
    seats = [seat for held in rows.people.values() for seat in held]
    return [Load(s, films[s.id], done[s.id], more[s.id]) for s in sorted(seats, key=by_name)]


def by_name(seat: Seat) -> tuple[str, str, int]:
    membership = seat.membership
    return membership.organisation.name, membership.name or membership.email, seat.id


# ----- doing it


def apply(round_: Round, seen: str, by: Account) -> Given:
    """Do what somebody has looked at, and nothing else.

    Raises StaleState when the proposal is another by now, Refused when the round is not open.
    """
    hold(round_)
    proposal = propose(round_)
    if proposal.digest != seen:
        raise StaleState("assignment_changed")
    return carry_out(round_, proposal, by)


def assign(round_: Round, by: Account | None) -> Given:
    """Do what the engine proposes, without a second look: the nightly top-up."""
    hold(round_)
    return carry_out(round_, propose(round_), by)


def hold(round_: Round) -> None:
    hold_alone(round_)
    hold_open(round_)
    conflicts.note_derived(round_)


def carry_out(round_: Round, proposal: Proposal, by: Account | None) -> Given:
    for assignment in Assignment.query.filter(Assignment.id.in_(proposal.idle)):
        lifecycle.move(assignment, AssignmentState.RELEASED, None)
    give(round_, proposal.new)
    missing = {panel.pseudonym(short.film): short.count for short in proposal.missing}
    given = Given(len(proposal.new), len(proposal.idle), sum(missing.values()))
    audit.append(
        round_.edition.festival,
        "round.assigned",
        lifecycle.subject(round_),
        by,
        {"new": given.new, "released": given.released, "missing": missing},
    )
    return given


def give(round_: Round, pairs: Iterable[Pair]) -> None:
    """Put films before jurors; what somebody had given back comes again."""
    films = {panel.pseudonym(row.film): row.film_version_id for row in panel.round_films(round_)}
    people = panel.seats_by_person(round_)
    released = Assignment.query.filter_by(round_id=round_.id, state=AssignmentState.RELEASED)
    former = {(a.seat_id, a.film_version_id): a for a in released}
    now = clock.now()
    for pair in pairs:
        place = (people[pair.juror_id][0].id, films[pair.film_id])
        if place in former:
            lifecycle.move(
                former[place], AssignmentState.ASSIGNED, None, assigned_at=now, by_hand=False
            )
            continue
        db.session.add(
            Assignment(
                round_id=round_.id, seat_id=place[0], film_version_id=place[1], assigned_at=now
            )
        )
    db.session.flush()
