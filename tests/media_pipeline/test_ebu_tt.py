"""EBU-TT-D documents, read back as XML."""

from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media_pipeline.captions import Cue, Subtitles, read_subtitles
from media_pipeline.ebu_tt import to_ebu_tt_d
from tests.media_pipeline import tech3380

TT = "{http://www.w3.org/ns/ttml}"
STYLING = "{http://www.w3.org/ns/ttml#styling}"
XML = "{http://www.w3.org/XML/1998/namespace}"
CUES = (Cue(1.0, 2.5, "Hello <b>you</b> & me"), Cue(3601.25, 3605.0, "سلام\nعليكم"))


def document(language: str = "en") -> ElementTree.Element:
    return ElementTree.fromstring(to_ebu_tt_d(Subtitles(CUES), language))


def lines(paragraph: ElementTree.Element) -> list[str | None]:
    return [span.text for span in paragraph.findall(f"{TT}span")]


def test_cues_keep_their_times_and_lines() -> None:
    paragraphs = list(document().iter(f"{TT}p"))
    assert [(p.get("begin"), p.get("end")) for p in paragraphs] == [
        ("00:00:01.000", "00:00:02.500"),
        ("01:00:01.250", "01:00:05.000"),
    ]
    assert [lines(p) for p in paragraphs] == [["Hello <b>you</b> & me"], ["سلام", "عليكم"]]
    assert len(paragraphs[1].findall(f"{TT}br")) == 1


def test_the_document_says_what_it_is() -> None:
    tt = document("fr")
    assert tt.tag == f"{TT}tt"
    assert tt.get(f"{XML}lang") == "fr"
    assert tt.get("{http://www.w3.org/ns/ttml#parameter}timeBase") == "media"
    standards = [e.text for e in tt.iter("{urn:ebu:tt:metadata}conformsToStandard")]
    assert "urn:ebu:tt:distribution:2018-04" in standards


@pytest.mark.parametrize("language", ["ar", "zh-Hant", "en", "fr", "ru", "es"])
def test_a_document_keeps_to_the_specification(language: str) -> None:
    cues = (*CUES, Cue(0.0, 0.001, "x"), Cue(359_999.0, 360_000.0, "日本"))
    assert tech3380.faults(to_ebu_tt_d(Subtitles(cues), language)) == []


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        (' ttp:timeBase="media"', "", "tt:tt lacks ttp:timeBase"),
        ('timeBase="media"', 'timeBase="smpte"', "ttp:timeBase is 'smpte'"),
        (' xml:lang="en"', "", "tt:tt lacks xml:lang"),
        ('cellResolution="32 15"', 'cellResolution="32x15"', "ttp:cellResolution is '32x15'"),
        (' tts:origin="10% 10%"', "", "tt:region lacks tts:origin"),
        ('tts:origin="10% 10%"', 'tts:origin="30% 10%"', "region bottom leaves the picture"),
        ('tts:fontSize="100%"', 'tts:fontSize="1c"', "tts:fontSize is '1c'"),
        ('color="#FFFFFF"', 'color="white"', "tts:color is 'white'"),
        ('region="bottom"', 'region="block"', "no region block"),
        ('style="line"', 'style="bottom"', "no style bottom"),
        ('xml:id="cue2"', 'xml:id="cue1"', "an xml:id is there twice"),
        (' xml:id="cue1"', "", "tt:p lacks xml:id"),
        ('begin="00:00:01.000"', 'begin="1s"', "begin is '1s'"),
        ('begin="00:00:01.000"', 'begin="00:00:03.000"', "cue1 ends before it begins"),
        ("<tt:div>", "<tt:div>text", "tt:div holds text"),
        ("<tt:br />", "<tt:p />", "tt:p holds ['tt:span', 'tt:p', 'tt:span']"),
    ],
)
def test_what_is_against_the_specification_is_noticed(before: str, after: str, fault: str) -> None:
    written = to_ebu_tt_d(Subtitles(CUES), "en").decode()
    assert before in written
    assert fault in tech3380.faults(written.replace(before, after, 1).encode())


def test_every_reference_leads_somewhere_and_every_id_is_there_once() -> None:
    tt = document()
    ids = [e.get(f"{XML}id") for e in tt.iter() if e.get(f"{XML}id")]
    assert len(ids) == len(set(ids))
    named = {e.get(kind) for e in tt.iter() for kind in ("style", "region") if e.get(kind)}
    assert named == {"block", "line", "bottom"}
    assert named <= set(ids)


@pytest.mark.parametrize(("language", "way"), [("ar", "rtl"), ("ar-EG", "rtl"), ("zh", "ltr")])
def test_lines_run_as_the_language_does(language: str, way: str) -> None:
    styles = {e.get(f"{XML}id"): e for e in document(language).iter(f"{TT}style")}
    assert styles["block"].get(f"{STYLING}direction") == way


@settings(max_examples=50, deadline=None)
@given(st.text(min_size=1, max_size=80))
def test_any_text_that_was_read_becomes_well_formed_xml(text: str) -> None:
    sent = f"1\n00:00:01,000 --> 00:00:02,000\nx{text.replace('-->', '')}\n"
    subtitles = read_subtitles(sent.encode("utf-8", "replace"), "a.srt")
    tt = ElementTree.fromstring(to_ebu_tt_d(subtitles, "en"))
    shown = ["\n".join(str(line) for line in lines(p)) for p in tt.iter(f"{TT}p")]
    assert shown == [cue.text for cue in subtitles.cues]
