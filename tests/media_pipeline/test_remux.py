"""What a film already has is copied, not encoded, and holds to the same promises."""

import subprocess
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg
import pytest

from media_pipeline import keyframes, remux, sandbox
from media_pipeline.encode import make
from media_pipeline.keyframes import Scan
from media_pipeline.ladder import RUNGS, plan, rungs_for
from media_pipeline.verdict import Limits, inspect
from media_pipeline.verify import verify
from tests.seldom import seldom

TAGS = "setparams=range=tv:color_primaries={0}:color_trc={0}:colorspace={0}"
X264 = ("-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p")
FITTING = ("-g", "75", "-x264-params", "scenecut=0")
RUNG_360 = next(rung for rung in RUNGS if rung.short_side == 360)


def fitting(films, name, *more, tags="bt709", **how):
    """A film of 640 x 360 with key frames every three seconds, unless it is told otherwise."""
    vf = f"scale=out_color_matrix=bt709,format=yuv420p,{TAGS.format(tags)}"
    wanted = {"picture": X264, "more": (*FITTING, *more), "seconds": 7, "vf": vf, **how}
    return films.marked(name, **wanted)


def understood(path):
    source = inspect(path, Limits()).source
    assert source is not None
    return source


def is_copied(path, tmp_path):
    source = understood(path)
    bounds = sandbox.Bounds()
    rung = remux.copied_rung(path, source, rungs_for(source), tmp_path, bounds)
    return rung is not None


