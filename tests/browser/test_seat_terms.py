"""What a juror takes on, and a film given by hand, at the width of a small phone in Arabic."""

from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser

from plural.extensions import db
from plural.models.rounds import Seat
from plural.models.scoring import Assignment
from tests.browser.test_accessibility import SIDEWAYS
from tests.browser.visiting import take_session
from tests.factories import Make
from tests.plural.panels import Panel, seat_of
from tests.visitor import Visitor

pytestmark = pytest.mark.browser
SMALL_PHONE = {"width": 320, "height": 640}


def test_staff_write_down_terms_and_give_a_film_on_a_small_phone(
    chromium: Browser, origin: str, app: Flask, make: Make, sign_in: Any
) -> None:
    panel = Panel(app, make, make.staff())
    panel.add_jurors(2)
    panel.add_films(1)
    round_id = panel.open()
    with app.app_context():
        seat = seat_of(panel.jurors[0][0], round_id)
    desk: Visitor = sign_in(panel.staff)
    context = chromium.new_context(viewport=SMALL_PHONE)
    take_session(context, desk)
    page = context.new_page()
    address = f"{origin}/ar/plural/2026/staff/rounds/{round_id}"

    page.goto(f"{address}/terms")
    form = page.locator(f"#seat{seat}")
    form.locator("summary").click()
    form.locator(f"[name=seat{seat}-fewest_films]").fill("3")
    form.locator(f"[name=seat{seat}-most_films]").fill("2")
    assert page.evaluate(SIDEWAYS) == 0
    form.locator("button").click()
    page.locator("[role=alert]").wait_for()
    assert page.evaluate(SIDEWAYS) == 0
    form.locator(f"[name=seat{seat}-most_films]").fill("4")
    form.locator(f"[name=seat{seat}-is_young]").check()
    form.locator("button").click()
    page.wait_for_url(f"{address}/terms#seat{seat}")
    assert page.evaluate(SIDEWAYS) == 0
    with app.app_context():
        kept = db.session.get_one(Seat, seat)
        assert (kept.fewest_films, kept.most_films, kept.is_young) == (3, 4, True)

    page.goto(f"{address}/by-hand")
    page.select_option("#seat", str(seat))
    page.locator("form[action$='/by-hand'] button").click()
    page.locator("table").wait_for()
    assert page.evaluate(SIDEWAYS) == 0
    with app.app_context():
        assert Assignment.query.one().seat_id == seat
    context.close()
