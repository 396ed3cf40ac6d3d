"""Every hostile or broken file ends in findings or as a film, and nothing leaves its cage."""

import json
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from media_pipeline import isolation, sandbox
from media_pipeline.codes import CODES
from media_pipeline.encode import make
from media_pipeline.errors import MediaError, ProcessError, ProcessFailed
from media_pipeline.examination import examine
from media_pipeline.isolation import Isolation
from media_pipeline.ladder import GROUPS, plan
from media_pipeline.verdict import Limits, Verdict, inspect
from tests.media_pipeline.hostile import damage, floods, referring, strangers
from tests.media_pipeline.hostile.lab import CANARY, CANARY_COLOUR, CANARY_SIZE, Case, Lab
from tests.media_pipeline.making import Shared, run_ffmpeg

ALL_KINDS = [*referring.CASES, *strangers.CASES, *floods.CASES]
# The same damage at many places: every eighth place in the ordinary run.
LESS_OFTEN = [case for number, case in enumerate(damage.CASES) if number % 8]
CASES = [
    pytest.param(case, id=case.name, marks=[pytest.mark.slow] if case in LESS_OFTEN else [])
    for case in (*ALL_KINDS, *damage.CASES)
]
# What names other files and addresses is opened without bubblewrap as well, where the canary can be
# read and somebody listens, so that it is ffmpeg's options that are tried and not their cage.
BARE, LIMITS_ONLY = "nothing hidden", "limits only"
SLOWER = [case for number, case in enumerate(referring.CASES) if number % 4]
WITHOUT_BUBBLEWRAP = [
    pytest.param(
        way,
        case,
        id=f"{case.name}-{way}",
        marks=[pytest.mark.slow] if case in SLOWER else [],
    )
    for way in (BARE, LIMITS_ONLY)
    for case in referring.CASES
]
MOST_MEMORY_KB = 1_000_000
MOST_CPU_S = 20.0
LIMITS = Limits(longest_duration_s=300)

_PICTURE = ("-f", "lavfi", "-i", "testsrc2=s=160x120:r=25:d=1")
_SOUND = ("-f", "lavfi", "-i", "sine=f=440:d=1")
_X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-threads", "1")
_VP8 = ("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-threads", "1")
_FRAGMENTS = ("-movflags", "+frag_keyframe+empty_moov+default_base_moof", "-g", "5")
_SOUND_FILMS: dict[str, tuple[object, ...]] = {
    "mp4": (*_X264, "-c:a", "aac", "-f", "mp4"),
    "faststart": (*_X264, "-c:a", "aac", "-movflags", "+faststart", "-f", "mp4"),
    "fragmented": (*_X264, "-c:a", "aac", *_FRAGMENTS, "-f", "mp4"),
    "mkv": (*_X264, "-c:a", "aac", "-f", "matroska"),
    "webm": (*_VP8, "-c:a", "libopus", "-f", "webm"),
    "avi": ("-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-c:a", "pcm_s16le", "-f", "avi"),
    "ts": (*_X264, "-c:a", "aac", "-f", "mpegts"),
    "flv": (*_X264, "-c:a", "aac", "-f", "flv"),
    "asf": ("-c:v", "wmv2", "-c:a", "wmav2", "-f", "asf"),
}


@pytest.fixture(scope="session")
def sound_film(run_folder: Path) -> Callable[[str], bytes]:
    """Films to spoil, each made once per test run."""
    shared = Shared(run_folder / "sound")

    def made(kind: str) -> bytes:
        path = run_folder / "sound" / kind
        run_ffmpeg(*_PICTURE, *_SOUND, *_SOUND_FILMS[kind], path)
        return path.read_bytes()

    return lambda kind: shared.once(f"film-{kind}", lambda: made(kind))


@pytest.fixture(scope="session")
def canaries(run_folder: Path) -> Path:
    """A text, a picture and a film that nobody is to read, in a folder."""
    shared = Shared(run_folder / "canaries")

    def make_all() -> Path:
        folder = shared.folder("cage")
        (folder / "canary.txt").write_bytes(CANARY * 200)
        width, height = CANARY_SIZE
        colour = "0x" + bytes(CANARY_COLOUR).hex()
        source = ("-f", "lavfi", "-i", f"color=c={colour}:s={width}x{height}:r=25:d=2")
        run_ffmpeg(*source, "-metadata", f"title={CANARY.decode()}", *_X264, folder / "canary.mp4")
        run_ffmpeg(*source, "-frames:v", 1, folder / "canary.png")
        return folder

    return shared.once("canaries", make_all)


