"""Masters: what comes out for a distributor, looked at and listened to."""

import json
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from media_pipeline import delivery, masters, sandbox
from media_pipeline.captions import Cue, Subtitles
from media_pipeline.delivery import PRORES, WEB, XDCAM, Profile
from media_pipeline.encode import MadeOutput
from media_pipeline.errors import NotAsPromised
from media_pipeline.flashes import MOST_PER_S
from media_pipeline.masters import Order, Text
from media_pipeline.verdict import Limits, inspect
from tests.media_pipeline.films import Films
from tests.media_pipeline.look import Look
from tests.media_pipeline.making import FFMPEG, FLASH_S, X264, FilmMaker, Shared, run_ffmpeg
from tests.seldom import seldom

# Television in small, so that the tests of motion take seconds.
SMALL_XDCAM = replace(XDCAM, name="small", canvas=(320, 180))
HALF_XDCAM = replace(XDCAM, name="half", canvas=(640, 360))
Mastered = Callable[..., tuple[MadeOutput, MadeOutput]]


class MovingFilms(FilmMaker):
    """A white bar that moves sideways with every picture or field."""

    def bar(self, name: str, rate: str, *weave: str) -> Path:
        bar = "geq=lum='if(lt(mod(X-4*N,320),60),235,16)':cb=128:cr=128"
        path = self.path(f"{name}.mp4")
        chain = ",".join([f"color=c=gray:s=320x180:r={rate}:d=2,format=yuv420p", bar, *weave])
        interlaced = ("-flags", "+ildct+ilme") if weave else ()
        run_ffmpeg("-f", "lavfi", "-i", chain, *X264, *interlaced, path)
        return path

    def _film_bar_24(self, name: str) -> Path:
        return self.bar(name, "24000/1001")

    def _film_bar_25(self, name: str) -> Path:
        return self.bar(name, "25")

    def _film_bar_30(self, name: str) -> Path:
        return self.bar(name, "30")

    def _film_bar_50(self, name: str) -> Path:
        return self.bar(name, "50")

    def _film_bar_25_interlaced(self, name: str) -> Path:
        return self.bar(name, "50", "interlace=scan=tff", "setfield=tff")

    def _film_flash_24(self, name: str) -> Path:
        return self.marked(name, size=(320, 180), rate="24")

    def _film_flash_30(self, name: str) -> Path:
        return self.marked(name, size=(320, 180), rate="30000/1001")

    def _film_flash_60(self, name: str) -> Path:
        return self.marked(name, size=(320, 180), rate="60")


@pytest.fixture(scope="session")
def moving(run_folder: Path) -> MovingFilms:
    return MovingFilms(run_folder / "moving")


@pytest.fixture(scope="session")
def mastered(films: Films, moving: MovingFilms, run_folder: Path) -> Mastered:
    """Masters of a film by a profile, each made once per run of the tests."""
    shared = Shared(run_folder / "mastered")

    def make_one(film: str, profile: Profile, text: Text | None) -> tuple[MadeOutput, MadeOutput]:
        maker = moving if hasattr(moving, f"_film_{film}") else films
        source = inspect(maker.get(film), Limits()).source
        assert source
        order = Order(delivery.master_name(profile, text and text.language), profile, text)
        scratch = shared.folder(f"{film}-{order.name}-made")
        return masters.make(order, maker.get(film), source, scratch, on_progress=lambda share: None)

    def get(film: str, profile: Profile, text: Text | None = None) -> Any:
        name = f"{film}-{delivery.master_name(profile, text and text.language)}"
        return shared.once(name, lambda: make_one(film, profile, text))

    return get


def lines(made: MadeOutput) -> dict[str, Any]:
    return {line["key"]: line for line in made.details["quality"]["lines"]}


def heard(path: Path) -> dict[str, float]:
    """Loudness by another filter than the report's."""
    measure = "join=inputs=2:channel_layout=stereo,loudnorm=print_format=json"
    sounds = Look().streams(path)[1:]
    graph = f"[0:a:0][0:a:1]{measure}" if len(sounds) == 2 else "[0:a:0]loudnorm=print_format=json"
    command = [FFMPEG, "-nostdin", "-i", str(path), "-filter_complex", graph, "-f", "null", "-"]
    log = subprocess.run(command, check=True, capture_output=True).stderr.decode()
    printed = json.loads(log[log.rindex("{") : log.rindex("}") + 1])
    return {name: float(printed[f"input_{name}"]) for name in ("i", "tp")}


