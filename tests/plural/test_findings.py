"""Every finding is said in words, with its numbers as people write them."""

import re

import pytest
from flask import Flask
from flask_babel import force_locale

from media_pipeline.codes import CODES
from plural import findings


@pytest.mark.parametrize("code", CODES)
def test_every_code_of_the_pipeline_has_a_sentence_for_its_data(app: Flask, code: str) -> None:
    with app.test_request_context():
        data = {name: [7.0] if name == "times_s" else 7 for name in CODES[code].data}
        said = findings.sentence(code, data)
        assert said != str(findings.UNKNOWN)
        assert "%(" not in said


JARGON = {
    *("codec", "codecs", "container", "stream", "streams", "bitrate", "transcode", "transcoding"),
    *("metadata", "decode", "decoded", "encode", "frame", "frames", "resolution", "interlaced"),
    *("progressive", "loudness", "parameter", "invalid", "unsupported", "corrupt", "corrupted"),
}


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("code", CODES)
def test_sentences_are_short_and_of_words_that_children_know(
    app: Flask, code: str, language: str
) -> None:
    """At most five pieces, none of more than 20 words, and no word of the trade."""
    data = {name: [7.0] if name == "times_s" else 7 for name in CODES[code].data}
    with app.test_request_context(), force_locale(language):
        said = findings.sentence(code, data)
    pieces = re.split(r"(?<=[.?!;:؟؛])\s+", said)
    assert len(pieces) <= 5
    assert max(len(piece.split()) for piece in pieces) <= 20
    assert JARGON.isdisjoint(re.findall(r"\w+", said.lower()))
    assert (language == "ar") == bool(re.search(r"[\u0620-\u064a]", said))


def test_there_are_no_sentences_for_codes_that_do_not_exist() -> None:
    assert set(findings.SENTENCES) == set(CODES)


@pytest.mark.parametrize(
    ("code", "data", "words"),
    [
        ("too_short", {"duration_s": 4.4, "min_duration_s": 60}, "\u20660:04\u2069 long"),
        ("too_long", {"duration_s": 359.6, "max_duration_s": 300}, "\u20666:00\u2069 long"),
        ("endless", {"duration_s": 7200, "longest_duration_s": 1}, "\u2066120:00\u2069"),
        ("too_large_file", {"size_bytes": 4_294_967_296, "max_size_bytes": 1e9}, "4,295 MB"),
        ("low_resolution", {"width": 320, "height": 240}, "320 by 240 dots"),
        ("damaged_in_part", {"count": 1, "times_s": [72.4]}, "In 1 place, at \u20661:12\u2069, a"),
        (
            "black_parts",
            {"count": 7, "times_s": [1, 2, 3]},
            "7 times, first at \u20660:01\u2069, \u20660:02\u2069, and \u20660:03\u2069.",
        ),
    ],
)
def test_numbers_are_written_as_people_read_them(
    app: Flask, code: str, data: dict[str, float], words: str
) -> None:
    with app.test_request_context():
        assert words in findings.sentence(code, data)


@pytest.mark.parametrize(("code", "data"), [("new_code", {}), ("too_long", {})])
def test_a_finding_of_another_release_gets_a_general_sentence(
    app: Flask, code: str, data: dict[str, float]
) -> None:
    with app.test_request_context():
        assert findings.sentence(code, data) == str(findings.UNKNOWN)
