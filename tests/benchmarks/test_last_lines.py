"""The last line of a benchmark: what it names, and that work grows no faster than it should."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks import assign, rank
from judging.rounds import Pair
from tests.arriving import make_film
from tests.running import ROOT

FEW, MANY = 200, 2_000
# Ten times the films cost about six times the processor; the square would cost a hundred times.
GROWTH_AT_MOST = 50


def last_line(name: str, *arguments: object) -> dict[str, Any]:
    command = [sys.executable, "-m", f"benchmarks.{name}", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def measured(sizes: tuple[int, int]) -> set[str]:
    kinds = ("seconds", "cpu_seconds", "peak_mb")
    return {f"{kind}_{size}" for size in sizes for kind in kinds}


@pytest.mark.slow
def test_assigning_leaves_no_film_short_and_gives_none_to_one_organisation_twice() -> None:
    found = last_line("assign", FEW, MANY)
    eigenvalues = {f"second_eigenvalue_{size}" for size in (FEW, MANY)}
    counts = {"shortfalls", "same_organisation_pairs"}
    assert set(found) == measured((FEW, MANY)) | eigenvalues | counts
    assert (found["shortfalls"], found["same_organisation_pairs"]) == (0, 0)
    assert min(found[name] for name in eigenvalues) >= 0.1
    assert found[f"cpu_seconds_{MANY}"] <= GROWTH_AT_MOST * found[f"cpu_seconds_{FEW}"]


@pytest.mark.slow
def test_ranking_names_seconds_and_memory_by_the_number_of_scores() -> None:
    found = last_line("rank", FEW, MANY)
    few, many = rank.REVIEWS * FEW, rank.REVIEWS * MANY
    assert (few, many) == (1_000, 10_000)
    assert set(found) == measured((few, many))
    assert 0 < found[f"peak_mb_{few}"] <= found[f"peak_mb_{many}"]
    assert found[f"cpu_seconds_{many}"] <= GROWTH_AT_MOST * found[f"cpu_seconds_{few}"]


def test_a_second_review_by_one_organisation_is_counted() -> None:
    """Or nought would prove nothing: jurors 0 and 60 sit for the same organisation."""
    panel = assign.jurors()
    assert panel[0].organisation_id == panel[60].organisation_id
    dealt = assign.assign(assign.films(1), panel, seed="any")
    (film,) = {pair.film_id for pair in dealt.pairs}
    assert assign.same_organisation_pairs(dealt) == 0
    twice = [Pair(film, panel[n].id) for n in (0, 1, 60)]
    assert assign.same_organisation_pairs(replace(dealt, pairs=tuple(twice))) == 1


@pytest.mark.slow
def test_a_film_is_timed_from_its_last_byte_until_it_plays(tmp_path: Path) -> None:
    film = make_film(tmp_path / "film.mp4", seconds=4, size="640x360")
    ratios = last_line("encode_playable", film, "--times", 2, "--length-s", 4)
    assert set(ratios) == {"first_playable_ratio", "first_playable_ratio_busy"}
    assert min(ratios.values()) > 0
