"""Makes films with ffmpeg's test sources, each once per run of the tests."""

import fcntl
import pickle
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import imageio_ffmpeg

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
CORNERS = {"red": (0, 0), "lime": (1, 0), "blue": (0, 1), "white": (1, 1)}
FLASH_S = 1.0
T = TypeVar("T")


def run_ffmpeg(*arguments: object) -> bytes:
    command = [FFMPEG, "-nostdin", "-v", "error", "-y", *map(str, arguments)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout


def marked_picture(
    width: int = 640, height: int = 360, rate: str = "25", seconds: float = 3
) -> str:
    """A grey film with a coloured mark in each corner and a white flash in its middle."""
    mark_w, mark_h = width // 5, height // 5
    chain = [f"color=c=gray:s={width}x{height}:r={rate}:d={seconds}"]
    middle = f"x={mark_w}:y={mark_h}:w={width - 2 * mark_w}:h={height - 2 * mark_h}"
    flash = f"between(t,{FLASH_S - 0.001},{FLASH_S + 0.1})"
    chain.append(f"drawbox={middle}:c=white:t=fill:enable='{flash}'")
    for colour, (right, bottom) in CORNERS.items():
        x, y = right * (width - mark_w), bottom * (height - mark_h)
        chain.append(f"drawbox=x={x}:y={y}:w={mark_w}:h={mark_h}:c={colour}:t=fill")
    return ",".join(chain)


LAYOUTS = {"mono": 1, "stereo": 2, "5.1": 6}
CENTRE = 2
"""The place of the centre among the six channels of 5.1."""


def beep(seconds: float = 3, layout: str = "stereo", only: int | None = None) -> str:
    """Silence with a beep at the moment of the flash, in `only` one channel or in all of them."""
    hum = "0.0005*sin(2*PI*300*t)"
    wave = f"if(between(t,{FLASH_S},{FLASH_S + 0.3}),0.3*sin(2*PI*1000*t),{hum})"
    channels = range(LAYOUTS[layout])
    waves = "|".join(wave if only in (None, channel) else hum for channel in channels)
    return f"aevalsrc=exprs='{waves}':s=48000:d={seconds}:c={layout}"


X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
AAC = ("-c:a", "aac", "-b:a", "128k")


class Shared:
    """Results that all test processes of a run share: who comes first makes them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(exist_ok=True)

    def once(self, name: str, make: Callable[[], T]) -> T:
        result = self._folder / f"{name}.pickle"
        with (self._folder / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not result.exists():
                result.write_bytes(pickle.dumps(make()))
        return pickle.loads(result.read_bytes())

    def folder(self, name: str) -> Path:
        path = self._folder / name
        path.mkdir()
        return path


class FilmMaker:
    """Makes the films that its methods `_film_NAME` describe."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._shared = Shared(folder)

    def get(self, name: str) -> Path:
        maker: Callable[[str], Path] = getattr(self, f"_film_{name}")
        return self._shared.once(name, lambda: maker(name))

    def path(self, name: str) -> Path:
        return self._folder / name

    def marked(
        self,
        name: str,
        *,
        suffix: str = "mp4",
        size: tuple[int, int] = (640, 360),
        rate: str = "25",
        seconds: float = 3,
        picture: tuple[object, ...] = X264,
        sound: str | None = "stereo",
        more: tuple[object, ...] = (),
        vf: str = "null",
    ) -> Path:
        path = self.path(f"{name}.{suffix}")
        sources = ["-f", "lavfi", "-i", f"{marked_picture(*size, rate, seconds)},{vf}"]
        if sound:
            sources += ["-f", "lavfi", "-i", beep(seconds, sound)]
        audio = AAC if sound and suffix in ("mp4", "mov") else ()
        run_ffmpeg(*sources, *picture, *audio, *more, path)
        return path

    def rewrapped(self, name: str, of: str, *before: object, suffix: str = "mp4") -> Path:
        path = self.path(f"{name}.{suffix}")
        run_ffmpeg(*before, "-i", self.get(of), "-c", "copy", path)
        return path
