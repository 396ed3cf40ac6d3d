"""A ballot is ranked by tapping, by keyboard and by dragging; without scripts by its selects."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page

from plural.models.juries import Ballot
from plural.round_rules import RoundRules
from tests.browser.visiting import Person, take_session
from tests.factories import Make
from tests.plural.final_juries import Jury
from tests.visitor import Visitor

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def jury(app: Flask, make: Make) -> Jury:
    return Jury(app, make).open(RoundRules())


@pytest.fixture
def desk(jury: Jury, origin: str, person: Callable[..., Person]) -> Callable[..., Page]:
    """A juror's ballots on a phone."""

    def arrive(**options: object) -> Page:
        juror = person(f"{origin}/en/plural/2026", **PHONE, **options)
        session = Visitor(jury.panel.app).sign_in(jury.panel.jurors[0][0])
        take_session(juror.page.context, session)
        juror.open(f"jury/{jury.seat(0)}/ballots")
        return juror.page

    return arrive


def film(page: Page, jury: Jury, number: int) -> Locator:
    title = jury.panel.films[number].entry.title
    return page.locator(".ballot-film").filter(has_text=title)


def kept(jury: Jury) -> list[list[int]]:
    with jury.panel.app.app_context():
        ids = {film.id: number for number, film in enumerate(jury.panel.films)}
        ranking: list[list[int]] = Ballot.query.one().ranking
        return [sorted(ids[film_id] for film_id in tier) for tier in ranking]


def send(page: Page) -> None:
    page.get_by_role("button", name="Keep this ballot").click()
    page.get_by_text("Your ballot is kept. Receipt:").wait_for()


def test_films_are_ranked_by_tapping(jury: Jury, desk: Callable[..., Page]) -> None:
    page = desk()
    for number in (2, 0, 1):
        film(page, jury, number).get_by_role("button", name="Rank next").click()
    film(page, jury, 1).get_by_role("button", name="Same place as the one above").click()
    film(page, jury, 2).get_by_role("button", name="Lower").click()
    assert page.locator("[data-said]").inner_text().endswith(": place 2")
    send(page)
    assert kept(jury) == [[0, 1], [2]]


def test_films_are_ranked_by_keyboard_alone(jury: Jury, desk: Callable[..., Page]) -> None:
    page = desk()
    first, second = film(page, jury, 0), film(page, jury, 1)
    first.get_by_role("button", name="Rank next").press("Enter")
    second.get_by_role("button", name="Rank next").press("Enter")
    second.get_by_role("button", name="Higher").press("Enter")
    first.get_by_role("button", name="Do not rank").press("Enter")
    send(page)
    assert kept(jury) == [[1]]


def test_a_film_is_dragged_above_another(jury: Jury, desk: Callable[..., Page]) -> None:
    page = desk()
    for number in (0, 1):
        film(page, jury, number).get_by_role("button", name="Rank next").click()
    page.locator("[data-ranking]").evaluate("list => list.scrollIntoView()")
    over = film(page, jury, 0).bounding_box()
    handle = film(page, jury, 1).locator("[data-handle]").bounding_box()
    assert over is not None
    assert handle is not None
    page.mouse.move(handle["x"] + 20, handle["y"] + 20)
    page.mouse.down()
    page.mouse.move(over["x"] + 20, over["y"] + 4, steps=5)
    page.mouse.up()
    send(page)
    assert kept(jury) == [[1], [0]]


def test_without_scripts_the_selects_are_the_ballot(jury: Jury, desk: Callable[..., Page]) -> None:
    page = desk(java_script_enabled=False)
    title = jury.panel.films[1].entry.title
    page.get_by_label(f"Place: {title}").select_option("1")
    send(page)
    assert kept(jury) == [[1]]
