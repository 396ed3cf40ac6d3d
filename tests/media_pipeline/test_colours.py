"""Tags of colour as files carry them: missing, untrue and rare ones."""

from pathlib import Path
from tempfile import mkdtemp

import numpy as np
import pytest

from media_pipeline.encode import make
from media_pipeline.ladder import plan
from media_pipeline.verdict import Limits, inspect
from tests.media_pipeline.making import run_ffmpeg
from tests.seldom import seldom

PQ, HLG = 16, 18
BT2020, BT2020_NC = 9, 9
UNTOLD = 2
CONVERTED = (1, 2, 4, 5, 6, 7, 8, 9, 10)
"""Numbers of H.273 for the matrices that we convert or take for untold."""


@pytest.fixture
def tagged(films, tmp_path):
    """The film `plain` or one of high dynamic range with other tags in its pictures and no others:
    the matrix, the transfer and the primaries by their numbers in H.273."""

    def write(name, matrix, transfer, primaries):
        source, path = films.get(name), tmp_path / "tagged.mp4"
        kind = "hevc_metadata" if name in ("pq", "hlg") else "h264_metadata"
        tags = f"matrix_coefficients={matrix}:transfer_characteristics={transfer}"
        how = f"{kind}={tags}:colour_primaries={primaries}"
        run_ffmpeg("-i", source, "-c", "copy", "-bsf:v", how, "-movflags", "-write_colr", path)
        return path

    return write


@pytest.fixture
def picture_of(look, tmp_path):
    """One picture of the small rung that is made of a file."""

    def made(path):
        verdict = inspect(path, Limits())
        assert verdict.accepted, verdict.findings
        folder = Path(mkdtemp(dir=tmp_path))
        planned = [each for each in plan(verdict.source) if each.name == "240.mp4"]
        (film,) = make(
            "first", planned, path, verdict.source, folder, on_progress=lambda share: None
        )
        return look.picture(film.path).astype(int)

    return made


@pytest.mark.parametrize(
    ("name", "transfer"), [("pq", PQ), *seldom(("hlg", HLG))], ids=["pq", "hlg"]
)
def test_without_its_primaries_high_dynamic_range_has_the_same_colours(
    passed, look, tagged, picture_of, name, transfer
):
    told = look.picture(passed(name).made["240.mp4"].path).astype(int)
    untold = picture_of(tagged(name, BT2020_NC, transfer, UNTOLD))
    places = [(24, 42), (24, 384), (216, 42), (216, 384), (120, 213)]
    for y, x in places:
        assert np.abs(untold[y, x] - told[y, x]).max() <= 2, (untold[y, x], told[y, x])
    assert np.abs(untold - told).mean() <= 0.5


@pytest.mark.parametrize("matrix", [0, 14, *seldom(3, 11, 12, 13, 15, 16, 17)])
def test_a_matrix_that_cannot_be_or_that_nobody_converts_is_taken_for_untold(
    tagged, picture_of, matrix
):
    untold = picture_of(tagged("plain", UNTOLD, 1, 1))
    assert matrix not in CONVERTED
    assert np.abs(picture_of(tagged("plain", matrix, 1, 1)) - untold).max() <= 2


@pytest.mark.parametrize(
    ("matrix", "transfer", "primaries"),
    [
        (8, 1, 1),
        (0, PQ, BT2020),
        (10, HLG, BT2020),
        (BT2020_NC, PQ, 3),
        (14, 1, BT2020),
        *seldom(*((matrix, transfer, BT2020) for matrix in range(15) for transfer in (PQ, HLG))),
        *seldom(*((BT2020_NC, PQ, primaries) for primaries in (*range(13), 22))),
        *seldom(*((matrix, 1, BT2020) for matrix in range(15))),
        *seldom(*((1, transfer, 1) for transfer in range(20))),
        *seldom(*((1, 1, primaries) for primaries in (*range(14), 22))),
        *seldom(*((BT2020_NC, transfer, BT2020) for transfer in range(19))),
    ],
)
def test_no_film_that_is_accepted_fails_for_its_tags(
    tagged, picture_of, matrix, transfer, primaries
):
    picture = picture_of(tagged("plain", matrix, transfer, primaries))
    assert picture.shape == (240, 426, 3)
    assert picture.std() > 20
