"""A festival over the real stack, as the demo tells it, in a folder of the test's own."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from rich.console import Console

from demo import cast, footage, story, story_names
from demo.clock import Clock
from demo.festival import Festival
from demo.mailbox import Mailbox
from demo.report import Report
from stack import Stack

ROOT = Path(__file__).resolve().parents[2]
LEASE_S = 15

Disturb = Callable[[Stack, str], None]
Visit = Callable[[Festival], None]


@pytest.fixture
def tell(tmp_path: Path) -> Callable[[Disturb, Visit], None]:
    """Tell the whole story while `disturb(stack, moment)` is called between its steps, then
    `visit(festival)` while everything is still up."""

    def run(disturb: Disturb, visit: Visit) -> None:
        with festival_in(tmp_path / "demo") as (stack, festival, link):
            festival.moment = lambda name: disturb(stack, name)
            story.tell(festival, link)
            visit(festival)

    return run


@contextmanager
def festival_in(folder: Path) -> Iterator[tuple[Stack, Festival, str]]:
    clock = Clock(folder / "clock")
    environment = {
        "PLURAL_CLOCK_FILE": str(clock.file),
        "PLURAL_CRON_PAUSE_S": "0.5",
        "PLURAL_LEASE_S": str(LEASE_S),
    }
    films = footage.prepare(ROOT / "var" / "footage")
    with Stack(folder, environment=environment) as stack:
        names = ["--name", "PLURAL+", "--edition", story_names.EDITION]
        staff = ["--staff", cast.email(cast.STAFF[0])]
        link = stack.flask("festival", "found", story_names.SLUG, *names, *staff).split()[-1]
        festival = Festival(
            origin=stack.address,
            place=story.edition_place(stack.address),
            report=Report(Console(file=io.StringIO())),
            clock=clock,
            mailbox=Mailbox(story.mails_of(stack.folder)),
            folder=stack.folder,
            films=films,
        )
        yield stack, festival, link
