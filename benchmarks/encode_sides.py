"""Who makes renditions in the encoding benchmark: this pipeline, and others by their command lines.

PeerTube's and MediaCMS's command lines are those of their sources, for 25 frames a second; each
starts one process per rendition, one after another, as they do.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.encode_sources import RATE, run_ffmpeg
from media_pipeline import encode, ladder
from media_pipeline.ladder import PlannedOutput
from media_pipeline.source import Source

SHORT_SIDES = (240, 360, 480, 720, 1080)
Renditions = dict[int, Path]
Side = Callable[[Path, Source, Path], Renditions]

_PEERTUBE_MAX_RATES = {240: 435200, 360: 864000, 480: 1228800, 720: 2534400, 1080: 5184000}
_MEDIACMS_MAX_RATES_K = {240: 450, 360: 750, 480: 1500, 720: 3750, 1080: 6750}
_FINER: dict[int, dict[str, Any]] = {
    240: {"crf": 23.2, "max_rate": 700_000},
    360: {"crf": 23.5, "max_rate": 1_300_000},
    480: {"crf": 22.7, "max_rate": 2_000_000},
    720: {"crf": 23.2, "max_rate": 4_000_000},
    1080: {"crf": 23.1, "max_rate": 8_000_000},
}
_MEDIACMS_WIDTHS = {240: 426, 360: 640, 480: 854, 720: 1280, 1080: 1920}


def ours(film: Path, source: Source, folder: Path) -> Renditions:
    """Both groups as the worker makes them, with HLS and its sound; no stills and no storyboard."""
    return _made([each for each in ladder.plan(source) if _has_streams(each)], film, source, folder)


def finer(film: Path, source: Source, folder: Path) -> Renditions:
    """The same with quality and rates raised until it looks as good as what MediaCMS makes."""
    planned = [
        replace(each, rung=replace(each.rung, **_FINER[each.rung.short_side]))
        if each.rung
        else each
        for each in ladder.plan(source)
        if _has_streams(each)
    ]
    return _made(planned, film, source, folder)


def _has_streams(planned: PlannedOutput) -> bool:
    return planned.rung is not None or planned.name == ladder.SHARED_SOUND


def _made(planned: list[PlannedOutput], film: Path, source: Source, folder: Path) -> Renditions:
    shared_sound = folder / "first" / ladder.SHARED_SOUND
    for group in ladder.GROUPS:
        scratch = folder / group
        scratch.mkdir()
        encode.make(
            group,
            planned,
            film,
            source,
            scratch,
            on_progress=lambda share: None,
            shared_sound=shared_sound if shared_sound.exists() else None,
        )
    found = {int(path.stem): path for path in folder.glob("*/[0-9]*.mp4")}
    return {short_side: found[short_side] for short_side in SHORT_SIDES}


def peertube(film: Path, source: Source, folder: Path) -> Renditions:
    """One process per rendition; the sound is copied."""
    made = {}
    for short_side in SHORT_SIDES:
        size = f"w={short_side}:h=-2" if source.portrait else f"w=-2:h={short_side}"
        most = _PEERTUBE_MAX_RATES[short_side]
        made[short_side] = folder / f"{short_side}.mp4"
        run_ffmpeg(
            *("-i", film, "-acodec", "copy", "-vcodec", "libx264", "-f", "mp4"),
            *("-movflags", "faststart", "-max_muxing_queue_size", 1024, "-map_metadata", -1),
            *("-pix_fmt", "yuv420p", "-vf", f"scale={size}", "-preset", "veryfast"),
            *("-maxrate:v", most, "-bufsize:v", 2 * most, "-b_strategy", 1, "-bf", 16),
            *("-r", RATE, "-g:v", 2 * RATE, made[short_side]),
        )
    return made


def mediacms(film: Path, source: Source, folder: Path) -> Renditions:
    """One process per rendition; the sound is encoded anew for each."""
    made = {}
    for short_side in SHORT_SIDES:
        most = f"{_MEDIACMS_MAX_RATES_K[short_side]}k"
        made[short_side] = folder / f"{short_side}.mp4"
        run_ffmpeg(
            *("-i", film, "-c:v", "libx264", "-filter:v", _mediacms_filter(short_side)),
            *("-pix_fmt", "yuv420p", "-crf", 23, "-c:a", "aac", "-b:a", "128k", "-ac", 2),
            *("-maxrate", most, "-bufsize", most, "-force_key_frames", "expr:gte(t,n_forced*4)"),
            *("-x264-params", f"keyint={8 * RATE}:keyint_min={4 * RATE}", "-preset", "medium"),
            *("-profile:v", "main", "-level", 4.2, "-strict", -2, made[short_side]),
        )
    return made


def plain(film: Path, source: Source, folder: Path) -> Renditions:
    """What somebody types who knows nothing: one rendition of the film's own size."""
    run_ffmpeg("-i", film, "-c:v", "libx264", folder / "1080.mp4")
    return {1080: folder / "1080.mp4"}


def _mediacms_filter(short_side: int) -> str:
    width = _MEDIACMS_WIDTHS[short_side]
    turned = rf"if(lt(iw\,ih)\,{short_side}\,{width}):if(lt(iw\,ih)\,{width}\,{short_side})"
    return (
        f"scale={turned}:force_original_aspect_ratio=decrease:force_divisible_by=2:flags=lanczos,"
        f"fps=fps={RATE}"
    )


SIDES: dict[str, Side] = {
    "ours": ours,
    "finer": finer,
    "peertube": peertube,
    "mediacms": mediacms,
    "plain": plain,
}

OURS_BESIDE = {"peertube": "ours", "mediacms": "finer"}
"""With which of our sides another one is compared: the one that looks at least as good."""