# ----- profiles


@pytest.mark.parametrize(
    ("profile", "codecs"),
    [(WEB, ["h264", "aac"]), (PRORES, ["prores", "pcm_s24le"])],
    ids=["web", "prores"],
)
def test_masters_as_large_as_the_film(
    mastered: Mastered, look: Look, profile: Profile, codecs: list[str]
) -> None:
    film, report = mastered("plain", profile)
    assert [stream["codec_name"] for stream in look.streams(film.path)] == codecs
    assert look.size(film.path) == (640, 360)
    assert look.corners(film.path) == ["red", "lime", "blue", "white"]
    assert look.flash_s(film.path) == pytest.approx(FLASH_S, abs=0.04)
    assert look.beep_s(film.path) == pytest.approx(FLASH_S, abs=0.04)
    assert heard(film.path)["i"] == pytest.approx(-23, abs=0.3)
    assert film.media_type == profile.media_type
    assert film.details["duration_s"] == pytest.approx(3, abs=0.05)
    assert film.cpu_s > 0
    assert json.loads(report.path.read_text()) == film.details["quality"]


@pytest.mark.slow
def test_a_portrait_film_becomes_xdcam_between_black_pillars(
    mastered: Mastered, look: Look
) -> None:
    film, _report = mastered("portrait", XDCAM)
    picture, *sounds = look.streams(film.path)
    assert (picture["width"], picture["height"], picture["r_frame_rate"]) == (1920, 1080, "25/1")
    assert (picture["profile"], picture["pix_fmt"]) == ("4:2:2", "yuv422p")
    assert picture["field_order"] == "tt"
    assert [(s["codec_name"], s["channels"], s["sample_rate"]) for s in sounds] == [
        ("pcm_s24le", 1, "48000")
    ] * 2
    pixels = look.picture(film.path)
    left = (1920 - 608) // 2
    assert pixels[:, : left - 8].max() < 8
    assert pixels[:, -left + 8 :].max() < 8
    inside = pixels[:, left:-left]
    assert inside[20, 20].argmax() == 0
    assert inside[20, -20].argmax() == 1
    assert inside[-20, 20].argmax() == 2
    assert lines(film)["bit_rate"]["status"] == "pass"
    assert heard(film.path)["i"] == pytest.approx(-23, abs=0.3)


def test_mxf_is_op1a_and_begins_at_ten_o_clock(mastered: Mastered) -> None:
    film, _report = mastered("portrait", XDCAM)
    assert lines(film)["container"]["found"] == "mxf"
    log = subprocess.run([FFMPEG, "-i", str(film.path)], capture_output=True).stderr.decode()
    assert re.search(r"timecode\s*: 10:00:00:00", log)


@pytest.mark.slow
def test_our_own_master_for_television_keeps_its_sides_when_it_is_sent_in_again(
    mastered: Mastered, tmp_path: Path, look: Look
) -> None:
    """MXF has a track for each side."""
    sent = mastered("sides_apart", XDCAM)[0].path
    source = inspect(sent, Limits()).source
    assert source
    assert source.audio
    assert source.audio.sides_apart
    order = Order("again", PRORES, None)
    again, _ = masters.make(order, sent, source, tmp_path, on_progress=lambda share: None)
    left, right = np.abs(look.sides(again.path)).max(axis=0)
    assert right > 1000
    assert left < right / 100


def test_a_film_without_sound_has_no_sound_in_its_master(mastered: Mastered, look: Look) -> None:
    film, _report = mastered("silent_film", WEB)
    assert len(look.streams(film.path)) == 1
    assert lines(film)["loudness"]["status"] == "pass"


def test_silence_stays_silent_and_its_report_says_so(mastered: Mastered) -> None:
    film, _report = mastered("silence", WEB)
    assert lines(film)["loudness"] == {
        "key": "loudness", "status": "warn", "found": None, "expected": -23.0
    }  # fmt: skip


