"""Whether the ffmpeg and ffprobe in use can do what the pipeline asks of them."""

import re

from media_pipeline import sandbox
from media_pipeline.binaries import Tool
from media_pipeline.errors import BinaryMissing, ProcessError

_NEEDED: dict[tuple[Tool, str], tuple[str, ...]] = {
    ("ffmpeg", "-encoders"): (
        "libx264",
        "aac",
        "mjpeg",
        "libwebp",
        "prores_ks",
        "mpeg2video",
        "pcm_s24le",
    ),
    ("ffmpeg", "-filters"): (
        *("scale", "zscale", "tonemap", "fps", "bwdif", "idet", "premultiply", "setparams"),
        *("tpad", "framerate", "interlace", "setfield", "separatefields", "subtitles", "join"),
        *("blackdetect", "freezedetect", "lutyuv", "ebur128", "channelsplit", "pad", "metadata"),
        *("split", "tile", "signalstats", "blurdetect", "loudnorm", "aresample", "apad", "asplit"),
    ),
    ("ffmpeg", "-demuxers"): ("mov", "matroska", "avi", "mpegts", "mpeg", "ogg", "asf", "mxf"),
    ("ffprobe", "-demuxers"): ("mov", "matroska", "avi", "mpegts", "mpeg", "ogg", "asf", "mxf"),
    ("ffprobe", "-decoders"): ("h264", "hevc", "vp9", "aac", "mjpeg"),
}
_WORDS = re.compile(r"[\w-]+")


def check() -> dict[str, str]:
    """The versions of both tools; BinaryMissing (data: tool, lacks) if one cannot do its part."""
    for (tool, listing), names in _NEEDED.items():
        offered = set(_WORDS.findall(_told(tool, listing)))
        lacking = [name for name in names if name not in offered]
        if lacking:
            raise BinaryMissing("binary_incapable", tool=tool, lacks=lacking)
    return {"ffmpeg": _version("ffmpeg"), "ffprobe": _version("ffprobe")}


def _version(tool: Tool) -> str:
    words = _told(tool, "-version").split()
    return words[2] if len(words) > 2 else "unknown"


def _told(tool: Tool, question: str) -> str:
    try:
        done = sandbox.run(tool, [question], bounds=sandbox.Bounds(wall_s=30))
    except ProcessError as error:
        raise BinaryMissing("binary_does_not_run", tool=tool, reason=str(error)) from error
    return done.stdout.decode("utf-8", "replace")
