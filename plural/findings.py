"""What was found in a film, said so that a twelve-year-old knows what to do."""

from collections.abc import Mapping
from typing import Any

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from plural import languages
from plural.counting import Counted, filled

# One sentence per code of media_pipeline.codes; data of the finding fills the names.
SENTENCES: dict[str, Any] = {
    "empty": _l("This file is empty. Please look for your film again and send it once more."),
    "too_large_file": _l(
        "This file has %(size_bytes)s. We can take %(max_size_bytes)s. "
        "Export your film with a smaller picture or less quality, and send it again."
    ),
    "not_a_film": _l(
        "This file is not a film that we know. Export your film as MP4 and send that file."
    ),
    "no_index": _l(
        "This film was cut off while it was saved or copied, so it cannot be opened. "
        "Export it again and send the new file."
    ),
    "damaged": _l(
        "This film is damaged: we cannot see its pictures. Does it play on your own device? "
        "If not, export it again and send the new file."
    ),
    "mostly_damaged": _l(
        "Most of your film is damaged: of %(duration_s)s, only about %(good_s)s can be seen. "
        "Does it play on your own device? If not, export it again and send the new file."
    ),
    "unreadable_sound": _l(
        "We can see your film, but we cannot read its sound. "
        "Export it again with AAC sound, and send the new file."
    ),
    "no_picture": _l(
        "There are no moving pictures in this file, perhaps only sound. "
        "Please send the film itself."
    ),
    "endless": _l(
        "This file runs for %(duration_s)s. It cannot be the film that you want to enter; "
        "please look for the right one."
    ),
    "unsupported_dolby_vision": _l(
        "This film was recorded in a kind of Dolby Vision that other screens cannot show. "
        "Switch HDR off when you export it, and send the new file."
    ),
    "too_large_picture": Counted(
        "height",
        lambda height, /, **shown: ngettext(
            "The picture is %(width)s by %(height)s dot, which is more than we can handle. "
            "Export your film in 4K or smaller.",
            "The picture is %(width)s by %(height)s dots, which is more than we can handle. "
            "Export your film in 4K or smaller.",
            height,
            **shown,
        ),
    ),
    "too_many_streams": Counted(
        "streams",
        lambda streams, /, **shown: ngettext(
            "There is %(num)s track in this file, and we can handle %(max_streams)s. "
            "Export your film with one picture and one sound.",
            "There are %(num)s tracks in this file, and we can handle %(max_streams)s. "
            "Export your film with one picture and one sound.",
            streams,
            **shown,
        ),
    ),
    "too_short": _l(
        "Your film is %(duration_s)s long. The rules ask for at least %(min_duration_s)s. "
        "You can still submit it: a person from the festival will decide."
    ),
    "too_long": _l(
        "Your film is %(duration_s)s long. The rules allow %(max_duration_s)s, credits included. "
        "You can still submit it: a person from the festival will decide."
    ),
    "truncated": _l(
        "The end of your film is missing: the file should be %(declared_s)s long, "
        "and we found %(duration_s)s. Please watch it to the end, "
        "and send it again if it stops early."
    ),
    "damaged_badly": Counted(
        "count",
        lambda count, /, **shown: ngettext(
            "Your film is badly damaged in %(num)s place, at %(times_s)s. Does it look wrong on "
            "your own device too? Then export it again and send the new file. "
            "You can still submit it as it is: a person from the festival will decide.",
            "Your film is badly damaged in %(num)s places, first at %(times_s)s. Does it look "
            "wrong on your own device too? Then export it again and send the new file. "
            "You can still submit it as it is: a person from the festival will decide.",
            count,
            **shown,
        ),
    ),
    "all_black": _l(
        "There is only black to see in your film. If it should be so, you can submit it, "
        "and a person from the festival will decide. If not, export it again and send the new file."
    ),
    "all_frozen": _l(
        "The picture in your film never moves. If it should be so, you can submit it, "
        "and a person from the festival will decide. If not, export it again and send the new file."
    ),
    "damaged_in_part": Counted(
        "count",
        lambda count, /, **shown: ngettext(
            "In %(num)s place, at %(times_s)s, a picture or a sound in your film is damaged. "
            "The rest plays well. Please watch it here once and see whether you notice.",
            "In %(num)s places, first at %(times_s)s, pictures or sounds in your film are damaged. "
            "The rest plays well. Please watch it here once and see whether you notice.",
            count,
            **shown,
        ),
    ),
    "black_parts": Counted(
        "count",
        lambda count, /, **shown: ngettext(
            "The picture is black for a while, %(num)s time, at %(times_s)s. "
            "That is fine if you mean it to be so.",
            "The picture is black for a while, %(num)s times, first at %(times_s)s. "
            "That is fine if you mean it to be so.",
            count,
            **shown,
        ),
    ),
    "frozen_parts": Counted(
        "count",
        lambda count, /, **shown: ngettext(
            "The picture stands still for a while, %(num)s time, at %(times_s)s. "
            "That is fine if you mean it to be so.",
            "The picture stands still for a while, %(num)s times, first at %(times_s)s. "
            "That is fine if you mean it to be so.",
            count,
            **shown,
        ),
    ),
    "silent_parts": Counted(
        "count",
        lambda count, /, **shown: ngettext(
            "There is nothing to hear for a while, %(num)s time, at %(times_s)s. "
            "That is fine if you mean it to be so.",
            "There is nothing to hear for a while, %(num)s times, first at %(times_s)s. "
            "That is fine if you mean it to be so.",
            count,
            **shown,
        ),
    ),
    "no_sound": _l("Your film has no sound. That is fine if you mean it to be so."),
    "silent": _l("There is nothing to hear in your film. That is fine if you mean it to be so."),
    "hdr": _l(
        "Your film has very bright colours (HDR). We show it in normal colours, "
        "so that it looks right on every screen."
    ),
    "interlaced": _l("Your film is made of half pictures. We turn them into whole ones."),
    "variable_rate": _l("Your film does not run evenly. We even it out; sound and picture stay."),
    "askew": _l(
        "This file says that your film should be shown at a slant. We show it upright. "
        "Please watch it here once and see whether it stands right."
    ),
    "low_resolution": Counted(
        "height",
        lambda height, /, **shown: ngettext(
            "The picture is small: %(width)s by %(height)s dot. "
            "If you have a larger one, send that.",
            "The picture is small: %(width)s by %(height)s dots. "
            "If you have a larger one, send that.",
            height,
            **shown,
        ),
    ),
    "cues_overlap": Counted(
        "count",
        lambda count, /, **shown: ngettext(
            "%(num)s line of these subtitles stands there with another, the first at %(first_s)s.",
            "%(num)s lines of these subtitles stand at the same time, the first at %(first_s)s.",
            count,
            **shown,
        ),
    ),
    "cue_too_fast": Counted(
        "count",
        lambda count, /, **shown: ngettext(
            "%(num)s line of these subtitles goes away faster than most people can read, "
            "the first at %(first_s)s.",
            "%(num)s lines of these subtitles go away faster than most people can read, "
            "the first at %(first_s)s.",
            count,
            **shown,
        ),
    ),
    "cue_after_end": Counted(
        "count",
        lambda count, /, **shown: ngettext(
            "%(num)s line of these subtitles comes after the end of the film, "
            "the first at %(first_s)s.",
            "%(num)s lines of these subtitles come after the end of the film, "
            "the first at %(first_s)s.",
            count,
            **shown,
        ),
    ),
}
UNKNOWN = _l("We found something unusual in this file. Please write to us.")
LENGTHS = (
    "duration_s",
    "min_duration_s",
    "max_duration_s",
    "longest_duration_s",
    "declared_s",
    "good_s",
    "first_s",
)
SIZES = ("size_bytes", "max_size_bytes")


def sentence(code: str, data: Mapping[str, Any]) -> str:
    """A finding in the visitor's language; lengths and sizes written as people read them.

    One of another release, with a code or data that are not known here, gets a general sentence.
    """
    shown = {name: written(name, value) for name, value in data.items()}
    try:
        return filled(SENTENCES[code], data, shown)
    except KeyError:
        return str(UNKNOWN)


def written(name: str, value: Any) -> str:
    if name in LENGTHS:
        return minutes(float(value))
    if name == "times_s":
        return languages.listed(minutes(float(time_s)) for time_s in value)
    if name in SIZES:
        return str(_("%(size)s MB", size=format_decimal(round(value / 1_000_000, 1))))
    return str(format_decimal(value)) if isinstance(value, int | float) else str(value)


def minutes(seconds: float) -> str:
    """Minutes and seconds such as 5:07, kept left to right in every script."""
    whole = round(seconds)
    return f"\u2066{whole // 60}:{whole % 60:02d}\u2069"
