"""Subtitles of any bytes are read or refused by name, and nothing of their markup gets out."""

import html
import math
from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from media_pipeline.captions import UnreadableSubtitles, read_subtitles
from tests.fuzz.effort import effort

PIECES = [
    *("WEBVTT\n\n", "[Script Info]\n", "[V4+ Styles]\n", "[Events]\n", "Format: ", "Dialogue: "),
    *(
        "0,0:00:01.00,0:00:02.00,Default,,0,0,0,,",
        "\n\n",
        "\n",
        "1\n",
        "\\N",
        "{\\p1}",
        "{\\pos(1,1)}",
    ),
    *("00:00:01,000 --> 00:00:02,000\n", "00:01.000 --> 00:02.000 line:0\n", "99:99:99,999", "-->"),
    *("<b>", "</b>", "<script>", "&lt;", "&#0;", "&amp;amp;", "<c.x>", "STYLE\n", "NOTE x\n", "\0"),
    *("\u202e", "\u2028", "\ufeff", "سلام", "字幕", "e\u0301", "-00:00:01,000 --> 00:00:00,500\n"),
]
TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=12)), max_size=30)
ENCODINGS = st.sampled_from(["utf-8", "utf-16", "utf-8-sig", "cp1252", "cp1256", "gb18030"])
NAMES = st.sampled_from(["a.srt", "a.vtt", "a.ass", "a.ssa"])


@effort(200)
@given(TEXTS.map("".join), ENCODINGS, NAMES)
def test_texts_are_read_into_cues_in_order_and_without_markup(text, encoding, name):
    with suppress(UnreadableSubtitles):
        found = read_subtitles(text.encode(encoding, "replace"), name)
        starts = [cue.start_s for cue in found.cues]
        assert starts == sorted(starts)
        assert all(0 <= cue.start_s < cue.end_s < math.inf for cue in found.cues)
        assert all(cue.text.strip() and "\r" not in cue.text for cue in found.cues)
        assert texts_of(found.to_webvtt()) == [cue.text for cue in found.cues]


def texts_of(webvtt: bytes) -> list[str]:
    """What WebVTT holds that is written as ours: blocks of a time line and escaped text."""
    head, *blocks = webvtt.decode().removesuffix("\n").split("\n\n")
    assert head == "WEBVTT"
    texts = []
    for block in blocks:
        times, text = block.split("\n", 1)
        assert times.count("-->") == 1
        assert "-->" not in text
        assert "<" not in text
        texts.append(html.unescape(text))
    return texts


@effort(200)
@given(st.binary(max_size=300), NAMES)
def test_bytes_are_read_or_refused_by_name(data, name):
    with suppress(UnreadableSubtitles):
        assert read_subtitles(data, name).cues
