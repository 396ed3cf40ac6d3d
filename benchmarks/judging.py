"""How well the ranking finds a known truth, beside other ways to rank the same scores.

`./run bench judging`: simulated rounds of several kinds, several seeds each, with the spread over
the seeds. The last line is one JSON object.
"""

import json
from collections import defaultdict
from statistics import fmean, stdev

from judging import intervals
from judging.calibration import calibrate
from judging.peers import PEERS
from judging.simulation import MODELS, World, hit_rate, simulate, tau, true_ranks
from judging.slopes import calibrate_if_better

SEEDS = 10
FILMS, JURORS, REVIEWS = 300, 40, 5
CALIBRATED, WITH_SLOPES = "calibrated", "slopes_if_better"
DECLARING_SLOPES = ("unbiased", "biased", "slopes")

Measures = dict[str, dict[str, list[float]]]


def coverage(world: World, seed: str) -> float:
    """The share of films whose 90 % interval holds their true rank."""
    film_ids = sorted(world.quality)
    certainty = intervals.draw(
        world.observations,
        calibrate(world.observations),
        film_ids=film_ids,
        groups=dict.fromkeys(film_ids, ""),
        sizes={},
        seed=seed,
    )
    truth = true_ranks(world.quality)
    return fmean(
        certainty.rank_low[film] <= truth[film] <= certainty.rank_high[film] for film in film_ids
    )


def measure(name: str) -> Measures:
    """Per method and measure the values over the seeds."""
    measures: Measures = defaultdict(lambda: defaultdict(list))
    for seed in map(str, range(SEEDS)):
        world = simulate(MODELS[name], seed=seed, films=FILMS, jurors=JURORS, reviews=REVIEWS)
        methods = {method: peer(world.observations) for method, peer in PEERS.items()}
        methods[CALIBRATED] = dict(calibrate(world.observations).official)
        if name in DECLARING_SLOPES:
            found, _ = calibrate_if_better(world.observations, seed=seed)
            methods[WITH_SLOPES] = dict(found.official)
        for method, scores in methods.items():
            measures[method]["tau"].append(tau(scores, world.quality))
            measures[method]["hit_rate"].append(hit_rate(scores, world.quality))
        measures[CALIBRATED]["coverage_90"].append(coverage(world, seed))
    return measures


def show(name: str, measures: Measures) -> None:
    print(f"\n{name}")
    ordered = sorted(measures.items(), key=lambda item: -fmean(item[1]["tau"]))
    for method, values in ordered:
        columns = (f"{key} {fmean(v):.3f} ±{stdev(v):.3f}" for key, v in values.items())
        print(f"  {method:18}", "   ".join(columns))


def main() -> None:
    measured = {}
    for name in MODELS:
        measured[name] = measure(name)
        show(name, measured[name])

    def mean(model: str, method: str, key: str = "tau") -> float:
        return round(fmean(measured[model][method][key]), 4)

    result: dict[str, object] = {
        "tau_biased": mean("biased", CALIBRATED),
        "tau_biased_raw": mean("biased", "raw_mean"),
        "tau_biased_best_peer": max(mean("biased", peer) for peer in PEERS),
        "tau_unbiased": mean("unbiased", CALIBRATED),
        "tau_unbiased_raw": mean("unbiased", "raw_mean"),
        "coverage_90": mean("biased", CALIBRATED, "coverage_90"),
        "hit_rate_biased": mean("biased", CALIBRATED, "hit_rate"),
        "hit_rate_biased_raw": mean("biased", "raw_mean", "hit_rate"),
        "seeds": SEEDS,
        "models": {
            model: {
                method: {
                    key: {"mean": round(fmean(v), 4), "sd": round(stdev(v), 4)}
                    for key, v in values.items()
                }
                for method, values in measures.items()
            }
            for model, measures in measured.items()
        },
    }
    print()
    print(json.dumps(result))


if __name__ == "__main__":
    main()
