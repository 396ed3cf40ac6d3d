"""Seconds and memory to deal out 200, 2,000 and 20,000 films among 150 jurors of 60 organisations.

`./run bench assign`, or with other numbers of films behind it. The last line is one JSON object.
"""

import json
from collections import Counter
from functools import partial

from benchmarks._timing import asked_sizes, peak_mb, quickest
from judging.assignment import Assignment, assign
from judging.rounds import Film, Juror
from judging.simulation import REGIONS

SIZES = (200, 2_000, 20_000)
JURORS, ORGANISATIONS, REVIEWS = 150, 60, 5


def jurors() -> list[Juror]:
    return [
        Juror(
            f"juror{number:03}",
            f"organisation{number % ORGANISATIONS:02}",
            REGIONS[number % ORGANISATIONS % len(REGIONS)],
        )
        for number in range(JURORS)
    ]


def films(count: int) -> list[Film]:
    return [
        Film(
            f"film{number:05}",
            region=REGIONS[number * 7 // 3 % len(REGIONS)],
            reviews_wanted=REVIEWS,
        )
        for number in range(count)
    ]


def same_organisation_pairs(assignment: Assignment) -> int:
    """Reviews beyond the first that one organisation gives one film."""
    organisation = {juror.id: juror.organisation_id for juror in jurors()}
    seats = Counter((pair.film_id, organisation[pair.juror_id]) for pair in assignment.pairs)
    return sum(count - 1 for count in seats.values())


def main() -> None:
    result: dict[str, float] = {"shortfalls": 0, "same_organisation_pairs": 0}
    panel = jurors()
    for size in asked_sizes(SIZES):
        asked = films(size)
        job = partial(assign, asked, panel, seed="benchmark")
        timed = quickest(job, runs=1 if size > 2_000 else 3)
        found = timed.answer
        result[f"seconds_{size}"] = timed.seconds
        result[f"cpu_seconds_{size}"] = timed.cpu_seconds
        result[f"peak_mb_{size}"] = peak_mb()
        result["shortfalls"] += len(found.shortfalls)
        result["same_organisation_pairs"] += same_organisation_pairs(found)
        result[f"second_eigenvalue_{size}"] = found.second_eigenvalue
        print(
            f"{size:6} films: {timed.seconds:7.3f} s ({timed.cpu_seconds:.3f} s of processor), "
            f"{len(found.pairs)} pairs, loads {min(found.loads.values())} to "
            f"{max(found.loads.values())}"
        )
    print(json.dumps(result))


if __name__ == "__main__":
    main()
