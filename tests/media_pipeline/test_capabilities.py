"""What the binaries must be able to do, and whether all that is used is asked for."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

import media_pipeline
from media_pipeline import binaries, capabilities
from media_pipeline.errors import BinaryMissing
from media_pipeline.loudness import normalisation
from media_pipeline.source import Loudness


def test_both_binaries_can_do_what_is_needed():
    assert set(capabilities.check(modern=True)) == {"ffmpeg", "ffprobe"}


def test_a_binary_that_cannot_is_named(tmp_path):
    weak = tmp_path / "ffmpeg"
    weak.write_text("#!/bin/sh\necho ' V..... libx264'\n")
    weak.chmod(0o755)
    try:
        binaries.use(ffmpeg=weak)
        with pytest.raises(BinaryMissing) as missing:
            capabilities.check()
        assert missing.value.code == "binary_incapable"
        lacking: list[str] = missing.value.data["lacks"]
        assert lacking[:2] == ["aac", "mjpeg"]
        assert "libx264" not in lacking
        binaries.use(ffmpeg=tmp_path / "nowhere")
        with pytest.raises(BinaryMissing) as missing:
            capabilities.check()
        assert missing.value.data["path"].endswith("nowhere")
    finally:
        binaries.use()


def test_a_word_in_a_description_is_no_ability(tmp_path):
    """As of an ffmpeg without the filter `volume`, whose name others have in what they tell."""
    weak = tmp_path / "ffmpeg"
    answers = [
        f"*{listing}*) cat <<'END'\n{without_volume(listing)}END\n;;" for listing in LISTINGS
    ]
    weak.write_text("\n".join(["#!/bin/sh", 'case "$*" in', *answers, "esac", ""]))
    weak.chmod(0o755)
    try:
        binaries.use(ffmpeg=weak)
        with pytest.raises(BinaryMissing) as missing:
            capabilities.check()
        assert missing.value.data["lacks"] == ["volume"]
    finally:
        binaries.use()


LISTINGS = ("-encoders", "-decoders", "-filters", "-demuxers")


def without_volume(listing):
    lines = told(listing).splitlines(keepends=True)
    kept = [line for line in lines if line.split()[1:2] != ["volume"]]
    assert ("volume" in "".join(kept)) == (listing == "-filters")
    return "".join(kept)


def test_every_filter_that_is_used_is_asked_for_and_no_other():
    asked = set(capabilities._NEEDED["ffmpeg", "-filters"])
    assert {name for path in sources() for name in filters_in(path)} | in_options() == asked


NAME = re.compile(r"(?:^|,)([a-z0-9]+)(?:=|,|$)")
ALONE = ("idet",)
"""What is a chain of one filter without options; other words stand alone that are none."""


def sources():
    folder = Path(media_pipeline.__file__).parent
    return [path for path in folder.glob("*.py") if path.name != "capabilities.py"]


def filters_in(path):
    """The filters in calls that compose graphs, and in texts that are chains of filters."""
    known, found = all_filters(), set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in ("filter", "filter_multi_output"):
                found |= {each.value for each in node.args[:1] if isinstance(each, ast.Constant)}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            chain = re.search("[,=]", node.value) or node.value in ALONE
            found |= set(NAME.findall(node.value)) & known if chain else set()
    return found


def in_options():
    loud = Loudness(integrated=-40.0, true_peak=0.0, range=5.0, threshold=-50.0)
    return set(normalisation(loud).limiter_options)


def all_filters():
    columns = (line.split() for line in told("-filters").splitlines())
    return {words[1] for words in columns if len(words) > 2}


def told(listing):
    command = [binaries.path_of("ffmpeg"), "-v", "error", listing]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
