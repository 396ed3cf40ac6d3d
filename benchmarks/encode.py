"""The ladder's cost and looks beside PeerTube's, MediaCMS's and a plain command line.

`./run bench encode [--quick] [FILM ...]`: three 1080p films with sound, mosaics of real footage;
one ffmpeg for all sides. Sides take turns, in rounds; a side's processor seconds are the least of
its rounds, because other work on the machine only ever adds to them. The last line is one JSON
object; see docs/encoding.md for what its keys mean.
"""

import argparse
import json
import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import encode_quality, encode_sources
from benchmarks.encode_playable import first_playable_ratios
from benchmarks.encode_quality import Quality
from benchmarks.encode_remux import remux_speedup
from benchmarks.encode_sides import OURS_BESIDE, SHORT_SIDES, SIDES
from media_pipeline import binaries
from media_pipeline.keyframes import scan
from media_pipeline.source import Source
from media_pipeline.verdict import Limits, inspect

ROUNDS = {"ours": 3, "finer": 1, "peertube": 3, "mediacms": 1, "plain": 1}
QUICK_SIDES = ("ours", "peertube")


@dataclass
class Result:
    """What one side did with one film. Costs have one value per round."""

    cpu_s: list[float] = field(default_factory=list)
    wall_s: list[float] = field(default_factory=list)
    sizes: dict[int, int] = field(default_factory=dict)
    picture_sizes: dict[int, int] = field(default_factory=dict)
    qualities: dict[int, dict[str, Quality]] = field(default_factory=dict)

    @property
    def least_cpu_s(self) -> float:
        return min(self.cpu_s)

    @property
    def size_bytes(self) -> int:
        return sum(self.sizes.values())


Results = dict[tuple[str, str], Result]
"""By side and film."""


def children_cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measured(result: Result, work: Callable[[], dict[int, Path]]) -> dict[int, Path]:
    cpu_s, wall_s = children_cpu_s(), time.monotonic()
    made = work()
    result.cpu_s.append(children_cpu_s() - cpu_s)
    result.wall_s.append(time.monotonic() - wall_s)
    return made


def take_turns(films: dict[str, Path], sides: list[str], rounds: int, scratch: Path) -> Results:
    sources = {name: understood(path) for name, path in films.items()}
    results: Results = {(side, film): Result() for film in films for side in sides}
    for number in range(rounds):
        for (side, film), result in results.items():
            if number >= ROUNDS[side]:
                continue
            with tempfile.TemporaryDirectory(dir=scratch) as folder:
                make = SIDES[side]
                made = measured(
                    result,
                    lambda make=make, film=film, folder=folder: make(  # type: ignore[misc]
                        films[film], sources[film], Path(folder)
                    ),
                )
                if number == 0:
                    judge(result, made, films[film], sources[film])
        print(f"round {number + 1} of {rounds} done", flush=True)
    return results


def understood(film: Path) -> Source:
    source = inspect(film, Limits()).source
    if source is None:
        raise SystemExit(f"{film.name} was refused")
    return source


def judge(result: Result, made: dict[int, Path], film: Path, source: Source) -> None:
    for short_side, path in made.items():
        result.sizes[short_side] = path.stat().st_size
        result.picture_sizes[short_side] = sum(scan(path, "mov").sizes_bytes)
        result.qualities[short_side] = encode_quality.compare(
            path, film, (source.width, source.height)
        )


def show(results: Results) -> None:
    for (side, film), result in results.items():
        print(
            f"{film:10} {side:9} cpu {result.least_cpu_s:6.2f} s  wall {min(result.wall_s):6.2f} s"
            f"  {result.size_bytes / 1e6:6.3f} MB"
            f"  rounds {[round(each, 2) for each in result.cpu_s]}"
        )
        for short_side, measures in result.qualities.items():
            words = "  ".join(
                f"{name} {each.mean:6.2f} (1 %: {each.first_percentile:6.2f})"
                for name, each in measures.items()
            )
            print(f"{'':12}{short_side:5}  {result.sizes[short_side]:9} bytes  {words}")


def ratio(results: Results, other: str, value: Callable[[Result], float]) -> float:
    def total(side: str) -> float:
        return sum(value(result) for (each, _), result in results.items() if each == side)

    return round(total(OURS_BESIDE[other]) / total(other), 4)


def gains(results: Results, other: str, measure: str) -> dict[int, list[float]]:
    """Per rung, for each film: our mean less the other's."""
    return {
        short_side: [
            result.qualities[short_side][measure].mean
            - results[other, film].qualities[short_side][measure].mean
            for (side, film), result in results.items()
            if side == OURS_BESIDE[other]
        ]
        for short_side in SHORT_SIDES
    }


def summary(results: Results) -> dict[str, object]:
    told: dict[str, object] = {}
    for other in sorted({side for side, _ in results} & set(OURS_BESIDE)):
        told[f"cpu_ratio_{other}"] = ratio(results, other, lambda result: result.least_cpu_s)
        told[f"wall_ratio_{other}"] = ratio(results, other, lambda result: min(result.wall_s))
        told[f"bytes_ratio_{other}"] = ratio(results, other, lambda result: result.size_bytes)
        told[f"picture_bytes_ratio_{other}"] = ratio(
            results, other, lambda result: sum(result.picture_sizes.values())
        )
        for measure in encode_quality.MODELS:
            by_rung = gains(results, other, measure)
            told[f"{measure}_min_gain_{other}"] = round(
                min(sum(each) / len(each) for each in by_rung.values()), 3
            )
            told[f"{measure}_min_gain_of_a_film_{other}"] = round(
                min(min(each) for each in by_rung.values()), 3
            )
    return told


def main() -> None:
    parser = argparse.ArgumentParser(prog="./run bench encode", description=__doc__)
    parser.add_argument("films", nargs="*", help="only these of camera, animation, phone")
    parser.add_argument("--quick", action="store_true", help="PeerTube only, one round")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="plural-encode-") as folder:
        films = encode_sources.prepare(Path(folder))
        chosen = {name: path for name, path in films.items() if name in (asked.films or films)}
        version = subprocess.run(
            [binaries.path_of("ffmpeg"), "-version"], capture_output=True, text=True, check=True
        ).stdout.splitlines()[0]
        print(f"{version}; {os.cpu_count()} cores; load {os.getloadavg()[0]:.1f}", flush=True)
        sides = list(QUICK_SIDES if asked.quick else SIDES)
        results = take_turns(
            chosen, sides, 1 if asked.quick else max(ROUNDS.values()), Path(folder)
        )
        show(results)
        told = summary(results)
        if not asked.quick:
            told["remux_speedup"] = remux_speedup(films["camera"], Path(folder))
            told |= first_playable_ratios(films["camera"], Path(folder))
    print(json.dumps(told))


if __name__ == "__main__":
    main()
