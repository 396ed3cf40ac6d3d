"""Copies the pictures of a film that already is what one of its rungs asks for."""

from collections.abc import Sequence
from pathlib import Path

from media_pipeline import keyframes, ladder, sandbox
from media_pipeline.decoding import read_through
from media_pipeline.errors import Damaged, ProcessFailed
from media_pipeline.keyframes import Scan
from media_pipeline.ladder import Rung
from media_pipeline.sandbox import Bounds
from media_pipeline.source import Source

LONGEST_KEY_DISTANCE_S = ladder.REMUX["keyframe_s"]
_PROFILES = ("Constrained Baseline", "Baseline", "Main", "High")
_HIGHEST_LEVEL = 42
_UNTOLD_IS_BT709_SHORT_SIDE = 720
_TIME_TOLERANCE_S = 0.0006
"""Half a tick of the coarsest time scale that keeps an even rate, and a little."""
_TAGGED_BT709 = (
    "h264_metadata=colour_primaries=1:transfer_characteristics=1:matrix_coefficients=1"
    ":video_full_range_flag=0:sample_aspect_ratio=1/1"
)


def rung_of_same_kind(source: Source, rungs: Sequence[Rung]) -> Rung | None:
    """The rung whose pictures the film may already have, by what is known without reading it."""
    if not _is_plain(source):
        return None
    size = (source.width, source.height)
    for rung in rungs:
        same_kind = rung.codec == "h264" and ladder.rate_of(source, rung) == source.rate
        if same_kind and ladder.size_within(source, rung.short_side) == size:
            return rung
    return None


def fits(scanned: Scan, source: Source, rung: Rung) -> bool:
    """Whether these pictures may stand for the rung as they are."""
    if not scanned.times or scanned.discarded or scanned.times[0] != min(scanned.times):
        return False
    return (
        scanned.profile in _PROFILES
        and scanned.level <= _HIGHEST_LEVEL
        and scanned.key_times[:1] == scanned.times[:1]
        and scanned.longest_gap_s(source.picture_s) <= LONGEST_KEY_DISTANCE_S + _TIME_TOLERANCE_S
        and scanned.is_closed(_TIME_TOLERANCE_S)
        and scanned.is_even(source.rate, _TIME_TOLERANCE_S)
        and scanned.keeps_within(rung.max_rate, 2 * rung.max_rate)
    )


def copy_pictures(path: Path, source: Source, folder: Path, name: str, bounds: Bounds) -> None:
    """Copy the film's pictures into a file of their own, tagged as BT.709 with square pixels.

    The copy is decoded whole: Damaged if that fails, and then it has to be encoded.
    """
    sandbox.run(
        "ffmpeg",
        [
            # What stands a little askew was judged to be upright: that matrix is not copied.
            *("-v", "error", "-y", "-display_rotation", "0"),
            *sandbox.source_arguments(path, source.demuxer),
            *("-map", "0:V:0", "-c", "copy", "-bsf:v", _TAGGED_BT709),
            # Others would be of a shape that nobody meant: those in earnest are not copied.
            *("-aspect", f"{source.width}:{source.height}", "-map_metadata", "-1"),
            *("-map_chapters", "-1", "-fflags", "+bitexact", "-f", "mp4", sandbox.address(name)),
        ],
        readable=[path],
        folder=folder,
        bounds=bounds,
    )
    copy = folder / name
    read_through(copy, "mov", "frames", wall_s=bounds.wall_s, niceness=bounds.niceness)


def copied_rung(
    path: Path, source: Source, rungs: Sequence[Rung], folder: Path, bounds: Bounds
) -> Rung | None:
    """The rung whose pictures were copied into the folder, if any."""
    rung = rung_of_same_kind(source, rungs)
    try:
        if rung is None or _is_far_too_large(path, source, rung):
            return None
        if not fits(keyframes.scan(path, source.demuxer, niceness=bounds.niceness), source, rung):
            return None
        name = ladder.picture_file_name(rung)
        copy_pictures(path, source, folder, name, bounds)
    except (Damaged, ProcessFailed):
        return None
    return rung


def _is_far_too_large(path: Path, source: Source, rung: Rung) -> bool:
    """Told from the whole file, so that most films need not be read: sound has room as well."""
    return 8 * path.stat().st_size > 2 * rung.max_rate * max(source.duration_s, 1.0)


def _is_plain(source: Source) -> bool:
    colour = source.colour
    told = {colour.space, colour.primaries, colour.transfer}
    untold_is_fine = source.short_side >= _UNTOLD_IS_BT709_SHORT_SIDE
    return (
        (source.demuxer, source.video_codec, source.pix_fmt) == ("mov", "h264", "yuv420p")
        and not (source.interlaced or source.alpha or source.hdr or source.variable_rate)
        and not (source.rotation or source.mirrored)
        and (source.coded_width, source.coded_height) == (source.width, source.height)
        and colour.range in (None, "tv")
        and told <= ({"bt709", None} if untold_is_fine else {"bt709"})
    )
