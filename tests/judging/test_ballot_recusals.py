"""A juror with a conflict ranks the other films, and never helps the one they step back from."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judging.ballots import Ballot, Method, Outcome, decide
from judging.errors import InvalidBallot, QuorumNotMet

FILMS = "abcd"


def ballot(juror, ranking, recused=""):
    """ "a>bc" ranks a before the equals b and c."""
    tiers = tuple(frozenset(tier) for tier in ranking.split(">") if tier)
    return Ballot(juror, tiers, recused=frozenset(recused))


def test_a_recused_juror_compares_the_other_films_and_not_their_own():
    decision = decide([ballot("one", "b>c", "a"), ballot("two", "a>b>c")], "abc")
    assert decision.pairwise["b", "c"] == 2
    assert decision.pairwise["b", "a"] == 0
    assert decision.winners == ("a",)
    assert decision.set_aside == ()


def test_a_ballot_that_names_what_its_juror_is_recused_from_is_invalid():
    with pytest.raises(InvalidBallot) as refused:
        decide([ballot("one", "a>b", "a")], "ab")
    assert (refused.value.problem, refused.value.candidate) == ("recused", "a")


def test_grades_beside_a_recusal_are_invalid_as_they_would_lower_the_rivals():
    graded = Ballot("one", grades={"b": 0}, recused=frozenset("a"))
    with pytest.raises(InvalidBallot) as refused:
        decide([graded], "ab", method=Method.SCORE)
    assert refused.value.problem == "recused"


def test_recusal_breaks_the_quorum_of_its_film():
    cast = [ballot("one", "b", "a"), ballot("two", "b"), ballot("three", "b")]
    with pytest.raises(QuorumNotMet) as refused:
        decide(cast, "ab", quorum=3)
    assert (refused.value.present, refused.value.quorum) == (2, 3)
    assert decide(cast, "ab", quorum=2).winners == ("b",)


def test_whoever_leads_the_rivals_into_a_circle_does_not_decide_it():
    others = [ballot("one", "b>c>a"), ballot("two", "a>b>c"), ballot("three", "c>b>a")]
    others += [ballot("four", "b>a>c"), ballot("five", "c>a>b")]
    honest = decide([*others, ballot("friend", "b>c", "a")], "abc")
    buried = decide([*others, ballot("friend", "c>b", "a")], "abc")
    assert honest.winners == ("b",)
    assert buried.method_used is not Outcome.CONDORCET or buried.winners != ("a",)


def test_a_chair_who_is_recused_from_one_of_the_tied_has_no_casting_vote():
    cast = [ballot("one", "a>b"), ballot("two", "b>a"), ballot("chair", "", "a")]
    decision = decide(cast, "ab", ex_aequo=False, casting_vote="chair")
    assert decision.tied == ("a", "b")


def test_where_everybody_steps_back_from_something_all_ballots_decide_the_circle():
    cast = [ballot("one", "a>b", "c"), ballot("two", "b>c", "a"), ballot("three", "c>a", "b")]
    decision = decide(cast, "abc")
    assert decision.winners == ("a", "b", "c")
    assert decision.set_aside == ()


rankings = st.permutations(FILMS).flatmap(
    lambda names: st.integers(0, 4).map(lambda count: ">".join(names[:count]))
)


@settings(max_examples=400, deadline=None)
@given(others=st.lists(rankings, min_size=1, max_size=6), friend=rankings)
def test_no_film_owes_its_award_to_somebody_who_is_recused_from_it(others, friend):
    cast = [ballot(f"juror{n}", ranking) for n, ranking in enumerate(others)]
    own = "a"
    friends = ballot("friend", ">".join(tier for tier in friend.split(">") if tier != own), own)
    with_friend, without = decide([*cast, friends], FILMS), decide(cast, FILMS)
    if own in with_friend.winners:
        assert own in without.winners


def test_a_strategic_bloc_of_a_minority_cannot_bury_what_a_majority_prefers():
    majority = [ballot(f"m{n}", ranking) for n, ranking in enumerate(["a>b>c>d"] * 4)]
    bloc = [ballot(f"bloc{n}", "d>c>b>a") for n in range(3)]
    decision = decide([*majority, *bloc], FILMS)
    assert (decision.winners, decision.method_used) == (("a",), Outcome.CONDORCET)


def test_random_clicking_of_one_juror_cannot_overturn_what_all_others_agree_on():
    agreed = [ballot(f"m{n}", "a>b>c>d") for n in range(3)]
    clicked = ["d>c>b>a", "b>d", "c", "d>a>c>b", ""]
    assert {decide([*agreed, ballot("r", one)], FILMS).winners for one in clicked} == {("a",)}
