"""Every finding: a file that leads to it, its data, and its line in the documentation."""

import os
import re
import shutil
from pathlib import Path

import pytest

from media_pipeline.captions import read_subtitles
from media_pipeline.codes import CODES, finding
from media_pipeline.verdict import Limits, inspect

PAGE = Path(__file__).parents[2] / "docs" / "findings.md"

FIRST_LOOK = {
    "no_index": "without_index",
    "damaged": "emptied",
    "unreadable_sound": "unreadable_sound",
    "no_picture": "sound_only",
    "unsupported_dolby_vision": "dolby_vision",
    "too_large_picture": "huge",
    "truncated": "cut",
    "no_sound": "silent_film",
    "silent": "silence",
    "hdr": "pq",
    "interlaced": "interlaced",
    "variable_rate": "uneven_rate",
    "askew": "askew",
    "low_resolution": "small",
    "endless": "four_hours",
    "too_many_streams": "seventy_tracks",
    "too_short": "half_a_second",
    "too_long": "five_minutes_and_more",
}
BY_SIZE = {"too_large_file": 50_000_001}
SECOND_LOOK = {
    "mostly_damaged": "mostly_damaged",
    "damaged_badly": "badly_damaged",
    "damaged_in_part": "damaged_in_part",
    "all_black": "black",
    "all_frozen": "frozen",
    "black_parts": "pauses",
    "frozen_parts": "pauses",
    "silent_parts": "pauses",
}
BYTES = {"empty": b"", "not_a_film": b"I am a film, believe me."}
CAPTIONS = {
    "cues_overlap": (
        "1\n00:00:01,000 --> 00:00:04,000\nOne\n\n2\n00:00:02,000 --> 00:00:05,000\nTwo\n"
    ),
    "cue_too_fast": "1\n00:00:01,000 --> 00:00:01,200\nFar too many words for so little time\n",
    "cue_after_end": "1\n00:00:11,000 --> 00:00:14,000\nToo late\n",
}


def told(code, findings):
    (found,) = (each for each in findings if each.code == code)
    assert found.severity == CODES[code].severity
    assert set(found.data) == set(CODES[code].data)


@pytest.mark.parametrize(("code", "name"), FIRST_LOOK.items())
def test_a_file_leads_to_it_at_first_sight(judged, code, name):
    told(code, judged(name).findings)
    assert judged(name).accepted == (CODES[code].severity != "refused")


@pytest.mark.parametrize(("code", "size_bytes"), BY_SIZE.items())
def test_one_byte_more_than_is_taken_leads_to_it(films, tmp_path, code, size_bytes):
    """A film with a hole behind it, which takes no room."""
    path = Path(shutil.copy(films.get("plain"), tmp_path / "film.mp4"))
    os.truncate(path, size_bytes)
    verdict = inspect(path, Limits(max_size_bytes=size_bytes - 1))
    told(code, verdict.findings)
    assert verdict.size_bytes == size_bytes
    assert code not in {each.code for each in inspect(path, Limits()).findings}


@pytest.mark.parametrize(("code", "name"), SECOND_LOOK.items())
def test_a_whole_decode_leads_to_it(examined, code, name):
    told(code, examined(name).findings)


@pytest.mark.parametrize(("code", "data"), BYTES.items())
def test_bytes_lead_to_it(tmp_path, code, data):
    film = tmp_path / "film.mp4"
    film.write_bytes(data)
    told(code, inspect(film, Limits()).findings)


@pytest.mark.parametrize(("code", "text"), CAPTIONS.items())
def test_subtitles_lead_to_it(code, text):
    told(code, read_subtitles(text.encode(), "film.srt").findings(duration_s=10.0))


def test_there_is_a_file_for_every_code():
    provoked = [*FIRST_LOOK, *BY_SIZE, *SECOND_LOOK, *BYTES, *CAPTIONS]
    assert sorted(provoked) == sorted(CODES)


def test_a_finding_carries_the_data_of_its_code_and_nothing_else():
    for code, known in CODES.items():
        assert known.code == code
        data = dict.fromkeys(known.data, 1)
        assert finding(code, **data).severity == known.severity
        with pytest.raises(ValueError, match=code):
            finding(code, surplus=1, **data)


def test_the_documentation_names_every_code_as_it_is():
    """One row of a table for each: code, severity, data, meaning."""
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (.*?) \| (.*?) \|$", PAGE.read_text(), re.MULTILINE)
    written = {row[0]: row[1:] for row in rows}
    assert len(rows) == len(written)
    assert written == {
        known.code: (
            known.severity,
            ", ".join(f"`{name}`" for name in known.data) or "–",
            known.meaning,
        )
        for known in CODES.values()
    }
