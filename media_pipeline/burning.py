"""Subtitles that become part of the picture: an ASS of our own, and the fonts that it names."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Literal, cast

from media_pipeline.captions import Subtitles

Script = Literal["arabic", "han", "other"]

FILE_NAME = "subtitles.ass"
_TEXT_HEIGHT = 1 / 18
"""Of a Chinese line against the picture's short side; the other fonts are made to look alike."""
_SIDE_MARGIN, _BOTTOM_MARGIN = 0.06, 0.07
_OUTLINE = 1 / 14
_RUNS = re.compile(
    "(?P<arabic>[\u0600-\u06ff\u0750-\u077f\u0870-\u08ff\ufb50-\ufdff\ufe70-\ufefc]+)"
    "|(?P<han>[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef"
    "\U00020000-\U0003ffff]+)"
    "|(?P<other>[A-Za-z\u00c0-\u052f\u1e00-\u1fff]+)",
)
_TRADITIONAL = re.compile(r"zh-(hant|tw|hk|mo)\b", re.IGNORECASE)
_WORD_JOINER = "\u2060"


@dataclass(frozen=True)
class Font:
    """A font file and the family in it to take; `size` against a Chinese one of the same height."""

    family: str
    path: Path
    size: float


def fonts(language: str) -> dict[Script, Font]:
    """The font of each script; Chinese characters are drawn as the language draws them."""
    region = "TC" if _TRADITIONAL.match(language) else "SC"
    return {
        "arabic": Font("Noto Sans Arabic", _file("fontpkg_noto_sans_arabic", *_ARABIC), 1.4),
        "han": Font(f"Noto Sans CJK {region}", _file("noto_cjk_sans_otc", *_HAN), 1.0),
        "other": Font("Noto Sans", _file("fontpkg_noto_sans", *_OTHER), 1.1),
    }


_ARABIC = ("files", "NotoSansArabic[wdth,wght].ttf")
_HAN = ("NotoSansCJK-Regular.ttc",)
_OTHER = ("files", "NotoSans[wdth,wght].ttf")


def _file(package: str, *names: str) -> Path:
    return Path(str(files(package).joinpath(*names)))


def put_fonts(folder: Path, text: str, language: str) -> None:
    """Copy the fonts that a text needs into a folder, where every user can read them."""
    found = fonts(language)
    folder.chmod(0o755)
    for script in scripts_of(text, language):
        copy = folder / f"{script}{found[script].path.suffix}"
        shutil.copyfile(found[script].path, copy)
        copy.chmod(0o644)


def scripts_of(text: str, language: str) -> set[Script]:
    """The scripts whose fonts are needed."""
    return {main_script(language), *(script for script, _ in _runs(text, language))}


def main_script(language: str) -> Script:
    """The script that a language is written in; its font also draws what stands between."""
    beginnings: dict[str, Script] = {"ar": "arabic", "zh": "han"}
    return beginnings.get(language.split("-")[0], "other")


def to_ass(subtitles: Subtitles, language: str, size: tuple[int, int]) -> str:
    """Subtitles as ASS for a picture of this size, every character of them shown as it is.

    Lines begin at the side that their text asks for. Runs in another script than the language's
    have the style of their own, because no font has all of them.
    """
    width, height = size
    events = [
        f"Dialogue: 0,{_time(cue.start_s)},{_time(cue.end_s)},{main_script(language)},"
        f",0,0,0,,{_marked(cue.text, language)}"
        for cue in subtitles.cues
    ]
    head = [
        "[Script Info]",
        "ScriptType: v4.00+",
        f"PlayResX: {width}",
        f"PlayResY: {height}",
        "WrapStyle: 0",
        "ScaledBorderAndShadow: yes",
        "YCbCr Matrix: None",
        "[V4+ Styles]",
        f"Format: {', '.join(_STYLE_FIELDS)}",
        *(_style(script, font, size) for script, font in fonts(language).items()),
        "[Events]",
        "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text",
    ]
    return "\n".join([*head, *events, ""])


_STYLE_FIELDS = (
    *("Name", "Fontname", "Fontsize", "PrimaryColour", "OutlineColour", "BackColour"),
    *("BorderStyle", "Outline", "Shadow", "Alignment", "MarginL", "MarginR", "MarginV", "Encoding"),
)
_WHITE, _BLACK, _CLEAR = "&H00FFFFFF", "&H00000000", "&HFF000000"
_BELOW_MIDDLE = 2
_BY_THE_TEXT = -1
"""As the encoding of a style it means: the first letter says from which side a line runs."""


def _style(script: Script, font: Font, size: tuple[int, int]) -> str:
    width, height = size
    text_height = min(size) * _TEXT_HEIGHT
    margin, below = round(width * _SIDE_MARGIN), round(height * _BOTTOM_MARGIN)
    values = (
        *(script, font.family, round(text_height * font.size, 1), _WHITE, _BLACK, _CLEAR),
        *(1, round(text_height * _OUTLINE, 1), 0, _BELOW_MIDDLE, margin, margin, below),
        _BY_THE_TEXT,
    )
    return f"Style: {','.join(map(str, values))}"


def _marked(text: str, language: str) -> str:
    main = main_script(language)
    runs = (
        _escaped(run) if script == main else f"{{\\r{script}}}{_escaped(run)}{{\\r}}"
        for script, run in _runs(text, language)
    )
    return "".join(runs)


def _runs(text: str, language: str) -> Iterator[tuple[Script, str]]:
    """The text in pieces of one script each."""
    main, begin = main_script(language), 0
    for found in _RUNS.finditer(text):
        script = cast("Script", found.lastgroup)
        # An Arabic font has Latin letters; in a run of its own their place would be lost.
        if script == main or (script == "other" and main != "han"):
            continue
        if found.start() > begin:
            yield main, text[begin : found.start()]
        yield script, found[0]
        begin = found.end()
    if begin < len(text):
        yield main, text[begin:]


def _escaped(text: str) -> str:
    """A backslash begins a command only with the right letter behind it: nothing stands there."""
    plain = text.replace("\\", f"\\{_WORD_JOINER}")
    return plain.replace("{", "\\{").replace("}", "\\}").replace("\n", "\\N")


def _time(seconds: float) -> str:
    whole, hundredths = divmod(round(seconds * 100), 100)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}.{hundredths:02}"
