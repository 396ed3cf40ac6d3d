"""Decisions compared with those of pref_voting, and grades with their definitions."""

import json
import random
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from statistics import median_low

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judging.ballots import Ballot, Method, Outcome, decide

PROFILES, GRADE_PROFILES = 3000, 1000
REFERENCE = Path(__file__).with_name("pref_voting_reference.py")


def random_ballot(chance, names):
    """Tiers with ties, truncated at random, now and then empty."""
    ranked = chance.sample(names, chance.randint(0, len(names)))
    tiers = []
    for name in ranked:
        if tiers and chance.random() < 0.3:
            tiers[-1].append(name)
        else:
            tiers.append([name])
    return tiers


def random_profile(chance):
    names = list("abcdef"[: chance.randint(2, 6)])
    return names, [random_ballot(chance, names) for _ in range(chance.randint(1, 9))]


def random_grades(chance):
    return [{name: chance.randint(0, 5) for name in "abcd"} for _ in range(chance.randint(1, 9))]


@pytest.fixture(scope="module")
def decided():
    """Random profiles, ranked and graded, each with pref_voting's answer; one process for all."""
    chance = random.Random(2025)
    ranked = [random_profile(chance) for _ in range(PROFILES)]
    graded = [random_grades(chance) for _ in range(GRADE_PROFILES)]
    questions = [
        {
            "candidates": names,
            "ballots": [
                {name: place for place, tier in enumerate(tiers, 1) for name in tier}
                for tiers in ballots
            ],
        }
        for names, ballots in ranked
    ]
    questions += [
        {"candidates": list("abcd"), "ballots": rows, "grades": list(range(6))} for rows in graded
    ]
    reference = subprocess.run(
        [sys.executable, "-W", "ignore", str(REFERENCE)],
        input="\n".join(map(json.dumps, questions)),
        capture_output=True,
        text=True,
        check=True,
    )
    answers = [json.loads(line) for line in reference.stdout.splitlines()]
    return (
        list(zip(ranked, answers[:PROFILES], strict=True)),
        list(zip(graded, answers[PROFILES:], strict=True)),
    )


def test_thousands_of_random_profiles_are_decided_as_by_pref_voting(decided):
    cycles = 0
    for (names, ballots), answer in decided[0]:
        cast = [Ballot(f"j{n}", tuple(map(frozenset, tiers))) for n, tiers in enumerate(ballots)]
        decision = decide(cast, names)
        condorcet = answer["condorcet"]
        cycles += condorcet is None
        assert sorted(decision.order[0]) == answer["schulze"]
        assert (decision.method_used is Outcome.CONDORCET) == (condorcet is not None)
        if condorcet is not None:
            assert decision.winners == (condorcet,)
    assert cycles > PROFILES / 10


def test_a_thousand_random_grade_profiles_are_decided_as_by_pref_voting(decided):
    """It stops at the majority gauge, Balinski and Laraki go on: our winners are among its."""
    finer = 0
    for rows, answer in decided[1]:
        score, majority = (
            decide(cast_grades(rows), "abcd", method=method).order[0]
            for method in (Method.SCORE, Method.MAJORITY_JUDGEMENT)
        )
        assert list(score) == answer["score"]
        assert set(majority) <= set(answer["majority judgement"])
        finer += list(majority) != answer["majority judgement"]
    assert finer < 200


grades = st.lists(
    st.fixed_dictionaries(dict.fromkeys("abc", st.integers(0, 5))), min_size=1, max_size=9
)


def cast_grades(rows):
    return [Ballot(f"j{n}", grades=row) for n, row in enumerate(rows)]


@settings(max_examples=200, deadline=None)
@given(rows=grades)
def test_majority_judgement_agrees_with_the_majority_gauge(rows):
    """Balinski and Laraki 2007: with medians equal, more above than below the median and more of
    them wins; else fewer below."""

    def gauge(name):
        given_ = [row[name] for row in rows]
        middle = median_low(given_)
        above, below = (sum(g > middle for g in given_), sum(g < middle for g in given_))
        return middle, above if above > below else -below

    order = decide(cast_grades(rows), "abc", method=Method.MAJORITY_JUDGEMENT).order
    place = {name: number for number, tier in enumerate(order) for name in tier}
    for one in "abc":
        for other in "abc":
            if gauge(one) > gauge(other):
                assert place[one] < place[other]


