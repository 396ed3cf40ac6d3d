"""What copying a rung saves that the film already has, in processor time."""

import tempfile
from dataclasses import replace
from pathlib import Path

from benchmarks.encode_sources import run_ffmpeg
from media_pipeline import encode, ladder
from media_pipeline.source import Source
from media_pipeline.verdict import Limits, inspect


def remux_speedup(film: Path, scratch: Path) -> float:
    """CPU of encoding the 1080 rung divided by that of copying it, packaging on both sides.

    The film is first brought within the rung's rates, as an editing program would export it.
    """
    fitting = scratch / "fitting.mp4"
    rung = ladder.RUNGS[-1]
    run_ffmpeg(
        *("-i", film, "-c:a", "copy", "-c:v", "libx264", "-preset", "superfast", "-crf", 23),
        *("-maxrate", rung.max_rate * 4 // 5, "-bufsize", rung.max_rate, "-g", 50, fitting),
    )
    source = inspect(fitting, Limits()).source
    if source is None:
        raise SystemExit("the film to be copied was refused")
    # The same film, told to be one that has to be encoded.
    uneven = replace(source, variable_rate=True)
    return round(_cpu_s(fitting, uneven, scratch) / _cpu_s(fitting, source, scratch), 2)


def _cpu_s(film: Path, source: Source, scratch: Path) -> float:
    planned = [
        each
        for each in ladder.plan(source)
        if each.rung == ladder.RUNGS[-1] and each.media_type == ladder.MP4
    ]
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        made = encode.make(
            "rest", planned, film, source, Path(folder), on_progress=lambda share: None
        )
    return sum(each.cpu_s for each in made)