def test_the_report_of_a_portrait_film_for_television_says_all_there_is_to_say(
    mastered: Mastered,
) -> None:
    film, report = mastered("portrait", XDCAM)
    told = json.loads(report.path.read_text())
    assert (told["profile"], told["passed"]) == ("xdcam", True)
    assert told["flashes_certified"] is False
    found = {
        line["key"]: (line["status"], line["found"], line["expected"]) for line in told["lines"]
    }
    loudness, luma = heard(film.path), lumas(film.path)
    levels = {
        "outside": pytest.approx(((luma < 14) | (luma > 241)).mean(axis=1).max(), abs=0.0005),
        "darkest": pytest.approx(luma.min(), abs=1),
        "lightest": pytest.approx(luma.max(), abs=1),
    }
    codec = ["mpeg2video", "4:2:2", "yuv422p"]
    assert found == {
        "container": ("pass", "mxf", "mxf"),
        "picture_codec": ("pass", codec, codec),
        "picture_size": ("pass", [1920, 1080], [1920, 1080]),
        "frame_rate": ("pass", 25.0, 25.0),
        "field_order": ("pass", "tt", "top field first"),
        "bit_rate": ("pass", pytest.approx(50_000_000, rel=0.05), 50_000_000),
        "sound_tracks": ("pass", 2, 2),
        "sound_codec": ("pass", ["pcm_s24le 48000"], ["pcm_s24le 48000"]),
        "duration": ("pass", 3.0, 3.0),
        "levels": ("pass", levels, {"outside": 0.01, "darkest": 16, "lightest": 235}),
        "black": ("pass", [], 3.0),
        "freeze": ("pass", [], 5.0),
        "flashes": ("pass", [], MOST_PER_S),
        "loudness": ("pass", pytest.approx(loudness["i"], abs=0.2), -23.0),
        "true_peak": ("pass", pytest.approx(loudness["tp"], abs=0.3), -1.0),
        "gain": ("pass", "linear", "linear"),
        "characters": ("pass", "", ""),
    }


def lumas(path: Path) -> np.ndarray:
    """The luma of every dot as it is stored, one row for each picture of 1920 by 1080."""
    raw = run_ffmpeg("-i", path, "-vf", "extractplanes=y", "-f", "rawvideo", "-")
    return np.frombuffer(raw, np.uint8).reshape(-1, 1920 * 1080)


# ----- television's fields


def moments(path: Path) -> int:
    """How often a field differs from the one before."""
    raw = run_ffmpeg(
        *("-i", path, "-map", "0:v:0", "-vf", "separatefields,crop=iw:1:0:40,format=gray"),
        *("-f", "rawvideo", "-"),
    )
    rows = np.frombuffer(raw, np.uint8).reshape(-1, 320).astype(int)
    return int((np.abs(np.diff(rows, axis=0)).mean(axis=1) > 1).sum())


@pytest.mark.parametrize(
    ("film", "least", "most"),
    [
        ("bar_25", 49, 49),
        ("bar_30", 90, 99),
        *seldom(("bar_24", 46, 48), ("bar_50", 97, 99), ("bar_25_interlaced", 96, 99)),
    ],
)
def test_every_rate_becomes_50_fields_and_keeps_its_moments(
    mastered: Mastered, film: str, least: int, most: int
) -> None:
    made, _report = mastered(film, SMALL_XDCAM)
    assert made.details["duration_s"] == pytest.approx(2.0, abs=0.05)
    assert least <= moments(made.path) <= most


@pytest.mark.parametrize("film", ["flash_24", "flash_30", "flash_60"])
def test_converted_films_stay_in_sync_and_as_long(
    mastered: Mastered, look: Look, film: str
) -> None:
    made, _report = mastered(film, SMALL_XDCAM)
    assert look.flash_s(made.path) == pytest.approx(FLASH_S, abs=0.04)
    assert look.beep_s(made.path) == pytest.approx(FLASH_S, abs=0.04)
    assert made.details["duration_s"] == pytest.approx(3, abs=0.05)


# ----- subtitles, errors


def test_subtitles_stand_in_the_picture_while_their_cue_lasts(
    mastered: Mastered, look: Look
) -> None:
    text = Text("ar", Subtitles((Cue(1.5, 2.5, "مرحبا بكم"),)))
    film, _report = mastered("plain", WEB, text)
    clean, _ = mastered("plain", WEB)

    assert not changed(look, film, clean, 0.5).any()
    assert not changed(look, film, clean, 2.8).any()
    assert_stands_below(changed(look, film, clean, 2.0))
    assert lines(film)["characters"]["status"] == "pass"


def changed(look: Look, film: MadeOutput, clean: MadeOutput, at_s: float) -> np.ndarray:
    """Where the pictures of two masters differ (height x width)."""
    pictures = [look.picture(made.path, at_s).astype(int) for made in (film, clean)]
    return np.abs(pictures[0] - pictures[1]).max(axis=2) > 60


