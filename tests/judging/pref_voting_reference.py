"""Winners by pref_voting, in a process of its own: its import is slow and warns.

Reads profiles as JSON lines on standard input, each with candidates and ballots {candidate: place},
and writes for each the Schulze winners with winning votes and the Condorcet winner; or with grades
{candidate: grade}, and writes the winners of score voting and of majority judgement. pref_voting
imports three packages that it does not declare and that nothing here calls: empty modules stand in.
"""

import json
import sys
from types import ModuleType


def _decorator(*given, **_options):
    return given[0] if given and callable(given[0]) else lambda function: function


numba, nashpy = ModuleType("numba"), ModuleType("nashpy")
numba.jit, numba.float32 = _decorator, float
sys.modules.setdefault("numba", numba)
sys.modules.setdefault("nashpy", nashpy)
sys.modules.setdefault("seaborn", ModuleType("seaborn"))

from pref_voting.grade_methods import majority_judgement, score_voting  # noqa: E402
from pref_voting.grade_profiles import GradeProfile  # noqa: E402
from pref_voting.margin_based_methods import beat_path  # noqa: E402
from pref_voting.profiles_with_ties import ProfileWithTies  # noqa: E402


def decide_ranked(names, ballots):
    numbered = [{names.index(name): place for name, place in b.items()} for b in ballots]
    profile = ProfileWithTies(numbered, candidates=list(range(len(names))))
    profile.use_extended_strict_preference()
    alone = profile.condorcet_winner()
    return {
        "schulze": [names[int(i)] for i in beat_path(profile, strength_function=profile.support)],
        "condorcet": None if alone is None else names[int(alone)],
    }


def decide_graded(names, ballots, grades):
    profile = GradeProfile(ballots, grades, candidates=names)
    return {
        "score": sorted(score_voting(profile)),
        "majority judgement": sorted(majority_judgement(profile)),
    }


for line in sys.stdin:
    question = json.loads(line)
    decide = decide_graded if "grades" in question else decide_ranked
    print(json.dumps(decide(*question.values())))
