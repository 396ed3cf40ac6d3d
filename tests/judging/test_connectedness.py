import pytest

from judging.connectedness import measure
from judging.rounds import Pair


def pairs(**films):
    """Film to the jurors who review it, as a string of one-letter ids."""
    return [Pair(film, juror) for film, jurors in films.items() for juror in jurors]


def test_jurors_who_all_share_films_equally_are_mixed_best():
    """The complete graph of n has n / (n - 1)."""
    assert measure(pairs(f="abcd")).second_eigenvalue == pytest.approx(4 / 3)


def test_a_chain_hangs_together_by_little():
    chain = measure(pairs(f="ab", g="bc", h="cd"))
    assert chain.connected
    assert chain.second_eigenvalue == pytest.approx(0.5)
    assert (
        chain.second_eigenvalue < measure(pairs(f="ab", g="bc", h="cd", i="da")).second_eigenvalue
    )


def test_parts_without_a_common_film_are_named():
    apart = measure(pairs(f="cd", g="ab"))
    assert not apart.connected
    assert apart.components == (("a", "b"), ("c", "d"))
    assert apart.second_eigenvalue == 0.0


def test_a_juror_alone_with_a_film_is_a_part():
    assert measure(pairs(f="ab", g="c")).components == (("a", "b"), ("c",))


def test_nobody_and_one_juror_are_connected():
    assert measure([]).connected
    assert measure(pairs(f="a")).connected
    assert measure(pairs(f="a")).second_eigenvalue == 0.0


def test_the_order_of_rows_and_repetition_change_nothing():
    rows = pairs(f="abc", g="cd", h="de")
    assert measure(rows) == measure(rows[::-1] + rows)
