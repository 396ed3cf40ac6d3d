"""Subtitles in (SRT, WebVTT, ASS), plain timed text out: nothing of the file's styling is kept."""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

import pysubs2

from media_pipeline.codes import Finding, finding
from media_pipeline.errors import UnreadableSubtitles
from media_pipeline.text_encodings import decoded

LARGEST_BYTES = 5_000_000
MOST_CUES = 20_000
FASTEST_CHARACTERS_PER_S = 25
_EXTENSIONS = (".srt", ".vtt", ".ass", ".ssa")
_TAG = re.compile(
    r"</?(?:c|i|b|u|v|s|em|strong|font|lang|ruby|rt|\d\d:[\d:.]+)(?:[.\s][^<>]*)?/?>", re.I
)
_LINE_END = re.compile(r"\r\n|\r")
_OVERRIDE = re.compile(r"\{\\[^}]*\}")
_KEPT_CONTROLS = "\n\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_END_TOLERANCE_S = 0.5
_OVERLAP_TOLERANCE_S = 0.001


@dataclass(frozen=True)
class Cue:
    """Text that stands from `start_s` to `end_s`; lines are separated by `\\n`."""

    start_s: float
    end_s: float
    text: str


@dataclass(frozen=True)
class Subtitles:
    """Cues in the order of their beginning."""

    cues: tuple[Cue, ...]

    def to_webvtt(self) -> bytes:
        """As WebVTT (W3C), every character of the text escaped that could be markup."""
        blocks = ["WEBVTT\n"]
        for cue in self.cues:
            times = f"{clock_time(cue.start_s, '.')} --> {clock_time(cue.end_s, '.')}"
            blocks.append(f"{times}\n{html.escape(cue.text, quote=False)}\n")
        return "\n".join(blocks).encode()

    def to_srt(self) -> bytes:
        """As SubRip, UTF-8 with CR LF."""
        blocks = []
        for number, cue in enumerate(self.cues, 1):
            times = f"{clock_time(cue.start_s, ',')} --> {clock_time(cue.end_s, ',')}"
            blocks.append(f"{number}\n{times}\n{cue.text.replace('-->', '->')}\n")
        return "\n".join(blocks).replace("\n", "\r\n").encode()

    def findings(self, duration_s: float) -> tuple[Finding, ...]:
        """What a viewer stumbles over: overlaps, texts too fast to read, texts after the end."""
        overlapping = list(_overlapping(self.cues))
        late = [cue for cue in self.cues if cue.end_s > duration_s + _END_TOLERANCE_S]
        fast = [cue for cue in self.cues if _speed(cue) > FASTEST_CHARACTERS_PER_S]
        return (
            *_counted("cues_overlap", overlapping),
            *_counted("cue_after_end", late),
            *_counted("cue_too_fast", fast, characters_per_s=FASTEST_CHARACTERS_PER_S),
        )


def read_subtitles(data: bytes, file_name: str, language: str | None = None) -> Subtitles:
    """Read a subtitle file of any usual encoding; `language` (BCP 47) helps to tell which.

    The format is told from the content, the file's name only has to be one of a subtitle file.
    Raises UnreadableSubtitles with the code `too_large_subtitles`, `unknown_subtitle_format`,
    `unknown_encoding`, `broken_subtitles`, `no_cues` or `too_many_cues`.
    """
    if len(data) > LARGEST_BYTES:
        raise UnreadableSubtitles("too_large_subtitles", max_bytes=LARGEST_BYTES)
    if PurePath(file_name).suffix.lower() not in _EXTENSIONS:
        raise UnreadableSubtitles("unknown_subtitle_format", formats=list(_EXTENSIONS))
    text = decoded(data, language)
    if text is None:
        raise UnreadableSubtitles("unknown_encoding")
    text = _LINE_END.sub("\n", text)
    cues = tuple(sorted(_cues(text, _format_of(text)), key=lambda cue: (cue.start_s, cue.end_s)))
    if not cues:
        raise UnreadableSubtitles("no_cues")
    if len(cues) > MOST_CUES:
        raise UnreadableSubtitles("too_many_cues", max_cues=MOST_CUES)
    return Subtitles(cues)


def _format_of(text: str) -> str:
    beginning = text.lstrip("\ufeff \r\n\t")
    if beginning.startswith("WEBVTT"):
        return "vtt"
    if beginning.lower().startswith("[script info]"):
        return "ass"
    if "-->" in text:
        return "srt"
    raise UnreadableSubtitles("unknown_subtitle_format", formats=list(_EXTENSIONS))


def _cues(text: str, form: str) -> Iterator[Cue]:
    try:
        kept = {} if form == "ass" else {"keep_unknown_html_tags": True}
        parsed = pysubs2.SSAFile.from_string(text.lstrip("\ufeff"), format_=form, **kept)
    except (pysubs2.Pysubs2Error, ValueError, IndexError, KeyError, OverflowError) as error:
        raise UnreadableSubtitles("broken_subtitles", reason=type(error).__name__) from error
    for event in parsed:
        if event.is_comment or event.is_drawing or event.end <= max(0, event.start):
            continue
        plain = _plain(event.plaintext if form == "ass" else _words_of(event.text, form))
        if plain:
            yield Cue(max(0, event.start) / 1000, event.end / 1000, plain)


def _words_of(text: str, form: str) -> str:
    """Without the tags that players know; what else stands in brackets and braces are words."""
    words = _TAG.sub("", _OVERRIDE.sub("", text)).replace(r"\N", "\n")
    return html.unescape(words) if form == "vtt" else words


def _plain(text: str) -> str:
    lines = (line.strip() for line in text.replace("\u00a0", " ").split("\n"))
    joined = "\n".join(line for line in lines if line)
    return "".join(each for each in joined if each.isprintable() or each in _KEPT_CONTROLS).strip()


def _overlapping(cues: Sequence[Cue]) -> Iterator[Cue]:
    occupied_s = 0.0
    for cue in cues:
        if cue.start_s < occupied_s - _OVERLAP_TOLERANCE_S:
            yield cue
        occupied_s = max(occupied_s, cue.end_s)


def _counted(code: str, cues: Sequence[Cue], **data: object) -> list[Finding]:
    return [finding(code, count=len(cues), first_s=cues[0].start_s, **data)] if cues else []


def _speed(cue: Cue) -> float:
    return len(cue.text.replace("\n", "")) / (cue.end_s - cue.start_s)


def clock_time(seconds: float, mark: str) -> str:
    """Hours, minutes, seconds and, behind the mark, milliseconds, as subtitle formats write it."""
    whole, milliseconds = divmod(round(seconds * 1000), 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}{mark}{milliseconds:03}"
