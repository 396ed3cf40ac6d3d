"""The poster of films that were made to trick its choice, and what stills are made of."""

import numpy as np
import pytest

from media_pipeline.stills import choose_moment
from tests.media_pipeline.making import X264, run_ffmpeg

SCENE = "testsrc2=s=426x240:r=25"


@pytest.fixture
def moment(tmp_path):
    """The chosen second of a film that ffmpeg draws."""

    def chosen(graph, seconds):
        path = tmp_path / "film.mp4"
        run_ffmpeg("-f", "lavfi", "-i", graph, "-t", seconds, *X264, path)
        return choose_moment(path, seconds, tmp_path)

    return chosen


def test_a_black_beginning_is_passed_over(moment):
    black = f"{SCENE},drawbox=c=black:t=fill:enable='lt(t,5)'"
    assert moment(black, 8) >= 5


def test_a_blurred_part_is_passed_over(moment):
    blurred = f"{SCENE},gblur=sigma=4:enable='not(between(t,3,4.5))'"
    assert 3 <= moment(blurred, 9) <= 4.5


def test_fades_are_passed_over(moment):
    fading = f"{SCENE},fade=t=in:d=3.2,fade=t=out:st=4.8:d=3.2"
    assert 3 <= moment(fading, 8) <= 5


def test_two_pictures_that_melt_into_each_other_are_passed_over(moment):
    melting = (
        "smptebars=s=426x240:r=25:d=5[a];mandelbrot=s=426x240:r=25,trim=duration=5[b];"
        "[a][b]xfade=duration=4:offset=1"
    )
    assert not 1 < moment(melting, 6) < 5


def test_a_white_and_an_empty_part_are_passed_over(moment):
    flat = (
        f"{SCENE},drawbox=c=white:t=fill:enable='lt(t,3)',drawbox=c=gray:t=fill:enable='gt(t,4.5)'"
    )
    assert 3 <= moment(flat, 8) <= 4.5


def test_the_only_usable_picture_is_taken_even_near_the_edge(moment):
    late = f"{SCENE},drawbox=c=black:t=fill:enable='lt(t,9.4)'"
    assert moment(late, 10) >= 9.4


def test_a_single_picture_stands_for_itself(moment):
    assert moment(SCENE, 0.04) == 0.0


def test_pictures_have_the_colours_that_browsers_expect(passed):
    """A JPEG or WebP is read with the matrix of BT.601, whatever the film has."""
    made = passed("plain").made
    for name in ("poster.jpg", "still-320.jpg", "still-320.webp"):
        details = made[name].details
        raw = run_ffmpeg(
            *("-i", made[name].path, "-vf", "scale=in_color_matrix=smpte170m"),
            *("-f", "rawvideo", "-pix_fmt", "rgb24", "-"),
        )
        picture = np.frombuffer(raw, np.uint8).reshape(details["height"], details["width"], 3)
        height, width, _ = picture.shape
        wanted = {(0.1, 0.1): (255, 0, 0), (0.1, 0.9): (0, 255, 0), (0.9, 0.1): (0, 0, 255)}
        for (y, x), colour in wanted.items():
            found = picture[int(y * height), int(x * width)].astype(int)
            assert np.abs(found - colour).max() <= 8, (name, colour, found)


def test_a_webp_is_smaller_than_the_jpeg_of_its_size(passed):
    made = passed("moving").made
    for width in (320, 640):
        jpeg, webp = made[f"still-{width}.jpg"], made[f"still-{width}.webp"]
        assert webp.path.read_bytes()[8:12] == b"WEBP"
        assert webp.details == jpeg.details
        assert webp.path.stat().st_size < jpeg.path.stat().st_size