@dataclass
class Watched:
    """What media processes said and took while a test ran."""

    texts: list[bytes] = field(default_factory=list)
    memory_kb: int = 0
    cpu_s: float = 0.0


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Watched:
    seen = Watched()
    run, wait4 = sandbox.run, os.wait4

    def heard_run(*arguments, **options):
        try:
            done = run(*arguments, **options)
        except MediaError as error:
            seen.texts.append(repr(error).encode())
            raise
        seen.texts += [done.stdout, done.log.encode()]
        return done

    def noted_wait4(*arguments):
        pid, status, usage = wait4(*arguments)
        if pid:
            seen.memory_kb = max(seen.memory_kb, usage.ru_maxrss)
            seen.cpu_s += usage.ru_utime + usage.ru_stime
        return pid, status, usage

    monkeypatch.setattr(sandbox, "run", heard_run)
    monkeypatch.setattr(os, "wait4", noted_wait4)
    return seen


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Somebody who waits on loopback for whoever follows an address."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


@pytest.fixture
def lab(canaries: Path, sound_film, listener: socket.socket) -> Iterator[Lab]:
    """A folder that everybody can reach: where nothing hides the canaries, nobody may read them."""
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        folder = Path(place, "uploads")
        shutil.copytree(canaries, folder)
        folder.chmod(0o755)
        yield Lab(folder, listener.getsockname()[1], sound_film)


