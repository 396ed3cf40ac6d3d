"""Who shares films with whom, as a picture: places and lines for an inline SVG."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import cos, pi, sin, sqrt

from judging.rounds import Pair

STRONGEST = 3
SPACE, MARGIN = 14.0, 14.0


@dataclass(frozen=True)
class Node:
    """A juror: where they stand, in which group, how many films they have and share."""

    name: str
    x: float
    y: float
    group: int
    films: int
    neighbours: int


@dataclass(frozen=True)
class Tie:
    """A line between two jurors who share so many films."""

    x1: float
    y1: float
    x2: float
    y2: float
    films: int


@dataclass(frozen=True)
class Picture:
    """Jurors on a circle per group; of each juror's ties only the strongest are drawn."""

    nodes: Sequence[Node]
    ties: Sequence[Tie]
    width: float
    height: float
    groups: int
    fewest: int


def draw(
    pairs: Iterable[Pair], groups: Sequence[Sequence[str]], names: Mapping[str, str]
) -> Picture:
    """Draw the jurors' graph; `names` say what jurors are called, in the order they stand in."""
    shared, films = shared_films(pairs)
    place = {juror: number for number, juror in enumerate(names)}
    circles = [sorted(group, key=lambda j: place[j]) for group in sorted(groups, key=len)[::-1]]
    spots, width, height = stand(circles)
    nodes = [
        Node(names[j], *spots[j], number, films[j], len(shared[j]))
        for number, circle in enumerate(circles, 1)
        for j in circle
    ]
    ties = [
        Tie(*spots[one], *spots[other], shared[one][other])
        for one, other in sorted(strongest(shared), key=lambda tie: [place[j] for j in tie])
    ]
    fewest = min((node.neighbours for node in nodes), default=0)
    return Picture(nodes, ties, width, height, len(circles), fewest)


def shared_films(pairs: Iterable[Pair]) -> tuple[dict[str, Counter[str]], Counter[str]]:
    """Per juror how many films are shared with each other juror, and films per juror."""
    jurors_of: dict[str, list[str]] = defaultdict(list)
    for pair in sorted(set(pairs)):
        jurors_of[pair.film_id].append(pair.juror_id)
    shared: dict[str, Counter[str]] = defaultdict(Counter)
    films: Counter[str] = Counter()
    for jurors in jurors_of.values():
        films.update(jurors)
        for one, other in combinations(jurors, 2):
            shared[one][other] += 1
            shared[other][one] += 1
    return shared, films


def strongest(shared: Mapping[str, Counter[str]]) -> set[tuple[str, str]]:
    found = set()
    for juror, others in shared.items():
        ranked = sorted(others, key=lambda other: (-others[other], other))
        found |= {(min(juror, other), max(juror, other)) for other in ranked[:STRONGEST]}
    return found


def stand(circles: Iterable[Sequence[str]]) -> tuple[dict[str, tuple[float, float]], float, float]:
    """Each group on a circle wide enough for its members, the circles side by side."""
    spots: dict[str, tuple[float, float]] = {}
    left, tallest = 0.0, 0.0
    for circle in circles:
        radius = max(SPACE * len(circle) / (2 * pi), SPACE * sqrt(len(circle))) + MARGIN
        for number, juror in enumerate(circle):
            angle = 2 * pi * number / len(circle) - pi / 2
            reach = radius - MARGIN
            spots[juror] = (
                round(left + radius + reach * cos(angle), 1),
                round(radius + reach * sin(angle), 1),
            )
        left, tallest = left + 2 * radius, max(tallest, 2 * radius)
    return spots, round(left, 1), round(tallest, 1)
