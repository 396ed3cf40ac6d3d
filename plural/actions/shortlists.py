"""Which films of a frozen preselection go on."""

from collections.abc import Collection
from dataclasses import dataclass

from judging.shortlist import Shortlist, choose
from plural import audit, lifecycle
from plural.actions import panel, versions
from plural.actions.locks import hold_alone
from plural.errors import Refused
from plural.models.entry import FilmVersion
from plural.models.people import Account
from plural.models.rounds import RankedFilm, Round, RoundResult


@dataclass(frozen=True)
class Line:
    """A ranked film as the engine reads it."""

    film_id: str
    rank: int
    official: float | None


def shortlisted(round_: Round) -> list[FilmVersion]:
    """The films on the shortlist of the version that counts; none before there is one."""
    result = versions.newest_frozen(round_)
    return [row.film for row in result.ranked if row.shortlisted] if result else []


def by_category(result: RoundResult) -> dict[str, list[RankedFilm]]:
    """The ranking of each age category, in the order of ages."""
    found: dict[str, list[RankedFilm]] = {c.key: [] for c in result.round.edition.categories}
    for row in sorted(result.ranked, key=lambda r: (r.rank, panel.pseudonym(r.film))):
        found.setdefault(row.film.entry.category.key, []).append(row)
    return {key: rows for key, rows in found.items() if rows}


def propose(result: RoundResult) -> dict[str, Shortlist]:
    """The top of the ranking of each age category, as many as the round has declared."""
    size = result.round.shortlist_size
    return {key: choose(map(line, rows), size) for key, rows in by_category(result).items()}


def line(row: RankedFilm) -> Line:
    return Line(panel.pseudonym(row.film), row.rank, row.calibrated)


def top(result: RoundResult) -> set[int]:
    """Ids of the film versions that the ranking alone would take."""
    names = {name for chosen in propose(result).values() for name in chosen.film_ids}
    return {row.film_version_id for row in result.ranked if panel.pseudonym(row.film) in names}


def mark(result: RoundResult, film_ids: Collection[int], reason: str, by: Account) -> None:
    """Make these film versions the shortlist.

    Raises Refused when one is not in the ranking, or when they differ from its top without a
    reason; what was moved and why enters the audit chain.
    """
    hold_alone(result.round)
    hold_alone(result)
    if result is not versions.newest_frozen(result.round):
        raise Refused("round_not_frozen")
    chosen, expected = set(film_ids), top(result)
    if not chosen <= {row.film_version_id for row in result.ranked}:
        raise Refused("film_not_before_you")
    if chosen != expected and not reason:
        raise Refused("shortlist_needs_reason")
    for row in result.ranked:
        row.shortlisted = row.film_version_id in chosen
    names = {row.film_version_id: panel.pseudonym(row.film) for row in result.ranked}
    audit.append(
        result.round.edition.festival,
        "round.shortlisted",
        lifecycle.subject(result),
        by,
        {
            "films": sorted(names[i] for i in chosen),
            "moved_in": sorted(names[i] for i in chosen - expected),
            "moved_out": sorted(names[i] for i in expected - chosen),
            "reason": reason,
        },
    )
