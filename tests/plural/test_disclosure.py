"""Nobody is told before their instant: not by a page, a feed, a status, a file or a header.

Three portals stand on copies of one database that differ in nothing but the results. Whoever is
not yet entitled gets the same bytes from all of them.
"""

import itertools
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from plural import clock, create_app
from plural.actions.panel import pseudonym
from plural.extensions import db
from plural.models.entry import EntryState, FilmVersion
from plural.models.juries import Ballot
from plural.models.picks import Pick
from plural.models.publication import Audience, Distinction
from plural.models.rounds import RankedFilm, Round, RoundKind, RoundResult, RoundState, Seat
from plural.models.safety import Worry
from plural.models.scoring import Assignment, AssignmentState, Score
from tests.conftest import copied_database, settings_for
from tests.factories import Make
from tests.seldom import seldom
from tests.visitor import Visitor

WINNERS = (0, 1, None)
CANARY = "canary sings at dawn"
HOURS = {
    Audience.RECIPIENTS: 10.0,
    Audience.PARTNERS: 20.0,
    Audience.ENTRANTS: 30.0,
    Audience.PUBLIC: 40.0,
}
# Longer than all tests that share the twins can take.
MARGIN_H = 2.0
FILES = ("240.mp4", "poster.jpg", "hls.m3u8", "subtitles-1.vtt", "storyboard.vtt")
# A token of a form, the nonce of a page, the id of an error: new with every answer.
EVER_NEW = re.compile(
    r'name="csrf_token"[^>]*value="[^"]*"|nonce="[^"]*"|nonce-[\w-]+|data-now="[^"]*"|\b[0-9a-f]{12}\b'
)


@dataclass
class World:
    """Three films in a festival whose results are confirmed and not yet disclosed."""

    app: Flask
    films: list[FilmVersion]
    ids: dict[str, list[Any]] = field(default_factory=dict)
    people: dict[str, Callable[[Visitor], None]] = field(default_factory=dict)

    def visitor(self, name: str) -> Visitor:
        browser = Visitor(self.app)
        self.people[name](browser)
        return browser


@dataclass
class Twins:
    """The same world three times: film 0 has won, film 1 has won, nobody has won."""

    worlds: list[World]
    folder: Path

    def set_clock(self, hours: float) -> None:
        (self.folder / "clock").write_text(str(hours * 3600))


@pytest.fixture(scope="module")
def twins(
    migrated: str, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Twins]:
    """Three databases that differ only in the results; tests only look at them."""
    folder = tmp_path_factory.mktemp("twins")
    with ExitStack() as stack:

        def portal(template: str, name: str) -> Flask:
            (folder / name).mkdir()
            url = stack.enter_context(copied_database(template, folder / name, request))
            app = create_app(settings_for(folder, url))
            app.testing = True
            app.config["PROPAGATE_EXCEPTIONS"] = False
            stack.callback(disconnect, app)
            return app

        app = portal(migrated, "twins_original")
        world = build(app, Make(app))
        template = disconnect(app)
        worlds = [replace(world, app=portal(template, f"twins_{n}")) for n in range(len(WINNERS))]
        for winner, twin in zip(WINNERS, worlds, strict=True):
            decide_for(twin, winner)
        yield Twins(worlds, folder)


def disconnect(app: Flask) -> str:
    """Let go of the database, so that it can be copied; its file or name."""
    with app.app_context():
        engine = db.engine
        engine.dispose()
        return str(engine.url.database)


@pytest.fixture
def world(app: Flask, make: Make) -> World:
    return build(app, make)


def build(app: Flask, make: Make) -> World:
    makers = [make.account(name) for name in ("Lina", "Sam", "Noor")]
    films = [
        make.eligible_film(maker, title=f"Film of {maker.name}", birth_date=date(2000, 1, 1))
        for maker in makers
    ]
    young = make.entry(
        make.account("Tala"), birth_date=date(2012, 1, 1), state=EntryState.ELIGIBLE, title="Young"
    )
    films.append(make.film(young))
    guardian = make.guardian(young)
    make.consents(young)
    watching, watching_seat = make.juror()
    other, other_seat = make.juror()
    distributor, organisation = make.distributor()
    licence = make.licence(organisation, films[2])
    first = make.round(films=films, members=[watching_seat, other_seat], key="first")
    jury = make.round(RoundKind.INTERNATIONAL_JURY, films, [watching_seat, other_seat], key="jury")
    picks = make.round(RoundKind.PARTNER_PICKS, films, [watching_seat, other_seat], key="picks")
    grand = make.award("grand")
    make.publication({films[0]: grand}, HOURS)
    with make.saving():
        judge(first, jury, picks, films, grand.id, other.id, other_seat.organisation_id)
    assigned = make.assignment(first.seats[0], films[0])
    worry = Worry(
        film_version_id=films[0].id,
        raised_by_id=watching.id,
        words="She looks afraid",
        raised_at=clock.now(),
    )
    found = World(app, films)
    found.ids = {
        "worry": [make.add(worry).id],
        "entry": [film.entry_id for film in films],
        "film": [film.id for film in films],
        "name": list(FILES),
        "code": [film.entry.code for film in films],
        "guardian": [guardian.id],
        "seat": [round_.seats[0].id for round_ in (first, jury, picks)],
        "assignment": [assigned.id],
        "round": [first.id],
        "licence": [licence.id],
        "organisation": [organisation.id],
        "category": [make.category().id],
        "award": [grand.id],
        "token": ["unknown"],
        "written": ["en"],
        "work": [1],
        "track": [1],
        "person": [1],
        "subject": ["progress", "ranking"],
        "form": ["csv"],
    }
    sign_in = {
        "a recipient": makers[0],
        "another recipient": makers[1],
        "an entrant": makers[2],
        "a juror": watching,
        "a distributor": distributor,
        "somebody with an account": make.account(),
    }
    for name, account in sign_in.items():
        found.people[name] = lambda browser, account=account: browser.sign_in(account)
    found.people["a guardian"] = lambda browser: let_in(browser, guardian.id)
    found.people["the public"] = lambda browser: None
    return found


