import pytest

from judging.ballots import Ballot, Method, Outcome
from judging.errors import DuplicateId
from judging.prizes import Award, decide_in_turn


def ballots(*rankings):
    return tuple(
        Ballot(f"j{n}", tuple(map(frozenset, ranking))) for n, ranking in enumerate(rankings)
    )


def test_a_one_prize_collision_gives_the_second_award_to_the_next_film():
    same = ballots("abc", "abc", "acb")
    decisions = decide_in_turn(
        [Award("jury", same, tuple("abc")), Award("hope", same, tuple("abc"))]
    )
    assert decisions["jury"].winners == ("a",)
    assert decisions["hope"].winners == ("b",)


def test_ex_aequo_winners_are_all_struck():
    jury = Award("jury", ballots("ab", "ba"), tuple("abc"))
    hope = Award("hope", ballots("abc", "bac"), tuple("abc"))
    decisions = decide_in_turn([jury, hope])
    assert decisions["jury"].winners == ("a", "b")
    assert decisions["hope"].winners == ("c",)


def test_a_one_prize_collision_may_leave_nobody_for_the_second_award():
    same = ballots("a", "a")
    decisions = decide_in_turn([Award("jury", same, ("a",)), Award("hope", same, ("a",))])
    assert decisions["jury"].winners == ("a",)
    assert (decisions["hope"].winners, decisions["hope"].tied) == ((), ())


def test_awards_without_a_winner_strike_nobody():
    first = Award("jury", ballots("-a", "-a"), ("a",), no_award="-")
    second = Award("hope", ballots("ab"), tuple("ab"))
    decisions = decide_in_turn([first, second])
    assert decisions["jury"].no_award
    assert decisions["hope"].winners == ("a",)


def test_the_rules_of_each_award_are_its_own():
    graded = (Ballot("j", grades={"a": 3, "b": 5}), Ballot("k", grades={"a": 4, "b": 5}))
    first = Award("jury", graded, tuple("ab"), method=Method.SCORE)
    second = Award("hope", ballots("ab", "ba"), tuple("abc"), casting_vote="j1", ex_aequo=False)
    decisions = decide_in_turn([first, second])
    assert decisions["jury"].winners == ("b",)
    assert decisions["hope"].winners == ("a",)
    assert decisions["hope"].decided_by is Outcome.CONDORCET


def test_an_award_stands_once():
    with pytest.raises(DuplicateId):
        decide_in_turn([Award("jury", (), ()), Award("jury", (), ())])
