"""What EBU Tech 3380 (EBU-TT-D 1.0.1) asks of a document, as a table of its elements."""

import re
from dataclasses import dataclass
from xml.etree import ElementTree

NAMESPACES = {
    "http://www.w3.org/ns/ttml": "tt",
    "http://www.w3.org/ns/ttml#parameter": "ttp",
    "http://www.w3.org/ns/ttml#styling": "tts",
    "http://www.w3.org/XML/1998/namespace": "xml",
    "urn:ebu:tt:metadata": "ebuttm",
    "urn:ebu:tt:style": "ebutts",
}
PERCENT = r"\d+(\.\d+)?%"
TIME = r"\d\d+:[0-5]\d:[0-5]\d(\.\d{3})?"
COLOUR = r"#[0-9a-fA-F]{6}([0-9a-fA-F]{2})?"
NAME = r"[A-Za-z_][\w.-]*"
VALUES = {
    "ttp:timeBase": "media",
    "ttp:cellResolution": r"[1-9]\d* [1-9]\d*",
    "xml:lang": r"([A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*)?",
    "xml:space": "default|preserve",
    "xml:id": NAME,
    "style": rf"{NAME}( {NAME})*",
    "region": NAME,
    "begin": TIME,
    "end": TIME,
    "tts:origin": f"{PERCENT} {PERCENT}",
    "tts:extent": f"{PERCENT} {PERCENT}",
    "tts:padding": f"{PERCENT}( {PERCENT}){{0,3}}",
    "tts:displayAlign": "before|center|after",
    "tts:writingMode": "lrtb|rltb|tbrl|tblr|lr|rl|tb",
    "tts:overflow": "visible|hidden",
    "tts:showBackground": "always|whenActive",
    "tts:direction": "ltr|rtl",
    "tts:unicodeBidi": "normal|embed|bidiOverride",
    "tts:fontFamily": "[^',]+(, *[^',]+)*",
    "tts:fontSize": PERCENT,
    "tts:lineHeight": f"normal|{PERCENT}",
    "tts:textAlign": "left|center|right|start|end",
    "tts:color": COLOUR,
    "tts:backgroundColor": COLOUR,
    "tts:fontStyle": "normal|italic",
    "tts:fontWeight": "normal|bold",
    "tts:textDecoration": "none|underline",
    "tts:wrapOption": "wrap|noWrap",
    "ebutts:multiRowAlign": "start|center|end|auto",
    "ebutts:linePadding": r"\d+(\.\d+)?c",
}


@dataclass(frozen=True)
class Rule:
    """What an element must and may carry, and its children in their order; `text` of its own."""

    must: set[str]
    may: set[str]
    children: str
    text: bool = False


_STYLES = {name for name in VALUES if name.startswith(("tts:", "ebutts:"))}
_OF_REGIONS = {"origin", "extent", "padding", "displayAlign", "writingMode", "overflow"}
_OF_REGIONS = {f"tts:{name}" for name in (*_OF_REGIONS, "showBackground")}
RULES = {
    "tt:tt": Rule(
        {"ttp:timeBase", "xml:lang"}, {"ttp:cellResolution", "xml:space"}, "tt:head (tt:body )?"
    ),
    "tt:head": Rule(set(), set(), "(tt:metadata )?tt:styling tt:layout "),
    "tt:metadata": Rule(set(), set(), "(ebuttm:conformsToStandard )*"),
    "ebuttm:conformsToStandard": Rule(set(), set(), "", text=True),
    "tt:styling": Rule(set(), set(), "(tt:style )+"),
    "tt:style": Rule({"xml:id"}, _STYLES - _OF_REGIONS, ""),
    "tt:layout": Rule(set(), set(), "(tt:region )+"),
    "tt:region": Rule({"xml:id", "tts:origin", "tts:extent"}, {"style", *_OF_REGIONS}, ""),
    "tt:body": Rule(set(), {"style"}, "(tt:div )+"),
    "tt:div": Rule(set(), {"xml:id", "region", "style", "xml:lang"}, "(tt:p )+"),
    "tt:p": Rule(
        {"xml:id"},
        {"xml:space", "xml:lang", "region", "style", "begin", "end"},
        "(tt:br |tt:span )*",
        text=True,
    ),
    "tt:span": Rule(
        set(), {"xml:id", "xml:space", "xml:lang", "style", "begin", "end"}, "(tt:br )*", text=True
    ),
    "tt:br": Rule(set(), set(), ""),
}


def faults(document: bytes) -> list[str]:
    """All that is against the specification, in words."""
    root = ElementTree.fromstring(document)
    found = [] if _named(root.tag) == "tt:tt" else ["the root is not tt:tt"]
    for element in root.iter():
        found += _faults_of(element)
    return [*found, *_wrong_ids(root), *_wrong_regions(root), *_wrong_times(root)]


def _faults_of(element: ElementTree.Element) -> list[str]:
    name, held = _named(element.tag), _attributes(element)
    rule = RULES.get(name)
    if rule is None:
        return [f"{name} is not known"]
    found = [f"{name} lacks {each}" for each in sorted(rule.must - set(held))]
    found += [f"{name} may not have {each}" for each in sorted(set(held) - rule.must - rule.may)]
    for each, value in held.items():
        if not re.fullmatch(VALUES.get(each, ".*"), value):
            found.append(f"{each} is {value!r}")
    children = "".join(f"{_named(child.tag)} " for child in element)
    if not re.fullmatch(rule.children, children):
        found.append(f"{name} holds {children.split()}")
    texts = [element.text, *(child.tail for child in element)]
    if not rule.text and any((text or "").strip() for text in texts):
        found.append(f"{name} holds text")
    return found


def _wrong_ids(root: ElementTree.Element) -> list[str]:
    named = [(_attributes(each).get("xml:id"), _named(each.tag)) for each in root.iter()]
    ids = [each for each in named if each[0]]
    found = [] if len({name for name, _ in ids}) == len(ids) else ["an xml:id is there twice"]
    for element in root.iter():
        styles = element.get("style", "").split()
        found += [f"no style {each}" for each in styles if (each, "tt:style") not in ids]
        region = element.get("region")
        if region and (region, "tt:region") not in ids:
            found.append(f"no region {region}")
    return found


def _wrong_regions(root: ElementTree.Element) -> list[str]:
    found = []
    for element in root.iter():
        held = _attributes(element)
        if "tts:origin" not in held or "tts:extent" not in held:
            continue
        sides = [re.findall(r"[\d.]+", held[each]) for each in ("tts:origin", "tts:extent")]
        if any(float(begin) + float(size) > 100 for begin, size in zip(*sides, strict=True)):
            found.append(f"region {held['xml:id']} leaves the picture")
    return found


def _wrong_times(root: ElementTree.Element) -> list[str]:
    """Times of equal width compare as texts."""
    held = [_attributes(each) for each in root.iter()]
    timed = [each for each in held if {"begin", "end"} <= set(each)]
    wrong = [e for e in timed if not e["begin"].rjust(20, "0") < e["end"].rjust(20, "0")]
    return [f"{each['xml:id']} ends before it begins" for each in wrong]


def _attributes(element: ElementTree.Element) -> dict[str, str]:
    return {_named(name): value for name, value in element.items()}


def _named(name: str) -> str:
    """A name with the usual prefix of its namespace."""
    if not name.startswith("{"):
        return name
    address, local = name[1:].split("}")
    return f"{NAMESPACES.get(address, address)}:{local}"
