"""The findings that a verdict can hold, each with its meaning and the data it carries."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["refused", "to_fix", "note"]


@dataclass(frozen=True)
class Code:
    """One kind of finding; `data` names what a finding of this kind carries."""

    code: str
    severity: Severity
    data: tuple[str, ...]
    meaning: str


_ALL = (
    Code("empty", "refused", (), "The file has no content."),
    Code(
        "too_large_file", "refused", ("size_bytes", "max_size_bytes"), "More bytes than are taken."
    ),
    Code("not_a_film", "refused", (), "The content is of no film format that is taken."),
    Code(
        "no_index",
        "refused",
        (),
        "The part that says where the pictures lie is missing: recording or copying was cut.",
    ),
    Code("damaged", "refused", (), "A film format, but its pictures cannot be decoded."),
    Code(
        "mostly_damaged",
        "refused",
        ("good_s", "duration_s"),
        "At least half of its pictures are lost or damaged.",
    ),
    Code("unreadable_sound", "refused", (), "The sound is of a kind that cannot be decoded."),
    Code("no_picture", "refused", (), "There is no moving picture in it, perhaps sound only."),
    Code(
        "endless",
        "refused",
        ("duration_s", "longest_duration_s"),
        "So long that it cannot be meant as an entry.",
    ),
    Code(
        "unsupported_dolby_vision",
        "refused",
        ("profile",),
        "Dolby Vision of a profile whose colours cannot be read by others.",
    ),
    Code(
        "too_large_picture",
        "refused",
        ("width", "height", "max_pixels"),
        "More pixels than can be handled.",
    ),
    Code("too_many_streams", "refused", ("streams", "max_streams"), "More tracks than a film has."),
    Code(
        "too_short",
        "to_fix",
        ("duration_s", "min_duration_s"),
        "Shorter than the rules ask; staff may admit it.",
    ),
    Code(
        "too_long",
        "to_fix",
        ("duration_s", "max_duration_s"),
        "Longer than the rules allow; staff may admit it.",
    ),
    Code(
        "truncated",
        "to_fix",
        ("declared_s", "duration_s"),
        "The film ends earlier than the file says: its end was lost.",
    ),
    Code(
        "damaged_badly",
        "to_fix",
        ("count", "times_s"),
        "Many pictures are lost or damaged: at least one in twenty.",
    ),
    Code("all_black", "to_fix", (), "The picture is black from the beginning to the end."),
    Code("all_frozen", "to_fix", (), "The picture never moves."),
    Code(
        "damaged_in_part",
        "note",
        ("count", "times_s"),
        "A few pictures or sounds are damaged; the rest plays.",
    ),
    Code(
        "black_parts",
        "note",
        ("count", "times_s"),
        "The picture is black for five seconds or more.",
    ),
    Code(
        "frozen_parts", "note", ("count", "times_s"), "The picture stands for ten seconds or more."
    ),
    Code(
        "silent_parts",
        "note",
        ("count", "times_s"),
        "There is nothing to hear for fifteen seconds or more.",
    ),
    Code("no_sound", "note", (), "There is no sound track."),
    Code("silent", "note", (), "There is a sound track, and nothing to hear on it."),
    Code("hdr", "note", ("kind",), "High dynamic range; it is shown in standard range."),
    Code("interlaced", "note", (), "Interlaced pictures; they are made progressive."),
    Code(
        "variable_rate",
        "note",
        ("average_frame_rate", "frame_rate"),
        "A changing frame rate; it is made even.",
    ),
    Code(
        "askew",
        "note",
        ("degrees",),
        "It asks to be shown at a slant; it is made to stand upright, at the nearest right angle.",
    ),
    Code("low_resolution", "note", ("width", "height"), "A small picture; it is not enlarged."),
    Code("cues_overlap", "to_fix", ("count", "first_s"), "Subtitles stand at the same time."),
    Code(
        "cue_too_fast",
        "note",
        ("count", "first_s", "characters_per_s"),
        "Subtitles go away faster than most people read.",
    ),
    Code("cue_after_end", "to_fix", ("count", "first_s"), "Subtitles come after the film's end."),
)

CODES: dict[str, Code] = {code.code: code for code in _ALL}


@dataclass(frozen=True)
class Finding:
    """Something that was found about a file: a code of CODES with its data (JSON-ready)."""

    code: str
    severity: Severity
    data: dict[str, object]


def finding(code: str, **data: object) -> Finding:
    """A finding with its code's severity; the data must be what the code says it carries."""
    known = CODES[code]
    if set(known.data) != set(data):
        raise ValueError(f"{code} carries {known.data}, not {tuple(data)}")
    return Finding(code, known.severity, data)
