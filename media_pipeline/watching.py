"""A whole decode of a film: how much of it there is, and where it is black, frozen or silent."""

import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from media_pipeline import sandbox
from media_pipeline.listening import filtered
from media_pipeline.probe import seconds
from media_pipeline.sampling import read_times
from media_pipeline.sandbox import Progress
from media_pipeline.source import Audio, Source

_TIMES, _SEEN, _HEARD = "times.txt", "seen.txt", "heard.txt"
_SMALL_WIDTH = 320
_DARK_SHARE, _DARK = 0.98, 0.1
# Codecs refine a still picture for a while, which is more than the usual -60 dB.
_STILL_DB, _QUIET_DB = -50, -50
_DAMAGE_MARK = re.compile(r"^(?:\[[^\n\]]*\] )*\[(?:error|fatal)\]", re.MULTILINE)


@dataclass(frozen=True)
class Span:
    """A part of a film, in seconds from its beginning."""

    begin_s: float
    end_s: float

    @property
    def length_s(self) -> float:
        """How long it lasts."""
        return self.end_s - self.begin_s


@dataclass(frozen=True)
class Watched:
    """What decoding a film to its end has told.

    `times` are those of the pictures that decoded, in order; `complained` tells whether a decoder
    or reader did on the way.
    """

    duration_s: float
    picture_s: float
    times: tuple[float, ...]
    complained: bool
    black: list[Span]
    frozen: list[Span]
    silent: list[Span]


def watch(
    path: Path,
    source: Source,
    *,
    black_s: float,
    frozen_s: float,
    silent_s: float,
    on_progress: Callable[[float], None],
) -> Watched:
    """Decode everything; spans are told that last at least so long. Raises ProcessFailed."""
    seen = _Furthest(source.duration_s, on_progress)
    arguments = ["-v", "level+warning", "-max_pixels", str(sandbox.MOST_PIXELS)]
    arguments += ["-max_error_rate", "1", "-noautorotate"]
    arguments += sandbox.source_arguments(path, source.demuxer)
    arguments += _picture_arguments(black_s, frozen_s)
    arguments += _sound_arguments(source.audio, silent_s) if source.audio else []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        done = sandbox.run(
            "ffmpeg",
            [*arguments, "-t", f"{source.duration_s + 1:.3f}", "-f", "null", "-"],
            readable=[path],
            folder=folder,
            bounds=sandbox.bounds_for(
                source.coded_width * source.coded_height,
                wall_s=600 + 60 * source.duration_s,
                niceness=sandbox.PATIENT,
            ),
            on_progress=seen,
        )
        times = read_times(folder / _TIMES)
        picture_s = min(times[-1] + float(1 / source.rate), source.picture_s) if times else 0.0
        length_s = max(seen.last.out_time_s, picture_s)
        return Watched(
            duration_s=length_s,
            picture_s=picture_s,
            times=tuple(times),
            complained=bool(_DAMAGE_MARK.search(done.log)),
            black=_spans(folder / _SEEN, "black_start", "black_end", picture_s),
            frozen=_spans(
                folder / _SEEN, "freezedetect.freeze_start", "freezedetect.freeze_end", picture_s
            ),
            silent=_spans(folder / _HEARD, "silence_start", "silence_end", length_s),
        )


class _Furthest:
    """Remembers the last report and passes it on as a share of the whole."""

    def __init__(self, whole_s: float, on_progress: Callable[[float], None]) -> None:
        self.last = Progress(0.0, 0)
        self._whole_s = whole_s
        self._on_progress = on_progress

    def __call__(self, progress: Progress) -> None:
        self.last = progress
        self._on_progress(min(1.0, progress.out_time_s / self._whole_s))


def _picture_arguments(black_s: float, frozen_s: float) -> list[str]:
    """What is dark or still can be told from a small picture too, at a fraction of the cost."""
    filters = (
        f"scale={_SMALL_WIDTH}:-2:flags=fast_bilinear",
        "format=yuv420p",
        f"blackdetect=d={black_s:.3f}:pic_th={_DARK_SHARE}:pix_th={_DARK}",
        f"freezedetect=n={_STILL_DB}dB:d={frozen_s:.3f}",
        f"metadata=mode=print:file={_SEEN}",
    )
    return [
        *("-map", "0:V:0", "-vf", ",".join(filters), "-fps_mode", "passthrough"),
        *("-stats_enc_pre:v", _TIMES, "-stats_enc_pre_fmt:v", "{t}"),
    ]


def _sound_arguments(audio: Audio, silent_s: float) -> list[str]:
    filters = f"silencedetect=n={_QUIET_DB}dB:d={silent_s:.3f},ametadata=mode=print:file={_HEARD}"
    return filtered(audio, filters)


def _spans(path: Path, begin: str, end: str, end_s: float) -> list[Span]:
    """What a filter has noted in a file; a span that nothing ends lasts to `end_s`."""
    found: list[Span] = []
    begin_s: float | None = None
    for line in path.read_text().splitlines() if path.exists() else ():
        name, _, value = line.partition("=")
        time_s = seconds(value)
        if name == f"lavfi.{begin}":
            begin_s = time_s
        elif name == f"lavfi.{end}" and begin_s is not None and time_s is not None:
            found.append(Span(begin_s, time_s))
            begin_s = None
    return found if begin_s is None else [*found, Span(begin_s, max(begin_s, end_s))]
