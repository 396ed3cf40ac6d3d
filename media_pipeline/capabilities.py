"""Whether the ffmpeg and ffprobe in use can do what the pipeline asks of them."""

from media_pipeline import sandbox
from media_pipeline.binaries import Tool
from media_pipeline.errors import BinaryMissing, ProcessError

_DEMUXERS = ("mov", "matroska", "avi", "mpegts", "mpeg", "ogg", "asf", "flv", "mxf")
_NEEDED: dict[tuple[Tool, str], tuple[str, ...]] = {
    ("ffmpeg", "-encoders"): (
        *("libx264", "aac", "mjpeg", "libwebp"),
        *("prores_ks", "mpeg2video", "pcm_s24le", "pcm_f32le"),
    ),
    ("ffmpeg", "-decoders"): ("h264", "hevc", "vp9", "libvpx", "libvpx-vp9", "aac", "mjpeg"),
    ("ffmpeg", "-filters"): (
        *("scale", "zscale", "tonemap", "format", "setsar", "setparams", "premultiply", "pad"),
        *("fps", "framerate", "tpad", "bwdif", "idet", "interlace", "setfield", "separatefields"),
        *("split", "tile", "subtitles", "extractplanes", "lutyuv", "signalstats", "metadata"),
        *("blackdetect", "freezedetect", "silencedetect", "ametadata"),
        *("ebur128", "loudnorm", "alimiter", "volume", "aformat", "aresample", "apad", "asplit"),
        *("channelsplit", "join"),
    ),
    ("ffmpeg", "-demuxers"): (*_DEMUXERS, "w64"),
    ("ffprobe", "-demuxers"): (*_DEMUXERS, "jpeg_pipe", "webp_pipe"),
    ("ffprobe", "-decoders"): ("h264", "hevc", "vp9", "aac", "mjpeg", "webp"),
}
_NEEDED_FOR_MODERN: dict[tuple[Tool, str], tuple[str, ...]] = {
    ("ffmpeg", "-encoders"): ("libsvtav1", "libopus"),
}


def check(*, modern: bool = False) -> dict[str, str]:
    """The versions of both tools; BinaryMissing (data: tool, lacks) if one cannot do its part.

    With `modern` they must be able to make the rungs of the later codec as well.
    """
    for needed in (_NEEDED, _NEEDED_FOR_MODERN if modern else {}):
        for (tool, listing), names in needed.items():
            offered = _offered(_told(tool, listing))
            lacking = [name for name in names if name not in offered]
            if lacking:
                raise BinaryMissing("binary_incapable", tool=tool, lacks=lacking)
    return {"ffmpeg": _version("ffmpeg"), "ffprobe": _version("ffprobe")}


def _offered(listing: str) -> set[str]:
    """The names in the second column, several where they are parted by commas."""
    columns = (line.split() for line in listing.splitlines())
    return {name for words in columns if len(words) > 1 for name in words[1].split(",")}


def _version(tool: Tool) -> str:
    words = _told(tool, "-version").split()
    return words[2] if len(words) > 2 else "unknown"


def _told(tool: Tool, question: str) -> str:
    try:
        done = sandbox.run(tool, [question], bounds=sandbox.Bounds(wall_s=30))
    except ProcessError as error:
        raise BinaryMissing("binary_does_not_run", tool=tool, reason=str(error)) from error
    return done.stdout.decode("utf-8", "replace")
