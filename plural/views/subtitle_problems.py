"""Why a subtitle file cannot be read, said plainly."""

from typing import Any

from flask_babel import lazy_gettext as _l

from media_pipeline.errors import UnreadableSubtitles

UNREADABLE = _l("We cannot read this file. Export your subtitles as SRT and choose that file.")
# Code of media_pipeline.errors.UnreadableSubtitles: what to say.
SENTENCES: dict[str, Any] = {
    "too_large_subtitles": _l("This file is too large to be subtitles. Is it the film itself?"),
    "unknown_subtitle_format": _l(
        "This is not a subtitle file that we know. Export your subtitles as SRT, WebVTT or ASS."
    ),
    "unknown_encoding": _l("We cannot read the letters in this file. Save it as UTF-8 text."),
    "no_cues": _l("There are no lines in this file. Did you export the right one?"),
    "too_many_cues": _l("There are more lines in this file than a film can have."),
    "broken_subtitles": UNREADABLE,
}


def problem(unreadable: UnreadableSubtitles) -> str:
    return str(SENTENCES.get(unreadable.code, UNREADABLE))
