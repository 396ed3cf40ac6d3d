"""Entering a film as young people do: on the pages, with a telephone."""

from datetime import timedelta
from pathlib import Path

from demo.browser import PASSWORD
from demo.clock import Clock
from tests.browser.visiting import Fields, Person

PHONE = {"width": 390, "height": 844, "is_mobile": True, "has_touch": True}


def register(maker: Person, name: str, email: str) -> None:
    maker.open("account/new")
    maker.send("account/new", {"name": name, "email": email, "password": PASSWORD})


def birth_date(clock: Clock, age: int) -> str:
    """Of somebody who turned so old half a year ago."""
    return (clock.now() - timedelta(days=365.25 * age + 180)).date().isoformat()


def fill_in(maker: Person, clock: Clock, title: str, name: str, age: int, **others: str) -> None:
    """Fill in the form of a new entry and save it; the maker is then on the entry's page."""
    maker.open("entries/new")
    fields: Fields = {
        "title": title,
        "title_english": "My window",
        "maker_name": name,
        "maker_birth_date": birth_date(clock, age),
        "produced_on": (clock.now() - timedelta(days=30)).date().isoformat(),
        "country": "JO",
        "language": "ar",
        "theme_primary": "social_inclusion",
        "synopsis": "A girl films the street below her window for a year.",
        "statement": "Somebody had to.",
        "declares_no_family_tie": True,
        "declares_releases": True,
    }
    maker.fill(maker.form("/entries/new"), {**fields, **others})
    maker.look("entry-form")
    maker.send("/entries/new")


def choose_film(maker: Person, film: Path) -> None:
    maker.page.locator("[data-upload-choose]").wait_for()
    maker.page.locator("[data-upload-file]").set_input_files(film)


def entry_path(maker: Person) -> str:
    """The path of the entry whose page is open, within its edition."""
    maker.page.wait_for_url("**/entries/*")
    return maker.page.url.removeprefix(f"{maker.place}/")
