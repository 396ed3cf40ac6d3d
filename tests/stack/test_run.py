"""The script ./run itself, under a PATH that holds only what the test put there."""

import os
import shutil
import subprocess

import pytest

from stack.stack import ROOT


@pytest.fixture
def bare(tmp_path):
    """A folder for PATH that has the tools of any machine, and no Python yet."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("sh", "cat", "dirname", "ls", "sed", "tr"):
        (folder / name).symlink_to(shutil.which(name))
    return folder


def add_python(folder, name, script):
    python = folder / name
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(0o755)


def run(path, *arguments, cwd="/"):
    return subprocess.run(
        ["/bin/sh", ROOT / "run", *arguments],
        env={"PATH": str(path), "HOME": os.devnull},
        cwd=cwd,
        capture_output=True,
        text=True,
    )


def test_alone_it_lists_every_command(bare):
    done = run(bare)
    assert done.returncode == 0
    for command in ("demo", "serve", "test", "check", "bench", "translate", "flask"):
        assert f"\n  {command} " in done.stdout


def test_an_unknown_command_is_named(bare):
    done = run(bare, "festival")
    assert done.returncode == 2
    assert done.stderr.startswith("run: there is no command festival\nusage: ")


def test_without_python_it_says_what_to_install(bare):
    done = run(bare, "serve")
    assert done.returncode == 1
    assert done.stderr == (
        "run: Python 3.11 or newer is needed, and none was found. "
        "On Debian and Ubuntu: apt install python3 python3-venv\n"
    )


def test_an_old_python_is_named_and_a_broken_one_passed_over(bare):
    add_python(bare, "python3.13", "echo 'pyenv: python3.13: command not found' >&2; exit 127")
    add_python(bare, "python3", "echo 3.9; exit 1")
    done = run(bare, "serve")
    assert done.returncode == 1
    assert done.stderr.startswith("run: Python 3.11 or newer is needed, and only 3.9 was found.")


def test_the_first_python_that_is_new_enough_sets_up(bare, tmp_path):
    add_python(bare, "python3.13", "exit 127")
    add_python(bare, "python3.12", f'[ "$1" = -c ] || echo "$@" > {tmp_path}/called; exit 0')
    add_python(bare, "python3", "echo 3.9; exit 1")
    add_python(bare, "true", "exit 0")
    run(bare, "bench", cwd=tmp_path)
    called = (tmp_path / "called").read_text().strip()
    assert called == f"-I {ROOT}/stack/setup.py {ROOT} requirements-test.txt"


@pytest.fixture
def checkout(bare, tmp_path):
    """A checkout that is set up, whose Python only writes down how it is called."""
    root = tmp_path / "checkout"
    (root / ".venv" / "bin").mkdir(parents=True)
    shutil.copy(ROOT / "run", root / "run")
    add_python(bare, "python3", "exit 0")
    calls = root / "calls"
    add_python(
        root / ".venv" / "bin",
        "python",
        f'echo "${{PLURAL_TEST_DATABASE-}}:$*" >> {calls}\n'
        'case $* in *failing*) exit 1 ;; *"not journey"*) exit 0 ;; *) exit 5 ;; esac',
    )
    return root


def call(checkout, bare, *arguments):
    done = subprocess.run(
        ["/bin/sh", checkout / "run", *arguments], env={"PATH": str(bare)}, cwd="/"
    )
    return done.returncode, (checkout / "calls").read_text().splitlines()


def test_the_tests_leave_out_the_long_ones_and_take_arguments(checkout, bare):
    status, calls = call(checkout, bare, "test", "-k", "failing")
    assert status == 1
    assert calls == [
        ":-m pytest -n 2 --durations=15 -k failing",
    ]


def test_all_tests_are_three_groups_the_last_one_on_postgresql(checkout, bare):
    status, calls = call(checkout, bare, "test", "--all", "-k", "film")
    assert status == 0
    assert calls == [
        ":-m pytest --all --durations=15 -n 2 -m not journey -k film",
        ":-m pytest --all --durations=15 -m journey -k film",
        "postgresql:-m pytest --all --durations=15 -n 2 -m not journey -k film",
    ]


def test_one_failing_group_fails_all_and_hides_none(checkout, bare):
    status, calls = call(checkout, bare, "test", "--all", "failing")
    assert status == 1
    assert len(calls) == 3


@pytest.fixture
def benchmarks(checkout):
    """Two benchmarks of that checkout, and what stands beside them."""
    folder = checkout / "benchmarks"
    folder.mkdir()
    for name in ("assign.py", "encode_quality.py", "_timing.py", "notes.txt"):
        (folder / name).touch()
    return folder


@pytest.mark.parametrize("asked", [(), ("speed",), ("_timing.py",)])
def test_without_the_name_of_a_benchmark_it_lists_them(checkout, bare, benchmarks, asked):
    done = subprocess.run(
        ["/bin/sh", checkout / "run", "bench", *asked],
        env={"PATH": str(bare)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr.strip() == "run: which benchmark? There are: assign encode_quality"
    assert not (checkout / "calls").exists()


def test_a_benchmark_is_called_with_the_rest(checkout, bare, benchmarks):
    status, calls = call(checkout, bare, "bench", "encode_quality", "--failing")
    assert status == 1
    assert calls == [":-m benchmarks.encode_quality --failing"]


def test_it_is_plain_posix_shell():
    dash = shutil.which("dash") or "/bin/sh"
    assert subprocess.run([dash, "-n", ROOT / "run"]).returncode == 0
    assert subprocess.run([dash, "-n", ROOT / ".ci" / "run"]).returncode == 0
