"""The one door to ffmpeg: what it lets through, what it stops, and who dies with whom."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from media_pipeline import binaries, isolation, sandbox
from media_pipeline.errors import (
    MediaError,
    ProcessFailed,
    ProcessStalled,
    ProcessTimedOut,
    UnsafeArguments,
)
from media_pipeline.metering import metered
from media_pipeline.sandbox import Bounds
from tests.missing import skip_or_fail

REPOSITORY = Path(sandbox.__file__).parents[1]


WAYS = ("bubblewrap", "landlock", "limits only")


def way(kind):
    """This way to keep processes apart, as it is found on this machine."""
    found = {
        "bubblewrap": isolation.find_bubblewrap,
        "landlock": isolation.find_cage,
        "limits only": lambda: isolation.find_cage(landlock=False),
    }[kind]()
    if found is None or found.kind != kind:
        skip_or_fail(f"{kind} that works")
    return found


@pytest.fixture(params=WAYS)
def kept_apart(request, monkeypatch):
    """Runs a test with each way."""
    chosen = way(request.param)
    monkeypatch.setattr(isolation, "in_force", lambda: chosen)
    return chosen


ENDLESS = ["-v", "error", "-stream_loop", "-1"]
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


def seen_inside(monkeypatch, tmp_path, script, *, readable=(), bounds=None):
    """What a shell script, put in the place of ffprobe, prints from inside."""
    program = tmp_path / "ffprobe"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setattr(binaries, "path_of", lambda tool: program)
    folder = tmp_path / "folder"
    folder.mkdir(mode=0o700, exist_ok=True)
    done = sandbox.run("ffprobe", [], readable=readable, folder=folder, bounds=bounds)
    return done.stdout.decode() + done.log


def test_the_environment_holds_nothing_of_ours(kept_apart, tmp_path, monkeypatch):
    monkeypatch.setenv("PLURAL_SECRET_KEY", "canary")
    told = seen_inside(monkeypatch, tmp_path, "export -p")
    assert "PWD=" in told
    assert "canary" not in told


@pytest.mark.parametrize("kept_apart", ["bubblewrap", "landlock"], indirect=True)
def test_only_input_and_working_folder_can_be_seen(kept_apart, tmp_path, monkeypatch):
    (tmp_path / "secret").write_text("canary")
    (tmp_path / "film").write_text("this is it")
    (tmp_path / "film").chmod(0o600)
    script = "cat secret ../secret /etc/passwd /etc/hostname; ls / /tmp /etc /root .. ; "
    script += (
        "echo made > out; cat out; for n in 3 4 5 6; do cat /proc/self/fd/$n; done; cat ../film; "
    )
    script += f"echo mark > {tmp_path}/film; echo mark > /tmp/out; true"
    told = seen_inside(monkeypatch, tmp_path, script, readable=[tmp_path / "film"])
    assert "made\n" in told
    assert "this is it" in told
    assert "canary" not in told
    assert "root:" not in told
    assert {"home", "root", "work", "srv", "passwd"}.isdisjoint(told.split())
    assert (tmp_path / "film").read_text() == "this is it"
    assert (tmp_path / "folder" / "out").read_text() == "made\n"


def test_closed_folders_above_stay_closed_and_do_not_stand_in_the_way(kept_apart, films, tmp_path):
    closed = tmp_path / "closed"
    (closed / "scratch").mkdir(parents=True)
    film = Path(shutil.copy(films.get("plain"), closed / "film.mp4"))
    film.chmod(0o600)
    (closed / "scratch").chmod(0o700)
    closed.chmod(0o700)
    sandbox.run(
        "ffmpeg",
        ["-v", "error", *sandbox.source_arguments(film, "mov"), "-c", "copy", "file:copy.mp4"],
        readable=[film],
        folder=closed / "scratch",
    )
    copy = closed / "scratch" / "copy.mp4"
    told = sandbox.run(
        "ffprobe", [*sandbox.source_arguments(copy, "mov"), "-show_format"], readable=[copy]
    )
    assert b"duration=3.0" in told.stdout
    assert closed.stat().st_mode & 0o777 == 0o700
    assert film.stat().st_mode & 0o007 == 0


def test_it_is_nobody_without_any_privilege(kept_apart, tmp_path, monkeypatch):
    if os.geteuid() != 0:
        pytest.skip("only root can become somebody else")
    told = seen_inside(monkeypatch, tmp_path, "id -u; id -g; id -G; touch mine")
    assert told.split() == [str(isolation.NOBODY)] * 3
    assert (tmp_path / "folder" / "mine").stat().st_uid == isolation.NOBODY
    assert not kept_apart.is_root
    assert sandbox.describe()["uid"] == str(isolation.NOBODY)


def test_the_kernel_sees_no_privileges(kept_apart, films, tmp_path):
    states = []

    class Seen(Exception):
        pass

    def look(progress):
        found = _processes_with(mark(tmp_path)).items()
        (pid,) = (pid for pid, line in found if line.startswith(str(binaries.path_of("ffmpeg"))))
        status = Path(f"/proc/{pid}/status").read_text()
        states.append(dict(row.split(":\t", 1) for row in status.splitlines() if ":\t" in row))
        raise Seen

    with pytest.raises(Seen):
        run_endless(films.get("plain"), tmp_path, look)
    (state,) = states
    assert state["NoNewPrivs"] == "1"
    assert int(state["CapEff"], 16) == int(state["CapPrm"], 16) == int(state["CapAmb"], 16) == 0
    assert set(state["Uid"].split()) == {str(kept_apart.uid or os.geteuid())}


def test_there_is_no_network(kept_apart, tmp_path, monkeypatch):
    if kept_apart.network == "open":
        skip_or_fail(f"{kept_apart.kind} without network")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        port = listener.getsockname()[1]
        knock = f"bash -c 'exec 3<>/dev/tcp/127.0.0.1/{port} && echo connected' 2>&1"
        assert subprocess.run(knock, shell=True, capture_output=True).stdout == b"connected\n"
        listener.accept()[0].close()
        told = seen_inside(monkeypatch, tmp_path, f"{knock}; true")
        assert "/dev/tcp" in told
        assert "connected" not in told.splitlines()
        with pytest.raises(BlockingIOError):
            listener.accept()


def test_threads_and_processes_are_counted(kept_apart, tmp_path, monkeypatch):
    if os.geteuid() == 0 and kept_apart.is_root:
        pytest.skip("root is not counted")
    script = "for i in 1 2 3 4 5 6 7 8 9; do sleep 0.3 & done; wait"
    with pytest.raises(ProcessFailed) as failure:
        seen_inside(monkeypatch, tmp_path, script, bounds=Bounds(processes=3))
    refusals = ("Cannot fork", "Resource temporarily unavailable")
    assert any(refusal in failure.value.tail for refusal in refusals)


def test_work_that_nobody_waits_for_gives_way(kept_apart, tmp_path, monkeypatch):
    told = seen_inside(monkeypatch, tmp_path, "nice", bounds=Bounds(niceness=7))
    assert told.split()[-1] == str(os.nice(0) + 7)


def test_all_of_its_session_gives_way(kept_apart, films, tmp_path):
    """Where the kernel shares the processor among sessions, a process's niceness alone is nothing.

    A kernel that does not says nothing of sessions.
    """

    class Seen(Exception):
        pass

    sessions = set()

    def report(progress):
        found = _processes_with(mark(tmp_path)).items()
        (pid,) = (pid for pid, line in found if line.startswith(str(binaries.path_of("ffmpeg"))))
        session = Path(f"/proc/{pid}/autogroup")
        sessions.add(session.read_text().split()[-1] if session.exists() else "unknown")
        raise Seen

    with pytest.raises(Seen):
        run_endless(films.get("plain"), tmp_path, report, niceness=7)
    known = Path("/proc/self/autogroup").exists()
    assert sessions == {str(os.nice(0) + 7) if known else "unknown"}


def test_processor_time_ends_it(kept_apart, films, tmp_path):
    film = films.get("plain")
    arguments = ["-v", "error", "-stream_loop", "-1", *sandbox.source_arguments(film, "mov")]
    with pytest.raises(ProcessTimedOut) as ended:
        sandbox.run(
            "ffmpeg", [*arguments, "-f", "null", "-"], readable=[film], bounds=Bounds(cpu_s=1)
        )
    assert ended.value.data == {"tool": "ffmpeg", "cpu_s": 1}


def test_what_was_found_is_told():
    told = sandbox.describe()
    assert set(told) == {"isolation", "uid", "network"}
    assert told["isolation"] in WAYS
    assert told["network"] in ("none", "no TCP", "open")


def test_bubblewrap_that_does_not_work_is_not_used(monkeypatch, tmp_path):
    """As in a container that allows neither namespaces nor mounts."""
    broken = tmp_path / "bwrap"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert isolation.find_bubblewrap.__wrapped__() is None
    monkeypatch.setattr(isolation, "find_bubblewrap", isolation.find_bubblewrap.__wrapped__)
    assert isolation.in_force() == isolation.find_cage()


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
    arguments = [*ENDLESS, "-re", *sandbox.source_arguments(film, "mov"), "-f", "null", "-"]
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

    with pytest.raises(LeaseLost):
        run_endless(films.get("plain"), tmp_path, report)
    assert not _processes_with(mark(tmp_path))


def test_what_it_took_is_known_although_it_was_ended(kept_apart, films, tmp_path):
    class LeaseLost(Exception):
        pass

    taken_s = []

    def report(progress):
        found = _processes_with(mark(tmp_path)).items()
        (pid,) = (pid for pid, line in found if line.startswith(str(binaries.path_of("ffmpeg"))))
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        taken_s.append((int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"))
        if taken_s[-1] > 0.5:
            raise LeaseLost

    with pytest.raises(LeaseLost), metered() as meter:
        run_endless(films.get("plain"), tmp_path, report, pace=())
    assert taken_s[-1] <= meter.cpu_s < taken_s[-1] + 5


def test_meters_lie_in_each_other_and_count_what_failed(films, tmp_path):
    film = tmp_path / "film.mp4"
    film.write_bytes(b"nothing")
    with metered() as whole:
        with metered() as part, pytest.raises(ProcessFailed):
            sandbox.run("ffprobe", sandbox.source_arguments(film, "mov"), readable=[film])
        done = sandbox.run("ffmpeg", ["-version"])
    assert part.cpu_s > 0
    assert whole.cpu_s == pytest.approx(part.cpu_s + done.cpu_s)


def test_kill_minus_nine_of_the_parent_leaves_no_ffmpeg(kept_apart, films, tmp_path):
    film = Path(shutil.copy(films.get("plain"), tmp_path / "mortal.mp4"))
    parent = subprocess.Popen(
        [sys.executable, "-c", _PARENT, str(film), str(WAYS.index(kept_apart.kind)), str(tmp_path)],
        cwd=REPOSITORY,
    )
    try:
        _await(lambda: _processes_with(mark(tmp_path)))
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        _await(lambda: not _processes_with(mark(tmp_path)))
    finally:
        parent.kill()
        parent.wait()


_PARENT = """
import sys
from pathlib import Path
from media_pipeline import isolation
from tests.media_pipeline.test_sandbox import WAYS, run_endless, way

