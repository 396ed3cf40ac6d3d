"""A tie is discussed, voted on again among the tied, and only then parted by declared rules."""

from judging.ballots import Ballot, Method, Outcome
from judging.settling import Award, settle, without


def ballots(*rankings):
    """ "a>bc" ranks a before the equals b and c."""
    return tuple(
        Ballot(f"juror{number}", tuple(frozenset(tier) for tier in ranking.split(">") if tier))
        for number, ranking in enumerate(rankings)
    )


def even_jury(**facts):
    """Two members who disagree about a and b."""
    values = {"ballots": ballots("a>b", "b>a"), "ex_aequo": False, **facts}
    return Award("grand", candidates=("a", "b", "c"), **values)


def test_an_even_jury_that_splits_comes_to_a_tie():
    settled = settle(even_jury())
    assert (settled.winners, settled.tied, settled.decided_by) == ((), ("a", "b"), Outcome.TIED)


def test_a_second_ballot_among_the_tied_decides_and_the_first_stays_on_record():
    settled = settle(even_jury(second=ballots("a", "a>b"), second_among=("a", "b")))
    assert (settled.winners, settled.decided_by) == (("a",), Outcome.CONDORCET)
    assert settled.first.tied == ("a", "b")
    assert settled.second.winners == ("a",)


def test_the_casting_vote_comes_after_the_second_ballot():
    second = {"second": ballots("a", "b"), "second_among": ("a", "b"), "casting_vote": "juror1"}
    settled = settle(even_jury(**second))
    assert (settled.winners, settled.decided_by) == (("b",), Outcome.CASTING_VOTE)
    assert settled.second.tied == ("a", "b")


def test_a_tie_that_stays_is_ex_aequo_if_that_was_declared():
    settled = settle(even_jury(second=ballots("a", "b"), second_among=("a", "b"), ex_aequo=True))
    assert settled.winners == ("a", "b")


def test_a_second_ballot_in_which_nobody_prefers_anything_leaves_the_tie_of_the_first():
    settled = settle(even_jury(second=ballots("", ""), second_among=("a", "b"), ex_aequo=True))
    assert settled.winners == ("a", "b")
    assert settled.second.method_used is Outcome.NO_PREFERENCE


def test_a_second_ballot_without_a_quorum_decides_nothing():
    settled = settle(even_jury(second=ballots("a"), second_among=("a", "b"), quorum=2))
    assert (settled.winners, settled.second, settled.tied) == ((), None, ("a", "b"))


def test_where_no_turn_has_a_quorum_nothing_is_decided():
    settled = settle(even_jury(quorum=3))
    assert (settled.winners, settled.decided_by, settled.first) == ((), None, None)


def test_a_tied_film_that_leaves_makes_way_for_the_other():
    award = even_jury(second=ballots("", ""), second_among=("a", "b"))
    assert settle(without(award, {"a"})).winners == ("b",)


def test_grades_are_parted_by_a_second_ballot_too():
    graded = tuple(Ballot(f"juror{n}", grades={"a": n, "b": 1 - n}) for n in (0, 1))
    again = tuple(Ballot(f"juror{n}", grades={"a": 1, "b": n}) for n in (0, 1))
    award = even_jury(
        ballots=graded, second=again, second_among=("a", "b"), method=Method.MAJORITY_JUDGEMENT
    )
    assert settle(award).first.tied == ("a", "b")
    assert settle(award).winners == ("a",)
