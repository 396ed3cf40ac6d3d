"""How far an open round is: who has how much to do, never what anybody gave."""

from collections import Counter
from dataclasses import dataclass

from judging.connectedness import measure
from judging.rounds import Pair
from plural import clock
from plural.actions import panel
from plural.actions.assignments import Held, Load, by_name, held
from plural.models.entry import FilmVersion
from plural.models.people import Organisation
from plural.models.rounds import Round, Seat
from plural.models.scoring import DONE, AssignmentState


@dataclass(frozen=True)
class Share:
    """The work of one organisation's people."""

    organisation: Organisation
    jurors: int
    films: int
    done: int


@dataclass(frozen=True)
class FilmLine:
    """A film with the reviews it wants, those given out, and those that are done."""

    film: FilmVersion
    wanted: int
    given: int
    done: int


@dataclass(frozen=True)
class Board:
    """Films by reviews, jurors by work done, the same by organisation."""

    films: list[FilmLine]
    loads: list[Load]
    connected: bool

    @property
    def given(self) -> int:
        return sum(load.films for load in self.loads)

    @property
    def done(self) -> int:
        return sum(load.done for load in self.loads)

    @property
    def short(self) -> list[FilmLine]:
        return [line for line in self.films if line.given < line.wanted]

    @property
    def by_reviews(self) -> list[tuple[int, int]]:
        """How many films have so many reviews done, from none on."""
        counted = Counter(line.done for line in self.films)
        return [(n, counted[n]) for n in range(max(counted, default=0) + 1)]

    @property
    def shares(self) -> list[Share]:
        found: dict[int, list[Load]] = {}
        for load in self.loads:
            found.setdefault(load.seat.membership.organisation_id, []).append(load)
        return [
            Share(
                held[0].seat.membership.organisation,
                len(held),
                sum(load.films for load in held),
                sum(load.done for load in held),
            )
            for held in found.values()
        ]


def board(round_: Round) -> Board:
    films = {film.id: film for film in panel.films(round_, clock.now())}
    before = [one for one in held(round_) if one.film_version_id in films]
    standing = [one for one in before if one.state is not AssignmentState.ABSTAINED]
    seats = panel.seats(round_)
    return Board(
        films=lines(round_, list(films.values()), standing),
        loads=loads_of(seats, before),
        connected=measure(
            Pair(str(one.film_version_id), str(one.seat_id)) for one in standing
        ).connected,
    )


def lines(round_: Round, films: list[FilmVersion], standing: list[Held]) -> list[FilmLine]:
    wanted = panel.reviews_wanted(round_)
    given = Counter(one.film_version_id for one in standing)
    done = Counter(one.film_version_id for one in scored(standing))
    found = [FilmLine(f, wanted[f.id], given[f.id], done[f.id]) for f in films]
    return sorted(found, key=lambda line: (line.done, line.given, line.film.entry.title))


def loads_of(seats: list[Seat], before: list[Held]) -> list[Load]:
    films = Counter(one.seat_id for one in before)
    done = Counter(one.seat_id for one in before if one.state in DONE)
    return [Load(seat, films[seat.id], done[seat.id]) for seat in sorted(seats, key=by_name)]


def scored(standing: list[Held]) -> list[Held]:
    return [one for one in standing if one.state is AssignmentState.SCORED]
