"""The disk of a worker is full in the middle of an encode: the film waits and plays later."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask

from plural.models.entry import FilmState
from plural.models.media import OutputState
from plural.settings import Settings
from stack import processes
from tests import arriving
from tests.factories import Make
from tests.faults import invariants
from tests.missing import skip_or_fail
from tests.running import ROOT, environment, running, until

# A mount of its own that only the worker's processes see. Root needs no other user for it.
UNSHARE = ["unshare", "--mount", *([] if os.getuid() == 0 else ["--user", "--map-root-user"])]
SMALL = "size=256k"


def can_mount(folder: Path) -> bool:
    mount = [*UNSHARE, "mount", "-t", "tmpfs", "-o", SMALL, "none", str(folder)]
    return subprocess.run(mount, capture_output=True).returncode == 0


@contextmanager
def worker_with_small_disk(settings: Settings, log: Path) -> Iterator[None]:
    """A worker whose scratch folder is a file system of 256 KiB."""
    scratch = settings.instance_folder / "scratch"
    script = f"mount -t tmpfs -o {SMALL} none {scratch} && exec {sys.executable} -m plural.worker"
    with log.open("ab") as output:
        process = processes.start(
            [*UNSHARE, "sh", "-c", script], environment(settings), output, folder=ROOT
        )
    try:
        yield
    finally:
        processes.kill_group(process)
        process.wait()


@pytest.mark.slow
def test_a_full_scratch_folder_delays_the_film_and_loses_nothing(
    app: Flask,
    make: Make,
    cron: subprocess.Popen[bytes],
    settings: Settings,
    tmp_path: Path,
    long_film: Path,
) -> None:
    scratch = settings.instance_folder / "scratch"
    scratch.mkdir(mode=0o700, exist_ok=True)
    if not can_mount(scratch):
        skip_or_fail("file system of its own, mounted by unshare")
    film_id = arriving.arrive(app, make.entry(), long_film)

    def reasons() -> set[tuple[OutputState, str]]:
        outputs = arriving.film_of(app, film_id).outputs
        return {(o.state, o.reason) for o in outputs if o.group == "first"}

    with worker_with_small_disk(settings, tmp_path / "small.log"):
        until(lambda: (OutputState.WAITING, "scratch_full") in reasons())
        assert arriving.film_of(app, film_id).state is FilmState.ACCEPTED
        invariants.assert_nothing_stuck(app)
    arriving.set_outputs(app, film_id, due_at=None)
    with running("plural.worker", settings, tmp_path / "roomy.log"):
        invariants.assert_made_once(app, long_film, film_id)
