"""The one door to ffmpeg: what it lets through, what it stops, and who dies with whom."""

import os
import shutil
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

from media_pipeline import binaries, capabilities, isolation, sandbox
from media_pipeline.errors import (
    BinaryMissing,
    MediaError,
    ProcessFailed,
    ProcessStalled,
    ProcessTimedOut,
    UnsafeArguments,
)
from media_pipeline.sandbox import Bounds

REPOSITORY = Path(sandbox.__file__).parents[1]


@pytest.fixture(params=["bubblewrap", "limits only"])
def kept_apart(request, monkeypatch):
    """Runs a test with bubblewrap and without it."""
    if request.param == "limits only":
        monkeypatch.setattr(isolation, "find_bubblewrap", lambda: None)
    elif isolation.find_bubblewrap() is None:
        pytest.skip("bubblewrap is not here or does not work")
    assert sandbox.describe() == {"isolation": request.param}


ENDLESS = ["-v", "error", "-stream_loop", "-1", "-re"]
"""Options that make a film without end from a short one."""


def test_a_film_is_copied_with_progress(kept_apart, films, tmp_path):
    reports = []
    done = sandbox.run(
        "ffmpeg",
        [
            *("-v", "error", *sandbox.source_arguments(films.get("moving"), "mov")),
            *("-c:v", "libx264", "-preset", "ultrafast", sandbox.address("copy.mp4")),
        ],
        readable=[films.get("moving")],
        folder=tmp_path,
        on_progress=reports.append,
    )
    assert (tmp_path / "copy.mp4").stat().st_size > 10_000
    assert reports[-1].out_time_s == pytest.approx(5, abs=0.2)
    assert reports[-1].frame == 125
    assert done.cpu_s > 0.05
    assert done.wall_s > 0


def test_a_failure_carries_status_and_last_words(kept_apart, tmp_path):
    film = tmp_path / "film.mp4"
    film.write_bytes(b"nothing")
    with pytest.raises(ProcessFailed) as failure:
        sandbox.run("ffprobe", sandbox.source_arguments(film, "mov"), readable=[film])
    assert failure.value.data["status"] == 1
    assert "Invalid data" in failure.value.tail
    assert not failure.value.curable


def test_the_environment_is_empty_and_nothing_else_can_be_read(films, tmp_path, monkeypatch):
    if isolation.find_bubblewrap() is None:
        pytest.skip("bubblewrap is not here or does not work")
    monkeypatch.setenv("SECRET_KEY", "canary")
    shown = isolation.confine(["/usr/bin/env"], readable=[], folder=tmp_path)
    listed = isolation.confine(["/usr/bin/ls", "/", "/tmp"], readable=[], folder=tmp_path)
    assert "canary" not in subprocess.run(shown, env={}, capture_output=True, text=True).stdout
    seen = subprocess.run(listed, env={}, capture_output=True, text=True).stdout.split()
    assert {"home", "root", "work", "srv"}.isdisjoint(seen)


def test_there_is_no_network(films, tmp_path):
    if isolation.find_bubblewrap() is None:
        pytest.skip("bubblewrap is not here or does not work")
    asked = isolation.confine(
        ["/usr/bin/cat", "/sys/class/net/lo/address"], readable=[], folder=None
    )
    assert subprocess.run(asked, env={}, capture_output=True).returncode != 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["-i", "film.mp4"],
        ["-protocol_whitelist", "file", "-i", "http://127.0.0.1/film.mp4"],
        ["-i", "file:film.mp4"],
        ["-protocol_whitelist", "file", "-i", "file:a.mp4", "-i", "file:b.mp4"],
        ["-protocol_whitelist", "file", "-i", "concat:a|b"],
    ],
)
def test_arguments_that_could_open_more_than_a_file_are_refused(arguments):
    with pytest.raises(UnsafeArguments):
        sandbox.run("ffmpeg", arguments)


def test_wall_time_ends_it(kept_apart, films, tmp_path):
    film = films.get("plain")
    arguments = [*ENDLESS, *sandbox.source_arguments(film, "mov"), "-f", "null", "-"]
    with pytest.raises(ProcessTimedOut) as ended:
        sandbox.run("ffmpeg", arguments, readable=[film], bounds=Bounds(wall_s=1))
    assert ended.value.data == {"tool": "ffmpeg", "wall_s": 1}
    assert ended.value.curable


def test_no_advance_ends_it(films, tmp_path):
    """ffmpeg waits for a pipe that nobody writes to."""
    pipe = tmp_path / "film.mp4"
    os.mkfifo(pipe)
    arguments = [*sandbox.source_arguments(pipe, "mov"), "-f", "null", "-"]
    with pytest.raises((ProcessStalled, ProcessTimedOut)) as ended:
        sandbox.run(
            "ffmpeg",
            arguments,
            readable=[pipe],
            bounds=Bounds(wall_s=30, stall_s=1),
            on_progress=lambda progress: None,
        )
    assert isinstance(ended.value, ProcessStalled)


