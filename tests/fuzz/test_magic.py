"""A file's first bytes lead to one of a few formats, none of which may name other files."""

from hypothesis import given
from hypothesis import strategies as st

from media_pipeline import magic
from tests.fuzz.effort import effort

FORMATS = {"mov", "avi", "matroska", "ogg", "asf", "flv", "mxf", "mpeg", "mpegts", None}
MARKS = [
    *(
        b"\x1a\x45\xdf\xa3",
        b"OggS",
        b"FLV\x01",
        b"RIFF",
        b"AVI ",
        b"ftyp",
        b"moov",
        b"\x00\x00\x01\xba",
    ),
    *(b"#EXTM3U\n", b"ffconcat version 1.0\n", b"<MPD", b"v=0\n", b"\x47", b"\x00" * 187),
]
PIECES = st.lists(st.one_of(st.sampled_from(MARKS), st.binary(max_size=9)), max_size=40)


@effort()
@given(PIECES.map(b"".join))
def test_any_beginning_is_one_of_few_formats(head):
    assert magic.demuxer_for(head) in FORMATS


@effort()
@given(PIECES.map(b"".join), st.binary(max_size=50))
def test_what_follows_the_beginning_changes_nothing(head, rest):
    whole = head.ljust(magic.HEAD_BYTES, b"\0")
    assert magic.demuxer_for(whole[: magic.HEAD_BYTES]) == magic.demuxer_for(whole + rest)


@effort()
@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=400))
def test_a_text_list_is_never_a_film(text):
    """Only letters and signs: whatever names files or addresses."""
    for head in ("#EXTM3U\n", "ffconcat version 1.0\n", "[playlist]\n", "<?xml version='1.0'?>"):
        assert magic.demuxer_for((head + text).encode()) is None
