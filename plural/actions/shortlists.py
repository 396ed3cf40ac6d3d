"""Which films of a frozen preselection go on."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from judging.shortlist import Bound, Clash, Shortlist, Unmet, choose
from plural import audit, lifecycle
from plural.actions import panel, versions
from plural.actions.locks import hold_alone
from plural.errors import Refused
from plural.models.entry import FilmVersion
from plural.models.people import Account
from plural.models.rounds import RankedFilm, Round, RoundResult

# A floor or ceiling as it is stored: {"trait", "value", "floor", "ceiling"}, the last two or None.
Written = Mapping[str, Any]
CATEGORY = "category"


@dataclass(frozen=True)
class Line:
    """A ranked film as the engine reads it."""

    film_id: str
    rank: int
    official: float | None


@dataclass(frozen=True)
class Choice:
    """A shortlist under floors and ceilings, and how it differs from the plain top.

    `unmet` are floors that are not reached, `clashes` why not and what would help.
    """

    film_ids: frozenset[int]
    moved_in: tuple[RankedFilm, ...]
    moved_out: tuple[RankedFilm, ...]
    unmet: tuple[Unmet, ...]
    clashes: tuple[Clash, ...]
    places_left: int


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


def size(result: RoundResult) -> int:
    """How many films of each category go on, as this version has declared it."""
    declared = result.declared or {}
    return int(declared.get("shortlist_size", result.round.shortlist_size))


def propose(result: RoundResult) -> dict[str, Shortlist]:
    """The top of the ranking of each age category, as many as the round has declared."""
    wanted = size(result)
    return {key: choose(map(line, rows), wanted) for key, rows in by_category(result).items()}


def line(row: RankedFilm) -> Line:
    return Line(panel.pseudonym(row.film), row.rank, row.calibrated)


def top(result: RoundResult) -> set[int]:
    """Ids of the film versions that the ranking alone would take."""
    names = {name for chosen in propose(result).values() for name in chosen.film_ids}
    return {row.film_version_id for row in result.ranked if panel.pseudonym(row.film) in names}


# ----- floors and ceilings


def declared_bounds(result: RoundResult) -> list[Written]:
    """The floors and ceilings that were sealed when this version opened."""
    return list((result.declared or {}).get("bounds", []))


def choose_within(result: RoundResult, bounds: Sequence[Written]) -> Choice:
    """The best films under these floors and ceilings, over all age categories together.

    Each category keeps its own size as a ceiling unless a bound gives it another. Floors that
    cannot be met are met as far as possible and named.
    """
    plain = top(result)
    rows = {panel.pseudonym(row.film): row for row in result.ranked}
    found = solve(result, rows, bounds) if bounds else None
    ids = frozenset(rows[name].film_version_id for name in found.film_ids) if found else plain
    ordered = sorted(result.ranked, key=lambda row: (row.rank, panel.pseudonym(row.film)))
    return Choice(
        film_ids=frozenset(ids),
        moved_in=tuple(r for r in ordered if r.film_version_id in ids - plain),
        moved_out=tuple(r for r in ordered if r.film_version_id in plain - ids),
        unmet=found.unmet if found else (),
        clashes=found.clashes if found else (),
        places_left=found.places_left if found else 0,
    )


def solve(
    result: RoundResult, rows: Mapping[str, RankedFilm], bounds: Sequence[Written]
) -> Shortlist:
    sizes = dict.fromkeys(by_category(result), size(result))
    sizes |= {b["value"]: b["ceiling"] for b in bounds if of_category(b) and is_set(b["ceiling"])}
    floors = [Bound(b["trait"], b["value"], b["floor"]) for b in bounds if b["floor"]]
    ceilings = [
        Bound(b["trait"], b["value"], b["ceiling"])
        for b in bounds
        if not of_category(b) and is_set(b["ceiling"])
    ]
    ceilings += [Bound(CATEGORY, key, count) for key, count in sizes.items()]
    return choose(
        map(line, rows.values()),
        sum(sizes.values()),
        films=[panel.engine_film(row.film) for row in rows.values()],
        floors=floors,
        ceilings=ceilings,
    )


def of_category(bound: Written) -> bool:
    return bool(bound["trait"] == CATEGORY)


def is_set(count: int | None) -> bool:
    return count is not None


# ----- making it the shortlist


def mark(
    result: RoundResult,
    film_ids: Collection[int],
    reason: str,
    by: Account,
    bounds: Sequence[Written] | None = None,
) -> None:
    """Make these film versions the shortlist, chosen under `bounds` (the declared ones if None).

    Raises Refused when one is not in the ranking, when a floor is not met or they differ from what
    the ranking and the declared bounds give, and there is no reason; what was moved and why enters
    the audit chain.
    """
    hold_alone(result.round)
    hold_alone(result)
    if result is not versions.newest_frozen(result.round):
        raise Refused("round_not_frozen")
    declared = declared_bounds(result)
    chosen, expected = set(film_ids), choose_within(result, declared)
    if not chosen <= {row.film_version_id for row in result.ranked}:
        raise Refused("film_not_before_you")
    differs = chosen != expected.film_ids or bool(expected.unmet)
    if differs and not reason:
        raise Refused("shortlist_needs_reason")
    for row in result.ranked:
        row.shortlisted = row.film_version_id in chosen
    result.shortlist = record(result, chosen, declared if bounds is None else bounds, reason)
    audit.append(
        result.round.edition.festival,
        "round.shortlisted",
        lifecycle.subject(result),
        by,
        result.shortlist,
    )


def record(
    result: RoundResult, chosen: set[int], bounds: Sequence[Written], reason: str
) -> dict[str, Any]:
    """How the shortlist came about; films by pseudonym."""
    names = {row.film_version_id: panel.pseudonym(row.film) for row in result.ranked}
    plain = top(result)
    return {
        "films": named(names, chosen),
        "moved_in": named(names, chosen - plain),
        "moved_out": named(names, plain - chosen),
        "bounds": [dict(bound) for bound in bounds],
        "reason": reason,
    }


def named(names: Mapping[int, str], ids: Iterable[int]) -> list[str]:
    return sorted(names[film_id] for film_id in ids)
