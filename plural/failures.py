"""Why a film could not be made ready, said to the staff: what happened, and what to do."""

from typing import Any

from flask_babel import lazy_gettext as _l

FILE = _l(
    "The file cannot be read as a film. Trying again does not help; "
    "please ask its maker for another file."
)
NOT_AS_PROMISED = _l(
    "What was made from the film did not pass our check. Try again once; if it fails again, "
    "ask its maker for another file."
)
INSTALLATION = _l(
    "A tool of this installation is missing or does not work. "
    "Please call whoever runs it, then try again."
)
STORAGE = _l("The storage did not answer. Please try again in some minutes.")
FULL = _l("There was no room left on a disk. Please make room, then try again.")
LOST = _l(
    "The film's file is not in the storage any more, or has changed. "
    "Please ask its maker to send it again."
)
STRANGE = _l("Something unexpected went wrong. Try again; if it fails again, look into the log.")

# Code of media_pipeline.errors.MediaError, or of plural.actions.film_queue: what to say.
SENTENCES: dict[str, Any] = {
    **dict.fromkeys(("not_a_film", "damaged"), FILE),
    **dict.fromkeys(
        (
            "not_as_promised",
            "average_bandwidth",
            "bandwidth",
            "box_missing",
            "box_too_large",
            "boxes_broken",
            "codecs",
            "duration_s",
            "frame_time_s",
            "frames",
            "group_not_closed",
            "init",
            "key_frame_distance",
            "loudness",
            "moov_first",
            "no_av1",
            "no_avc",
            "no_key_frame_first",
            "no_picture",
            "no_pictures",
            "no_sound",
            "nothing_made",
            "other_pictures",
            "segment_begin_s",
            "segment_begins_with_idr",
            "segment_begins_with_key",
            "segment_duration_s",
            "segment_filled",
            "segment_offset",
            "segment_stands_alone",
            "segments",
            "setup",
            "size",
            "sound_end_s",
            "streams",
            "units_fill_sample",
        ),
        NOT_AS_PROMISED,
    ),
    **dict.fromkeys(("binary_missing", "binary_incapable", "binary_does_not_run"), INSTALLATION),
    **dict.fromkeys(("storage_unavailable", "storage_error"), STORAGE),
    **dict.fromkeys(("storage_full", "scratch_full"), FULL),
    **dict.fromkeys(("object_missing", "digest_mismatch"), LOST),
    **dict.fromkeys(
        (
            "unexpected",
            "media_error",
            "unsafe_arguments",
            "key_invalid",
            "range_unsatisfiable",
            "storage_address_invalid",
        ),
        STRANGE,
    ),
    **dict.fromkeys(
        ("process_error", "process_failed", "too_much_output"),
        _l(
            "The film could not be read or converted to its end. Try again once; "
            "if it fails again, ask its maker for another file."
        ),
    ),
    **dict.fromkeys(
        ("process_killed", "killed"),
        _l(
            "The work was cut off several times, perhaps because the machine was short of memory. "
            "Please try again when less is going on."
        ),
    ),
    **dict.fromkeys(
        ("process_timed_out", "process_stalled"),
        _l("The work took too long and was stopped. Please try again when less is going on."),
    ),
    "storage_refused": _l(
        "The storage did not let us in. Please have its keys looked at, then try again."
    ),
    "source_away": _l(
        "The film's file has not come into the storage: the host that took it is gone, or its "
        "scheduler does not run. Please have that looked at, then try again."
    ),
    "text_gone": _l(
        "The subtitles were changed or taken away in the meantime. Please ask for the master again."
    ),
    "not_in_the_ladder": _l(
        "The film was begun by another release of Plural. "
        "Please ask its maker to send the file again."
    ),
}


def sentence(code: str) -> str:
    """Why it failed, in the visitor's language; something general for an unknown code."""
    return str(SENTENCES.get(code, STRANGE))
