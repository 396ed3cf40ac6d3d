"""What frozen rounds have decided, and what to think of a ranking."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from judging import standings
from judging.agreement import krippendorff_alpha
from judging.calibration import Observation
from judging.conflicts import Conflict as Barred
from judging.connectedness import measure
from judging.rounds import Pair, Score
from judging.rubric import Criterion, Rubric
from plural.actions import panel, versions
from plural.models.entry import Entry, FilmVersion
from plural.models.festival import Award, Edition
from plural.models.people import Account
from plural.models.rounds import RankedFilm, Round, RoundKind, RoundResult

UNDECIDED_BETWEEN = (0.1, 0.9)
FLAT_SHARE, FLAT_COUNT = 0.8, 4


@dataclass(frozen=True)
class Decided:
    """A film version is to receive an award; for a partner's own, `organisation_id` gives it."""

    award_id: int
    film_version_id: int
    organisation_id: int | None
    citation: str


def decided(edition: Edition, until: datetime | None = None) -> list[Decided]:
    """Everything that the edition's frozen juries and partners have decided, by award.

    Where two rounds decided the same award the later one counts. With `until`, what they had
    decided at that instant.
    """
    awards = {award.key: award for award in edition.awards}
    by_award: dict[int, list[Decided]] = {}
    for result in deciding_results(edition, until):
        films = films_in(result)
        for row in result.document["awards"]:
            award = awards.get(row["award"])
            if award is not None:
                by_award[award.id] = [of_row(award, films[name], row) for name in row["winners"]]
    return [one for award_id in sorted(by_award) for one in by_award[award_id]]


def deciding_results(edition: Edition, until: datetime | None = None) -> list[RoundResult]:
    """The frozen results of juries and partner rounds that count, in the order of the freezing."""
    rounds = Round.query.filter(
        Round.edition_id == edition.id, Round.kind != RoundKind.PRESELECTION
    ).order_by(Round.id)
    frozen = [versions.newest_frozen(round_, until) for round_ in rounds]
    return sorted((r for r in frozen if r is not None), key=lambda r: (r.frozen_at, r.round_id))


def films_in(result: RoundResult) -> dict[str, FilmVersion]:
    """The films that a record of decisions names, by pseudonym, its round's or no more."""
    rows = result.document["awards"]
    named = {name for row in rows for name in (*row["winners"], *row.get("struck", ()))}
    named |= {name for row in rows for turn in row.get("turns", ()) for name in turn["among"]}
    codes = {name.rpartition(".")[0] for name in named}
    found = FilmVersion.query.join(Entry).filter(
        Entry.edition_id == result.round.edition_id, Entry.code.in_(codes)
    )
    return {name: film for film in found if (name := panel.pseudonym(film)) in named}


def of_row(award: Award, film: FilmVersion, row: dict[str, Any]) -> Decided:
    return Decided(award.id, film.id, award.organisation_id, row.get("citation", ""))


def collisions(edition: Edition) -> dict[int, list[int]]:
    """Film versions that hold more than one award, with those awards: information, no fault."""
    held: dict[int, list[int]] = defaultdict(list)
    for one in decided(edition):
        held[one.film_version_id].append(one.award_id)
    return {film_id: awards for film_id, awards in held.items() if len(awards) > 1}


# ----- reading a ranking


@dataclass(frozen=True)
class Concern:
    """Something to know before a ranking is used: `code` and the films or jurors it is about."""

    code: str
    names: tuple[str, ...]


def concerns(result: RoundResult) -> list[Concern]:
    document = result.document
    wanted = {film["id"]: film["reviews_wanted"] for film in document["films"]}
    rows = result.ranked
    few = (r for r in rows if 0 < r.reviews < wanted[panel.pseudonym(r.film)])
    found = [
        Concern("unreviewed", films(r for r in rows if not r.reviews)),
        Concern("few_reviews", films(few)),
        Concern("undecided", films(r for r in rows if is_undecided(r))),
        Concern("flat", flat_jurors(document)),
    ]
    if not hangs_together(document):
        found.append(Concern("disconnected", ("",)))
    return [concern for concern in found if concern.names]


def films(rows: Any) -> tuple[str, ...]:
    return tuple(sorted(row.film.entry.title for row in rows))


def is_undecided(row: RankedFilm) -> bool:
    low, high = UNDECIDED_BETWEEN
    return row.probability_shortlisted is not None and low < row.probability_shortlisted < high


def flat_jurors(document: dict[str, Any]) -> tuple[str, ...]:
    flat = [juror["juror_id"] for juror in document["result"]["jurors"] if is_flat(juror)]
    return tuple(sorted(account.name for account in accounts_of(flat)))


def is_flat(juror: dict[str, Any]) -> bool:
    return bool(juror["count"] >= FLAT_COUNT and juror["share_equal"] >= FLAT_SHARE)


def hangs_together(document: dict[str, Any]) -> bool:
    """Whether the counted scores can all be compared: no group of jurors is apart from the rest."""
    return measure(Pair(o.film_id, o.juror_id) for o in counted(document)).connected


def counted(document: dict[str, Any]) -> tuple[Observation, ...]:
    """The scores that the result follows from: none on a conflict."""
    return standings.observe(
        rubric_of(document),
        [Score(s["film_id"], s["juror_id"], s["values"]) for s in document["scores"]],
        [Barred(c["film_id"], c["juror_id"], c["source"], "") for c in document["conflicts"]],
        films={film["id"] for film in document["films"]},
    )


@dataclass(frozen=True)
class JurorLine:
    """How one juror scored, on a scale where 100 is all that was possible.

    `spread` is how far the juror's scores lie apart, `noise` how far from what the ranking expects.
    """

    account: Account
    count: int
    severity: float
    severity_low: float
    severity_high: float
    spread: float
    noise: float
    share_equal: float


def juror_lines(result: RoundResult) -> list[JurorLine]:
    """Every juror with a counted score, the strictest first."""
    document = result.document
    intervals = {row["juror_id"]: row for row in document["intervals"]["jurors"]}
    rows = document["result"]["jurors"]
    accounts = {a.pseudonym: a for a in accounts_of([row["juror_id"] for row in rows])}
    lines = [
        JurorLine(
            account=accounts[row["juror_id"]],
            count=row["count"],
            severity=100 * row["severity"],
            severity_low=100 * intervals[row["juror_id"]]["severity_low"],
            severity_high=100 * intervals[row["juror_id"]]["severity_high"],
            spread=100 * row["spread"],
            noise=100 * row["noise"],
            share_equal=row["share_equal"],
        )
        for row in rows
    ]
    return sorted(lines, key=lambda line: -line.severity)


def accounts_of(pseudonyms: list[str]) -> list[Account]:
    found: list[Account] = Account.query.filter(Account.pseudonym.in_(pseudonyms)).all()
    return found


def agreement(result: RoundResult) -> float | None:
    """Krippendorff's alpha of the counted scores; None where it cannot be told."""
    return krippendorff_alpha(counted(result.document))


def rubric_of(document: dict[str, Any]) -> Rubric:
    """The criteria by which a frozen round was judged; a later version may have others."""
    rows = document["rubric"]
    return Rubric(
        tuple(Criterion(**row | {"categories": frozenset(row["categories"])}) for row in rows)
    )
