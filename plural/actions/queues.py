"""What a person has to judge: their seats, and the films of one seat in an order of its own."""

from dataclasses import dataclass
from functools import cached_property

from sqlalchemy.orm import joinedload, selectinload

from judging.seeding import number
from plural import clock
from plural.access import Who
from plural.actions import juries, panel, picks
from plural.actions.jury_results import Stage, Standing, standings
from plural.models.consent import Use
from plural.models.entry import FilmVersion
from plural.models.festival import Award
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
    """A seat with what is left there: films and seconds, or awards, or one choice."""

    seat: Seat
    left: int
    whole: int
    seconds_left: float = 0.0

    @property
    def round(self) -> Round:
        return self.seat.round

    @property
    def is_open(self) -> bool:
        return self.round.state is RoundState.OPEN


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
    lines = [line(who, seat) for seat in seats]
    return sorted(lines, key=lambda at: (not at.is_open, at.round.closes_at, at.seat.id))


def line(who: Who, seat: Seat) -> SeatLine:
    if seat.round.kind is RoundKind.PRESELECTION:
        mine = queue(seat)
        return SeatLine(seat, len(mine.left), len(mine.assignments), mine.seconds_left)
    if seat.round.kind is RoundKind.PARTNER_PICKS:
        given = [bool(picks.picks_of(seat.round, award)) for award in picks.awards_of(seat)]
        return SeatLine(seat, given.count(False), len(given))
    sheets = [one for one in standings(seat.round) if takes_part(seat, one.award)]
    return SeatLine(seat, sum(waits_for(seat, one) for one in sheets), len(sheets))


def takes_part(seat: Seat, award: Award) -> bool:
    return juries.may_decide(seat, juries.candidates(seat.round, award))


def waits_for(seat: Seat, standing: Standing) -> bool:
    """Whether it is this member's turn to vote, to confirm, or to write the minutes."""
    if standing.stage is Stage.MINUTES:
        return seat.is_chair
    return standing.stage is not Stage.DONE and seat.id in {s.id for s in standing.waiting}
