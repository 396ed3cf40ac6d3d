"""`./run demo`: the real stack in a folder of its own, and a whole festival over it."""

import argparse
import signal
import sys
from pathlib import Path

import requests

from demo import cast, footage, publishing, story, story_names
from demo.browser import PASSWORD
from demo.clock import Clock
from demo.festival import Festival
from demo.mailbox import Mailbox
from demo.report import Report
from demo.trouble import Trouble
from stack import Stack, StackError
from stack.signals import interrupt_on_end

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    options = parse()
    interrupt_on_end()
    try:
        run(options.folder, options.once)
    except (StackError, Trouble, OSError) as trouble:
        print(f"demo: {in_one_line(trouble, options.folder)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0 if not options.once else 130
    return 0


def in_one_line(trouble: Exception, folder: Path) -> str:
    """What happened and what to do, for a person."""
    if isinstance(trouble, StackError):
        return str(trouble)
    if isinstance(trouble, Trouble):
        words = " ".join(str(trouble).split())
        return f"{words} The logs are in {folder / 'log'}."
    if isinstance(trouble, requests.RequestException):
        return f"The portal does not answer any more. The logs are in {folder / 'log'}."
    where = f" ({trouble.filename})" if isinstance(trouble, OSError) and trouble.filename else ""
    return (
        f"{folder} cannot be used: {getattr(trouble, 'strerror', None) or trouble}{where}. "
        "Make room there, or choose another place with --folder."
    )


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="end when the festival is complete")
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "demo")
    return parser.parse_args()


def run(folder: Path, once: bool) -> None:
    report = Report()
    report.act("Parts and footage")
    clock = Clock(folder / "clock")
    with Stack(folder, fresh=True, environment=environment(clock)) as stack:
        report.say(f"the portal is up at {stack.address}")
        films = footage.prepare(folder.parent / "footage")
        report.say(f"{len(footage.VARIATIONS)} films of real footage are there")
        link = stack.flask(*founding()).strip().splitlines()[-1]
        festival = Festival(
            origin=stack.address,
            place=story.edition_place(stack.address),
            report=report,
            clock=clock,
            mailbox=Mailbox(story.mails_of(stack.folder)),
            folder=stack.folder,
            films=films,
        )
        story.tell(festival, link)
        report.addresses(publishing.addresses(festival))
        report.say(f"every password is: {PASSWORD}")
        report.console.print(report.counts.last_line(), markup=False, soft_wrap=True)
        if not once:
            report.say("The server stays up. Ctrl-C ends everything.")
            signal.pause()


def environment(clock: Clock) -> dict[str, str]:
    return {"PLURAL_CLOCK_FILE": str(clock.file.resolve()), "PLURAL_CRON_PAUSE_S": "0.5"}


def founding() -> list[str]:
    name = ["--name", "PLURAL+", "--edition", story_names.EDITION]
    return ["festival", "found", story_names.SLUG, *name, "--staff", cast.email(cast.STAFF[0])]


if __name__ == "__main__":
    sys.exit(main())
