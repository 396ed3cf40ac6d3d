"""A first look for flashes that may harm people with photosensitive epilepsy. Not a certified one.

After ITU-R BT.1702 and WCAG 2 (general flashes): a flash is a pair of opposing changes of
luminance by a tenth of full white or more whose darker side is below 0.8, over a quarter of the
picture or more; more than three in any second are too many. Red flashes and patterns are not
looked for.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 96, 54
SMALLEST_CHANGE = 0.1
BRIGHTEST_DARK = 0.8
SMALLEST_AREA = 0.25
MOST_PER_S = 3
_SAME_MOMENT_S = 0.1
"""Parts of a picture that change within this time change together."""
_GAMMA = 2.4
"""From the signal to the light of a screen (ITU-R BT.1886)."""

Picture = NDArray[np.float32]


@dataclass(frozen=True)
class Span:
    """From when to when, in seconds."""

    start_s: float
    end_s: float


def luminance(grey: NDArray[np.uint8]) -> Picture:
    """Relative luminance, 0 to 1, of luma in nominal range (16 is black, 235 white)."""
    signal = np.clip((np.arange(256, dtype=np.float32) - 16) / 219, 0, 1)
    light: Picture = (signal**_GAMMA).astype(np.float32)[grey]
    return light


def find_flashes(pictures: NDArray[np.uint8], rate: float) -> list[Span]:
    """Where flashes come too fast. `pictures` is (number, height, width) of luma, `rate` in Hz.

    A span begins and ends with a change that belongs to it.
    """
    changes = list(_changes(pictures, rate))
    too_many = 2 * MOST_PER_S + 1
    # Changes lie on pictures, so that three in a second may seem to be one picture closer.
    shortest_s = 1.0 - 1.5 / rate
    spans: list[Span] = []
    for first, last in zip(changes, changes[too_many - 1 :], strict=False):
        if last - first >= shortest_s:
            continue
        if spans and first <= spans[-1].end_s:
            spans[-1] = Span(spans[-1].start_s, last)
        else:
            spans.append(Span(first, last))
    return spans


def _changes(pictures: NDArray[np.uint8], rate: float) -> Iterator[float]:
    """Times at which enough of the picture has become lighter or darker, in turns."""
    if not len(pictures):
        return
    together = max(1, round(_SAME_MOMENT_S * rate))
    trace = _Trace(luminance(pictures[0]))
    recent: dict[int, Any] = {1: [], -1: []}
    last = 0
    for number, picture in enumerate(pictures[1:], 1):
        for direction, changed in trace.follow(luminance(picture)):
            window = recent[direction]
            window.append(changed)
            del window[:-together]
            area = np.logical_or.reduce(window).mean()
            if direction != last and area >= SMALLEST_AREA:
                last = direction
                window.clear()
                recent[-direction].clear()
                yield number / rate


class _Trace:
    """How each pixel has gone since its last change: the darkest and the lightest it has been."""

    def __init__(self, picture: Picture) -> None:
        self._low = picture.copy()
        self._high = picture.copy()
        self._direction = np.zeros(picture.shape, dtype=np.int8)

    def follow(self, picture: Picture) -> list[tuple[int, NDArray[np.bool_]]]:
        """Which pixels have become lighter (1) and darker (-1) with this picture."""
        np.minimum(self._low, picture, out=self._low)
        np.maximum(self._high, picture, out=self._high)
        lighter = picture - self._low >= SMALLEST_CHANGE
        lighter &= (self._low < BRIGHTEST_DARK) & (self._direction != 1)
        darker = self._high - picture >= SMALLEST_CHANGE
        darker &= (picture < BRIGHTEST_DARK) & (self._direction != -1)
        for direction, changed in ((1, lighter), (-1, darker)):
            self._direction[changed] = direction
            self._low[changed] = self._high[changed] = picture[changed]
        return [(1, lighter), (-1, darker)]