def let_in(browser: Visitor, guardian_id: int) -> None:
    with browser.client.session_transaction(base_url="https://localhost") as session:
        session["guardians"] = [guardian_id]


def judge(
    first: Round,
    jury: Round,
    picks: Round,
    films: list[FilmVersion],
    award_id: int,
    juror_id: int,
    organisation_id: int,
) -> None:
    """What another juror has scored, ranked and picked, and the frozen results of all rounds."""
    now = clock.now()
    seat = db.session.get_one(Seat, first.seats[1].id)
    for film in films:
        row = Assignment(
            round_id=first.id,
            seat_id=seat.id,
            film_version_id=film.id,
            state=AssignmentState.SCORED,
            assigned_at=now,
        )
        row.score = Score(film_version_id=film.id, values={"story": 3.0}, submitted_at=now)
        db.session.add(row)
    db.session.add(
        Ballot(
            round_id=jury.id,
            seat_id=jury.seats[1].id,
            award_id=award_id,
            ranking=[[films[0].id]],
            cast_at=now,
        )
    )
    db.session.add(
        Pick(
            round_id=picks.id,
            organisation_id=organisation_id,
            award_id=award_id,
            film_version_id=films[0].id,
            picked_by_id=juror_id,
            picked_at=now,
        )
    )
    for round_ in (first, jury, picks):
        row = db.session.get_one(Round, round_.id)
        row.state, row.closed_at = RoundState.CLOSED, now
        result = RoundResult(version=1, document={"awards": []}, digest="0" * 64, frozen_at=now)
        result.ranked = [
            RankedFilm(film_version_id=film.id, rank=n, calibrated=n, raw_mean=n, reviews=1)
            for n, film in enumerate(films, start=1)
        ]
        row.results.append(result)


# ----- the results, and nothing else, become others


def decide_for(world: World, winner: int | None) -> None:
    """Make this film the favourite of every juror, partner and round; None: nobody's at all."""
    with world.app.app_context():
        order = [film.id for film in world.films]
        if winner is not None:
            order.insert(0, order.pop(winner))
        for score in Score.query:
            place = order.index(score.film_version_id)
            score.values = {"story": float(5 - place), "craft": float(5 - place)}
            score.comment_for_jury = f"{CANARY} {place}"
            score.comment_for_maker = f"{CANARY} {place}"
            score.comment_released_at = clock.now()
        Ballot.query.one().ranking = [[film_id] for film_id in order]
        Pick.query.one().film_version_id = order[0]
        Pick.query.one().citation = f"{CANARY} {order[0]}"
        best = pseudonym(db.session.get_one(FilmVersion, order[0]))
        for result in RoundResult.query:
            row = {"award": "grand", "winners": [best], "citation": CANARY}
            result.document = {"awards": [row] if winner is not None else [], "scores": order}
            for ranked in result.ranked:
                ranked.rank = order.index(ranked.film_version_id) + 1
                ranked.calibrated = 5.0 - ranked.rank
        distribute(winner, order[0])
        db.session.commit()


def distribute(winner: int | None, film_id: int) -> None:
    held = Distinction.query.first()
    if held is None:
        return
    if winner is None:
        db.session.delete(held)
    else:
        held.film_version_id, held.citation = film_id, f"{CANARY} {film_id}"


# ----- asking everything


def addresses(world: World) -> Iterator[str]:
    """Every address that can be read, with every object there is; staff's own pages once each."""
    place = {"language": ["en"], "festival": ["plural"], "edition": ["2026"]}
    adapter = world.app.url_map.bind("localhost")
    for rule in world.app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint in ("static", "security.static"):
            continue
        known = place | world.ids
        names = sorted(rule.arguments)
        choices = [known[name] for name in names]
        if rule.endpoint.startswith(("staff.", "rounds.", "publication.", "licences.")):
            choices = [held[:1] for held in choices]
        for values in itertools.product(*choices):
            yield adapter.build(rule.endpoint, dict(zip(names, values, strict=True)))
    yield from ("/ar/plural/2026/recipients", "/en/plural/2026/recipients?category=adult")


