"""Puts encoded streams into files that travel, and writes HLS playlists (RFC 8216)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from media_pipeline import boxes, hls, sandbox
from media_pipeline.ladder import SEGMENT_S

PLAYLIST_MEDIA_TYPE = "application/vnd.apple.mpegurl"
SOUND_CODEC = "mp4a.40.2"

_SUBTITLES_GROUP = "text"
_SOUND_GROUP = "sound"
_CAPTIONS = (
    "public.accessibility.transcribes-spoken-dialog,public.accessibility.describes-music-and-sound"
)
_COPY = ("-c", "copy", "-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact")
_FRAGMENTS = "+cmaf+delay_moov+global_sidx"

Details = Mapping[str, Any]


@dataclass(frozen=True)
class Package:
    """A file to be made from encoded streams: which ones, and whether in segments for HLS."""

    name: str
    picture: str | None
    sound: str | None
    segmented: bool


@dataclass(frozen=True)
class Rendition:
    """Pictures of one size: the address of their playlist and the details of their file."""

    uri: str
    details: Details


@dataclass(frozen=True)
class AudioRendition:
    """The sound that all sizes share. `language` by BCP 47."""

    uri: str
    details: Details
    language: str | None = None
    name: str = "Sound"


@dataclass(frozen=True)
class SubtitleRendition:
    """Subtitles or, with `captions`, subtitles for those who do not hear."""

    uri: str
    language: str
    name: str
    captions: bool = False
    default: bool = False


def package_arguments(folder: Path, packages: Sequence[Package]) -> list[str]:
    """One process that copies encoded streams of a folder into all packages, without encoding."""
    streams = sorted({each for p in packages for each in (p.picture, p.sound) if each})
    arguments = ["-v", "error", "-y"]
    for stream in streams:
        arguments += sandbox.source_arguments(folder / stream, "mov")
    for package in packages:
        arguments += _package(package, streams)
    return arguments


def _package(package: Package, streams: Sequence[str]) -> list[str]:
    arguments: list[str] = []
    for stream in filter(None, (package.picture, package.sound)):
        arguments += ["-map", f"{streams.index(stream)}:0"]
    arguments += [*_COPY, "-f", "mp4"]
    if not package.segmented:
        arguments += ["-movflags", "+faststart"]
    elif package.picture:
        arguments += ["-movflags", f"{_FRAGMENTS}+frag_keyframe"]
        arguments += ["-min_frag_duration", str(SEGMENT_S * 1_000_000)]
    else:
        arguments += ["-movflags", _FRAGMENTS, "-frag_duration", str(SEGMENT_S * 1_000_000)]
    return [*arguments, sandbox.address(package.name)]


def stream_details(path: Path) -> dict[str, Any]:
    """Where the parts of a segmented file lie, its length and its rates in bit/s."""
    init_length, segments = boxes.init_and_segments(path)
    parts = [hls.Part(segment.duration_s, segment.length) for segment in segments]
    return {
        "duration_s": round(sum(part.duration_s for part in parts), 3),
        "bandwidth": hls.peak_rate(parts),
        "average_bandwidth": hls.average_rate(parts),
        "init": {"offset": 0, "length": init_length},
        "segments": [asdict(segment) for segment in segments],
    }


def multivariant_playlist(
    renditions: Sequence[Rendition],
    audio: AudioRendition | None,
    subtitles: Sequence[SubtitleRendition] = (),
) -> str:
    """The playlist that a player opens: every size, the slowest first, with sound and texts."""
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    if audio:
        lines.append(_sound_line(audio))
    lines += [_subtitle_line(each) for each in subtitles]
    for rendition in sorted(renditions, key=lambda each: int(each.details["bandwidth"])):
        lines += [_variant_line(rendition, audio, bool(subtitles)), rendition.uri]
    return _text(lines)


def media_playlist(details: Details, uri: str) -> str:
    """The playlist of one segmented file, by byte ranges of its address."""
    lines = _opening(segment["duration_s"] for segment in details["segments"])
    lines.append(f'#EXT-X-MAP:URI="{_quotable(uri)}",BYTERANGE="{_range(details["init"])}"')
    for segment in details["segments"]:
        lines.append(f"#EXTINF:{segment['duration_s']:.6f},")
        lines += [f"#EXT-X-BYTERANGE:{_range(segment)}", uri]
    return _text([*lines, "#EXT-X-ENDLIST"])


def subtitles_playlist(duration_s: float, uri: str) -> str:
    """The playlist of one WebVTT file that spans the film."""
    return _text([*_opening([duration_s]), f"#EXTINF:{duration_s:.6f},", uri, "#EXT-X-ENDLIST"])


def _opening(durations_s: Iterable[float]) -> list[str]:
    return [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        f"#EXT-X-TARGETDURATION:{hls.target_s(durations_s)}",
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        "#EXT-X-INDEPENDENT-SEGMENTS",
    ]


def _sound_line(audio: AudioRendition) -> str:
    language = f'LANGUAGE="{_quotable(audio.language)}",' if audio.language else ""
    return (
        f'#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="{_SOUND_GROUP}",NAME="{_quotable(audio.name)}",'
        f"{language}DEFAULT=YES,AUTOSELECT=YES,"
        f'CHANNELS="{audio.details["channels"]}",URI="{_quotable(audio.uri)}"'
    )


def _subtitle_line(subtitles: SubtitleRendition) -> str:
    default = "YES" if subtitles.default else "NO"
    characteristics = f',CHARACTERISTICS="{_CAPTIONS}"' if subtitles.captions else ""
    return (
        f'#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="{_SUBTITLES_GROUP}",'
        f'NAME="{_quotable(subtitles.name)}",LANGUAGE="{_quotable(subtitles.language)}",'
        f"DEFAULT={default},AUTOSELECT=YES,FORCED=NO{characteristics},"
        f'URI="{_quotable(subtitles.uri)}"'
    )


def _variant_line(rendition: Rendition, audio: AudioRendition | None, texts: bool) -> str:
    details = rendition.details
    sound = audio.details if audio else {"bandwidth": 0, "average_bandwidth": 0}
    codecs = ",".join([details["codecs"], *([audio.details["codecs"]] if audio else [])])
    parts = [
        f"BANDWIDTH={details['bandwidth'] + sound['bandwidth']}",
        f"AVERAGE-BANDWIDTH={details['average_bandwidth'] + sound['average_bandwidth']}",
        f"RESOLUTION={details['width']}x{details['height']}",
        f"FRAME-RATE={details['frame_rate']:.3f}",
        f'CODECS="{codecs}"',
        *([f'AUDIO="{_SOUND_GROUP}"'] if audio else []),
        *([f'SUBTITLES="{_SUBTITLES_GROUP}"'] if texts else []),
        "CLOSED-CAPTIONS=NONE",
    ]
    return "#EXT-X-STREAM-INF:" + ",".join(parts)


def _range(part: Mapping[str, int]) -> str:
    return f"{part['length']}@{part['offset']}"


def _quotable(text: str | None) -> str:
    """What may stand between quotation marks: no line end and no quotation mark."""
    return "".join("'" if each == '"' else each for each in text or "" if each.isprintable())


def _text(lines: Sequence[str]) -> str:
    return "\n".join(lines) + "\n"
