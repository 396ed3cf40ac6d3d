"""Real processes of the portal for tests, over a real Valkey, ended with the test."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import TypeVar

import psutil
import requests

from media_pipeline import binaries
from plural.settings import PREFIX, Settings
from stack import processes

ROOT = Path(__file__).parent.parent
PATIENCE_S = 120
T = TypeVar("T")


def environment(settings: Settings) -> dict[str, str]:
    """The settings as a process of their own reads them."""
    outer = {k: v for k, v in os.environ.items() if not k.startswith(PREFIX)}
    values = ((f.name, getattr(settings, f.name)) for f in fields(settings))
    own = {PREFIX + name.upper(): str(value) for name, value in values if value is not None}
    return outer | own | {"PYTHONUNBUFFERED": "1"}


@contextmanager
def running(
    module: str, settings: Settings, log: Path, *arguments: str, **variables: str
) -> Iterator[subprocess.Popen[bytes]]:
    """`python -m MODULE ARGUMENTS` with these settings; killed at the end if it still runs."""
    command = [sys.executable, "-m", module, *arguments]
    with log.open("ab") as output:
        process = processes.start(command, environment(settings) | variables, output, folder=ROOT)
    try:
        yield process
    finally:
        processes.kill_group(process)
        process.wait()


@contextmanager
def serving(settings: Settings, port: int, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The web server as the Procfile starts it, once it answers."""
    arguments = ("--config", "python:stack.web", "plural:create_app()")
    with running("gunicorn", settings, log, *arguments, PORT=str(port)) as process:
        until(lambda: answers(port))
        yield process


def answers(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/healthz", timeout=60).ok
    except requests.ConnectionError:
        return False


def until(condition: Callable[[], T], patience_s: float = PATIENCE_S) -> T:
    """Return what the condition gives as soon as that is true; fail when it never is."""
    deadline = time.monotonic() + patience_s
    while not (found := condition()):
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.05)
    return found


def below(pid: int, word: str = "") -> list[psutil.Process]:
    """Living processes that this one has started, whose command line holds `word`."""
    try:
        children = psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []
    return [child for child in children if is_living(child) and word in command_of(child)]


def encoder(worker: subprocess.Popen[bytes]) -> psutil.Process | None:
    """The ffmpeg that encodes below a worker, once it runs."""
    found = [process for process in below(worker.pid, "libx264") if is_ffmpeg(process)]
    assert len(found) <= 1
    return found[0] if found else None


def is_ffmpeg(process: psutil.Process) -> bool:
    """Whether this is ffmpeg itself: those that confine and guard it carry its command line too."""
    try:
        return process.cmdline()[:1] == [str(binaries.path_of("ffmpeg"))]
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def is_living(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def command_of(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return ""
