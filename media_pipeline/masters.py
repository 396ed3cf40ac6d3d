"""Makes a master of a film by a delivery profile, and its report."""

import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import ffmpeg

from media_pipeline import burning, delivery, graph, quality, sandbox
from media_pipeline.captions import Subtitles
from media_pipeline.colours import Size, Stream
from media_pipeline.delivery import Profile
from media_pipeline.encode import MadeOutput
from media_pipeline.errors import NotAsPromised
from media_pipeline.loudness import normalisation
from media_pipeline.sandbox import Bounds, Finished, Progress
from media_pipeline.source import Source

REPORT_MEDIA_TYPE = "application/json"
_ENCODED_SHARE = 0.8
_FIELD_RATE = Fraction(50)
_MISSING_GLYPH = "failed to find any fallback with glyph "


@dataclass(frozen=True)
class Text:
    """Subtitles that are to be burned in; `language` is their BCP 47 tag."""

    language: str
    subtitles: Subtitles

    @property
    def letters(self) -> str:
        """All that is written in them."""
        return "\n".join(cue.text for cue in self.subtitles.cues)


@dataclass(frozen=True)
class Order:
    """What master is wanted. `name` is its file's, without the extension."""

    name: str
    profile: Profile
    text: Text | None = None

    @property
    def file_name(self) -> str:
        """Of the film."""
        return f"{self.name}.{self.profile.extension}"

    @property
    def report_name(self) -> str:
        """Of the report that goes with it."""
        return f"{self.name}.json"


def make(
    order: Order,
    source_path: Path,
    source: Source,
    scratch: Path,
    *,
    on_progress: Callable[[float], None],
) -> tuple[MadeOutput, MadeOutput]:
    """Make the master and its report in the folder `scratch`, which exists and is empty.

    `on_progress` gets the share that is done, 0 to 1; what it raises ends the work. Call it from
    the main thread. Raises NotAsPromised (data: name, line, expected, found) where the master is
    not of its profile, and the errors of `sandbox.run`.
    """
    scratch = scratch.resolve()
    encoded, missing = _encode(order, source_path.resolve(), source, scratch, on_progress)
    path = scratch / order.file_name
    report = quality.examine(
        path,
        order.profile,
        source,
        missing_characters=missing,
        on_progress=lambda share: on_progress(_ENCODED_SHARE + share * (1 - _ENCODED_SHARE)),
    )
    for line in report.broken:
        raise NotAsPromised(name=path.name, line=line.key, expected=line.expected, found=line.found)
    data = report.as_data()
    report_path = scratch / order.report_name
    report_path.write_text(json.dumps(data, indent=1), encoding="utf-8")
    details = {"kind": "master", "duration_s": report.duration_s, "quality": data}
    cpu_s = encoded.cpu_s + report.cpu_s
    on_progress(1.0)
    return (
        MadeOutput(order.file_name, path, order.profile.media_type, details, cpu_s),
        MadeOutput(order.report_name, report_path, REPORT_MEDIA_TYPE, {"kind": "quality"}, 0.0),
    )


def _encode(
    order: Order,
    path: Path,
    source: Source,
    scratch: Path,
    on_progress: Callable[[float], None],
) -> tuple[Finished, str]:
    """Encode the master; returns the characters, too, that no font has."""
    length_s = delivery.length_s(source)

    def report(progress: Progress) -> None:
        on_progress(_ENCODED_SHARE * min(1.0, progress.out_time_s / length_s))

    with tempfile.TemporaryDirectory() as folder:
        fonts = Path(folder).resolve()
        if order.text:
            _write_text(order.text, delivery.canvas_of(order.profile, source), scratch, fonts)
        done = sandbox.run(
            "ffmpeg",
            arguments(order, path, source, fonts),
            readable=[path, fonts],
            folder=scratch,
            bounds=bounds_of(source),
            on_progress=report,
        )
    return done, _missing_characters(done.log)


def bounds_of(source: Source) -> Bounds:
    """How much making a master may take.

    At its end ffmpeg moves a MOV or MP4 to make room for the index at its front and says nothing:
    23 MB of ProRes per second of 1080p, read and written once more, a second on a slow disk.
    """
    length_s = delivery.length_s(source)
    return sandbox.bounds_for(
        source.coded_width * source.coded_height,
        wall_s=600 + 120 * length_s,
        stall_s=60 + length_s,
        niceness=sandbox.PATIENT,
    )


def _write_text(text: Text, size: Size, scratch: Path, fonts: Path) -> None:
    ass = burning.to_ass(text.subtitles, text.language, size)
    (scratch / burning.FILE_NAME).write_text(ass, encoding="utf-8")
    burning.put_fonts(fonts, text.letters, text.language)


