"""Which of a partner's own choices counts."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Pick:
    """One choice of a partner for its recognition; the first choice is 1."""

    award: str
    choice: int
    film_id: str
    citation: str = ""


@dataclass(frozen=True, slots=True)
class Picking:
    """The partners' recognitions in their precedence, and their choices.

    `films` are those that may be chosen. `held` are films that hold a prize from elsewhere: where a
    film may have one prize only, they make way for the partner's next choice.
    """

    awards: tuple[str, ...]
    picks: tuple[Pick, ...]
    films: frozenset[str]
    held: frozenset[str] = frozenset()
    one_prize_per_film: bool = False


def counting(picking: Picking) -> dict[str, Pick]:
    """The choice that counts for each recognition; none for a partner without any.

    It is the first among the films that may be chosen which holds no prize that it may not share.
    """
    held, found = set(picking.held) if picking.one_prize_per_film else set(), {}
    for award in picking.awards:
        pick = _first(picking, award, held)
        if pick is not None:
            found[award] = pick
            held |= {pick.film_id} if picking.one_prize_per_film else set()
    return found


def _first(picking: Picking, award: str, held: Collection[str]) -> Pick | None:
    ordered = sorted(
        (pick for pick in picking.picks if pick.award == award), key=lambda pick: pick.choice
    )
    return next((p for p in ordered if p.film_id in picking.films and p.film_id not in held), None)


def rows(picking: Picking) -> list[dict[str, Any]]:
    """What each recognition came to, in their precedence."""
    counts = counting(picking)
    return [_row(award, counts.get(award)) for award in picking.awards]


def _row(award: str, pick: Pick | None) -> dict[str, Any]:
    return {
        "award": award,
        "winners": [pick.film_id] if pick else [],
        "citation": pick.citation if pick else "",
        "choice": pick.choice if pick else 0,
    }
