"""Entering a film as young people do: on the pages, with a telephone."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from demo.browser import PASSWORD
from demo.clock import Clock
from tests.browser.visiting import Fields, Person

PHONE = {"width": 390, "height": 844, "is_mobile": True, "has_touch": True}


@dataclass(frozen=True)
class Maker:
    name: str
    email: str
    age: int
    title: str


def register(person: Person, maker: Maker) -> None:
    person.open("account/new")
    fields = {"name": maker.name, "email": maker.email, "password": PASSWORD}
    person.send("account/new", fields)


def fill_in(person: Person, clock: Clock, maker: Maker, **guardian: str) -> None:
    """Fill in the form of a new entry and save it; its page then stands open."""
    person.open("entries/new")
    fields: Fields = {
        "title": maker.title,
        "title_english": "My window",
        "maker_name": maker.name,
        "maker_birth_date": birth_date(clock, maker.age),
        "produced_on": (clock.now() - timedelta(days=30)).date().isoformat(),
        "country": "JO",
        "language": "ar",
        "theme_primary": "social_inclusion",
        "synopsis": "A girl films the street below her window for a year.",
        "statement": "Somebody had to.",
        "declares_no_family_tie": True,
        "declares_releases": True,
        **guardian,
    }
    person.fill(person.form("/entries/new"), fields)
    person.look("entry-form")
    person.send("/entries/new")


def birth_date(clock: Clock, age: int) -> str:
    """Of somebody who turned so old half a year ago."""
    return (clock.now() - timedelta(days=365.25 * age + 180)).date().isoformat()


def choose_film(maker: Person, film: Path) -> None:
    maker.page.locator("[data-upload-choose]").wait_for()
    maker.page.locator("[data-upload-file]").set_input_files(film)


def entry_path(maker: Person) -> str:
    """The path of the entry whose page is open, within its edition."""
    maker.page.wait_for_url("**/entries/*")
    return maker.page.url.removeprefix(f"{maker.place}/")
