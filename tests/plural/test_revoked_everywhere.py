"""A guardian takes everything back, and the film is gone from every page and download at once."""

from datetime import date
from typing import Any

import pytest
from flask import Flask

from plural.actions import ballots, picks, scores
from plural.extensions import db
from plural.models.consent import Use
from plural.models.entry import EntryState, FilmVersion
from plural.models.festival import Award, AwardKind
from plural.models.people import MembershipRole
from plural.models.rounds import RoundKind, Seat
from plural.models.scoring import Assignment
from tests import letters
from tests.factories import Make
from tests.plural.panels import who
from tests.plural.test_disclosure import FILES, World, ask_everything
from tests.seldom import seldom
from tests.visitor import Visitor

GONE, STAYS = "Lanterns over Aleppo", "Harbour at noon"


@pytest.fixture
def scene(app: Flask, make: Make) -> World:
    """Two films that are disclosed, licensed and before every kind of jury; one is a child's."""
    edition = make.edition()
    make.wordings(edition)
    adult = make.category("adult")
    maker = make.account("Tala")
    young = make.entry(
        maker, birth_date=date(2012, 1, 1), state=EntryState.ELIGIBLE, title=GONE, category=adult
    )
    films = [make.film(young)]
    make.subtitles(films[0])
    guardian = make.guardian(young)
    make.consents(young)
    films.append(make.eligible_film(title=STAYS, category=adult))
    partner = make.organisation("Partner")
    juror, judging = make.juror(partner)
    speaker = make.account("Speaker")
    speaking = make.membership(MembershipRole.FOCAL_POINT, partner, speaker)
    distributor, organisation = make.distributor()
    kept = [make.licence(organisation, film) for film in films]
    first = make.round(films=films, members=[judging], key="first")
    assigned = [make.assignment(first.seats[0], film) for film in films]
    grand = make.award("grand", category_id=adult.id)
    best = make.award("best", AwardKind.PARTNER_RECOGNITION, organisation_id=partner.id)
    jury = make.round(RoundKind.INTERNATIONAL_JURY, films, [judging], key="jury")
    picking = make.round(RoundKind.PARTNER_PICKS, films, [speaking, judging], key="picks")
    make.publication({films[0]: grand, films[1]: best})
    with make.saving():
        judge_all(assigned[0].id, jury.seats[0].id, picking.seats[0].id, grand.id, best.id)
    found = World(app, films)
    found.ids = {
        "entry": [film.entry_id for film in films],
        "film": [film.id for film in films],
        "name": list(FILES),
        "code": [film.entry.code for film in films],
        "guardian": [guardian.id],
        "seat": [*(r.seats[0].id for r in (first, jury, picking)), picking.seats[1].id],
        "assignment": [row.id for row in assigned],
        "round": [first.id],
        "licence": [licence.id for licence in kept],
        "organisation": [organisation.id],
        "category": [adult.id],
        "award": [grand.id, best.id],
        "token": ["unknown"],
        "written": ["en"],
        "work": [1],
        "track": [1],
        "person": [1],
        "worry": [1],
        "subject": ["progress"],
        "form": ["csv"],
    }
    accounts = {"a juror": juror, "a focal point": speaker, "a distributor": distributor}
    for name, account in accounts.items():
        found.people[name] = lambda browser, account=account: browser.sign_in(account)
    found.people["the public"] = lambda browser: None
    found.people["the maker"] = lambda browser: browser.sign_in(maker)
    return found


def judge_all(assignment_id: int, voting: int, speaking: int, grand: int, best: int) -> None:
    """The child's film has been scored, ranked, picked and recommended."""
    assignment = db.session.get_one(Assignment, assignment_id)
    scores.give(who(assignment.seat), assignment, scores.Sheet({"story": 4.0, "craft": 4.0}), 0)
    seat, film = db.session.get_one(Seat, voting), assignment.film
    ballots.cast(who(seat), seat, db.session.get_one(Award, grand), [[film.id]], 0)
    seat = db.session.get_one(Seat, speaking)
    chosen = [picks.Choice(db.session.get_one(FilmVersion, film.id), "")]
    picks.pick(who(seat), seat, db.session.get_one(Award, best), chosen, 0)
    picks.recommend(who(seat), seat, film)


def take_everything_back(scene: World) -> None:
    """Through the link that the guardian is mailed, as a guardian would."""
    maker, guardian_id = scene.visitor("the maker"), scene.ids["guardian"][0]
    maker.post(f"entries/{scene.ids['entry'][0]}/guardians", {"again": guardian_id})
    token = letters.token_in(letters.deliver(scene.app)[-1])
    browser = Visitor(scene.app)
    browser.post(f"consent/{token}")
    uses = {"uses": [use.value for use in Use]}
    assert "Taken back." in browser.post(f"guardian/{guardian_id}/revocation", uses).text


def naming(answers: dict[str, Any], title: str) -> set[str]:
    return {address for address, answer in answers.items() if title in answer[2]}


def files_of(scene: World, answers: dict[str, Any], number: int) -> set[str]:
    """Addresses below which the film's own bytes were given out, to play or to take along."""
    parts = (
        f"/films/{scene.films[number].id}/",
        f"/catalogue/{scene.ids['licence'][number]}/files/",
    )
    given = {address for address, answer in answers.items() if answer[0] == 200}
    return {address for address in given if any(part in address for part in parts)}


@pytest.mark.parametrize(
    "name", ["the public", "a distributor", *seldom("a juror", "a focal point")]
)
def test_another_guardian_revokes_and_the_film_is_gone_from_every_page_and_download(
    scene: World, name: str
) -> None:
    browser = scene.visitor(name)
    before = ask_everything(scene, browser)
    assert naming(before, GONE)
    assert files_of(scene, before, 0)
    take_everything_back(scene)
    after = ask_everything(scene, browser)
    assert naming(after, GONE) == set()
    assert files_of(scene, after, 0) == set()
    assert naming(after, STAYS) >= naming(before, STAYS) - naming(before, GONE)
    assert files_of(scene, after, 1) == files_of(scene, before, 1) != set()


def test_the_pages_where_it_was_are_those_that_the_walk_has_seen(scene: World) -> None:
    """Queue, film, receipts, ballot, picks, catalogue, download and winners' page all named it."""
    place = "/en/plural/2026"
    gone = scene.films[0]
    first, jury, picking, _juror = scene.ids["seat"]
    expected = {
        "the public": {f"{place}/recipients", f"{place}/recipients/{gone.entry.code}"},
        "a juror": {
            f"{place}/jury/{first}",
            f"{place}/jury/films/{scene.ids['assignment'][0]}",
            f"{place}/jury/receipts",
            f"{place}/jury/{jury}/ballots",
            f"{place}/jury/{jury}/films/{gone.id}",
        },
        "a focal point": {
            f"{place}/jury/{picking}/picks",
            f"{place}/jury/{picking}/films/{gone.id}",
        },
        "a distributor": {f"{place}/catalogue", f"{place}/catalogue/{scene.ids['licence'][0]}"},
    }
    for name, addresses in expected.items():
        assert addresses <= naming(ask_everything(scene, scene.visitor(name)), GONE), name
