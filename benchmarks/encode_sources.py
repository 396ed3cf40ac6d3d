"""Films for the encoding benchmark: 1080p mosaics of real footage, nothing enlarged."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from demo import footage
from media_pipeline import binaries

RATE = 25
LENGTH_S = 6

STREET, FACE, WINDOW, RABBIT = (
    "bikes.mp4",
    "WolfgangLanger_Pexels.mp4",
    "face_noface.mov",
    "bigbuckbunny.mp4",
)


@dataclass(frozen=True)
class Tile:
    """A part of a clip: from when, which part (width, height, left, top), where it goes."""

    clip: str
    from_s: int
    part: tuple[int, int, int, int]
    place: tuple[int, int]
    mirrored: bool = False


@dataclass(frozen=True)
class Mosaic:
    """A film made of tiles. A `turned` one is stored lying on its side, as phones do."""

    name: str
    size: tuple[int, int]
    tiles: tuple[Tile, ...]
    sound: str
    turned: bool = False


def _column(left: int, width: int, *parts: tuple[str, int, int, int, int]) -> tuple[Tile, ...]:
    """Tiles below one another: clip, seconds, height, left and top of the part."""
    tiles, top = list[Tile](), 0
    for index, (clip, from_s, height, x, y) in enumerate(parts):
        tiles.append(Tile(clip, from_s, (width, height, x, y), (left, top), index % 2 == 1))
        top += height
    return tuple(tiles)


CAMERA = Mosaic(
    "camera",
    (1920, 1080),
    (
        *_column(0, 640, (FACE, 0, 360, 0, 0), (FACE, 5, 360, 0, 0), (FACE, 9, 360, 0, 0)),
        *_column(
            640,
            640,
            *((STREET, 0, 272, 0, 0), (STREET, 3, 272, 0, 0)),
            *((STREET, 6, 272, 0, 0), (STREET, 8, 264, 0, 0)),
        ),
        *_column(1280, 640, (WINDOW, 0, 540, 160, 0), (WINDOW, 1, 540, 160, 0)),
    ),
    RABBIT,
)
ANIMATION = Mosaic(
    "animation",
    (1920, 1080),
    (
        Tile(RABBIT, 0, (1280, 720, 0, 0), (0, 0)),
        Tile(RABBIT, 2, (640, 720, 300, 0), (1280, 0)),
        Tile(RABBIT, 3, (640, 360, 600, 200), (1280, 720), mirrored=True),
        Tile(RABBIT, 1, (1280, 360, 0, 200), (0, 720), mirrored=True),
    ),
    RABBIT,
)
PHONE = Mosaic(
    "phone",
    (1080, 1920),
    (
        *_column(
            0,
            540,
            *((STREET, 0, 272, 0, 0), (FACE, 0, 360, 50, 0), (STREET, 5, 272, 100, 0)),
            *((WINDOW, 0, 540, 210, 0), (STREET, 2, 272, 50, 0), (STREET, 7, 204, 50, 30)),
        ),
        *_column(
            540,
            540,
            *((FACE, 6, 360, 90, 0), (STREET, 1, 272, 90, 0), (WINDOW, 2, 540, 210, 0)),
            *((STREET, 4, 272, 20, 0), (STREET, 6, 204, 0, 30), (STREET, 3, 272, 30, 0)),
        ),
    ),
    WINDOW,
    turned=True,
)
MOSAICS = (CAMERA, ANIMATION, PHONE)


def prepare(folder: Path) -> dict[str, Path]:
    """The films by name. Raises demo.trouble.Trouble when the footage cannot be had."""
    clips = footage.take_apart(footage.fetch(folder / "packages"), folder / "clips")
    return {mosaic.name: _make(mosaic, clips, folder) for mosaic in MOSAICS}


def run_ffmpeg(*arguments: object) -> None:
    """Run the benchmark's one ffmpeg to its end; CalledProcessError if it fails."""
    command = [binaries.path_of("ffmpeg"), "-nostdin", "-v", "error", "-y", *map(str, arguments)]
    subprocess.run(command, check=True)


def _make(mosaic: Mosaic, clips: dict[str, Path], folder: Path) -> Path:
    film, flat = folder / f"{mosaic.name}.mp4", folder / f"{mosaic.name}-flat.mp4"
    inputs: list[object] = []
    for tile in mosaic.tiles:
        inputs += ["-stream_loop", -1, "-ss", tile.from_s, "-t", LENGTH_S, "-i", clips[tile.clip]]
    inputs += ["-stream_loop", -1, "-i", clips[mosaic.sound]]
    run_ffmpeg(
        *inputs,
        *("-filter_complex", _graph(mosaic), "-map", "[film]", "-map", f"{len(mosaic.tiles)}:a:0"),
        *("-t", LENGTH_S, "-c:v", "libx264", "-preset", "superfast", "-crf", 15, "-g", 2 * RATE),
        *("-threads", 2, "-af", "aresample=48000:async=1:first_pts=0"),
        *("-c:a", "aac", "-b:a", "160k", "-ac", 2, "-ar", 48000, "-movflags", "+faststart", flat),
    )
    turn = ("-display_rotation", -90) if mosaic.turned else ()
    run_ffmpeg(*turn, "-i", flat, "-c", "copy", film)
    flat.unlink()
    return film


def _graph(mosaic: Mosaic) -> str:
    chains = []
    for index, tile in enumerate(mosaic.tiles):
        part = ":".join(map(str, tile.part))
        flip = ",hflip" if tile.mirrored else ""
        even = f"fps={RATE},trim=duration={LENGTH_S},setpts=PTS-STARTPTS"
        chains.append(f"[{index}:V]{even},format=yuv420p,crop={part}{flip}[tile{index}]")
    together = "".join(f"[tile{index}]" for index in range(len(mosaic.tiles)))
    layout = "|".join(f"{x}_{y}" for x, y in (tile.place for tile in mosaic.tiles))
    stack = f"xstack=inputs={len(mosaic.tiles)}:layout={layout}"
    width, height = mosaic.size
    turn = ",transpose=cclock" if mosaic.turned else ""
    tags = "setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"
    return ";".join([*chains, f"{together}{stack},crop={width}:{height}:0:0{turn},{tags}[film]"])
