"""Second pass of the loudness normalisation by EBU R128 with ffmpeg's loudnorm filter."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from media_pipeline.ladder import LOUDNESS
from media_pipeline.source import Loudness

_LOWEST_LUFS = -99.0
_LEAST_RANGE_LU = 0.1
"""The filter takes 0 for "not measured" and changes its gain all the time."""


@dataclass(frozen=True)
class Normalisation:
    """What is done to the sound: `linear` is one gain throughout, `dynamic` a changing one.

    `limiter_options` are of the filters `volume` and `alimiter` that go before a changing gain.
    """

    mode: Literal["linear", "dynamic"]
    limiter_options: dict[str, dict[str, object]]
    filter_options: dict[str, object]
    measured: float
    target: float

    def as_data(self) -> dict[str, object]:
        """For the output's details."""
        return {"mode": self.mode, "measured": self.measured, "target": self.target}


def normalisation(
    measured: Loudness | None, aim: Mapping[str, float] = LOUDNESS
) -> Normalisation | None:
    """How to bring sound to its aim; None for silence, which stays as it is.

    The filter keeps to one gain while that leaves the true peak under its bound; its bound for
    the loudness range is raised to the film's own, so that quiet scenes stay quiet. Where one gain
    leaves peaks above their bound, they are cut off before: by itself the filter turns down what
    lies around them, and a quiet film with a few claps ends 7 LU too quiet.
    """
    if measured is None:
        return None
    target, peak = aim["integrated"], aim["true_peak"]
    fits = measured.true_peak + target - measured.integrated <= peak
    options: dict[str, object] = {
        "I": target,
        "TP": peak,
        "LRA": min(50.0, max(aim["range"], measured.range + 1)),
    }
    if not fits:
        limiter = _limiter(target - measured.integrated, peak)
        return Normalisation("dynamic", limiter, options, measured.integrated, target)
    return Normalisation(
        mode="linear",
        limiter_options={},
        filter_options={
            **options,
            "measured_I": _within(measured.integrated),
            "measured_TP": min(99.0, measured.true_peak),
            "measured_LRA": max(_LEAST_RANGE_LU, min(99.0, measured.range)),
            "measured_thresh": _within(measured.threshold),
            "linear": "true",
        },
        measured=measured.integrated,
        target=target,
    )


def _limiter(gain_db: float, peak: float) -> dict[str, dict[str, object]]:
    return {
        "volume": {"volume": f"{gain_db:.2f}dB"},
        "alimiter": {
            "limit": round(10 ** (peak / 20), 4),
            "level": "false",
            "attack": 5,
            "release": 50,
            # Else all would come later by the time that the limiter looks ahead.
            "latency": 1,
        },
    }


def _within(lufs: float) -> float:
    return min(0.0, max(_LOWEST_LUFS, lufs))
