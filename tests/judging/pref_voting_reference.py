"""Winners by pref_voting, in a process of its own: its import is slow and warns.

Reads profiles as JSON lines on standard input, each with candidates and ballots {candidate: place},
and writes for each the Schulze winners with winning votes and the Condorcet winner. pref_voting
imports two packages that it does not declare and that nothing here calls: empty modules stand in.
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

from pref_voting.margin_based_methods import beat_path  # noqa: E402
from pref_voting.profiles_with_ties import ProfileWithTies  # noqa: E402

for line in sys.stdin:
    question = json.loads(line)
    numbered = [
        {question["candidates"].index(name): place for name, place in ballot.items()}
        for ballot in question["ballots"]
    ]
    profile = ProfileWithTies(numbered, candidates=list(range(len(question["candidates"]))))
    profile.use_extended_strict_preference()
    winners = beat_path(profile, strength_function=profile.support)
    alone = profile.condorcet_winner()
    names = question["candidates"]
    answer = {
        "schulze": [names[int(index)] for index in winners],
        "condorcet": None if alone is None else names[int(alone)],
    }
    print(json.dumps(answer))
