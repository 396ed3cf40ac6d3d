import pytest

from judging.ballots import Ballot, Method, Outcome, decide
from judging.errors import DuplicateId, InvalidBallot, QuorumNotMet


def ballots(*rankings):
    """ "a>bc" ranks a before the equals b and c; candidates are single letters."""
    return [
        Ballot(f"juror{number}", tuple(frozenset(tier) for tier in ranking.split(">") if tier))
        for number, ranking in enumerate(rankings)
    ]


def graded(**grades):
    """Grades per candidate, one by each juror; None is not graded."""
    count = max(len(given) for given in grades.values())
    return [
        Ballot(
            f"juror{n}",
            grades={name: given[n] for name, given in grades.items() if given[n] is not None},
        )
        for n in range(count)
    ]


def test_a_condorcet_winner_wins_although_another_has_more_first_places():
    decision = decide(ballots("a>b>c", "a>b>c", "b>c>a", "c>b>a", "c>b>a"), "abc")
    assert decision.winners == ("b",)
    assert decision.method_used is Outcome.CONDORCET
    assert decision.order == (("b",), ("c",), ("a",))


def test_a_condorcet_cycle_is_decided_by_schulze():
    # Schulze 2011, example 1: 45 ballots of 8 rankings, order e > a > c > b > d
    counted = {
        "a>c>b>e>d": 5,
        "a>d>e>c>b": 5,
        "b>e>d>a>c": 8,
        "c>a>b>e>d": 3,
        "c>a>e>b>d": 7,
        "c>b>a>d>e": 2,
        "d>c>e>b>a": 7,
        "e>b>a>d>c": 8,
    }
    cast = ballots(*(ranking for ranking, count in counted.items() for _ in range(count)))
    decision = decide(cast, "abcde")
    assert decision.order == (("e",), ("a",), ("c",), ("b",), ("d",))
    assert decision.method_used is Outcome.SCHULZE
    assert decision.pairwise["a", "b"] == 20
    assert decision.pairwise["b", "a"] == 25


def test_a_perfect_condorcet_cycle_is_a_tie_of_all_three():
    decision = decide(ballots("a>b>c", "b>c>a", "c>a>b"), "abc", ex_aequo=False)
    assert decision.winners == ()
    assert decision.tied == ("a", "b", "c")
    assert decision.method_used is Outcome.TIED


def test_candidates_a_truncated_ballot_leaves_out_are_equal_and_last():
    decision = decide(ballots("a", "a", "b>c>a"), "abc")
    assert decision.winners == ("a",)
    assert decision.pairwise["a", "b"] == 2
    assert decision.pairwise["c", "b"] == 0
    assert decision.pairwise["b", "c"] == 1


def test_an_even_jury_that_splits_gives_the_award_ex_aequo():
    decision = decide(ballots("a>b", "a>b", "b>a", "b>a"), "abc")
    assert decision.winners == ("a", "b")
    assert decision.tied == ()


def test_a_tie_without_ex_aequo_asks_for_a_second_ballot():
    first = decide(ballots("a>b", "b>a"), "abc", ex_aequo=False)
    assert (first.winners, first.tied, first.method_used) == ((), ("a", "b"), Outcome.TIED)
    second = decide(ballots("a>b", "a>b"), first.tied, ex_aequo=False)
    assert second.winners == ("a",)


def test_a_casting_vote_parts_a_tie_only_if_declared():
    cast = ballots("a>b>c", "b>a>c")
    assert decide(cast, "abc", casting_vote="juror1").winners == ("b",)
    assert decide(cast, "abc", casting_vote="juror1").method_used is Outcome.CASTING_VOTE
    assert decide(cast, "abc").winners == ("a", "b")


def test_a_casting_vote_that_prefers_none_of_the_tied_parts_nothing():
    decision = decide(ballots("a>b", "b>a", "c>ab"), "abc", casting_vote="juror2", ex_aequo=False)
    assert decision.tied == ("a", "b")
    equal = decide(ballots("a>b", "b>a", "ab"), "ab", casting_vote="juror2", ex_aequo=False)
    assert equal.tied == ("a", "b")


def test_all_ballots_tied_awards_nobody():
    decision = decide(ballots("abc", "abc"), "abc")
    assert decision.winners == ()
    assert decision.method_used is Outcome.NO_PREFERENCE
    assert decision.tied == ("a", "b", "c")


def test_empty_ballots_are_present_and_say_nothing():
    assert decide(ballots("", ""), "ab", quorum=2).method_used is Outcome.NO_PREFERENCE
    assert decide(ballots("", "b>a"), "ab", quorum=2).winners == ("b",)


def test_where_nothing_was_preferred_a_second_ballot_is_between_the_films():
    assert decide(ballots("", ""), "ab", no_award="-").tied == ("a", "b")


