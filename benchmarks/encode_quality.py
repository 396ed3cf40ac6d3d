"""How good a rendition looks beside its film: VMAF and VMAF-NEG at the film's size."""

import json
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from benchmarks.encode_sources import run_ffmpeg

EVERY = 7
"""Every so many frames are compared. It shares no factor with the patterns of key and B frames,
else one side would be judged by its better frames alone."""
MODELS = {"vmaf": "vmaf_v0.6.1", "vmaf_neg": "vmaf_v0.6.1neg"}


@dataclass(frozen=True)
class Quality:
    """One measure of one rendition: its mean and the first percentile of the frames."""

    mean: float
    first_percentile: float


def compare(rendition: Path, film: Path, size: tuple[int, int]) -> dict[str, Quality]:
    """Both measures; the rendition is enlarged (bicubic) to the film's displayed size."""
    log = rendition.with_suffix(".json")
    models = "|".join(f"version={version}\\:name={name}" for name, version in MODELS.items())
    enlarged = f"[0:V]scale={size[0]}:{size[1]}:flags=bicubic[made];[1:V]null[film];"
    options = f"model='{models}':n_threads=2:n_subsample={EVERY}:log_fmt=json:log_path={log}"
    graph = f"{enlarged}[made][film]libvmaf={options}"
    run_ffmpeg("-i", rendition, "-i", film, "-filter_complex", graph, "-f", "null", "-")
    frames = [frame["metrics"] for frame in json.loads(log.read_text())["frames"]]
    log.unlink()
    return {name: quality([frame[name] for frame in frames if name in frame]) for name in MODELS}


def quality(values: list[float]) -> Quality:
    """The mean and the first percentile, interpolated between frames."""
    ordered = sorted(values)
    at = (len(ordered) - 1) * 0.01
    below = int(at)
    above = min(below + 1, len(ordered) - 1)
    low = ordered[below] + (at - below) * (ordered[above] - ordered[below])
    return Quality(fmean(values), low)
