"""Seconds and memory to rank 200, 2,000 and 20,000 films of five scores each, intervals included.

`./run bench rank`, or with other numbers of films behind it. The last line is one JSON object.
"""

import json
import random
from functools import partial

from benchmarks._timing import asked_sizes, peak_mb, quickest
from judging.ranking import rank
from judging.rounds import Score
from judging.rubric import Criterion, Rubric

SIZES = (200, 2_000, 20_000)
JURORS, REVIEWS = 150, 5
RUBRIC = Rubric((Criterion("story", 2, step=0.5), Criterion("craft", 1), Criterion("theme", 1)))


def scores(films: int) -> list[Score]:
    """Every film scored by five jurors, of different severity."""
    chance = random.Random(films)
    quality = [chance.gauss(6, 1.5) for _ in range(films)]
    leniency = [chance.gauss(0, 1) for _ in range(JURORS)]

    def value(film: int, juror: int) -> int:
        return min(10, max(1, round(quality[film] + leniency[juror] + chance.gauss(0, 1.5))))

    return [
        Score(
            f"film{film:05}",
            f"juror{juror:03}",
            {criterion.key: value(film, juror) for criterion in RUBRIC.criteria},
        )
        for film in range(films)
        for juror in chance.sample(range(JURORS), REVIEWS)
    ]


def main() -> None:
    result: dict[str, float] = {}
    for films in asked_sizes(SIZES):
        given = scores(films)
        film_ids = sorted({score.film_id for score in given})
        job = partial(
            rank, RUBRIC, given, films=film_ids, seed="benchmark", shortlist_size=films // 20
        )
        timed = quickest(job, runs=1 if films > 2_000 else 3)
        result[f"seconds_{len(given)}"] = timed.seconds
        result[f"cpu_seconds_{len(given)}"] = timed.cpu_seconds
        result[f"peak_mb_{len(given)}"] = peak_mb()
        print(
            f"{films:6} films, {len(given):6} scores: {timed.seconds:7.3f} s "
            f"({timed.cpu_seconds:.3f} s of processor)"
        )
    print(json.dumps(result))


if __name__ == "__main__":
    main()
