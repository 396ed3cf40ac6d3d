"""Decisions compared with those of pref_voting, and grades with their definitions."""

import json
import random
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from statistics import median_low

from hypothesis import given, settings
from hypothesis import strategies as st

from judging.ballots import Ballot, Method, Outcome, decide

PROFILES = 3000
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


def test_thousands_of_random_profiles_are_decided_as_by_pref_voting():
    chance = random.Random(2025)
    profiles = [random_profile(chance) for _ in range(PROFILES)]
    questions = [
        {
            "candidates": names,
            "ballots": [
                {name: place for place, tier in enumerate(tiers, 1) for name in tier}
                for tiers in ballots
            ],
        }
        for names, ballots in profiles
    ]
    reference = subprocess.run(
        [sys.executable, "-W", "ignore", str(REFERENCE)],
        input="\n".join(json.dumps(question) for question in questions),
        capture_output=True,
        text=True,
        check=True,
    )
    answers = [json.loads(line) for line in reference.stdout.splitlines()]
    cycles = 0
    for (names, ballots), answer in zip(profiles, answers, strict=True):
        cast = [Ballot(f"j{n}", tuple(map(frozenset, tiers))) for n, tiers in enumerate(ballots)]
        decision = decide(cast, names)
        condorcet = answer["condorcet"]
        cycles += condorcet is None
        assert sorted(decision.order[0]) == answer["schulze"]
        assert (decision.method_used is Outcome.CONDORCET) == (condorcet is not None)
        if condorcet is not None:
            assert decision.winners == (condorcet,)
    assert cycles > PROFILES / 10


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
