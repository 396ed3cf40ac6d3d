"""What masters, and the lines of their reports, are called."""

from collections.abc import Callable
from typing import Any

from flask_babel import format_decimal, lazy_gettext, lazy_pgettext, ngettext
from flask_babel import gettext as _

from plural import languages
from plural.models.media import OutputState

PROFILES = {
    "web": lazy_gettext("Web: H.264 and AAC (MP4)"),
    "prores": lazy_gettext("Editing and cinema: ProRes 422 HQ (MOV)"),
    "xdcam": lazy_gettext("Television: XDCAM HD422, 1080i25 (MXF)"),
}
STATES = {
    OutputState.WAITING: lazy_pgettext("master", "Waiting for its turn"),
    OutputState.MAKING: lazy_pgettext("master", "Being made"),
    OutputState.READY: lazy_pgettext("master", "Ready"),
    OutputState.FAILED: lazy_pgettext("master", "Failed"),
}
LINES = {
    "container": lazy_gettext("Container"),
    "picture_codec": lazy_gettext("Picture coding, profile and pixel format"),
    "picture_size": lazy_gettext("Picture size"),
    "frame_rate": lazy_gettext("Pictures per second"),
    "field_order": lazy_gettext("Field order"),
    "bit_rate": lazy_gettext("Bit rate of the picture"),
    "sound_tracks": lazy_gettext("Sound tracks"),
    "sound_codec": lazy_gettext("Sound coding and sample rate"),
    "duration": lazy_gettext("Length"),
    "levels": lazy_gettext("Video levels (EBU R 103)"),
    "black": lazy_gettext("Black picture"),
    "freeze": lazy_gettext("Still picture"),
    "flashes": lazy_gettext("Flashes (first look after BT.1702, not certified)"),
    "loudness": lazy_gettext("Loudness of the programme (EBU R 128)"),
    "true_peak": lazy_gettext("Highest true peak"),
    "gain": lazy_gettext("How the loudness was reached"),
    "characters": lazy_gettext("Characters of the subtitles"),
}
GAINS = {
    "linear": lazy_gettext("One gain for the whole film"),
    "dynamic": lazy_gettext("A changing gain, because the film has high peaks"),
    "none": lazy_gettext("Not changed: it is silent"),
}


def profile_word(name: str) -> str:
    return str(PROFILES[name])


def state_word(state: OutputState) -> str:
    return str(STATES[state])


def text_word(language: str | None) -> str:
    """In what language there are subtitles in the picture."""
    return languages.name_of(language) if language else _("No subtitles in the picture")


def line_word(key: str) -> str:
    return str(LINES[key])


def found_word(line: dict[str, Any]) -> str:
    """What was found, in the visitor's language."""
    say = _FOUND.get(line["key"])
    return say(line["found"]) if say else _plain(line["found"])


def expected_word(line: dict[str, Any]) -> str:
    """What was to be found."""
    say = _EXPECTED.get(line["key"]) or _FOUND.get(line["key"])
    return say(line["expected"]) if say else _plain(line["expected"])


def _plain(value: Any) -> str:
    """Names of techniques, which are the same in every language."""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _size(value: list[int]) -> str:
    return " × ".join(map(str, value))


def _seconds(value: float) -> str:
    return _("%(seconds)s s", seconds=format_decimal(round(value, 2)))


def _megabits(value: int) -> str:
    return _("%(rate)s Mbit/s", rate=format_decimal(round(value / 1e6, 1)))


def _lufs(value: float | None) -> str:
    if value is None:
        return _("Silence")
    return _("%(value)s LUFS", value=format_decimal(value))


def _peak(value: float) -> str:
    return _("%(value)s dBTP", value=format_decimal(value))


def _levels(value: dict[str, float]) -> str:
    return _(
        "%(percent)s %% of a picture outside; luma from %(darkest)s to %(lightest)s",
        percent=format_decimal(round(100 * value["outside"], 2)),
        darkest=format_decimal(value["darkest"]),
        lightest=format_decimal(value["lightest"]),
    )


def _levels_expected(value: dict[str, float]) -> str:
    return _(
        "At most %(percent)s %% of a picture outside",
        percent=format_decimal(round(100 * value["outside"], 2)),
    )


def _spans(value: list[list[float]]) -> str:
    times = (f"{_clock(begin)}–{_clock(end)}" for begin, end in value)
    return languages.listed(times) or _("None found")


def _clock(at_s: float) -> str:
    return f"{int(at_s) // 60}:{at_s % 60:04.1f}"


def _longest(value: float) -> str:
    return _("Nothing longer than %(length)s", length=_seconds(value))


def _per_second(value: int) -> str:
    return ngettext(
        "At most %(num)s flash in a second", "At most %(num)s flashes in a second", value
    )


def _characters(value: str) -> str:
    if not value:
        return _("All could be drawn")
    return _("No font has these: %(characters)s", characters=" ".join(value))


_FOUND: dict[str, Callable[[Any], str]] = {
    "picture_size": _size,
    "frame_rate": lambda value: str(format_decimal(round(value, 3))),
    "bit_rate": _megabits,
    "duration": _seconds,
    "levels": _levels,
    "black": _spans,
    "freeze": _spans,
    "flashes": _spans,
    "loudness": _lufs,
    "true_peak": _peak,
    "gain": lambda value: str(GAINS[value]),
    "characters": _characters,
}
_EXPECTED: dict[str, Callable[[Any], str]] = {
    "levels": _levels_expected,
    "black": _longest,
    "freeze": _longest,
    "flashes": _per_second,
}
