"""How long a film takes from its last byte until it can be watched, through the real stack.

`./run bench encode_playable [FILM --times N --length-s S]`: the benchmark `encode` ends with it.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from benchmarks.encode_sources import LENGTH_S, prepare, run_ffmpeg
from demo import __main__ as festival_demo
from demo import cast, entering, preparing, story
from demo.clock import Clock
from demo.entering import film_status
from demo.festival import Entered, Festival
from demo.mailbox import Mailbox
from demo.report import Report
from demo.upload import upload
from stack import Stack

REPEATED = 10
PATIENCE_S = 900
WATCHABLE = ("playable", "complete")


def first_playable_ratios(
    film: Path, folder: Path, times: int = REPEATED, length_s: float = LENGTH_S
) -> dict[str, float]:
    """Seconds until so many times the film of `length_s` can be watched, divided by its seconds.

    `first_playable_ratio` on an idle machine; `first_playable_ratio_busy` while the greater part
    of another film of the same kind is being encoded.
    """
    longer = repeated(film, folder / "longer.mp4", times)
    clock = Clock(folder / "clock")
    environment = festival_demo.environment(clock)
    with Stack(folder / "stack", fresh=True, environment=environment) as stack:
        link = stack.flask(*festival_demo.founding()).strip().splitlines()[-1]
        festival = Festival(
            origin=stack.address,
            place=story.edition_place(stack.address),
            report=Report(),
            clock=clock,
            mailbox=Mailbox(story.mails_of(stack.folder)),
            folder=stack.folder,
            films={},
        )
        open_edition(festival, link)
        first, second = entrant(festival, 0), entrant(festival, 1)
        idle_s = seconds_until(festival, first, longer, lambda: None)
        wait(festival, first, ("complete",))
        third = entrant(festival, 2)

        def while_another_is_encoded() -> None:
            send(second, longer)
            wait(festival, second, WATCHABLE)

        busy_s = seconds_until(festival, third, longer, while_another_is_encoded)
    return {
        "first_playable_ratio": round(idle_s / (times * length_s), 3),
        "first_playable_ratio_busy": round(busy_s / (times * length_s), 3),
    }


def repeated(film: Path, longer: Path, times: int) -> Path:
    run_ffmpeg("-stream_loop", times - 1, "-i", film, "-c", "copy", longer)
    return longer


def open_edition(festival: Festival, link: str) -> None:
    staff = preparing.first_staff(festival, link)
    preparing.set_dates(festival, staff)
    staff.send("staff/edition", {"max_duration_s": 300})
    preparing.add_categories(staff)
    _, recognition, recognition_arabic = cast.SPECIAL_RECOGNITIONS[0]
    preparing.add_award(staff, "any", "special_recognition", recognition, recognition_arabic)
    staff.open("staff/edition")
    staff.send("staff/edition/opening")


def entrant(festival: Festival, number: int) -> Entered:
    """A grown-up with an entry that waits for its film."""
    grown = next(maker for maker in cast.MAKERS if not maker.guardian)
    maker = replace(
        grown,
        # Addresses are made of first names.
        name=f"Maker{number} {grown.name}",
        title_english=f"{grown.title_english} {number}",
    )
    browser = festival.browser(maker.name, maker.email).register()
    return entering.fill_in(browser, maker)


def seconds_until(
    festival: Festival, entered: Entered, film: Path, before: Callable[[], None]
) -> float:
    before()
    send(entered, film)
    began = time.monotonic()
    wait(festival, entered, WATCHABLE)
    return time.monotonic() - began


def send(entered: Entered, film: Path) -> None:
    page = entered.browser.open(f"{entered.path}/film")
    entered.film_id = entering.film_id_on(page)
    upload(entered.browser, film, entered.film_id, lambda _sent, _size: None)


def wait(festival: Festival, entered: Entered, states: tuple[str, ...]) -> None:
    festival.wait_for(
        f"{entered.maker.title_english} {states[0]}",
        lambda: True if film_status(entered)["state"] in states else None,
        PATIENCE_S,
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="./run bench encode_playable", description=__doc__)
    parser.add_argument("film", nargs="?", type=Path, help="without one, the mosaic `camera`")
    parser.add_argument("--times", type=int, default=REPEATED)
    parser.add_argument("--length-s", type=float, default=LENGTH_S)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="plural-playable-") as folder:
        film = asked.film or prepare(Path(folder))["camera"]
        print(json.dumps(first_playable_ratios(film, Path(folder), asked.times, asked.length_s)))


if __name__ == "__main__":
    main()