@pytest.fixture
def kept_apart(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Isolation:
    """Media processes without bubblewrap: as the fallback has them, or with no cage at all."""
    chosen = isolation.find_cage(landlock=False)
    if request.param == BARE:
        chosen = Isolation("limits only", None, "open")
        monkeypatch.setattr(isolation, "confine", within_limits)
    monkeypatch.setattr(isolation, "in_force", lambda: chosen)
    return chosen


def within_limits(command, *, readable, folder, limits, niceness=0) -> list[str]:
    """The command line of a process that sees whatever we see, the network too."""
    order = {
        "parent": os.getpid(),
        "death_signal": True,
        "limits": dict(limits),
        "niceness": niceness,
    }
    return [sys.executable, "-I", "-S", str(isolation.LAUNCHER), json.dumps(order), *command]


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir(mode=0o700)
    return folder


@pytest.mark.parametrize("case", CASES)
def test_it_ends_in_findings_or_as_a_film(
    case: Case,
    lab: Lab,
    scratch: Path,
    watched: Watched,
    listener: socket.socket,
    pytestconfig: pytest.Config,
) -> None:
    film = case.make(lab)
    verdict = inspect(film, LIMITS)
    assert_named(verdict, case)
    thorough = pytestconfig.getoption("--all")
    if verdict.accepted and (case.worth_making or thorough):
        make_first_group(film, verdict, scratch)
    if verdict.accepted and thorough:
        examine_whole(film, verdict)
    assert_canary_unseen(verdict, watched, scratch)
    assert_nobody_called(listener)
    assert_all_gone(lab.folder)
    assert watched.memory_kb < MOST_MEMORY_KB
    assert watched.cpu_s < MOST_CPU_S


@pytest.mark.parametrize(("kept_apart", "case"), WITHOUT_BUBBLEWRAP, indirect=["kept_apart"])
def test_nothing_that_it_names_is_opened_where_nothing_hides_it(
    kept_apart: Isolation,
    case: Case,
    lab: Lab,
    scratch: Path,
    watched: Watched,
    listener: socket.socket,
) -> None:
    film = case.make(lab)
    verdict = inspect(film, LIMITS)
    assert_named(verdict, case)
    if verdict.accepted:
        make_first_group(film, verdict, scratch)
    assert_canary_unseen(verdict, watched, scratch)
    assert_nobody_called(listener)


def assert_named(verdict: Verdict, case: Case) -> None:
    codes = {each.code for each in verdict.findings}
    assert codes <= set(CODES)
    assert verdict.accepted == (verdict.source is not None)
    if case.codes is not None:
        assert codes
        assert codes <= case.codes


def make_first_group(film: Path, verdict: Verdict, scratch: Path) -> None:
    """Make what is made first; a film that is too broken for it may fail with a promised error."""
    assert verdict.source
    try:
        made = make(
            GROUPS[0],
            plan(verdict.source),
            film,
            verdict.source,
            scratch,
            on_progress=lambda share: None,
            limits=LIMITS,
        )
    except ProcessError:
        return
    assert made
    for each in made:
        assert each.path.parent == scratch


def examine_whole(film: Path, verdict: Verdict) -> None:
    assert verdict.source
    found = examine(film, verdict.source, on_progress=lambda share: None)
    assert {each.code for each in found.findings} <= set(CODES)
    assert CANARY.decode() not in repr(found)


def assert_canary_unseen(verdict: Verdict, watched: Watched, scratch: Path) -> None:
    assert CANARY.decode() not in repr(verdict)
    for text in watched.texts:
        assert CANARY not in text
    if verdict.source:
        assert (verdict.source.coded_width, verdict.source.coded_height) != CANARY_SIZE
    for path in scratch.rglob("*"):
        assert CANARY not in path.read_bytes()
    if (scratch / "poster.jpg").exists():
        assert not shows_canary(scratch / "poster.jpg")


def shows_canary(picture: Path) -> bool:
    raw = run_ffmpeg("-i", picture, "-vf", "scale=8:8", "-f", "rawvideo", "-pix_fmt", "rgb24", "-")
    pixels = np.frombuffer(raw, np.uint8).reshape(-1, 3).astype(int)
    return bool((np.abs(pixels - CANARY_COLOUR).sum(axis=1) < 60).mean() > 0.5)


def assert_nobody_called(listener: socket.socket) -> None:
    with pytest.raises(BlockingIOError):
        listener.accept()


def assert_all_gone(folder: Path) -> None:
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            line = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        assert os.fsencode(folder) not in line


def test_the_canary_would_be_noticed(lab: Lab, canaries: Path, tmp_path: Path) -> None:
    """Where nothing is forced, ffmpeg follows the playlist: the trap is a real one."""
    playlist = lab.write(f"ffconcat version 1.0\nfile '{lab.canary()}'\n")
    copied = tmp_path / "poster.jpg"
    run_ffmpeg("-safe", 0, "-i", playlist, "-frames:v", 1, copied)
    assert shows_canary(copied)


@pytest.mark.parametrize("kept_apart", [BARE, LIMITS_ONLY], indirect=True)
def test_the_canary_can_be_read_without_bubblewrap(
    kept_apart: Isolation, lab: Lab, scratch: Path
) -> None:
    """Where the playlist's format is named and its files let through, the cage holds nothing."""
    playlist = lab.write(f"ffconcat version 1.0\nfile '{lab.canary()}'\n")
    opening = ["-safe", "0", *sandbox.source_arguments(playlist, "concat")]
    copied = [*opening, "-frames:v", "1", sandbox.address("poster.jpg")]
    sandbox.run("ffmpeg", ["-v", "error", *copied], readable=[playlist], folder=scratch)
    assert shows_canary(scratch / "poster.jpg")


@pytest.mark.parametrize("kept_apart", [BARE], indirect=True)
def test_somebody_answers_where_nothing_is_hidden(
    kept_apart: Isolation, lab: Lab, listener: socket.socket
) -> None:
    playlist = lab.write(f"ffconcat version 1.0\nfile '{lab.url}'\n")
    opening = ["-safe", "0", "-protocol_whitelist", "file,http,tcp", "-f", "concat"]
    with ThreadPoolExecutor() as pool:
        called = pool.submit(answer_once, listener)
        with pytest.raises(ProcessFailed):
            sandbox.run("ffprobe", [*opening, "-i", f"file:{playlist}"], readable=[playlist])
        assert called.result().startswith(b"GET /canary.mp4")


def answer_once(listener: socket.socket) -> bytes:
    """What the first who comes asks for."""
    listener.settimeout(30)
    connection, _ = listener.accept()
    with connection:
        return connection.recv(4096)
