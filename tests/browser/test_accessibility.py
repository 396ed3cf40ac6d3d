"""Pages of every audience, read by axe: nothing may speak against WCAG 2.2, levels A and AA.

Nor may any of them be wider than its window, or a label of a table's card lie over the next.
"""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from plural import links
from plural.actions import chairs
from plural.extensions import db
from plural.models.consent import Guardian
from plural.models.entry import EntryState, FilmVersion, Person
from plural.models.people import Account, LinkPurpose, Organisation
from plural.models.rounds import RoundKind, Seat
from plural.models.safety import Worry
from plural.models.sharing import Licence
from plural.round_rules import Deciding, RoundRules
from tests.browser.visiting import take_session
from tests.factories import Make
from tests.plural.panels import Panel, seat_of
from tests.plural.partners import Partners
from tests.visitor import Visitor
from tests.world import World, build

pytestmark = pytest.mark.browser
AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PHONE, DESK = 390, 1280
SIDEWAYS = """
Math.max(0, document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth)
"""
LABELS_CUT = """
[...document.querySelectorAll(".table td[data-label]")]
  .filter((cell) => parseFloat(getComputedStyle(cell, "::before").height) > cell.clientHeight)
  .map((cell) => cell.dataset.label)
"""
PAGES = (
    ("nobody", ""),
    ("nobody", "account/new"),
    ("nobody", "recipients"),
    ("nobody", "recipients/{entry_code}"),
    ("nobody", "consent/{consent_token}"),
    ("maker", "entries"),
    ("maker", "entries/new"),
    ("maker", "entries/{entry}"),
    ("maker", "entries/{draft}"),
    ("maker", "entries/{draft}/film"),
    ("maker", "entries/{draft}/subtitles"),
    ("maker", "entries/{draft}/persons"),
    ("maker", "entries/{draft}/submission"),
    ("maker", "entries/{entry}/consents"),
    ("guardian", "guardian/{guardian}"),
    ("juror", "jury/{seat}"),
    ("juror", "jury"),
    ("juror", "jury/films/{assignment}"),
    ("juror", "jury/{seat}/films/{film}"),
    ("juror", "jury/undertaking"),
    ("juror", "jury/receipts"),
    ("focal_point", "jury/undertaking"),
    ("member", "jury/{ballots}/ballots"),
    ("member", "jury/{talks}/ballots"),
    ("member", "jury/{talks}/minutes/{grand}"),
    ("speaker", "jury/{picks}/picks"),
    ("speaker", "jury/{picks}/people"),
    ("staff", "staff"),
    ("staff", "staff/entries"),
    ("staff", "staff/entries/{entry}"),
    ("staff", "staff/rounds/{round}"),
    ("staff", "staff/rounds/{round}/assignment"),
    ("staff", "staff/rounds/{round}/terms"),
    ("staff", "staff/rounds/{round}/by-hand"),
    ("staff", "staff/rounds/{round}/progress"),
    ("staff", "staff/rounds/new?kind=preselection"),
    ("staff", "staff/rounds/{ranking}/result"),
    ("staff", "staff/rounds/{ranking}/shortlist/bounds"),
    ("staff", "staff/rounds/{voting}/jury"),
    ("staff", "staff/rounds/{picking}/partners"),
    ("staff", "staff/rounds/{picking}/namesakes"),
    ("staff", "staff/rounds/{picked}/result"),
    ("staff", "staff/audit?verify=y"),
    ("staff", "staff/publication"),
    ("staff", "staff/safety"),
    ("staff", "jury/undertaking"),
    ("safeguarding", "staff"),
    ("safeguarding", "staff/safety"),
    ("safeguarding", "staff/worries"),
    ("safeguarding", "staff/worries/{worry}"),
    ("safeguarding", "staff/worries/{sealed_worry}"),
    ("safeguarding", "staff/entries/{sealed}"),
    ("staff", "staff/entries/{sealed}"),
    ("maker", "entries/{sealed}"),
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
    world.ids |= sealed(world, make, make.eligible_film(maker))
    world.ids["consent_token"] = consent_token(world)
    hold_juries(world, Partners(Panel(app, make, make.staff("Second")), make))
    return world


def sealed(world: World, make: Make, film: FilmVersion) -> dict[str, int]:
    """A film that was sealed, and its case, which is in hand and has a note."""
    staff, named = world.browsers["staff"], world.browsers["safeguarding"]
    staff.post(f"staff/films/{film.id}/worry", {"words": "He is hiding his face"})
    worry = make.first(Worry, film_version_id=film.id).id
    case = f"staff/worries/{worry}"
    named.post(f"{case}/handling")
    named.post(f"{case}/steps", {"words": "I have asked his teacher"})
    named.post(f"{case}/seal", {"reason": "Until we know more"})
    return {"sealed": film.entry_id, "sealed_worry": worry}


def consent_token(world: World) -> str:
    """The token of a link for the guardian that has not been used."""
    with world.app.app_context():
        guardian = db.session.get_one(Guardian, world.ids["guardian"])
        festival_id = guardian.person.entry.edition.festival_id
        token = links.make(
            festival_id, LinkPurpose.CONSENT, guardian.email, guardian_id=guardian.id
        )
        db.session.commit()
    return token


def hold_juries(world: World, partners: Partners) -> None:
    """A frozen ranking; on its shortlist a jury that votes, one that talks, and two partners."""
    panel, make = partners.panel, partners.make
    award = make.award("golden", category_id=make.category("adult").id)
    partners.open()
    partners.pick(0, 1, citation="It stays with me.")
    picked, source = partners.round_id, partners.source
    partners.outcome()
    picking = panel.open(RoundKind.PARTNER_PICKS, key="again", source=source)
    voting = panel.open(RoundKind.INTERNATIONAL_JURY, key="voting", source=source)
    talk = RoundRules(deciding=Deciding.TALKING, quorum=1)
    talking = panel.open(RoundKind.INTERNATIONAL_JURY, key="talking", source=source, rules=talk)
    (member, _membership), (speaker, _other) = panel.jurors[0], partners.focal_points[0]
    with panel.deed():
        seats = {
            "ballots": seat_of(member, voting),
            "talks": seat_of(member, talking),
            "picks": seat_of(speaker, picking),
        }
        chairs.name(db.session.get_one(Seat, seats["talks"]), panel.by())
        db.session.get_one(Account, speaker.id).name = "Maria Lopez"
        maker = Person.query.filter_by(entry_id=panel.films[0].entry_id).one()
        maker.name = "Ana Lopez-Villavicencio"
    rounds = {"ranking": source, "voting": voting, "picking": picking, "picked": picked}
    world.ids |= {**seats, **rounds, "grand": award.id}
    world.browsers |= {
        "member": Visitor(world.app).sign_in(member),
        "speaker": Visitor(world.app).sign_in(speaker),
    }


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
            if wide := page.evaluate(SIDEWAYS):
                found.append(f"{role} at {path}: reaches {wide} px beyond the window")
            if cut := page.evaluate(LABELS_CUT):
                found.append(f"{role} at {path}: labels reach into the next cell: {cut}")
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
