"""Each line of a master's report, with a film that was made to provoke it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from media_pipeline.delivery import WEB, Profile
from media_pipeline.quality import Line, Report, examine
from media_pipeline.source import Audio, Loudness
from tests.media_pipeline.making import Shared
from tests.media_pipeline.provoking_films import ProvokingFilms
from tests.media_pipeline.test_ladder import FILM

SOURCE = replace(
    FILM,
    duration_s=8.0,
    picture_s=8.0,
    width=160,
    height=120,
    frame_rate="25",
    audio=Audio("aac", 2, "stereo", 48_000),
    loudness=Loudness(-23.0, -20.0, 1.0, -33.0),
)
Examined = Callable[..., Report]


@pytest.fixture(scope="session")
def provoking(run_folder: Path) -> ProvokingFilms:
    return ProvokingFilms(run_folder / "provoking")


@pytest.fixture(scope="session")
def examined(provoking: ProvokingFilms, run_folder: Path) -> Examined:
    shared = Shared(run_folder / "reports")

    def look_at(name: str) -> Report:
        path = provoking.get(name)
        return shared.once(name, lambda: examine(path, WEB, SOURCE, on_progress=lambda share: None))

    return look_at


def warnings(report: Report) -> dict[str, Line]:
    return {line.key: line for line in report.lines if line.status == "warn"}


def test_a_master_that_keeps_to_its_profile_passes_every_line(examined: Examined) -> None:
    report = examined("good")
    assert warnings(report) == {}
    assert report.passed
    assert report.broken == ()
    assert {line.key for line in report.lines} == {
        *("container", "picture_codec", "picture_size", "frame_rate", "field_order"),
        *("sound_tracks", "sound_codec", "duration", "levels", "black", "freeze", "flashes"),
        *("loudness", "true_peak", "gain", "characters"),
    }


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        ("container", "mov"),
        ("picture_codec", ["h264", "Main", "yuv420p"]),
        ("picture_size", [128, 96]),
        ("frame_rate", 30.0),
        ("field_order", "tt"),
        ("sound_codec", ["aac 44100"]),
        ("sound_tracks", 0),
        ("duration", 7.0),
    ],
)
def test_a_master_of_another_format_is_broken(examined: Examined, fault: str, found: Any) -> None:
    report = examined(fault)
    (line,) = [line for line in report.broken if line.key == fault]
    assert line.found == found


@pytest.mark.parametrize("fault", ["loudness", "true_peak", "levels", "black", "freeze", "flashes"])
def test_a_fault_of_the_film_is_told_and_breaks_nothing(examined: Examined, fault: str) -> None:
    report = examined(fault)
    assert fault in warnings(report)
    assert report.broken == ()
    assert not report.passed


def test_sounds_are_measured(examined: Examined) -> None:
    assert warnings(examined("loudness"))["loudness"].found == pytest.approx(-17, abs=0.3)
    assert warnings(examined("true_peak"))["true_peak"].found > -1.0
    assert "true_peak" not in warnings(examined("loudness"))


def test_spans_are_told_with_their_times(examined: Examined) -> None:
    (black,) = warnings(examined("black"))["black"].found
    assert black == pytest.approx([2, 6], abs=0.1)
    (frozen,) = warnings(examined("freeze"))["freeze"].found
    assert frozen == pytest.approx([1, 8], abs=0.2)
    (flashing,) = warnings(examined("flashes"))["flashes"].found
    assert flashing == pytest.approx([2, 5], abs=0.15)


def test_how_much_of_the_picture_is_too_light_is_told(examined: Examined) -> None:
    levels = warnings(examined("levels"))["levels"]
    assert 0.2 < levels.found["outside"] < 0.8
    assert levels.found["lightest"] > 241


def test_black_does_not_flash_and_flashes_are_not_black(examined: Examined) -> None:
    assert set(warnings(examined("flashes"))) <= {"flashes", "levels"}
    assert "flashes" not in warnings(examined("black"))


def again(provoking: ProvokingFilms, **changes: Any) -> dict[str, Line]:
    """The lines that warn about the good master when other things are expected of it."""
    given: dict[str, Any] = {"profile": WEB, "source": SOURCE, "missing_characters": "", **changes}
    return warnings(examine(provoking.get("good"), on_progress=lambda share: None, **given))


def test_a_constant_bit_rate_is_held_against_the_profile(provoking: ProvokingFilms) -> None:
    steady: Profile = replace(WEB, bit_rate=50_000_000)
    line = again(provoking, profile=steady)["bit_rate"]
    assert 10_000 < line.found < 5_000_000


def test_sound_that_needed_a_changing_gain_is_told(provoking: ProvokingFilms) -> None:
    thunder = replace(SOURCE, loudness=Loudness(-40.0, -3.0, 5.0, -50.0))
    assert again(provoking, source=thunder)["gain"].found == "dynamic"


def test_characters_that_no_font_has_are_told(provoking: ProvokingFilms) -> None:
    assert again(provoking, missing_characters="ʘ")["characters"].found == "ʘ"


def test_a_report_is_json_and_says_that_nobody_certified_it(examined: Examined) -> None:
    data = examined("flashes").as_data()
    assert (data["profile"], data["passed"], data["flashes_certified"]) == ("web", False, False)
    assert {"key", "status", "found", "expected"} == set(data["lines"][0])