@settings(max_examples=200, deadline=None)
@given(rows=grades)
def test_score_voting_orders_by_the_exact_mean(rows):
    order = decide(cast_grades(rows), "abc", method=Method.SCORE).order
    means = [
        {Fraction(sum(row[name] for row in rows), len(rows)) for name in tier} for tier in order
    ]
    assert all(len(tier) == 1 for tier in means)
    flat = [tier.pop() for tier in means]
    assert flat == sorted(set(flat), reverse=True)


ranked = st.lists(
    st.permutations("abcd").flatmap(
        lambda names: st.integers(0, 4).map(lambda count: tuple(map(frozenset, names[:count])))
    ),
    min_size=1,
    max_size=7,
)


@settings(max_examples=200, deadline=None)
@given(tiers=ranked, shuffle=st.randoms(use_true_random=False))
def test_the_order_of_ballots_changes_nothing(tiers, shuffle):
    cast = [Ballot(f"j{n}", tier) for n, tier in enumerate(tiers)]
    expected = decide(cast, "abcd")
    shuffle.shuffle(cast)
    assert decide(cast, "bdca") == expected


@settings(max_examples=200, deadline=None)
@given(tiers=ranked, names=st.permutations("abcd"))
def test_other_names_give_the_same_decision(tiers, names):
    new = dict(zip("abcd", names, strict=True))
    cast = [Ballot(f"j{n}", tier) for n, tier in enumerate(tiers)]
    renamed = [
        Ballot(b.juror_id, tuple(frozenset(new[name] for name in tier) for tier in b.tiers))
        for b in cast
    ]
    one, other = decide(cast, "abcd"), decide(renamed, "abcd")
    assert [sorted(new[name] for name in tier) for tier in one.order] == list(
        map(sorted, other.order)
    )


def set_aside(given):
    """Balinski and Laraki's own words: take the lower median away, again and again."""
    rest, taken = sorted(given), []
    while rest:
        taken.append(rest.pop((len(rest) - 1) // 2))
    return taken


@settings(max_examples=200, deadline=None)
@given(
    grades=st.fixed_dictionaries(
        dict.fromkeys("abc", st.lists(st.integers(0, 4), min_size=1, max_size=6))
    )
)
def test_majority_judgement_compares_different_numbers_of_grades_by_shares(grades):
    """As if each grade had been given as often as makes the numbers equal."""
    cast = [
        Ballot(f"j{n}", grades={name: given[n] for name, given in grades.items() if n < len(given)})
        for n in range(6)
    ]
    order = decide(cast, "abc", method=Method.MAJORITY_JUDGEMENT).order
    place = {name: number for number, tier in enumerate(order) for name in tier}
    same = {name: set_aside(given * (60 // len(given))) for name, given in grades.items()}
    for one in "abc":
        for other in "abc":
            assert (same[one] > same[other]) == (place[one] < place[other])


@settings(max_examples=300, deadline=None)
@given(tiers=ranked)
def test_schulze_never_contradicts_condorcet(tiers):
    """A Condorcet winner is first alone; and whoever loses to all others is last alone."""
    decision = decide([Ballot(f"j{n}", tier) for n, tier in enumerate(tiers)], "abcd")

    def beats_all(one, sign):
        return all(
            sign * (decision.pairwise[one, other] - decision.pairwise[other, one]) > 0
            for other in "abcd"
            if other != one
        )

    for name in "abcd":
        if beats_all(name, 1):
            assert decision.order[0] == (name,)
            assert decision.method_used is Outcome.CONDORCET
        if beats_all(name, -1):
            assert decision.order[-1] == (name,)


@settings(max_examples=200, deadline=None)
@given(tiers=ranked, juror=st.integers(0, 6), name=st.sampled_from("abcd"))
def test_a_candidate_put_first_by_a_juror_never_falls(tiers, juror, name):
    """Schulze 2011, 4.5: monotonicity."""
    place = {}
    for raised in (False, True):
        cast = [Ballot(f"j{n}", tier) for n, tier in enumerate(tiers)]
        if raised and juror < len(cast):
            rest = (tier - {name} for tier in tiers[juror])
            best = (frozenset(name), *(tier for tier in rest if tier))
            cast[juror] = Ballot(cast[juror].juror_id, best)
        order = decide(cast, "abcd").order
        place[raised] = sum(len(tier) for tier in order[: [name in t for t in order].index(True)])
    assert place[True] <= place[False]
