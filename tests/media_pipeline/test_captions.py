"""Subtitles in, plain timed text out."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media_pipeline.captions import Cue, Subtitles, UnreadableSubtitles, read_subtitles

SRT = (
    "1\r\n00:00:01,000 --> 00:00:02,500\r\n<i>Hello</i> you\r\n\r\n"
    "2\r\n00:00:03,000 --> 00:00:05,000\r\nسلام عليكم يا أصدقائي\r\nكيف حالكم اليوم\r\n"
)
CUES = (Cue(1.0, 2.5, "Hello you"), Cue(3.0, 5.0, "سلام عليكم يا أصدقائي\nكيف حالكم اليوم"))

VTT = """WEBVTT - a title
Kind: captions

STYLE
::cue { background: url(http://127.0.0.1/) }

NOTE a note
of two lines

first
00:01.000 --> 00:02.500 line:0 align:start
<v Roger>Hi &lt;b&gt;</v> <b onclick="x">you</b>
<c.yellow>second</c> &amp; 1 < 2

00:00:03.000 --> 00:00:04.000
<00:03.500>later
"""

ASS = """[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize
Style: Default,Arial,20

[Fonts]
fontname: evil.ttf
!!!!!!!!

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:01.00,0:00:02.50,Default,,0,0,0,,{\\b1\\fnEvil}Hello{\\b0}\\Nyou
Dialogue: 0,0:00:03.00,0:00:04.00,Default,,0,0,0,,{\\p1}m 0 0 l 100 0 100 100{\\p0}
Comment: 0,0:00:05.00,0:00:06.00,Default,,0,0,0,,not spoken
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1256"])
def test_srt_is_read_in_any_usual_encoding(encoding):
    assert read_subtitles(SRT.encode(encoding), "film.srt").cues == CUES


LINES = {
    ("pl", "cp1250"): "Zażółć gęślą jaźń.",
    ("cs", "iso8859_2"): "Příliš žluťoučký kůň úpěl ďábelské ódy.",
    ("hu", "cp1250"): "Győr és Erdőkövesd. Tűz!",
    ("tr", "cp1254"): "Şimdi ne yapıyorsun? Öğretmen geldi.",
    ("el", "cp1253"): "Γεια σου, τι κάνεις;",
    ("he", "cp1255"): "שלום, מה שלומך?",
    ("ru", "cp1251"): "Привет, как дела?",
    ("ru", "koi8_r"): "Привет, как дела?",
    ("uk", "cp1251"): "Привіт, як справи?",
    ("ar", "cp1256"): "مرحبا كيف حالك؟",
    ("fa", "cp1256"): "سلام، چطوري؟",
    ("lt", "cp1257"): "Ačiū, mielas drauge!",
    ("th", "cp874"): "สวัสดีครับ",
    ("ja", "cp932"): "こんにちは、元気ですか。",
    ("ko", "cp949"): "안녕하세요, 잘 지내세요?",
    ("zh-Hans", "gb18030"): "你好，你怎么样？",
    ("zh-Hant", "big5"): "你好，你怎麼樣？",
    ("fr", "cp1252"): "Où es-tu ? L’été est là.",
    ("de", "mac_roman"): "Schöne Grüße für alle.",
    ("ru", "utf-16-be"): "Привет, как дела?",
    ("en", "utf-16-le"): "Hello there",
}


def one_cue(words):
    return f"1\n00:00:01,000 --> 00:00:02,000\n{words}\n"


@pytest.mark.parametrize(("language", "encoding"), LINES)
def test_a_single_line_is_read_in_what_programs_write_of_its_language(language, encoding):
    words = LINES[language, encoding]
    (cue,) = read_subtitles(one_cue(words).encode(encoding), "film.srt", language).cues
    assert cue.text == words


def test_a_western_encoding_is_guessed_without_the_language():
    words = "Déjà vu à l'été, où êtes-vous passés ? Ça va très bien."
    (cue,) = read_subtitles(one_cue(words).encode("cp1252"), "film.srt").cues
    assert cue.text == words


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("I <3 you and you > me", "I <3 you and you > me"),
        ("Write to <me@example.org> now", "Write to <me@example.org> now"),
        ("{laughs} Hello", "{laughs} Hello"),
        ("{\\an8}<i>At the top</i>", "At the top"),
        ('<font color="red">Red</font> <b>bold</b>', "Red bold"),
    ],
)
def test_what_is_no_tag_stays_in_the_words(written, words):
    (cue,) = read_subtitles(one_cue(written).encode(), "film.srt").cues
    assert cue.text == words


def test_lines_that_old_machines_end_are_lines():
    data = SRT.replace("\n", "\r").encode()
    assert read_subtitles(data, "film.srt").cues == CUES


def test_webvtt_loses_styles_notes_and_tags_and_keeps_the_words():
    assert read_subtitles(VTT.encode(), "film.vtt").cues == (
        Cue(1.0, 2.5, "Hi <b> you\nsecond & 1 < 2"),
        Cue(3.0, 4.0, "later"),
    )


def test_ass_loses_styles_drawings_and_attachments():
    assert read_subtitles(ASS.encode(), "film.ass").cues == (Cue(1.0, 2.5, "Hello\nyou"),)


def test_the_content_decides_the_format():
    assert read_subtitles(VTT.encode(), "film.srt").cues[1].text == "later"


def test_webvtt_is_written_with_everything_escaped():
    cues = (Cue(1, 2, "<script>alert(1)</script> & --> x"), Cue(3661.5, 3662, "end"))
    text = Subtitles(cues).to_webvtt().decode()
    assert text == (
        "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n"
        "&lt;script&gt;alert(1)&lt;/script&gt; &amp; --&gt; x\n\n"
        "01:01:01.500 --> 01:01:02.000\nend\n"
    )
    assert read_subtitles(text.encode(), "x.vtt").cues[0].text == cues[0].text


def test_srt_is_written_with_crlf_and_numbers():
    text = Subtitles(CUES).to_srt().decode()
    assert text.startswith("1\r\n00:00:01,000 --> 00:00:02,500\r\nHello you\r\n\r\n2\r\n")
    assert read_subtitles(text.encode(), "x.srt").cues == CUES


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "a.srt", "unknown_subtitle_format"),
        (b"hello", "a.srt", "unknown_subtitle_format"),
        (SRT.encode(), "a.exe", "unknown_subtitle_format"),
        (b"WEBVTT\n\n", "a.vtt", "no_cues"),
        (b"[Script Info]\nfoo", "a.ass", "no_cues"),
        (b"1\n00:00:05,000 --> 00:00:02,000\nbackwards\n", "a.srt", "no_cues"),
        (b"\xff\xfe\x00", "a.srt", "unknown_encoding"),
        (b" " * 5_000_001, "a.srt", "too_large_subtitles"),
    ],
)
def test_what_cannot_be_read_is_named(data, name, code):
    with pytest.raises(UnreadableSubtitles) as unreadable:
        read_subtitles(data, name)
    assert unreadable.value.code == code


