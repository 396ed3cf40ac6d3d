"""Makes the outputs of one group of a film: encodes once, packages twice, takes the stills."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from media_pipeline import boxes, graph, ladder, packaging, remux, sandbox, stills, storyboard
from media_pipeline.graph import Sheet, Sound
from media_pipeline.ladder import Group, PlannedOutput, Rung
from media_pipeline.loudness import normalisation
from media_pipeline.metering import metered
from media_pipeline.packaging import Package
from media_pipeline.sandbox import Bounds, Progress
from media_pipeline.source import Source
from media_pipeline.verdict import Limits

_ENCODED_SHARE = 0.9
_PACKAGED_SHARE = 0.95
_SHARED = Sound(ladder.SHARED_SOUND_RATE, 2)


@dataclass(frozen=True)
class MadeOutput:
    """One file that was made. `details` are JSON-ready; `cpu_s` is its part of the work."""

    name: str
    path: Path
    media_type: str
    details: dict[str, Any]
    cpu_s: float


def make(
    group: Group,
    planned: Sequence[PlannedOutput],
    source_path: Path,
    source: Source,
    scratch: Path,
    *,
    on_progress: Callable[[float], None],
    shared_sound: Path | None = None,
    limits: Limits | None = None,
    patient: bool = False,
) -> tuple[MadeOutput, ...]:
    """Make these outputs of one group in the folder `scratch`, which exists and is empty.

    `planned` may be any part of what `plan` names for the group. `shared_sound` is the film's
    SHARED_SOUND, where it has been made before: it is copied instead of encoded again, which gives
    the same packets. `patient` work gives way to all other. `on_progress` gets the share that is
    done, 0 to 1, about every half second; an exception raised in it ends the work and passes
    through. Call it from the main thread: ffmpeg dies with the thread that started it.
    Raises the errors of `sandbox.run`.
    """
    wanted = [output for output in planned if output.group == group]
    work = _Work(source_path, source, scratch.resolve(), on_progress, limits or Limits(), patient)
    work.shared_sound = shared_sound
    on_progress(0.0)
    with metered() as meter:
        made = [*work.films(wanted), *work.stills(wanted), *work.storyboard(wanted)]
    on_progress(1.0)
    return _with_costs(made, wanted, meter.cpu_s)


def _with_costs(
    made: Sequence[MadeOutput], planned: Sequence[PlannedOutput], cpu_s: float
) -> tuple[MadeOutput, ...]:
    pixels = {each.name: (each.width or 64) * (each.height or 64) for each in planned}
    total = sum(pixels[each.name] for each in made) or 1
    return tuple(replace(each, cpu_s=cpu_s * pixels[each.name] / total) for each in made)


class _Work:
    """The steps of one group; each takes what the one before left in the scratch folder."""

    def __init__(
        self,
        path: Path,
        source: Source,
        scratch: Path,
        on_progress: Callable[[float], None],
        limits: Limits,
        patient: bool,
    ) -> None:
        self._path = path.resolve()
        self._source = source
        self._scratch = scratch
        self._on_progress = on_progress
        self._sheet = _sheet_of(source)
        self._bounds = _bounds(source, limits, patient)
        self._copied: Rung | None = None
        self.shared_sound: Path | None = None

    def films(self, wanted: Sequence[PlannedOutput]) -> list[MadeOutput]:
        packages = {each.name: _package_of(each) for each in wanted if _is_packaged(each)}
        self._encode(wanted)
        if packages:
            self._package(list(packages.values()))
        return [
            self._made(each, self._film_details(each)) for each in wanted if each.name in packages
        ]

    def stills(self, wanted: Sequence[PlannedOutput]) -> list[MadeOutput]:
        sizes = {each.name: _size(each) for each in wanted if _is_still(each)}
        if not sizes:
            return []
        at_s = self._take_stills(self._moment(wanted), sizes)
        return [
            self._made(each, {**_image_details(each), "at_s": at_s})
            for each in wanted
            if each.name in sizes
        ]

    def storyboard(self, wanted: Sequence[PlannedOutput]) -> list[MadeOutput]:
        made = []
        for each in wanted:
            if each.name == "storyboard.vtt":
                text = storyboard.storyboard_webvtt(self._sheet, self._source.duration_s)
                (self._scratch / each.name).write_text(text, encoding="utf-8")
                made.append(self._made(each, {"kind": "storyboard_map"}))
            elif each.name == storyboard.IMAGE_NAME:
                made.append(self._made(each, self._sheet_details(each)))
        return made

    def _encode(self, wanted: Sequence[PlannedOutput]) -> None:
        rungs = self._without_copied(_rungs(wanted))
        sounds = self._without_shared(_sounds(wanted, self._source))
        wants_sheet = any(each.name == storyboard.IMAGE_NAME for each in wanted)
        sheet = self._sheet if wants_sheet else None
        if rungs or sounds or sheet:
            arguments = graph.encode_arguments(self._path, self._source, rungs, sounds, sheet)
            self._run(arguments, 0.0, _ENCODED_SHARE)

    def _without_copied(self, rungs: list[Rung]) -> list[Rung]:
        self._copied = remux.copied_rung(
            self._path, self._source, rungs, self._scratch, self._bounds
        )
        return [rung for rung in rungs if rung != self._copied]

    def _without_shared(self, sounds: list[Sound]) -> list[Sound]:
        if self.shared_sound is None or _SHARED not in sounds:
            return sounds
        shutil.copy(self.shared_sound, self._scratch / _SHARED.file_name)
        return [sound for sound in sounds if sound != _SHARED]

    def _package(self, packages: list[Package]) -> None:
        if not self._source.has_sound:
            packages = [replace(each, sound=None) for each in packages]
        arguments = packaging.package_arguments(self._scratch, packages)
        self._run(arguments, _ENCODED_SHARE, _PACKAGED_SHARE)

    def _take_stills(self, at_s: float, sizes: dict[str, tuple[int, int]]) -> float:
        """Take them at that time, or at the beginning if the film cannot be entered there."""
        for begin_s in (at_s, 0.0):
            arguments = graph.still_arguments(self._path, self._source, begin_s, sizes)
            self._run(arguments, _PACKAGED_SHARE, 1.0)
            if all((self._scratch / name).exists() for name in sizes):
                return begin_s
        return 0.0

    def _moment(self, wanted: Sequence[PlannedOutput]) -> float:
        rungs = _rungs(wanted)
        film = self._scratch / ladder.picture_file_name(rungs[0]) if rungs else None
        if film is None:
            return self._source.duration_s / 3
        return stills.choose_moment(
            film, self._source.duration_s, self._scratch, niceness=self._bounds.niceness
        )

    def _run(self, arguments: list[str], begin: float, end: float) -> None:
        def report(progress: Progress) -> None:
            share = min(1.0, progress.out_time_s / self._source.duration_s)
            self._on_progress(begin + (end - begin) * share)

        sandbox.run(
            "ffmpeg",
            arguments,
            readable=[self._path],
            folder=self._scratch,
            bounds=self._bounds,
            on_progress=report,
        )

    def _made(self, planned: PlannedOutput, details: dict[str, Any]) -> MadeOutput:
        path = self._scratch / planned.name
        return MadeOutput(planned.name, path, planned.media_type, details, 0.0)

    def _film_details(self, planned: PlannedOutput) -> dict[str, Any]:
        path = self._scratch / planned.name
        package = _package_of(planned)
        normalised = normalisation(self._source.loudness)
        details: dict[str, Any] = {"kind": _kind(package)}
        details |= packaging.stream_details(path) if package.segmented else _file_details(path)
        if package.picture and planned.rung:
            rate = ladder.rate_of(self._source, planned.rung)
            details |= {"width": planned.width, "height": planned.height, "frame_rate": float(rate)}
            details["copied"] = planned.rung == self._copied
        if package.sound and self._source.has_sound:
            details["loudness"] = normalised.as_data() if normalised else None
            details["channels"] = _sound_of(planned).channels
        return {**details, "codecs": _codecs(path, package, self._source, planned.rung)}

    def _sheet_details(self, planned: PlannedOutput) -> dict[str, Any]:
        sheet = self._sheet
        return {
            "kind": "storyboard",
            "width": planned.width,
            "height": planned.height,
            "columns": sheet.columns,
            "rows": sheet.rows,
            "tile_width": sheet.tile[0],
            "tile_height": sheet.tile[1],
            "interval_s": sheet.interval_s,
            "count": storyboard.tile_count(sheet, self._source.duration_s),
        }


def _bounds(source: Source, limits: Limits, patient: bool) -> Bounds:
    pixels = min(limits.max_pixels, source.coded_width * source.coded_height)
    niceness = sandbox.PATIENT if patient else 0
    return sandbox.bounds_for(pixels, wall_s=600 + 60 * source.duration_s, niceness=niceness)


def _sheet_of(source: Source) -> Sheet:
    columns, rows, interval_s = ladder.storyboard_grid(source)
    return Sheet(ladder.storyboard_tile(source), columns, rows, interval_s)


def _is_still(planned: PlannedOutput) -> bool:
    return planned.name == "poster.jpg" or planned.name.startswith("still-")


def _is_packaged(planned: PlannedOutput) -> bool:
    return planned.media_type in (ladder.MP4, ladder.M4A)


def _size(planned: PlannedOutput) -> tuple[int, int]:
    return planned.width or 2, planned.height or 2


def _rungs(wanted: Sequence[PlannedOutput]) -> list[Rung]:
    found = {each.rung for each in wanted if each.rung and each.media_type == ladder.MP4}
    return sorted(found, key=lambda rung: rung.short_side)


def _sounds(wanted: Sequence[PlannedOutput], source: Source) -> list[Sound]:
    if not source.has_sound:
        return []
    needed = {_sound_of(each) for each in wanted if _is_packaged(each) and _package_of(each).sound}
    return sorted(needed, key=lambda sound: sound.rate)


def _sound_of(planned: PlannedOutput) -> Sound:
    rung = planned.rung
    if rung is None:
        return _SHARED
    codec: Literal["aac", "libopus"] = "libopus" if rung.codec == "av1" else "aac"
    return Sound(rung.audio_rate, rung.audio_channels, codec)


def _package_of(planned: PlannedOutput) -> Package:
    segmented = planned.name.startswith("hls-")
    pictured = planned.rung if planned.media_type == ladder.MP4 else None
    picture = ladder.picture_file_name(pictured) if pictured else None
    sound = None if segmented and picture else _sound_of(planned).file_name
    return Package(planned.name, picture, sound, segmented)


def _kind(package: Package) -> str:
    if package.segmented:
        return "hls_video" if package.picture else "hls_audio"
    return "film" if package.picture else "sound"


def _codecs(path: Path, package: Package, source: Source, rung: Rung | None) -> str:
    modern = bool(rung and rung.codec == "av1")
    names = [boxes.av1_codec(path) if modern else boxes.avc_codec(path)] if package.picture else []
    if package.sound and source.has_sound:
        names.append("opus" if modern else packaging.SOUND_CODEC)
    return ",".join(names)


def _file_details(path: Path) -> dict[str, Any]:
    length_s = boxes.duration_s(path)
    rate = round(8 * path.stat().st_size / length_s)
    return {"duration_s": round(length_s, 3), "bandwidth": rate, "average_bandwidth": rate}


def _image_details(planned: PlannedOutput) -> dict[str, Any]:
    kind = "poster" if planned.name == "poster.jpg" else "still"
    return {"kind": kind, "width": planned.width, "height": planned.height}
