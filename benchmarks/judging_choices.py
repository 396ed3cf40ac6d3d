"""What the choices of the engine rest on, measured anew: `docs/judging.md` tells them.

`./run bench judging_choices`: several seeds each, means. The last line is one JSON object.
"""

import json
import random
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from statistics import fmean

from judging.assignment import assign
from judging.calibration import calibrate
from judging.connectedness import measure
from judging.peers import raw_mean, z_score
from judging.rounds import Film, Juror, Pair
from judging.shortlist import Bound, choose
from judging.simulation import MODELS, REGIONS, simulate, tau
from judging.standings import TieRule, stand

SEEDS = tuple(map(str, range(10)))
FILMS, JURORS = 300, 40
PANELS = {10: 150, 20: 75, 40: 38, 60: 25}
GONE = 0.2


def film(number: int, **options: object) -> Film:
    made = Film(f"film{number:05}", region=REGIONS[number % len(REGIONS)])
    return replace(made, **options)


def juror(number: int, **options: object) -> Juror:
    organisation = number % (JURORS // 2)
    region = REGIONS[organisation % len(REGIONS)]
    return replace(Juror(f"juror{number:03}", f"organisation{organisation:03}", region), **options)


def programme(reviews: int) -> list[Film]:
    return [film(number, reviews_wanted=reviews) for number in range(FILMS)]


def panel() -> list[Juror]:
    return [juror(number) for number in range(JURORS)]


def mean_tau(deal: Callable[[str], Iterable[Pair]]) -> float:
    """Calibrated, with biased jurors, on the pairs that `deal` gives for a seed."""
    taus = []
    for seed in SEEDS:
        pairs = list(deal(seed))
        world = simulate(MODELS["biased"], seed=seed, films=FILMS, jurors=JURORS, pairs=pairs)
        taus.append(tau(calibrate(world.observations).official, world.quality))
    return round(fmean(taus), 4)


def mixed(seed: str) -> tuple[Pair, ...]:
    return assign(programme(5), panel(), seed=seed).pairs


def at_home(seed: str, reviews: int = 5) -> tuple[Pair, ...]:
    """Every film is reviewed in its own region only."""
    films = [replace(film, category=film.region) for film in programme(reviews)]
    jurors = [replace(juror, categories=frozenset({juror.region})) for juror in panel()]
    return assign(films, jurors, seed=seed, outside_region=False).pairs


def one_from_outside(seed: str) -> tuple[Pair, ...]:
    """Four reviews at home and one from outside."""
    return assign(programme(5), panel(), seed=seed, finished=at_home(seed, 4)).pairs


def like_cards() -> list[Pair]:
    """Dealt in turn: each film to the next five jurors."""
    return [
        Pair(f"film{number:05}", f"juror{(5 * number + place) % JURORS:03}")
        for number in range(FILMS)
        for place in range(5)
    ]


def in_a_chain() -> list[Pair]:
    """Neighbouring films to neighbouring jurors, round the table."""
    return [
        Pair(f"film{number:05}", f"juror{(number * JURORS // FILMS + place) % JURORS:03}")
        for number in range(FILMS)
        for place in range(5)
    ]


def under_three(reviews: int) -> dict[str, float]:
    """The share of films with fewer than three reviews when jurors deliver nothing, and after the
    others took over."""
    before, after = [], []
    for seed in SEEDS:
        films, jurors = programme(reviews), panel()
        gone = set(random.Random(seed).sample([j.id for j in jurors], round(GONE * JURORS)))
        kept = [p for p in assign(films, jurors, seed=seed).pairs if p.juror_id not in gone]
        left = [replace(j, load_max=0) if j.id in gone else j for j in jurors]
        topped_up = assign(films, left, seed=seed, finished=kept).pairs
        for pairs, shares in ((kept, before), (topped_up, after)):
            counts = Counter(pair.film_id for pair in pairs)
            shares.append(fmean(counts[film.id] < 3 for film in films))
    return {"dropped": round(fmean(before), 4), "topped_up": round(fmean(after), 4)}


def cost_of_floors() -> float:
    """The share of a shortlist's quality that floors for each region and two languages cost."""
    losses = []
    for seed in SEEDS:
        world = simulate(MODELS["biased"], seed=seed, films=FILMS, jurors=JURORS, reviews=5)
        chance = random.Random(seed)
        films = [
            film(number, language=chance.choice(["en"] * 6 + ["ar", "fr", "es", "zh"]))
            for number in range(FILMS)
        ]
        rows = stand(
            world.observations,
            calibrate(world.observations),
            dict.fromkeys(world.quality, ""),
            seed=seed,
            tie_rule=TieRule.SHARED,
        )
        official = {row.film_id: row.official or 0.0 for row in rows}
        floors = [Bound("region", region, 6) for region in REGIONS]
        floors += [Bound("language", language, 4) for language in ("ar", "fr")]
        free, bound = (
            sum(official[film_id] for film_id in choose(rows, 40, films=films, floors=f).film_ids)
            for f in ((), floors)
        )
        losses.append(1.0 - bound / free)
    return round(fmean(losses), 5)


def by_films_per_juror() -> dict[str, dict[str, float]]:
    """Biased jurors who see few films or many; five reviews a film, or nearly."""
    found = {}
    for each, jurors in PANELS.items():
        taus: dict[str, list[float]] = {"calibrated": [], "raw_mean": [], "z_score": []}
        for seed in SEEDS:
            world = simulate(MODELS["biased"], seed=seed, films=FILMS, jurors=jurors, reviews=5)
            scores = {
                "calibrated": calibrate(world.observations).official,
                "raw_mean": raw_mean(world.observations),
                "z_score": z_score(world.observations),
            }
            for method, of in scores.items():
                taus[method].append(tau(of, world.quality))
        found[str(each)] = {method: round(fmean(values), 4) for method, values in taus.items()}
    return found


def main() -> None:
    result: dict[str, object] = {
        "tau_mixed": mean_tau(mixed),
        "tau_at_home": mean_tau(at_home),
        "tau_one_from_outside": mean_tau(one_from_outside),
        "eigenvalue_mixed": round(fmean(measure(mixed(s)).second_eigenvalue for s in SEEDS), 4),
        "eigenvalue_chain": round(measure(in_a_chain()).second_eigenvalue, 4),
        "tau_chain": mean_tau(lambda _: in_a_chain()),
        "components_like_cards": len(measure(like_cards()).components),
        "under_three_of_5": under_three(5),
        "under_three_of_3": under_three(3),
        "cost_of_floors": cost_of_floors(),
        "films_per_juror": by_films_per_juror(),
        "seeds": len(SEEDS),
    }
    for name, value in result.items():
        print(f"{name:24}", value)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
