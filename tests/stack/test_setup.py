"""The first run of ./run, on a small checkout whose packages need no index."""

import os
import shutil
import subprocess
import sys

import pytest

from stack import setup
from stack.stack import ROOT

NO_INDEX = {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull, "UV_OFFLINE": "1"}


@pytest.fixture
def checkout(tmp_path):
    """A checkout that needs no package at all, with an npm that writes what it is asked for."""
    root = tmp_path / "check out"
    (root / "stack").mkdir(parents=True)
    for name in ("run", "stack/setup.py", "requirements-uv.txt", "package-lock.json"):
        shutil.copy(ROOT / name, root / name)
    (root / "requirements-uv.txt").write_text("")
    (root / "requirements.txt").write_text("")
    return root


@pytest.fixture
def no_downloads(monkeypatch):
    for name, value in NO_INDEX.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def npm(monkeypatch):
    """Stands in for the Node inside a package, which would be 60 MB for each test."""

    def carried_node(place):
        folder = place.root / "node"
        (folder / "bin").mkdir(parents=True, exist_ok=True)
        node = folder / "bin" / "node"
        made = "".join(
            f"mkdir -p node_modules/{os.path.dirname(name)}; echo {name} > node_modules/{name}\n"
            for name in setup.BROWSER_FILES
        )
        node.write_text(f"#!/bin/sh\n{made}")
        node.chmod(0o755)
        return node

    monkeypatch.setattr(setup, "carried_node", carried_node)


@pytest.mark.usefixtures("no_downloads", "npm")
def test_the_second_run_makes_nothing_until_a_lock_changes(checkout, capfd):
    place = setup.Place(checkout)
    assert setup.main(str(checkout), "requirements.txt") == 0
    assert (place.vendor / "tus.min.js").read_text() == "tus-js-client/dist/tus.min.js\n"
    assert "Python environment" in capfd.readouterr().err

    before = (place.environment / "pyvenv.cfg").stat().st_mtime_ns
    assert setup.main(str(checkout), "requirements.txt") == 0
    assert capfd.readouterr().err == ""
    assert (place.environment / "pyvenv.cfg").stat().st_mtime_ns == before

    pin = f"plural-none==1.0 --hash=sha256:{'0' * 64}\n"
    (checkout / "requirements.txt").write_text(pin)
    assert setup.main(str(checkout), "requirements.txt") == 1
    said = capfd.readouterr().err.splitlines()[-1]
    assert said.startswith("run: Packages cannot be had: ERROR: No matching distribution found")
    assert "plural-none==1.0" in said
    assert "PIP_INDEX_URL" in said
    assert not setup.is_current(place, ["requirements.txt"])


@pytest.mark.usefixtures("no_downloads", "npm")
def test_an_environment_left_half_made_is_made_anew(checkout):
    place = setup.Place(checkout)
    (place.environment / "bin").mkdir(parents=True)
    place.python.touch()
    assert setup.main(str(checkout), "requirements.txt") == 0
    assert subprocess.run([place.python, "-c", "import pip"]).returncode == 0
    assert setup.is_current(place, ["requirements.txt"])
    place.stamp("installing", b"")
    assert not setup.is_current(place, ["requirements.txt"])


def test_a_python_without_venv_is_told_what_to_install(checkout, capfd, monkeypatch):
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    assert setup.main(str(checkout), "requirements.txt") == 1
    said = capfd.readouterr().err.splitlines()
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert said[-1] == (
        f"run: Python {version} lacks its venv module. "
        f"On Debian and Ubuntu: apt install python{version}-venv"
    )
    assert not (checkout / ".venv").exists()


def test_a_full_disk_is_named_before_anything_is_made(checkout, capfd, monkeypatch):
    monkeypatch.setattr(setup, "MIN_FREE_BYTES", 2**62)
    assert setup.main(str(checkout), "requirements.txt") == 1
    assert "are needed: free some space." in capfd.readouterr().err
    assert not (checkout / ".venv").exists()


def test_a_checkout_that_cannot_be_written_is_named(checkout, capfd, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert setup.main(str(checkout), "requirements.txt") == 1
    assert capfd.readouterr().err == (
        f"run: No permission to write in {checkout}: change its owner or copy it.\n"
    )


def test_a_second_run_waits_for_the_first(checkout):
    program = (
        "import sys; from pathlib import Path; import setup\n"
        "with setup.only_one(setup.Place(Path(sys.argv[1]))): print('in', flush=True); input()"
    )
    command = [sys.executable, "-c", program, checkout]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    folder = ROOT / "stack"
    with subprocess.Popen(command, cwd=folder, **pipes) as first:
        assert first.stdout.readline() == b"in\n"
        with subprocess.Popen(command, cwd=folder, **pipes) as second:
            assert b"Another ./run is setting up here" in second.stderr.readline()
            first.kill()
            assert second.stdout.readline() == b"in\n"
            second.stdin.close()


def test_the_lock_of_the_tests_holds_the_same_versions_as_the_lock_of_the_portal():
    def pins(name):
        lines = (ROOT / name).read_text().splitlines()
        return {line.split()[0] for line in lines if "==" in line and not line.startswith(" ")}

    assert pins("requirements.txt") <= pins("requirements-test.txt")


def test_the_lock_of_the_browser_code_names_contents_and_no_addresses():
    lock = (ROOT / "package-lock.json").read_text()
    assert lock.count('"integrity"') == lock.count('"node_modules/')
    assert '"resolved"' not in lock