def pictures(path):
    """A digest of every decoded picture."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-i", str(path)]
    command += ["-map", "0:V:0", "-fps_mode", "passthrough", "-f", "framehash", "-"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    lines = [line.split(",") for line in done.stdout.splitlines() if not line.startswith("#")]
    return [line[-1].strip() for line in lines]


@pytest.fixture(scope="module")
def film(films):
    path = films.path("fitting.mp4")
    return path if path.exists() else fitting(films, "fitting")


@pytest.fixture(scope="module")
def made(film, tmp_path_factory):
    source = understood(film)
    folder = tmp_path_factory.mktemp("made")
    planned = [each for each in plan(source) if each.rung]
    outputs = make("first", planned, film, source, folder, on_progress=lambda share: None)
    return source, {output.name: output for output in outputs}


def test_the_rung_that_the_film_has_is_copied_and_the_others_are_encoded(film, made):
    _, outputs = made
    assert {name for name, each in outputs.items() if each.details.get("copied")} == {
        *("360.mp4", "hls-360.mp4")
    }
    assert pictures(outputs["360.mp4"].path) == pictures(film)
    assert pictures(outputs["hls-360.mp4"].path) == pictures(film)
    assert len(pictures(outputs["240.mp4"].path)) == len(pictures(film))


def test_what_was_copied_holds_to_the_same_promises(made, look):
    source, outputs = made
    for output in outputs.values():
        verify(output, source)
    for name in ("360.mp4", "hls-360.mp4"):
        picture = look.streams(outputs[name].path)[0]
        tags = {picture[key] for key in ("color_space", "color_primaries", "color_transfer")}
        assert tags == {"bt709"}
        assert picture["r_frame_rate"] == picture["avg_frame_rate"] == "25/1"
        assert picture["color_range"] == "tv"
    assert outputs["360.mp4"].details["loudness"]["target"] == -16.0


def test_each_segment_of_a_copy_decodes_alone(made, tmp_path):
    output = made[1]["hls-360.mp4"]
    data = output.path.read_bytes()
    init = output.details["init"]
    counts = []
    for index, segment in enumerate(output.details["segments"]):
        alone = tmp_path / f"{index}.mp4"
        begin = segment["offset"]
        alone.write_bytes(
            data[init["offset"] : init["offset"] + init["length"]]
            + data[begin : begin + segment["length"]]
        )
        counts.append(len(pictures(alone)))
        assert counts[-1] == round(segment["duration_s"] * 25)
    assert len(counts) == 2
    assert sum(counts) == 175


def test_two_attempts_copy_the_same_bytes(film, made, tmp_path):
    source, outputs = made
    planned = [each for each in plan(source) if each.name == "hls-360.mp4"]
    (again,) = make("first", planned, film, source, tmp_path, on_progress=lambda share: None)
    assert again.path.read_bytes() == outputs["hls-360.mp4"].path.read_bytes()
    assert again.details == outputs["hls-360.mp4"].details


@pytest.mark.parametrize(
    ("name", "more", "how"),
    [
        ("fits_without_b", (), {"picture": (*X264, "-bf", "0")}),
        ("fits_main", ("-profile:v", "main"), {}),
    ],
)
def test_other_films_that_fit_are_copied(films, tmp_path, name, more, how):
    assert is_copied(fitting(films, name, *more, **how), tmp_path)


def test_pixels_of_a_shape_that_nobody_means_are_square_in_a_copy(films, look, tmp_path):
    tags = f"scale=out_color_matrix=bt709,format=yuv420p,{TAGS.format('bt709')},setsar=10"
    path = fitting(films, "mad_pixels", vf=tags)
    assert look.streams(path)[0]["sample_aspect_ratio"] == "10:1"
    assert is_copied(path, tmp_path)
    (copy,) = tmp_path.glob("*.mp4")
    assert look.streams(copy)[0]["sample_aspect_ratio"] == "1:1"
    assert look.corners(copy) == ["red", "lime", "blue", "white"]


NOISE = "noise=alls=60:allf=t,format=yuv420p"


@pytest.mark.parametrize(
    ("name", "more", "how"),
    [
        ("open_gop", ("-x264-params", "open-gop=1:bframes=3:scenecut=0:b-adapt=0"), {}),
        ("keys_far_apart", ("-g", "125"), {}),
        ("over_the_rate", ("-b:v", "3M"), {"vf": f"{NOISE},{TAGS.format('bt709')}", "seconds": 3}),
        ("other_colours", (), {"tags": "smpte170m"}),
        *seldom(
            ("untold_colours", (), {"tags": "unknown"}),
            ("four_two_two", (), {"picture": (*X264[:-1], "yuv422p")}),
            ("other_size", (), {"size": (640, 372)}),
            ("matroska", (), {"suffix": "mkv"}),
            ("woven", ("-flags", "+ilme+ildct", "-x264-params", "tff=1"), {}),
        ),
    ],
)
def test_a_film_that_does_not_fit_is_encoded(films, tmp_path, name, more, how):
    assert not is_copied(fitting(films, name, *more, **how), tmp_path)


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("turned", ("-display_rotation", 90), ()),
        ("with_hidden_pictures", ("-ss", 1), ()),
        ("late", ("-itsoffset", 1), ()),
    ],
)
def test_a_film_that_its_container_changes_is_encoded(films, film, tmp_path, name, before, after):
    path = films.path(f"fitting_{name}.mp4")
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-y"]
    command += [*map(str, before), "-i", str(film), "-c", "copy", *after, str(path)]
    subprocess.run(command, check=True)
    assert not is_copied(path, tmp_path)


def test_a_damaged_film_is_encoded(film, tmp_path):
    source = understood(film)
    data = bytearray(film.read_bytes())
    middle = data.index(b"mdat") + 2000
    for at in range(middle, middle + 20_000, 301):
        data[at] ^= 0xFF
    damaged = tmp_path / "damaged.mp4"
    damaged.write_bytes(data)
    rungs = rungs_for(source)
    assert remux.copied_rung(damaged, source, rungs, tmp_path, sandbox.Bounds()) is None


EVEN = Scan(
    profile="High",
    level=30,
    times=(0.0, 0.08, 0.04, 0.12, 0.2, 0.16),
    decoding_times=(-0.04, 0.0, 0.04, 0.08, 0.12, 0.16),
    sizes_bytes=(4000, 500, 500, 4000, 500, 500),
    key_times=(0.0, 0.12),
    idr_times=(0.0, 0.12),
    discarded=False,
)


def test_a_scan_tells_when_pictures_come(film):
    scanned = keyframes.scan(film, "mov")
    assert (scanned.profile, scanned.key_times) == ("High", (0.0, 3.0, 6.0))
    assert scanned.idr_times == scanned.key_times
    assert len(scanned.times) == len(scanned.sizes_bytes) == 175
    assert scanned.longest_gap_s(7.0) == 3.0


@pytest.mark.parametrize(
    ("change", "fits"),
    [
        ({}, True),
        ({"profile": "High 10"}, False),
        ({"level": 51}, False),
        ({"discarded": True}, False),
        ({"times": ()}, False),
        ({"idr_times": (0.0,)}, False),
        ({"idr_times": (0.0, 0.2)}, False),
        ({"times": (0.0, 0.08, 0.04, 0.2, 0.12, 0.16), "key_times": (0.0, 0.2)}, False),
        ({"times": (0.0, 0.08, 0.04, 0.12, 0.24, 0.16)}, False),
        ({"sizes_bytes": (4000, 500, 500, 400_000, 500, 500)}, False),
    ],
)
def test_each_property_of_the_stream_is_asked(films, film, change, fits):
    source = replace(understood(film), picture_s=0.24)
    assert remux.fits(replace(EVEN, **change), source, RUNG_360) is fits


def test_the_bucket_leaks_as_fast_as_the_rung_allows():
    """48,000 bits arrive at once, then 0.16 s pass: 16 kbit leak at 100 kbit/s."""
    steady = replace(EVEN, decoding_times=(0.0, 0.16), sizes_bytes=(6000, 6000), times=(0.0, 0.16))
    assert steady.keeps_within(100_000, 80_000)
    assert not steady.keeps_within(100_000, 79_999)
    assert steady.is_even(Fraction(100, 16), 0.001)


def test_gaps_are_measured_to_the_end():
    assert EVEN.longest_gap_s(5.12) == pytest.approx(5.0)


def test_nothing_is_read_of_a_film_that_cannot_fit(film, tmp_path):
    source = replace(understood(film), rotation=90)
    missing = Path("/nowhere/at/all.mp4")
    assert remux.copied_rung(missing, source, RUNGS, tmp_path, sandbox.Bounds()) is None