def test_no_ballot_at_all_awards_nobody():
    assert decide([], "ab").winners == ()


def test_no_award_can_win():
    decision = decide(ballots("->a>b", "->b", "a>-"), "ab", no_award="-")
    assert decision.no_award
    assert decision.winners == ()
    assert decision.order[0] == ("-",)


def test_a_tie_with_no_award_goes_to_the_film():
    decision = decide(ballots("->a", "a>-"), "a", no_award="-")
    assert decision.winners == ("a",)
    assert not decision.no_award


def test_the_only_candidate_wins_if_a_ballot_names_it():
    assert decide(ballots("a", ""), "a").winners == ("a",)
    assert decide(ballots("", ""), "a").winners == ()


def test_one_candidate_and_no_rival_needs_nobody_against_it():
    assert decide(ballots("a>-", "a>-"), "a", no_award="-").winners == ("a",)


@pytest.mark.parametrize(
    ("ballot", "method", "problem", "candidate"),
    [
        (Ballot("j", (frozenset("x"),)), Method.SCHULZE, "unknown", "x"),
        (Ballot("j", (frozenset("a"), frozenset("ab"))), Method.SCHULZE, "repeated", "a"),
        (Ballot("j", (frozenset("a"),)), Method.SCORE, "other method", None),
        (Ballot("j", grades={"a": 3}), Method.SCHULZE, "other method", None),
        (Ballot("j", grades={"x": 3}), Method.SCORE, "unknown", "x"),
        (Ballot("j", grades={"a": float("nan")}), Method.SCORE, "not a number", "a"),
    ],
)
def test_an_invalid_ballot_is_refused_and_named(ballot, method, problem, candidate):
    with pytest.raises(InvalidBallot) as refused:
        decide([ballot], "ab", method=method)
    assert (refused.value.juror_id, refused.value.problem) == ("j", problem)
    assert refused.value.candidate == candidate


def test_a_juror_has_one_ballot():
    with pytest.raises(InvalidBallot) as refused:
        decide([Ballot("j"), Ballot("j")], "ab")
    assert refused.value.problem == "second ballot"


def test_a_candidate_stands_once():
    with pytest.raises(DuplicateId):
        decide([], ["a", "a"])


def test_a_recusal_that_breaks_the_quorum_is_refused():
    with pytest.raises(QuorumNotMet) as refused:
        decide(ballots("a", "a"), "ab", quorum=3)
    assert (refused.value.present, refused.value.quorum) == (2, 3)


def test_score_voting_takes_the_mean_of_the_grades_given():
    cast = graded(a=[5, 1, None], b=[4, 3, 3], c=[0, 0, 0])
    decision = decide(cast, "abcd", method=Method.SCORE)
    assert decision.order == (("b",), ("a",), ("c",), ("d",))
    assert decision.method_used is Outcome.SCORE


@pytest.mark.parametrize(
    ("method", "outcome"),
    [
        (Method.SCORE, Outcome.SCORE),
        (Method.MAJORITY_JUDGEMENT, Outcome.MAJORITY_JUDGEMENT),
    ],
)
def test_grades_that_no_ballot_shares_decide_too(method, outcome):
    decision = decide(graded(a=[3, None], b=[None, 4]), "ab", method=method)
    assert (decision.winners, decision.method_used) == (("b",), outcome)
    assert decision.order == (("b",), ("a",))
    assert decision.tied == ()
    assert not any(decision.pairwise.values())


def test_equal_grades_that_no_ballot_shares_prefer_nothing():
    decision = decide(graded(a=[3, None], b=[None, 3]), "ab", method=Method.SCORE)
    assert (decision.winners, decision.method_used) == ((), Outcome.NO_PREFERENCE)


def test_score_voting_ties_are_exact():
    cast = graded(a=[0.5, 1.0], b=[1.0, 0.5])
    assert decide(cast, "ab", method=Method.SCORE).winners == ("a", "b")


def test_majority_judgement_elects_the_highest_median():
    cast = graded(a=[5, 5, 1, 1, 1], b=[3, 3, 3, 1, 1], c=[2, 2, 2, 2, 2])
    decision = decide(cast, "abc", method=Method.MAJORITY_JUDGEMENT)
    assert decision.order == (("b",), ("c",), ("a",))


def test_majority_judgement_parts_equal_medians_by_the_grades_around_them():
    cast = graded(a=[3, 3, 5], b=[3, 3, 4], c=[1, 3, 5])
    decision = decide(cast, "abc", method=Method.MAJORITY_JUDGEMENT)
    assert decision.order == (("a",), ("b",), ("c",))


def test_the_order_of_ballots_and_candidates_changes_nothing():
    cast = ballots("a>b>c", "b>c>a", "c>a>b", "ab>c", "c")
    assert decide(cast, "abc") == decide(cast[::-1], "cba")
