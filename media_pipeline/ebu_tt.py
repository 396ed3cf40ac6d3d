"""Subtitles as EBU-TT-D (EBU Tech 3380), the XML that broadcasters take for online services."""

from xml.etree import ElementTree

from media_pipeline.captions import Subtitles, clock_time

MEDIA_TYPE = "application/ttml+xml"

_TT = "http://www.w3.org/ns/ttml"
_PARAMETER, _STYLING = f"{_TT}#parameter", f"{_TT}#styling"
_METADATA, _EBU_STYLE = "urn:ebu:tt:metadata", "urn:ebu:tt:style"
_XML = "http://www.w3.org/XML/1998/namespace"
_PREFIXES = {
    "tt": _TT,
    "ttp": _PARAMETER,
    "tts": _STYLING,
    "ebuttm": _METADATA,
    "ebutts": _EBU_STYLE,
}
_CONFORMS_TO = ("urn:ebu:tt:distribution:2018-04", "http://www.w3.org/ns/ttml/profile/imsc1/text")
_RIGHT_TO_LEFT = ("ar", "he", "fa", "ur")
_BLOCK, _LINE, _REGION = "block", "line", "bottom"


def to_ebu_tt_d(subtitles: Subtitles, language: str) -> bytes:
    """The document, UTF-8. `language` is the BCP 47 tag that it is marked with."""
    for prefix, address in _PREFIXES.items():
        ElementTree.register_namespace(prefix, address)
    document = ElementTree.Element(
        f"{{{_TT}}}tt",
        {
            f"{{{_PARAMETER}}}timeBase": "media",
            f"{{{_PARAMETER}}}cellResolution": "32 15",
            f"{{{_XML}}}lang": language,
        },
    )
    _add_head(document, language)
    division = _add(_add(document, "body"), "div")
    for number, cue in enumerate(subtitles.cues, 1):
        paragraph = _add(
            division,
            "p",
            {
                f"{{{_XML}}}id": f"cue{number}",
                "region": _REGION,
                "style": _BLOCK,
                "begin": clock_time(cue.start_s, "."),
                "end": clock_time(cue.end_s, "."),
            },
        )
        _add_lines(paragraph, cue.text)
    written: bytes = ElementTree.tostring(document, encoding="utf-8", xml_declaration=True)
    return written


def _add_head(document: ElementTree.Element, language: str) -> None:
    head = _add(document, "head")
    metadata = _add(head, "metadata")
    for standard in _CONFORMS_TO:
        conforms = ElementTree.SubElement(metadata, f"{{{_METADATA}}}conformsToStandard")
        conforms.text = standard
    styling, layout = _add(head, "styling"), _add(head, "layout")
    right_to_left = language.split("-")[0] in _RIGHT_TO_LEFT
    block = {
        "fontFamily": "proportionalSansSerif",
        "fontSize": "100%",
        "lineHeight": "120%",
        "textAlign": "center",
        "direction": "rtl" if right_to_left else "ltr",
        "unicodeBidi": "embed",
    }
    line = {"color": "#FFFFFF", "backgroundColor": "#000000"}
    for name, style in ((_BLOCK, block), (_LINE, line)):
        _add(styling, "style", {f"{{{_XML}}}id": name, **_styled(style)})
    box = {"origin": "10% 10%", "extent": "80% 80%", "displayAlign": "after"}
    _add(layout, "region", {f"{{{_XML}}}id": _REGION, **_styled(box)})


def _add_lines(paragraph: ElementTree.Element, text: str) -> None:
    for number, line in enumerate(text.split("\n")):
        if number:
            _add(paragraph, "br")
        _add(paragraph, "span", {"style": _LINE}).text = line


def _add(
    parent: ElementTree.Element, name: str, attributes: dict[str, str] | None = None
) -> ElementTree.Element:
    return ElementTree.SubElement(parent, f"{{{_TT}}}{name}", attributes or {})


def _styled(attributes: dict[str, str]) -> dict[str, str]:
    return {f"{{{_STYLING}}}{name}": value for name, value in attributes.items()}
