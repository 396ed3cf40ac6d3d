"""What the browser tests share: Chromium, watched visitors, and one running festival."""

import io
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg
import pytest
from playwright.sync_api import Browser, sync_playwright
from rich.console import Console

from demo import cast, preparing, story
from demo.__main__ import environment
from demo.browser import PASSWORD
from demo.clock import Clock
from demo.festival import Festival
from demo.mailbox import Mailbox
from demo.report import Report
from stack import Stack
from tests.browser.visiting import Person, Watch

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
FILM_S = 7
UPLOADS_STAFF = "nora@example.org"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium")
    if path is None and os.environ.get("CI") != "true":
        pytest.skip("there is no chromium on this machine")
    assert path, "CI needs chromium: see .ci/apt.txt"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def watch() -> Iterator[Watch]:
    """What goes wrong in any browser of the test; at its end there must be nothing."""
    watch = Watch()
    yield watch
    assert watch.problems == []


@pytest.fixture
def person(chromium: Browser, watch: Watch, tmp_path: Path) -> Iterator[Callable[..., Person]]:
    """`person(place)`: somebody with a browser of their own, who begins at an edition's address."""
    contexts = []

    def arrive(place: str, width: int = 1280, height: int = 800, **options: object) -> Person:
        context = chromium.new_context(
            viewport={"width": width, "height": height}, reduced_motion="reduce", **options
        )
        contexts.append(context)
        watch.over(context)
        return Person(context.new_page(), place, tmp_path)

    yield arrive
    for context in contexts:
        context.close()


@dataclass(frozen=True)
class Running:
    """The real stack, and the clock that its parts follow."""

    stack: Stack
    clock: Clock

    def found(self, slug: str, staff: str) -> tuple[Festival, str]:
        """A festival with one edition still to be prepared, and the link for its first staff."""
        name = ("--name", "PLURAL+", "--edition", story.EDITION)
        said = self.stack.flask("festival", "found", slug, *name, "--staff", staff)
        festival = Festival(
            origin=self.stack.address,
            place=f"{self.stack.address}/en/{slug}/{story.EDITION}",
            report=Report(Console(file=io.StringIO())),
            clock=self.clock,
            mailbox=Mailbox(story.mails_of(self.stack.folder)),
            folder=self.stack.folder,
            films={},
        )
        return festival, said.strip().splitlines()[-1]


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("stack")
    clock = Clock(folder / "clock")
    clock.jump_to(clock.now())
    with Stack(folder / "stack", environment=environment(clock)) as stack:
        yield Running(stack, clock)


@pytest.fixture(scope="session")
def festival(running: Running) -> Festival:
    """An open edition with staff, jurors and a distributor, made by HTTP as in the demo."""
    festival, link = running.found(story.SLUG, cast.email(cast.STAFF[0]))
    preparing.prepare(festival, link)
    return festival


@pytest.fixture(scope="session")
def taking_entries(running: Running) -> Festival:
    """A further festival that takes entries whenever this is asked for, and has one of staff."""
    festival, link = running.found("uploads", UPLOADS_STAFF)
    staff = festival.browser("Nora Lind", UPLOADS_STAFF)
    staff.open(link)
    staff.send("/invitation/", {"name": staff.name, "password": PASSWORD})
    preparing.set_dates(festival, staff)
    preparing.add_categories(staff)
    preparing.add_award(staff, "film", "special_recognition", "Recognition", "تنويه")
    staff.open("staff/edition")
    staff.send("staff/edition/opening")
    festival.staff = [staff]
    return festival


@pytest.fixture(scope="session")
def film_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short film with picture and sound, of some megabytes, so that it is sent in pieces."""
    file = tmp_path_factory.mktemp("film") / "film.mp4"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error"]
    for source in ("testsrc2=size=640x360:rate=25", "sine=frequency=440"):
        command += ["-f", "lavfi", "-t", str(FILM_S), "-i", source]
    command += ["-c:v", "libx264", "-preset", "ultrafast", "-b:v", "4M", "-minrate", "4M"]
    command += ["-maxrate", "4M", "-bufsize", "1M", "-x264-params", "nal-hrd=cbr"]
    command += ["-pix_fmt", "yuv420p", "-c:a", "aac", str(file)]
    subprocess.run(command, check=True)
    return file
