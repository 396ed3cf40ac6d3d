"""Pages of every audience, read by axe: nothing may speak against WCAG 2.2, levels A and AA."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from plural.models.entry import EntryState
from plural.models.people import Organisation
from plural.models.sharing import Licence
from tests.browser.visiting import take_session
from tests.factories import Make
from tests.world import World, build

pytestmark = pytest.mark.browser
AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PHONE, DESK = 390, 1280
PAGES = (
    ("nobody", ""),
    ("nobody", "account/new"),
    ("nobody", "recipients"),
    ("nobody", "recipients/{entry_code}"),
    ("maker", "entries/new"),
    ("maker", "entries/{entry}"),
    ("maker", "entries/{draft}"),
    ("maker", "entries/{draft}/film"),
    ("maker", "entries/{draft}/subtitles"),
    ("guardian", "guardian/{guardian}"),
    ("juror", "jury/{seat}"),
    ("juror", "jury"),
    ("juror", "jury/films/{assignment}"),
    ("juror", "jury/{seat}/films/{film}"),
    ("juror", "jury/undertaking"),
    ("juror", "jury/receipts"),
    ("focal_point", "jury/undertaking"),
    ("staff", "staff"),
    ("staff", "staff/entries"),
    ("staff", "staff/entries/{entry}"),
    ("staff", "staff/rounds/{round}"),
    ("staff", "staff/rounds/{round}/assignment"),
    ("staff", "staff/rounds/{round}/progress"),
    ("staff", "staff/rounds/new?kind=preselection"),
    ("staff", "staff/audit?verify=y"),
    ("staff", "staff/publication"),
    ("staff", "staff/safety"),
    ("distributor", "catalogue"),
    ("distributor", "catalogue/{licence}"),
)


@pytest.fixture
def everybody(app: Flask, make: Make) -> World:
    """One of each, with a licensed film, and an entry that has just been begun."""
    world = build(app, make)
    maker = make.whole_entry(world.ids["entry"]).account
    film = make.eligible_film(maker)
    distributor = make.first(Licence, id=world.ids["licence"]).organisation_id
    licence = make.licence(make.first(Organisation, id=distributor), film)
    draft = make.entry(maker, birth_date=date(2012, 1, 1), state=EntryState.DRAFT)
    make.wordings(make.edition())
    world.ids |= {
        "entry_code": world.own_ids["recipients.show"]["code"],
        "draft": draft.id,
        "licence": licence.id,
    }
    return world


@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [
        ("ar", "light", PHONE),
        pytest.param("en", "light", DESK, marks=pytest.mark.slow),
        pytest.param("en", "dark", PHONE, marks=pytest.mark.slow),
    ],
)
def test_pages_of_every_audience_can_be_used_by_everybody(
    chromium: Browser,
    everybody: World,
    origin: str,
    language: str,
    scheme: Any,
    width: int,
) -> None:
    found: list[str] = []
    for role in dict.fromkeys(role for role, _path in PAGES):
        context = chromium.new_context(
            viewport={"width": width, "height": 800},
            color_scheme=scheme,
            reduced_motion="reduce",
            bypass_csp=True,
        )
        take_session(context, everybody.browsers[role])
        page = context.new_page()
        for path in (path for one, path in PAGES if one == role):
            address = f"{origin}/{language}/plural/2026/{path.format(**everybody.ids)}"
            found += [f"{role} at {path}: {line}" for line in violations(page, address)]
        context.close()
    assert found == [], "\n".join(found)


def violations(page: Page, address: str) -> list[str]:
    answer = page.goto(address)
    assert answer is not None
    assert answer.ok, f"{address}: {answer.status}"
    assert page.url == address, "somewhere else"
    page.add_script_tag(path=AXE)
    found = page.evaluate(
        "tags => axe.run({ runOnly: { type: 'tag', values: tags }, preload: false })", LEVELS
    )
    return [
        f"{one['id']} ({one['help']}): {node['html'][:160]} {node['failureSummary']}"
        for one in found["violations"]
        for node in one["nodes"]
    ]
