"""What a person has to judge: their seats, and the films of one seat in an order of its own."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy.orm import joinedload, selectinload

from judging.seeding import number
from plural import clock
from plural.access import Who
from plural.actions import juries, panel, picks
from plural.actions.jury_results import Standing, standings
from plural.models.consent import Use
from plural.models.entry import FilmVersion
from plural.models.rounds import Round, RoundKind, RoundState, Seat
from plural.models.scoring import BEFORE_JUROR, DONE, Assignment, AssignmentState, Conflict
from plural.rights import may_use


@dataclass(frozen=True)
class Queue:
    """A seat's films, shuffled for this juror alone so that no film is always seen last.

    `away` are those that wait for it and may not be shown at the moment.
    """

    assignments: list[Assignment]
    away: int

    @cached_property
    def left(self) -> list[Assignment]:
        return [a for a in self.assignments if a.state is AssignmentState.ASSIGNED]

    @cached_property
    def done(self) -> list[Assignment]:
        return [a for a in self.assignments if a.state in DONE]

    @property
    def next(self) -> Assignment | None:
        return self.left[0] if self.left else None

    def after(self, assignment: Assignment) -> Assignment | None:
        """What is to be watched next once this one is done."""
        return next((a for a in self.left if a.id != assignment.id), None)

    @property
    def seconds_left(self) -> float:
        return sum(a.film.duration_s or 0 for a in self.left)


def queue(seat: Seat) -> Queue:
    """The films that the seat may still be shown, always in the same order."""
    now = clock.now()
    barred = barred_entries(seat)
    meant = [a for a in assignments_of(seat) if a.film.entry_id not in barred]
    shown = [a for a in meant if may_use(a.film, Use.JURY, None, now)]
    waiting = [a for a in meant if a.state is AssignmentState.ASSIGNED and a not in shown]
    return Queue(sorted(shown, key=place), away=len(waiting))


def assignments_of(seat: Seat) -> list[Assignment]:
    """The seat's own rows and nobody else's, with all that a list of them shows."""
    film = selectinload(Assignment.film)
    rows: list[Assignment] = (
        Assignment.query.filter(Assignment.seat_id == seat.id, Assignment.state.in_(BEFORE_JUROR))
        .options(film.options(*panel.film_with_rights(), selectinload(FilmVersion.outputs)))
        .options(joinedload(Assignment.seat))
        .all()
    )
    return rows


def barred_entries(seat: Seat) -> set[int]:
    rows = Conflict.query.filter_by(account_id=seat.membership.account_id)
    return {row.entry_id for row in rows}


def place(assignment: Assignment) -> int:
    """The seed stays secret until the close, so nobody can tell the order of another."""
    account = assignment.seat.membership.account
    name = account.pseudonym if account else ""
    return draw(assignment.round.seed, name, panel.pseudonym(assignment.film))


def draw(seed: str, juror: str, film: str) -> int:
    """What sorts a juror's films, both by pseudonym, as a frozen round names them."""
    return number(seed, "queue", juror, film)


@dataclass(frozen=True)
class SeatLine:
    """What a seat can still do and until when: films and seconds, awards to decide, or choices.

    `missed` are those for which the time is over.
    """

    seat: Seat
    left: int
    whole: int
    closes_at: datetime
    missed: int = 0
    seconds_left: float = 0.0

    @property
    def round(self) -> Round:
        return self.seat.round

    @property
    def is_open(self) -> bool:
        return self.round.state is RoundState.OPEN

    @property
    def is_over(self) -> bool:
        return self.closes_at <= clock.now()

    @property
    def only_recommends(self) -> bool:
        return self.round.kind is RoundKind.PARTNER_PICKS and not picks.may_pick(self.seat)


def seats_of(who: Who) -> list[SeatLine]:
    """The seats of this person in rounds of the edition that have opened, the urgent ones first."""
    ids = [m.id for m in who.memberships()]
    edition_id = who.edition.id if who.edition else None
    seats = (
        Seat.query.join(Round)
        .filter(Seat.membership_id.in_(ids), Round.edition_id == edition_id)
        .filter(Round.state != RoundState.DRAFT)
        .all()
    )
    return sorted(map(line, seats), key=lambda at: (not at.is_open, at.closes_at, at.seat.id))


def line(seat: Seat) -> SeatLine:
    return {
        RoundKind.PRESELECTION: line_of_films,
        RoundKind.INTERNATIONAL_JURY: line_of_awards,
        RoundKind.PARTNER_PICKS: line_of_picks,
    }[seat.round.kind](seat)


def line_of_films(seat: Seat) -> SeatLine:
    mine, closes_at = queue(seat), seat.round.closes_at
    waiting, whole = len(mine.left), len(mine.assignments)
    if closes_at <= clock.now():
        return SeatLine(seat, 0, whole, closes_at, missed=waiting)
    return SeatLine(seat, waiting, whole, closes_at, seconds_left=mine.seconds_left)


def line_of_awards(seat: Seat) -> SeatLine:
    found = [one for one in standings(seat.round) if one.waits_for(seat) or takes_part(seat, one)]
    return line_of_ends(
        seat,
        waiting=[one.closes_at for one in found if one.waits_for(seat)],
        all_ends=[one.closes_at for one in found],
    )


def takes_part(seat: Seat, standing: Standing) -> bool:
    return juries.may_decide(seat, juries.candidates(seat.round, standing.award))


def line_of_picks(seat: Seat) -> SeatLine:
    """Whoever only recommends is waited for by nobody."""
    round_, given = seat.round, picks.awards_of(seat)
    silent = [a for a in given if picks.may_pick(seat) and not picks.picks_of(round_, a)]
    return line_of_ends(
        seat,
        waiting=[picks.closes_at(round_, award) for award in silent],
        all_ends=[picks.closes_at(round_, award) for award in given],
    )


def line_of_ends(seat: Seat, waiting: list[datetime], all_ends: list[datetime]) -> SeatLine:
    """The line of a seat by when each of its matters ends: the next end of what waits for it, else
    the last until which it may change its mind."""
    now = clock.now()
    ahead = [end for end in waiting if now < end]
    closes_at = min(ahead, default=max(all_ends, default=seat.round.closes_at))
    missed = len(waiting) - len(ahead)
    return SeatLine(seat, len(ahead), len(all_ends), closes_at, missed)


def next_turn(seat: Seat) -> Standing | None:
    """The award of a jury that waits for this member and ends first."""
    mine = [one for one in standings(seat.round) if one.is_open and one.waits_for(seat)]
    return min(mine, key=lambda one: one.closes_at, default=None)
