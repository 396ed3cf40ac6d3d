"""The picture of jurors who share films."""

from itertools import combinations
from math import dist

from judging.connectedness import measure
from judging.rounds import Pair
from plural import co_review


def pairs(films: dict[str, str]) -> list[Pair]:
    """Films with the jurors of each, one letter a juror."""
    return [Pair(film, juror) for film, jurors in films.items() for juror in jurors]


def drawn(films: dict[str, str]) -> co_review.Picture:
    given = pairs(films)
    names = {letter: letter.upper() for letter in sorted({p.juror_id for p in given})}
    return co_review.draw(given, measure(given).components, names)


def test_each_juror_is_a_dot_with_what_they_share() -> None:
    picture = drawn({"one": "ab", "two": "ab", "three": "bc"})
    assert [(n.name, n.films, n.neighbours, n.group) for n in picture.nodes] == [
        ("A", 2, 1, 1),
        ("B", 3, 2, 1),
        ("C", 1, 1, 1),
    ]
    assert sorted(t.films for t in picture.ties) == [1, 2]
    assert (picture.groups, picture.fewest) == (1, 1)


def test_disconnected_graph() -> None:
    """Groups that share no film stand apart, the largest first."""
    picture = drawn({"one": "de", "two": "abc"})
    assert picture.groups == 2
    assert {n.name: n.group for n in picture.nodes} == {"A": 1, "B": 1, "C": 1, "D": 2, "E": 2}
    first = [n.x for n in picture.nodes if n.group == 1]
    assert max(first) < min(n.x for n in picture.nodes if n.group == 2)


def test_nobody_stands_on_somebody_else_and_all_within_the_picture() -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    picture = drawn(dict.fromkeys(letters, letters))
    spots = [(n.x, n.y) for n in picture.nodes]
    assert min(dist(a, b) for a, b in combinations(spots, 2)) > 8
    assert all(0 < x < picture.width and 0 < y < picture.height for x, y in spots)
    assert len(picture.ties) <= co_review.STRONGEST * len(letters)


def test_without_films_there_is_nothing_to_draw() -> None:
    assert co_review.draw([], (), {}).nodes == []