def test_cues_come_in_the_order_of_time():
    data = b"1\n00:00:05,000 --> 00:00:06,000\nlate\n\n2\n00:00:01,000 --> 00:00:02,000\nearly\n"
    assert [cue.text for cue in read_subtitles(data, "a.srt").cues] == ["early", "late"]


def test_what_viewers_stumble_over_is_found():
    cues = (
        Cue(0.0, 4.0, "long"),
        Cue(1.0, 1.5, "under the long one"),
        Cue(3.0, 3.5, "still under it"),
        Cue(5.0, 5.5, "far too many characters for half a second"),
        Cue(9.0, 12.0, "after the end"),
    )
    found = {each.code: each.data for each in Subtitles(cues).findings(10.0)}
    assert found["cues_overlap"] == {"count": 2, "first_s": 1.0}
    assert found["cue_after_end"] == {"count": 1, "first_s": 9.0}
    assert found["cue_too_fast"]["first_s"] == 1.0
    assert Subtitles(CUES).findings(10.0) == ()


@settings(deadline=None, database=None, max_examples=60)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_named(data):
    for head in (b"WEBVTT\n\n", b"1\n00:00:01,000 --> 00:00:02,000\n", b"[Script Info]\n", b""):
        with suppress(UnreadableSubtitles):
            subtitles = read_subtitles(head + data, "a.srt")
            assert read_subtitles(subtitles.to_webvtt(), "b.vtt").cues


@settings(deadline=None, database=None, max_examples=60)
@given(st.lists(st.text(min_size=1, max_size=60), min_size=1, max_size=5))
def test_no_text_can_break_out_of_its_cue(texts):
    cues = tuple(Cue(n, n + 0.5, text) for n, text in enumerate(texts))
    srt = Subtitles(cues).to_srt()
    try:
        plain = read_subtitles(srt, "a.srt")
    except UnreadableSubtitles:
        return
    written = plain.to_webvtt().decode()
    body = written.removeprefix("WEBVTT\n")
    assert "<" not in body
    assert body.count("-->") == len(plain.cues)