def test_output_larger_than_its_bound_ends_it(kept_apart, films, tmp_path):
    film = films.get("plain")
    arguments = ["-v", "error", *sandbox.source_arguments(film, "mov"), "-c:v", "rawvideo"]
    with pytest.raises(MediaError):
        sandbox.run(
            "ffmpeg",
            [*arguments, "-an", "-f", "nut", "file:big.nut"],
            readable=[film],
            folder=tmp_path,
            bounds=Bounds(file_size_bytes=1_000_000),
        )
    assert (tmp_path / "big.nut").stat().st_size <= 1_000_000


def test_memory_beyond_its_bound_is_refused(films, tmp_path):
    film = films.get("huge")
    arguments = ["-v", "error", *sandbox.source_arguments(film, "mov"), "-f", "null", "-"]
    with pytest.raises(ProcessFailed):
        sandbox.run(
            "ffmpeg", arguments, readable=[film], bounds=Bounds(address_space_bytes=1 << 28)
        )


def test_bounds_grow_with_the_picture():
    assert sandbox.bounds_for(640 * 360, 10).address_space_bytes == 6 * sandbox.GIB
    assert sandbox.bounds_for(8192 * 4320, 10).address_space_bytes > 40 * sandbox.GIB


def test_an_error_in_the_progress_report_ends_it_and_passes(kept_apart, films, tmp_path):
    class LeaseLost(Exception):
        pass

    def report(progress):
        raise LeaseLost

    film = own_copy(films, tmp_path)
    arguments = [*ENDLESS, *sandbox.source_arguments(film, "mov"), "-f", "null", "-"]
    with pytest.raises(LeaseLost):
        sandbox.run(
            "ffmpeg", arguments, readable=[film], bounds=Bounds(wall_s=60), on_progress=report
        )
    assert not _processes_with(str(film))


def test_kill_minus_nine_of_the_parent_leaves_no_ffmpeg(kept_apart, films, tmp_path):
    film = own_copy(films, tmp_path)
    hidden = sandbox.describe()["isolation"] == "limits only"
    parent = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(_PARENT), str(film), str(int(hidden))],
        cwd=REPOSITORY,
    )
    try:
        _await(lambda: any("ffmpeg" in each for each in _processes_with(str(film), "stream_loop")))
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        _await(lambda: not _processes_with(str(film)))
    finally:
        parent.kill()
        parent.wait()


_PARENT = """
    import sys
    from pathlib import Path
    from media_pipeline import isolation, sandbox

    film, hidden = Path(sys.argv[1]), sys.argv[2] == "1"
    if hidden:
        isolation.find_bubblewrap = lambda: None
    loop = ["-v", "error", "-stream_loop", "-1", "-re"]
    sandbox.run(
        "ffmpeg", [*loop, *sandbox.source_arguments(film, "mov"), "-f", "null", "-"],
        readable=[film], bounds=sandbox.Bounds(wall_s=120), on_progress=lambda progress: None,
    )
"""


def test_the_launcher_does_not_start_for_a_parent_that_is_gone(tmp_path):
    marker = tmp_path / "started"
    command = [
        sys.executable,
        "-I",
        "-S",
        str(sandbox.LAUNCHER),
        "1",
        "{}",
        "/usr/bin/touch",
        str(marker),
    ]
    done = subprocess.run(command, check=False)
    assert done.returncode == 125
    assert not marker.exists()


def test_it_works_from_a_thread_that_waits(films):
    results = []
    thread = threading.Thread(target=lambda: results.append(sandbox.run("ffmpeg", ["-version"])))
    thread.start()
    thread.join(60)
    assert results[0].stdout.startswith(b"ffmpeg version")


def test_both_binaries_can_do_what_is_needed():
    assert set(capabilities.check()) == {"ffmpeg", "ffprobe"}


def test_a_binary_that_cannot_is_named(tmp_path):
    weak = tmp_path / "ffmpeg"
    weak.write_text("#!/bin/sh\necho ' V..... libx264'\n")
    weak.chmod(0o755)
    try:
        binaries.use(ffmpeg=weak)
        with pytest.raises(BinaryMissing) as missing:
            capabilities.check()
        assert missing.value.code == "binary_incapable"
        assert missing.value.data["lacks"] == ["aac", "mjpeg"]
        binaries.use(ffmpeg=tmp_path / "nowhere")
        with pytest.raises(BinaryMissing) as missing:
            capabilities.check()
        assert missing.value.data["path"].endswith("nowhere")
    finally:
        binaries.use()


def own_copy(films, folder: Path) -> Path:
    """A film that no other test works on, so that its name finds our processes only."""
    return Path(shutil.copy(films.get("plain"), folder / "mortal.mp4"))


def _processes_with(*words: str) -> list[str]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
            except OSError:
                continue
            if state != "Z" and all(word in line for word in words) and _PARENT[:20] not in line:
                found.append(line)
    return found


def _await(condition, within_s: float = 30) -> None:
    end = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)
