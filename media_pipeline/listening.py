"""Decodes a film's sound alone: how loud it is by EBU R128, and when it ends."""

import math
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from media_pipeline import sandbox
from media_pipeline.probe import Probed
from media_pipeline.sandbox import Progress
from media_pipeline.source import Audio, Loudness

# As loud as the filter that normalises it hears it, at an eighth of its cost: that one measures at
# 192 kHz throughout, this one for the true peak only.
_MEASURE = "aformat=channel_layouts=stereo,ebur128=peak=true:framelog=quiet"
_SUMMARY = re.compile(
    r"Integrated loudness:\s+I:\s+(\S+) LUFS\s+Threshold:\s+(\S+) LUFS"
    r"\s+Loudness range:\s+LRA:\s+(\S+) LU\b.*?True peak:\s+Peak:\s+(\S+) dBFS",
    re.DOTALL,
)
_INTEGRATED = re.compile(r"Integrated loudness:\s+I:\s+(\S+) LUFS")
_SILENCE_LUFS = -70.0
_EVEN = "even.w64"
# In whole numbers ffmpeg would mix more than two channels at a lower level, lest they clip.
_LEVEL = "aformat=sample_fmts=fltp:channel_layouts=stereo:sample_rates=48000"


@dataclass(frozen=True)
class Heard:
    """`loudness` is None for silence; `end_s` is counted from the film's beginning."""

    loudness: Loudness | None
    end_s: float


def filtered(audio: Audio | None, filters: str) -> list[str]:
    """The arguments that send a film's sound through filters, both sides of it together."""
    if audio is None or not audio.sides_apart:
        return ["-map", "0:a:0", "-af", filters]
    return ["-filter_complex", f"[0:a:0][0:a:1]join=inputs=2:channel_layout=stereo,{filters}"]


def listen(
    path: Path,
    probed: Probed,
    *,
    longest_s: float,
    wall_s: float = 600,
    on_progress: Callable[[Progress], None],
) -> Heard:
    """Decode the first sound to its end, at most `longest_s` seconds.

    Sound whose channels change on the way is measured as one all the same.
    Raises ProcessFailed where there is no decoder for it.
    """
    last = Progress(0.0, 0)

    def note(progress: Progress) -> None:
        nonlocal last
        last = progress
        on_progress(progress)

    done = sandbox.run(
        "ffmpeg",
        [
            *("-v", "info", "-max_error_rate", "1", "-vn"),
            *sandbox.source_arguments(path, probed.demuxer),
            *filtered(probed.audio, _MEASURE),
            *("-t", str(longest_s), "-f", "null", "-"),
        ],
        readable=[path],
        bounds=sandbox.Bounds(wall_s=wall_s),
        on_progress=note,
    )
    parts = len(_SUMMARY.findall(done.log))
    log = _measured_whole(path, probed, longest_s, wall_s) if parts > 1 else done.log
    return Heard(read_loudness(log), last.out_time_s)


def _measured_whole(path: Path, probed: Probed, longest_s: float, wall_s: float) -> str:
    """What the filter prints of all the sound; of sound that changes it measures each part."""
    arguments = ["-v", "error", "-max_error_rate", "1", "-vn"]
    arguments += sandbox.source_arguments(path, probed.demuxer) + filtered(probed.audio, _LEVEL)
    arguments += ["-c:a", "pcm_f32le", "-t", str(longest_s), "-f", "w64", _EVEN]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bounds = sandbox.Bounds(wall_s=wall_s)
        sandbox.run("ffmpeg", arguments, readable=[path], folder=folder, bounds=bounds)
        even = folder / _EVEN
        arguments = ["-v", "info", *sandbox.source_arguments(even, "w64"), "-af", _MEASURE]
        arguments += ["-f", "null", "-"]
        return sandbox.run("ffmpeg", arguments, readable=[even], bounds=bounds).log


def loudness_of(path: Path, demuxer: str, *, wall_s: float = 600, niceness: int = 0) -> float:
    """Integrated loudness in LUFS of a file of ours, -70 for silence; one channel counts as two."""
    done = sandbox.run(
        "ffmpeg",
        [
            *("-v", "info", "-vn", *sandbox.source_arguments(path, demuxer), "-map", "0:a:0"),
            *("-af", "ebur128=framelog=quiet:dualmono=true", "-f", "null", "-"),
        ],
        readable=[path],
        bounds=sandbox.Bounds(wall_s=wall_s, niceness=niceness),
    )
    found = _INTEGRATED.search(done.log)
    return max(_SILENCE_LUFS, float(found.group(1))) if found else _SILENCE_LUFS


def read_loudness(log: str) -> Loudness | None:
    """The measures that the ebur128 filter printed; None for silence or where it printed none."""
    found = _SUMMARY.search(log)
    if found is None:
        return None
    integrated, threshold, spread, peak = map(float, found.groups())
    if not math.isfinite(peak) or integrated <= _SILENCE_LUFS:
        return None
    return Loudness(integrated, peak, spread, threshold)
