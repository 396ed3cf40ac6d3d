"""Seconds and memory to deal out 200, 2,000 and 20,000 films among 150 jurors of 60 organisations.

`./run bench assign`. The last line is one JSON object.
"""

import json
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable
from functools import partial

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


def quickest(job: Callable[[], object], films: int) -> tuple[float, float]:
    """Seconds and processor seconds of the best of three runs, large ones once: others share the
    machine."""
    times = []
    for _ in range(1 if films > 2_000 else 3):
        begun, used = time.perf_counter(), time.process_time()
        job()
        times.append((time.perf_counter() - begun, time.process_time() - used))
    seconds, cpu_seconds = min(times)
    return round(seconds, 3), round(cpu_seconds, 3)


def peak_mb() -> float:
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(kilobytes / (1024 * 1024 if sys.platform == "darwin" else 1024), 1)


def main() -> None:
    result: dict[str, float] = {"shortfalls": 0, "same_organisation_pairs": 0}
    panel = jurors()
    for size in SIZES:
        asked = films(size)
        found = assign(asked, panel, seed="benchmark")
        seconds, cpu_seconds = quickest(partial(assign, asked, panel, seed="benchmark"), size)
        result[f"seconds_{size}"], result[f"cpu_seconds_{size}"] = seconds, cpu_seconds
        result[f"peak_mb_{size}"] = peak_mb()
        result["shortfalls"] += len(found.shortfalls)
        result["same_organisation_pairs"] += same_organisation_pairs(found)
        result[f"second_eigenvalue_{size}"] = found.second_eigenvalue
        print(
            f"{size:6} films: {seconds:7.3f} s ({cpu_seconds:.3f} s of processor), "
            f"{len(found.pairs)} pairs, loads {min(found.loads.values())} to "
            f"{max(found.loads.values())}"
        )
    print(json.dumps(result))


if __name__ == "__main__":
    main()