def _missing_characters(log: str) -> str:
    told = {
        line.split(_MISSING_GLYPH)[1].split()[0]
        for line in log.splitlines()
        if _MISSING_GLYPH in line
    }
    return "".join(sorted(chr(int(number, 16)) for number in told))


def arguments(order: Order, path: Path, source: Source, fonts: Path) -> list[str]:
    """The command line that makes a master in the working folder; fonts lie in their own."""
    profile = order.profile
    film = graph.opened(path, source)
    picture = _picture(film, source, profile)
    if order.text:
        picture = picture.filter(
            "subtitles", filename=burning.FILE_NAME, fontsdir=str(fonts), wrap_unicode=1
        )
    streams = [_woven(picture, source, profile), *_sounds(film, source, profile)]
    container = {"f": profile.muxer, "map_metadata": -1, "map_chapters": -1, **profile.container}
    sound = profile.sound if source.has_sound else {}
    output = ffmpeg.output(
        *streams,
        sandbox.address(order.file_name),
        t=_whole_pictures(source, profile),
        **profile.picture,
        **sound,
        **container,
    )
    return ["-v", "warning", *graph.compiled([output])[2:]]


def _whole_pictures(source: Source, profile: Profile) -> str:
    """The length in seconds, ending just before the picture after the last."""
    rate = delivery.rate_of(profile, source)
    pictures = max(1, round(Fraction(delivery.length_s(source)) * rate))
    return f"{int(pictures * 1_000_000 / rate) / 1_000_000:.6f}"


def _picture(film: Stream, source: Source, profile: Profile) -> Stream:
    """The pictures in the size of the master, the last of them held for as long as it takes."""
    hold_s = delivery.length_s(source) - source.picture_s + 1
    even = film["V:0"].filter("fps", fps=_text(source.rate), start_time=0)
    even = even.filter("tpad", stop_mode="clone", stop_duration=f"{hold_s:.3f}")
    canvas = delivery.canvas_of(profile, source)
    fitted = _fitted(source, canvas)
    every_field = profile.interlaced and _moments_rate(source) != source.rate
    picture = graph.prepared(even, source, fitted, pix_fmt=profile.pix_fmt, every_field=every_field)
    if fitted != canvas:
        picture = picture.filter("pad", *canvas, "(ow-iw)/2", "(oh-ih)/2")
    return _at_rate(picture, source, profile) if profile.interlaced else picture


def _fitted(source: Source, canvas: Size) -> Size:
    """The film's size inside the canvas, nothing cropped, even numbers."""
    scale = min(Fraction(canvas[0], source.width), Fraction(canvas[1], source.height))
    width, height = (max(2, 2 * round(side * scale / 2)) for side in (source.width, source.height))
    return min(width, canvas[0]), min(height, canvas[1])


def _at_rate(picture: Stream, source: Source, profile: Profile) -> Stream:
    """As many pictures as the master has fields, or pictures where the film has no more.

    Slower films hold a picture for a third field now and then; faster ones are blended, except
    that cuts stay cuts.
    """
    rate, wanted = _moments_rate(source), delivery.rate_of(profile, source)
    if rate in (wanted, _FIELD_RATE):
        return picture
    if rate < wanted:
        return picture.filter("fps", fps=_text(_FIELD_RATE))
    return picture.filter("framerate", fps=_text(_FIELD_RATE))


def _moments_rate(source: Source) -> Fraction:
    """How many moments per second the film shows: each field of an interlaced film is one."""
    return source.rate * 2 if source.interlaced and source.rate <= 30 else source.rate


def _woven(picture: Stream, source: Source, profile: Profile) -> Stream:
    """Pictures of two fields; both are of one moment where the film has no more moments."""
    if not profile.interlaced:
        return picture
    if _moments_rate(source) != delivery.rate_of(profile, source):
        picture = picture.filter("interlace", scan="tff", lowpass="complex")
    return picture.filter("setfield", "tff")


def _sounds(film: Stream, source: Source, profile: Profile) -> list[Stream]:
    if not source.has_sound:
        return []
    sound = graph.sound_of(film, source)
    stream = graph.levelled(sound, normalisation(source.loudness, profile.loudness))
    stream = stream.filter("apad", whole_dur=f"{delivery.length_s(source) + 1:.3f}")
    if profile.sound_tracks == 1:
        return [stream]
    both = stream.filter_multi_output("channelsplit", channel_layout="stereo")
    return [both[0], both[1]]


def _text(rate: Fraction) -> str:
    return f"{rate.numerator}/{rate.denominator}"
