"""Schulze's method with winning votes (Schulze, Social Choice and Welfare 36, 2011, section 2)."""

from collections.abc import Mapping, Sequence

Preferences = Mapping[tuple[str, str], int]


def condorcet_winner(names: Sequence[str], preferences: Preferences) -> str | None:
    """The one candidate whom a majority prefers to each other one, if there is one."""
    for name in names:
        others = (other for other in names if other != name)
        if all(preferences[name, other] > preferences[other, name] for other in others):
            return name
    return None


def order(names: Sequence[str], preferences: Preferences) -> tuple[tuple[str, ...], ...]:
    """All candidates in tiers: each holds those whom no candidate left beats by a stronger path."""
    strength = _strongest_paths(names, preferences)
    left = list(names)
    tiers = []
    while left:
        best = tuple(
            a for a in left if not any(strength[b, a] > strength[a, b] for b in left if b != a)
        )
        tiers.append(best)
        left = [name for name in left if name not in best]
    return tuple(tiers)


def _strongest_paths(names: Sequence[str], preferences: Preferences) -> dict[tuple[str, str], int]:
    strength = {
        (a, b): votes if votes > preferences[b, a] else 0 for (a, b), votes in preferences.items()
    }
    for via in names:
        for a in names:
            for b in names:
                if len({via, a, b}) == 3:
                    path = min(strength[a, via], strength[via, b])
                    strength[a, b] = max(strength[a, b], path)
    return strength