def ask_everything(world: World, browser: Visitor) -> dict[str, tuple[Any, ...]]:
    answers = {}
    for address in addresses(world):
        with browser.get(address) as answer:
            headers = sorted(
                (name, EVER_NEW.sub("", value))
                for name, value in answer.headers
                if name not in ("Set-Cookie", "Date", "Expires")
            )
            body = EVER_NEW.sub("", answer.get_data().decode("latin-1"))
            answers[address] = (answer.status_code, headers, body)
    return answers


def differing(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    return [address for address in one if one[address] != other[address]]


@pytest.mark.parametrize(
    ("name", "audience"),
    [
        ("another recipient", Audience.RECIPIENTS),
        ("a juror", Audience.PARTNERS),
        ("an entrant", Audience.ENTRANTS),
        ("the public", Audience.PUBLIC),
        *seldom(
            ("a recipient", Audience.RECIPIENTS),
            ("a guardian", Audience.RECIPIENTS),
            ("a distributor", Audience.PARTNERS),
            ("somebody with an account", Audience.PUBLIC),
        ),
    ],
)
def test_until_its_instant_an_audience_gets_the_same_bytes_whatever_the_results_are(
    twins: Twins, name: str, audience: Audience
) -> None:
    twins.set_clock(HOURS[audience] - MARGIN_H)
    first, second, nobody = (ask_everything(twin, twin.visitor(name)) for twin in twins.worlds)
    assert differing(first, second) == []
    assert differing(first, nobody) == []
    heard = [address for address, answer in first.items() if CANARY in repr(answer)]
    assert heard == []


def test_from_its_instant_on_the_public_hears(twins: Twins) -> None:
    """What the test above compares does differ once it may."""
    twins.set_clock(HOURS[Audience.PUBLIC] + MARGIN_H)
    seen = [ask_everything(twin, twin.visitor("the public")) for twin in twins.worlds[:2]]
    first, second = twins.worlds[0].films[:2]
    expected = {
        "/en/plural/2026/recipients",
        "/ar/plural/2026/recipients",
        "/en/plural/2026/recipients?category=adult",
        "/api/v1/plural/2026/recipients",
        f"/en/plural/2026/recipients/{first.entry.code}",
        f"/en/plural/2026/recipients/{second.entry.code}",
        f"/api/v1/plural/2026/films/{first.id}/240.mp4",
        f"/api/v1/plural/2026/films/{second.id}/poster.jpg",
    }
    assert expected <= set(differing(seen[0], seen[1]))
    assert CANARY in seen[0]["/en/plural/2026/recipients"][2]


def test_a_recipient_hears_before_the_other_entrants(
    world: World, set_clock: Callable[[float], None]
) -> None:
    decide_for(world, 0)
    set_clock((HOURS[Audience.RECIPIENTS] + 0.1) * 3600)
    assert CANARY in world.visitor("a recipient").get("recipients").text
    for name in ("another recipient", "an entrant", "a juror", "the public"):
        assert CANARY not in world.visitor(name).get("recipients").text


@pytest.mark.parametrize("deed", ["withdrawn", "web", "withheld", "name"])
def test_what_is_shown_follows_rights_after_the_disclosure(
    app: Flask, world: World, set_clock: Callable[[float], None], deed: str
) -> None:
    set_clock((HOURS[Audience.PUBLIC] + 0.1) * 3600)
    browser = world.visitor("the public")
    film = world.films[0]
    assert "Film of Lina" in browser.get("recipients").text
    assert "<bdi>Lina</bdi>" in browser.get("recipients").text
    with app.app_context():
        take_back(deed, film.id)
        db.session.commit()
    page = browser.get("recipients").text
    code = browser.get(f"recipients/{film.entry.code}").status_code
    poster = browser.get(f"/api/v1/plural/2026/films/{film.id}/poster.jpg")
    feed = browser.get("/api/v1/plural/2026/recipients").json
    poster.close()
    if deed == "name":
        assert ("Film of Lina" in page, "<bdi>Lina</bdi>" in page) == (True, False)
        assert (code, poster.status_code, feed["recipients"][0]["makers"]) == (200, 200, [])
    else:
        assert "Film of Lina" not in page
        assert (code, poster.status_code, feed["recipients"]) == (404, 404, [])


def take_back(deed: str, film_id: int) -> None:
    film = db.session.get_one(FilmVersion, film_id)
    if deed == "withdrawn":
        Distinction.query.one().withdrawn_at = clock.now()
    elif deed == "withheld":
        film.entry.withheld_at = clock.now()
    else:
        for consent in film.entry.persons[0].consents:
            if consent.use.value == deed:
                consent.revoked_at = clock.now()