def assert_stands_below(written: np.ndarray) -> None:
    """In the last quarter, clear of the edge, and as far from the left as from the right."""
    height, width = written.shape
    rows, columns = (np.flatnonzero(written.any(axis=axis)) for axis in (1, 0))
    assert rows.min() > height * 0.75
    assert rows.max() < height * 0.98
    assert columns.min() + columns.max() == pytest.approx(width, abs=width * 0.02)


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh", "大家好"), pytest.param("ru", "Привет", marks=pytest.mark.slow)],
    ids=["zh", "ru"],
)
def test_subtitles_of_a_portrait_film_on_television_stand_between_the_pillars(
    mastered: Mastered, look: Look, language: str, words: str
) -> None:
    """Both fields of a picture show them whole."""
    text = Text(language, Subtitles((Cue(1.5, 2.5, words),)))
    film, _report = mastered("portrait", HALF_XDCAM, text)
    clean, _ = mastered("portrait", HALF_XDCAM)
    assert look.streams(film.path)[0]["field_order"] == "tt"
    assert lines(film)["characters"]["status"] == "pass"
    assert not changed(look, film, clean, 0.5).any()
    assert not changed(look, film, clean, 2.8).any()
    written = changed(look, film, clean, 2.0)
    assert_stands_below(written)
    pillar = (640 - 202) // 2
    columns = np.flatnonzero(written.any(axis=0))
    assert pillar < columns.min() < columns.max() < 640 - pillar
    assert look.picture(film.path, 2.0)[:, : pillar - 8].max() < 8
    assert look.picture(film.path, 2.0)[:, 8 - pillar :].max() < 8
    upper, lower = ink_of_fields(film.path, 2.0)
    assert upper == pytest.approx(lower, rel=0.1)
    assert upper > 100


def ink_of_fields(path: Path, at_s: float) -> tuple[int, int]:
    """How many dots are white where the text stands, in the upper and in the lower field."""
    raw = run_ffmpeg(
        *("-ss", at_s, "-i", path, "-map", "0:v:0", "-frames:v", 2),
        *("-vf", "separatefields,crop=iw/4:ih/4:iw*3/8:ih*3/4,format=gray", "-f", "rawvideo", "-"),
    )
    fields = np.frombuffer(raw, np.uint8).reshape(2, -1)
    return int((fields[0] > 180).sum()), int((fields[1] > 180).sum())


def test_arabic_stands_in_prores_deep_in_colour(mastered: Mastered, look: Look) -> None:
    text = Text("ar", Subtitles((Cue(1.5, 2.5, "مرحبا بكم"),)))
    film, _report = mastered("plain", PRORES, text)
    clean, _ = mastered("plain", PRORES)
    assert look.streams(film.path)[0]["pix_fmt"] == "yuv422p10le"
    assert not changed(look, film, clean, 0.5).any()
    assert not changed(look, film, clean, 2.8).any()
    written = changed(look, film, clean, 2.0)
    assert_stands_below(written)
    assert look.picture(film.path, 2.0)[written].max() > 225
    assert lines(film)["characters"]["status"] == "pass"


def test_progress_grows_to_one_and_what_it_raises_ends_the_work(
    films: Films, tmp_path: Path
) -> None:
    source = inspect(films.get("small"), Limits()).source
    assert source
    shares: list[float] = []
    masters.make(Order("m", WEB), films.get("small"), source, tmp_path, on_progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0

    def stop(_share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        masters.make(Order("n", WEB), films.get("small"), source, tmp_path, on_progress=stop)


def test_a_master_that_is_not_of_its_profile_is_not_handed_out(
    films: Films, tmp_path: Path
) -> None:
    source = inspect(films.get("small"), Limits()).source
    assert source
    other = replace(WEB, picture={**WEB.picture, "profile:v": "main"})
    with pytest.raises(NotAsPromised) as refused:
        masters.make(
            Order("m", other), films.get("small"), source, tmp_path, on_progress=lambda share: None
        )
    assert refused.value.data["line"] == "picture_codec"


def test_a_slow_disk_has_time_to_move_the_largest_master(films: Films) -> None:
    """Five minutes of ProRes 422 HQ at 1080p25, 184 Mbit/s, read and written at 50 MB/s each."""
    judged = inspect(films.get("plain"), Limits()).source
    assert judged
    source = replace(judged, duration_s=300.0, picture_s=300.0)
    moving_s = 2 * 300 * 184e6 / 8 / 50e6
    assert masters.bounds_of(source).stall_s > moving_s > sandbox.Bounds().stall_s
