"""What `python -m demo` says when it cannot begin: one line, and nothing left running."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from demo.__main__ import in_one_line
from demo.footage import ROOT
from demo.trouble import Trouble
from stack.folder import Folder


def demo(folder, **environment):
    return subprocess.run(
        [sys.executable, "-m", "demo", "--once", "--folder", folder],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )


def trouble_of(done):
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1, done.stderr
    assert "festival complete" not in done.stdout
    return done.stderr.removeprefix("demo: ").strip()


def test_a_folder_that_nobody_can_make_is_named():
    assert trouble_of(demo("/proc/demo/x")) == (
        "/proc/demo/x cannot be used: No such file or directory (/proc/demo). "
        "Make room there, or choose another place with --folder."
    )


def test_a_folder_below_a_file_is_named(tmp_path):
    (tmp_path / "file").touch()
    said = trouble_of(demo(tmp_path / "file" / "demo"))
    assert said.startswith(f"No permission to write in {tmp_path}/file/demo: ")


def test_a_second_demo_is_told_of_the_first_and_makes_no_footage(tmp_path):
    with Folder(tmp_path / "demo"):
        said = trouble_of(demo(tmp_path / "demo"))
    assert said.startswith(f"{tmp_path}/demo is in use by process {os.getpid()}: end that one")
    assert [p.name for p in tmp_path.iterdir()] == ["demo"]


@pytest.mark.slow
def test_without_footage_the_stack_ends_and_the_reason_is_one_line(tmp_path):
    said = trouble_of(demo(tmp_path / "demo", PIP_NO_INDEX="1"))
    assert said.startswith("The packages with footage (requirements-footage.txt) cannot be had")
    with Folder(tmp_path / "demo"):
        pass


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (Trouble("two\nlines"), "two lines The logs are in /demo/log."),
        (
            requests.ConnectionError("refused"),
            "The portal does not answer any more. The logs are in /demo/log.",
        ),
        (
            OSError(errno.ENOSPC, "No space left on device", "/demo/clock.new"),
            "/demo cannot be used: No space left on device (/demo/clock.new). "
            "Make room there, or choose another place with --folder.",
        ),
    ],
)
def test_what_ends_a_demo_half_way_is_one_line_that_says_what_to_do(trouble, said):
    assert in_one_line(trouble, Path("/demo")) == said
