"""Reads a film of ours (or anybody's) from end to end with ffprobe: pictures, keys, sound."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from media_pipeline import sandbox
from media_pipeline.errors import Damaged, ProcessFailed

Depth = Literal["packets", "frames"]

_ENTRIES = {
    "packets": "packet=codec_type,pts_time,flags",
    "frames": "frame=media_type,key_frame,pts_time",
}


@dataclass
class Read:
    """What was found. Times in seconds, in the order of the display."""

    picture_times: list[float] = field(default_factory=list)
    key_times: list[float] = field(default_factory=list)
    sound_times: list[float] = field(default_factory=list)


def read_through(
    path: Path, demuxer: str, depth: Depth, *, wall_s: float = 1800, niceness: int = 0
) -> Read:
    """Read every packet, or decode every frame. Damaged if that is not possible without errors."""
    arguments = ["-v", "error", f"-show_{depth}", "-show_entries", _ENTRIES[depth]]
    arguments += ["-of", "csv=p=0", *sandbox.source_arguments(path, demuxer)]
    bounds = sandbox.bounds_for(8192 * 4320, wall_s, niceness=niceness)
    try:
        done = sandbox.run("ffprobe", arguments, readable=[path], bounds=bounds)
    except ProcessFailed as failure:
        raise Damaged(name=path.name, tail=failure.tail) from failure
    if done.log.strip():
        raise Damaged(name=path.name, tail=done.log.splitlines()[0][:200])
    return _sorted(done.stdout.decode("ascii", "replace"), depth)


def decode_through(
    path: Path,
    demuxer: str,
    *,
    keys_only: bool = False,
    wall_s: float = 1800,
    niceness: int = 0,
) -> None:
    """Decode every frame with ffmpeg, whose decoders are more than ffprobe's; Damaged if it fails.

    With `keys_only` only the key pictures, and no sound.
    """
    arguments = ["-v", "error", "-xerror"]
    arguments += ["-an", "-skip_frame", "nokey"] if keys_only else []
    arguments += [*sandbox.source_arguments(path, demuxer), "-fps_mode", "passthrough"]
    bounds = sandbox.bounds_for(8192 * 4320, wall_s, niceness=niceness)
    try:
        done = sandbox.run(
            "ffmpeg", [*arguments, "-f", "null", "-"], readable=[path], bounds=bounds
        )
    except ProcessFailed as failure:
        raise Damaged(name=path.name, tail=failure.tail) from failure
    if done.log.strip():
        raise Damaged(name=path.name, tail=done.log.splitlines()[0][:200])


def _sorted(text: str, depth: Depth) -> Read:
    found = Read()
    for line in text.splitlines():
        kind, time_s, key = _fields(line, depth)
        if time_s is None:
            continue
        if kind == "audio":
            found.sound_times.append(time_s)
        elif kind == "video":
            found.picture_times.append(time_s)
            found.key_times += [time_s] if key else []
    for times in (found.picture_times, found.key_times, found.sound_times):
        times.sort()
    return found


def _fields(line: str, depth: Depth) -> tuple[str, float | None, bool]:
    kind, second, third = [*line.split(","), "", ""][:3]
    if depth == "packets":
        return kind, _seconds(second), third.startswith("K")
    return kind, _seconds(third), second == "1"


def _seconds(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
