"""Giving films to jurors: what the engine proposes, looked at by people, then done exactly so."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import rfc8785
from sqlalchemy import select

from judging import assignment as engine
from judging.conflicts import Conflict as Barred
from judging.rounds import Film, Juror, Pair
from plural import audit, clock, lifecycle
from plural.actions import conflicts, panel
from plural.actions.locks import hold_alone, hold_open
from plural.errors import StaleState
from plural.extensions import db
from plural.models.entry import FilmVersion
from plural.models.people import Account
from plural.models.rounds import Round, Seat
from plural.models.scoring import BEFORE_JUROR, Assignment, AssignmentState


@dataclass(frozen=True)
class Held:
    """What is before a juror, as plain values: a round may have ten thousand."""

    id: int
    seat_id: int
    film_version_id: int
    state: AssignmentState


@dataclass(frozen=True)
class Load:
    """How many films one seat has, how many of them are done, and how many it is to get."""

    seat: Seat
    films: int
    done: int
    more: int = 0


@dataclass(frozen=True)
class Missing:
    """A film that gets fewer reviews than wanted, and why: how many organisations may judge it,
    how many jurors have a conflict, and how many cannot follow it."""

    film: FilmVersion
    count: int
    organisations: int
    in_conflict: int
    cannot_follow: int


@dataclass(frozen=True)
class Proposal:
    """What one run would change. The digest is of all that follows from it, and of what stands."""

    pairs: tuple[Pair, ...]
    new: tuple[Pair, ...]
    idle: tuple[int, ...]
    missing: list[Missing]
    loads: list[Load]
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
        if unfinished and (film is None or one.seat_id not in living):
            idle.append(one.id)
        elif film is not None:
            standing[Pair(film, juror)] = one
    wanted = panel.reviews_wanted(round_)
    films = [panel.engine_film(film, wanted[film.id]) for film in rows.films.values()]
    jurors = [panel.engine_juror(name, seats) for name, seats in rows.people.items()]
    result = engine.assign(films, jurors, rows.barred, seed=round_.seed, finished=standing)
    new = tuple(pair for pair in result.pairs if pair not in standing)
    return Proposal(
        pairs=result.pairs,
        new=new,
        idle=tuple(sorted(idle)),
        missing=reasons(result.shortfalls, films, jurors, rows),
        loads=loads(rows, standing, new),
        groups=result.components,
        second_eigenvalue=result.second_eigenvalue,
        mixed=result.mixed,
        digest=digest(standing, new, idle),
    )


def read(round_: Round) -> Rows:
    films = {panel.pseudonym(film): film for film in panel.films(round_, clock.now())}
    people = panel.seats_by_person(round_)
    barred = panel.conflicts(round_, films.values())
    refused = panel.refused(round_, films.values())
    return Rows(films, people, [*barred, *refused, *conflicts.derived(round_)], held(round_))


def held(round_: Round) -> list[Held]:
    found = db.session.execute(
        select(Assignment.id, Assignment.seat_id, Assignment.film_version_id, Assignment.state)
        .where(Assignment.round_id == round_.id, Assignment.state.in_(BEFORE_JUROR))
        .order_by(Assignment.id)
    )
    return [Held(*row) for row in found]


def digest(standing: Iterable[Pair], new: Iterable[Pair], idle: Iterable[int]) -> str:
    pairs = [[[p.film_id, p.juror_id] for p in sorted(some)] for some in (standing, new)]
    return hashlib.sha256(rfc8785.dumps([*pairs, sorted(idle)])).hexdigest()


def loads(rows: Rows, standing: dict[Pair, Held], new: Iterable[Pair]) -> list[Load]:
    films = Counter(one.seat_id for one in standing.values())
    done = Counter(o.seat_id for o in standing.values() if o.state is AssignmentState.SCORED)
    more = Counter(rows.people[pair.juror_id][0].id for pair in new)
    seats = [seat for held in rows.people.values() for seat in held]
    return [Load(s, films[s.id], done[s.id], more[s.id]) for s in sorted(seats, key=by_name)]


def by_name(seat: Seat) -> tuple[str, str, int]:
    membership = seat.membership
    return membership.organisation.name, membership.name or membership.email, seat.id


def reasons(
    shortfalls: Iterable[engine.Shortfall], films: list[Film], jurors: list[Juror], rows: Rows
) -> list[Missing]:
    """Why each short film is short."""
    known = {film.id: film for film in films}
    living = [juror for juror in jurors if juror.load_max]
    barred: dict[str, set[str]] = {}
    for conflict in rows.barred:
        barred.setdefault(conflict.film_id, set()).add(conflict.juror_id)
    found = []
    for shortfall in shortfalls:
        film = known[shortfall.film_id]
        in_conflict = [j for j in living if j.id in barred.get(film.id, ())]
        others = [j for j in living if j not in in_conflict]
        able = [j for j in others if follows(j, film)]
        found.append(
            Missing(
                film=rows.films[film.id],
                count=shortfall.missing,
                organisations=len({j.organisation_id for j in able}),
                in_conflict=len(in_conflict),
                cannot_follow=len(others) - len(able),
            )
        )
    return found


def follows(juror: Juror, film: Film) -> bool:
    understood = {film.language, *film.subtitles}
    return not juror.languages or not film.language or not understood.isdisjoint(juror.languages)


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
            lifecycle.move(former[place], AssignmentState.ASSIGNED, None, assigned_at=now)
            continue
        db.session.add(
            Assignment(
                round_id=round_.id, seat_id=place[0], film_version_id=place[1], assigned_at=now
            )
        )
    db.session.flush()
