"""What the browser tests share: Chromium, watched visitors, and one running festival."""

import io
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import pytest
from flask import Flask
from playwright.sync_api import Browser, sync_playwright
from rich.console import Console

from demo import preparing, story
from demo.__main__ import environment, founding
from demo.clock import Clock
from demo.festival import Festival
from demo.mailbox import Mailbox
from demo.report import Report
from stack import Stack
from tests.browser.visiting import Person, Watch, take_session
from tests.factories import Make
from tests.missing import skip_or_fail
from tests.plural.panels import Panel
from tests.tus import served
from tests.visitor import Visitor

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
FILM_S = 7


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        skip_or_fail("chromium")
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


@pytest.fixture
def origin(app: Flask) -> Iterator[str]:
    """Where the portal of the test's own database answers, without workers."""
    with served(app) as port:
        yield f"http://localhost:{port}"


@pytest.fixture
def panel(app: Flask, make: Make) -> Panel:
    """One juror of two who both watch four films."""
    panel = Panel(app, make, make.staff())
    panel.add_jurors(2)
    panel.add_films(4, synopsis="Two neighbours meet")
    panel.assigned()
    return panel


@pytest.fixture
def juror(
    app: Flask, panel: Panel, origin: str, person: Callable[..., Person]
) -> Callable[..., Person]:
    """`juror(**options)`: the panel's first juror in a browser of their own, signed in."""

    def arrive(**options: Any) -> Person:
        found = person(f"{origin}/en/plural/2026", **options)
        take_session(found.page.context, Visitor(app).sign_in(panel.jurors[0][0]))
        return found

    return arrive


@pytest.fixture(scope="session")
def festival(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Festival]:
    """The real stack with an open edition, its staff, jurors and a distributor, made by HTTP."""
    folder = tmp_path_factory.mktemp("festival")
    clock = Clock(folder / "clock")
    clock.jump_to(clock.now())
    with Stack(folder / "stack", environment=environment(clock)) as stack:
        link = stack.flask(*founding()).strip().splitlines()[-1]
        festival = Festival(
            origin=stack.address,
            place=story.edition_place(stack.address),
            report=Report(Console(file=io.StringIO())),
            clock=clock,
            mailbox=Mailbox(story.mails_of(stack.folder)),
            folder=stack.folder,
            films={},
        )
        preparing.prepare(festival, link)
        yield festival


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
