"""Act two: films are entered, guardians sign, workers make the films."""

import html
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from demo import cast
from demo.browser import Browser, api
from demo.cast import Maker
from demo.festival import Entered, Festival
from demo.report import Bars
from demo.trouble import Trouble
from demo.upload import upload

USES = ["jury", "name", "face", "web", "broadcast"]
AT_ONCE = 3
MAKING_PATIENCE_S = 900


def enter_all(festival: Festival) -> None:
    """Everybody enters a film; several at a time, as on the last evening before a deadline."""
    festival.report.act("Young people enter their films")
    with festival.report.bars() as bars, ThreadPoolExecutor(AT_ONCE) as people:
        lock = threading.Lock()
        for entered in people.map(lambda maker: enter(festival, maker, bars, lock), cast.MAKERS):
            festival.entered[entered.maker.title_english] = entered
    festival.moment("films entered")
    watch_making(festival)
    for entered in festival.entered.values():
        submit(entered)
    festival.report.say(f"{len(festival.entered)} films submitted")


def enter(festival: Festival, maker: Maker, bars: Bars, lock: threading.Lock) -> Entered:
    browser = festival.browser(maker.name, maker.email).register()
    entered = fill_in(browser, maker)
    send_film(festival, entered, bars, lock)
    add_subtitles(entered)
    return entered


def fill_in(browser: Browser, maker: Maker) -> Entered:
    browser.open("entries/new")
    browser.send("entries/new", form_fields(maker))
    found = re.search(r"/entries/(\d+)", browser.address)
    if not found:
        raise Trouble(f"The entry of {maker.name} was not taken: {browser.complaint()}")
    return Entered(maker, browser, f"entries/{found.group(1)}", found.group(1))


def form_fields(maker: Maker) -> dict[str, object]:
    fields: dict[str, object] = {
        "title": maker.title,
        "title_english": maker.title_english,
        "maker_name": maker.name,
        "maker_birth_date": maker.born,
        "produced_on": "2026-02-01",
        "country": maker.country,
        "language": maker.language,
        "theme_primary": "social_inclusion",
        "synopsis": maker.synopsis,
        "statement": "I made this film because somebody had to.",
        "declares_no_family_tie": True,
        "declares_releases": True,
    }
    if maker.guardian:
        fields["guardian_name"] = maker.guardian
        fields["guardian_email"] = maker.guardian_email
        fields["guardian_language"] = maker.guardian_language
    return fields


def send_film(festival: Festival, entered: Entered, bars: Bars, lock: threading.Lock) -> None:
    maker, browser = entered.maker, entered.browser
    entered.film_id = film_id_on(browser.open(f"{entered.path}/film"))
    if maker.sends_letter_first:
        send_letter(festival, entered)
    film = festival.films[maker.film]

    def progress(sent: int, size: int) -> None:
        with lock:
            bars.move(f"{maker.title_english}: upload", 100 * sent / size)

    memory = festival.folder / f"tus-{entered.entry_id}.json" if maker.interrupted else None
    upload(browser, film, entered.film_id, progress, maker.interrupted, memory)


def film_id_on(page: object) -> str:
    """The number of the film version that a page of uploading is about."""
    found = re.search(r'"film": ?"?(\d+)', html.unescape(str(page)))
    if found is None:
        raise Trouble("The page of the upload names no film.")
    return found.group(1)


def send_letter(festival: Festival, entered: Entered) -> None:
    """First the wrong file: it is refused with a reason, and can be replaced."""
    letter = festival.films["letter.mp4"]
    upload(entered.browser, letter, entered.film_id, lambda _sent, _size: None)
    status = festival.wait_for(
        "a verdict on the letter",
        lambda: s if (s := film_status(entered))["state"] == "refused" else None,
    )
    reason = status["findings"][0]
    festival.report.say(f"refused, as it is no film: {reason}")
    entered.browser.open(entered.path)
    entered.browser.expect(reason)


def film_status(entered: Entered) -> dict[str, Any]:
    """What the maker's page is told when it asks how far the film is."""
    answer = entered.browser.get(api(entered.browser, f"entries/{entered.entry_id}/status"))
    if answer.status_code != 200:
        return {"state": "unknown", "findings": [], "percent": 0}
    found: dict[str, Any] = answer.json()["film"]
    return found


def add_subtitles(entered: Entered) -> None:
    path = f"{entered.path}/subtitles"
    for language, text in entered.maker.subtitles.items():
        entered.browser.open(path)
        answer = entered.browser.post(
            path,
            {"language": language, "kind": "subtitles"},
            {"file": (f"film.{language}.srt", text.encode(), "application/x-subrip")},
        )
        if answer.status_code >= 400:
            raise Trouble(f"The subtitles of {entered.maker.name} were not taken.")


def watch_making(festival: Festival) -> None:
    """Bars for all films until each is complete."""
    halves = iter(("first films under way", "more films under way"))
    with festival.report.bars() as bars:

        def all_complete() -> bool | None:
            finished = True
            for title, entered in festival.entered.items():
                status = film_status(entered)
                bars.move(f"{title}: making", float(status["percent"] or 0))
                if status["state"] in ("refused", "failed"):
                    raise Trouble(f"{title} was {status['state']}: {status['findings']}")
                finished = finished and status["state"] == "complete"
                if 20 < float(status["percent"] or 0) < 90 and (half := next(halves, None)):
                    festival.moment(half)
            return True if finished else None

        festival.wait_for("every film complete", all_complete, MAKING_PATIENCE_S)


def submit(entered: Entered) -> None:
    browser = entered.browser
    browser.open(f"{entered.path}/submission")
    browser.send("/submission", {"uses": USES, "signed_name": entered.maker.name})