chosen = way(WAYS[int(sys.argv[2])])
isolation.in_force = lambda: chosen
run_endless(Path(sys.argv[1]), Path(sys.argv[3]), lambda progress: None)
"""


def test_kill_minus_nine_of_the_parent_while_bubblewrap_prepares_leaves_nothing(tmp_path):
    way("bubblewrap")
    parent = subprocess.Popen(
        [sys.executable, "-c", _PARENT_THAT_HOLDS, mark(tmp_path)],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
    )
    try:
        assert b"child-pid" in parent.stdout.read1()
        held = _processes_with(mark(tmp_path)).values()
        assert len([line for line in held if line.startswith("/") and "bwrap" in line]) == 2
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        _await(lambda: not _processes_with(mark(tmp_path)))
    finally:
        parent.kill()
        parent.wait()
        parent.stdout.close()
        for pid in _processes_with(mark(tmp_path)):
            os.kill(int(pid), signal.SIGKILL)


# bubblewrap's inner process is there and waits for the outer one, and that for its input to end.
_PARENT_THAT_HOLDS = """
import subprocess
import sys
from media_pipeline import isolation

isolation.in_force = isolation.find_bubblewrap
script = ["/bin/sh", "-c", f"sleep 100; : {sys.argv[1]}"]
line = isolation.confine(script, readable=[], folder=None, limits={})
at = line.index("--unshare-all")
line[at:at] = ["--unshare-user", "--info-fd", "1", "--userns-block-fd", "0"]
subprocess.Popen(line, stdin=subprocess.PIPE, env={}, start_new_session=True).wait()
"""


def test_what_a_program_leaves_behind_ends_with_it(kept_apart, tmp_path, monkeypatch):
    left = f"sh -c 'sleep 100; : {mark(tmp_path)}' > /dev/null 2>&1 < /dev/null &"
    assert "begun" in seen_inside(monkeypatch, tmp_path, f"{left} echo begun")
    _await(lambda: not _processes_with(mark(tmp_path)))


def mark(folder: Path) -> str:
    """A word in a command line that finds its processes, whatever their files are called."""
    return f"of-{folder.parent.name}-{folder.name}"


def run_endless(film: Path, folder: Path, on_progress, pace=("-re",), niceness=0) -> None:
    """Play a film over and over, at its own pace."""
    arguments = [*ENDLESS, *pace, *sandbox.source_arguments(film, "mov")]
    sandbox.run(
        "ffmpeg",
        [*arguments, "-metadata", f"title={mark(folder)}", "-f", "null", "-"],
        readable=[film],
        bounds=Bounds(wall_s=120, niceness=niceness),
        on_progress=on_progress,
    )


def test_it_ends_when_nobody_holds_its_input_any_more(monkeypatch, tmp_path):
    """Whenever the parent dies: bubblewrap asks for no signal at its death."""
    chosen = way("bubblewrap")
    monkeypatch.setattr(isolation, "in_force", lambda: chosen)
    script = f"echo begun; sleep 100 # {mark(tmp_path)}"
    line = isolation.confine(["/bin/sh", "-c", script], readable=[], folder=None, limits={})
    with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={}) as started:
        assert started.stdout.readline() == b"begun\n"
        started.stdin.close()
        assert started.wait(60) == 128 + signal.SIGKILL
        assert started.stdout.read() == b""
    assert not _processes_with(mark(tmp_path))


def test_the_launcher_does_not_start_for_a_parent_that_is_gone(tmp_path):
    marker = tmp_path / "started"
    order = json.dumps({"parent": 1, "death_signal": True, "limits": {}})
    launcher = [sys.executable, "-I", "-S", str(isolation.LAUNCHER), order]
    done = subprocess.run([*launcher, "/usr/bin/touch", str(marker)], check=False)
    assert done.returncode == 125
    assert not marker.exists()


def test_it_works_from_a_thread_that_waits(films):
    results = []
    thread = threading.Thread(target=lambda: results.append(sandbox.run("ffmpeg", ["-version"])))
    thread.start()
    thread.join(60)
    assert results[0].stdout.startswith(b"ffmpeg version")


def _processes_with(word: str) -> dict[str, str]:
    """Command lines of living processes by their number."""
    found = {entry.name: _line_of(entry) for entry in Path("/proc").glob("[0-9]*")}
    return {pid: line for pid, line in found.items() if word in line}


def _line_of(entry: Path) -> str:
    try:
        line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""
    return "" if state == "Z" else line


def _await(condition, within_s: float = 30) -> None:
    end = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)
