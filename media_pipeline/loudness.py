"""Second pass of the loudness normalisation by EBU R128 with ffmpeg's loudnorm filter."""

from dataclasses import dataclass
from typing import Literal

from media_pipeline.ladder import LOUDNESS
from media_pipeline.source import Loudness

_LOWEST_LUFS = -99.0


@dataclass(frozen=True)
class Normalisation:
    """What is done to the sound: `linear` is one gain throughout, `dynamic` a changing one."""

    mode: Literal["linear", "dynamic"]
    filter_options: dict[str, object]
    measured: float
    target: float

    def as_data(self) -> dict[str, object]:
        """For the output's details."""
        return {"mode": self.mode, "measured": self.measured, "target": self.target}


def normalisation(measured: Loudness | None) -> Normalisation | None:
    """How to bring sound to its target; None for silence, which stays as it is.

    The filter keeps to one gain while that leaves the true peak under its bound; its bound for
    the loudness range is raised to the film's own, so that quiet scenes stay quiet.
    """
    if measured is None:
        return None
    target, peak = LOUDNESS["integrated"], LOUDNESS["true_peak"]
    fits = measured.true_peak + target - measured.integrated <= peak
    return Normalisation(
        mode="linear" if fits else "dynamic",
        filter_options={
            "I": target,
            "TP": peak,
            "LRA": min(50.0, max(LOUDNESS["range"], measured.range + 1)),
            "measured_I": _within(measured.integrated),
            "measured_TP": min(99.0, measured.true_peak),
            "measured_LRA": min(99.0, measured.range),
            "measured_thresh": _within(measured.threshold),
            "linear": "true",
        },
        measured=measured.integrated,
        target=target,
    )


def _within(lufs: float) -> float:
    return min(0.0, max(_LOWEST_LUFS, lufs))
