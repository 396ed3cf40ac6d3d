"""Rates and lengths that playlists promise, against figures reckoned by hand."""

import pytest

from media_pipeline import hls
from media_pipeline.hls import Part


@pytest.mark.parametrize(
    ("parts", "peak", "average"),
    [
        ([Part(4, 500_000), Part(4, 400_000)], 1_000_000, 900_000),
        # A last key picture alone is no run of segments: with the one before it lasts 4.04 s.
        ([Part(4, 500_000), Part(0.04, 50_000)], 1_089_109, 1_089_109),
        # Half a target duration is long enough to count.
        ([Part(4, 400_000), Part(2, 400_000)], 1_600_000, 1_066_667),
        ([Part(4, 400_000), Part(1.9, 380_000)], 1_057_628, 1_057_628),
        ([Part(0.4, 10_000)], 200_000, 200_000),
    ],
)
def test_the_peak_is_of_runs_around_the_target_duration(parts, peak, average):
    assert (hls.peak_rate(parts), hls.average_rate(parts)) == (peak, average)


@pytest.mark.parametrize(
    ("durations_s", "target"), [([4.0, 1.0], 4), ([4.0107], 4), ([4.5], 5), ([0.2], 1)]
)
def test_the_target_is_the_longest_segment_in_whole_seconds(durations_s, target):
    assert hls.target_s(durations_s) == target
