"""A sealed film is gone from every page, file and mail at once, but for those who are named."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

import plural.mails  # noqa: F401 - registers the composers
from plural import clock, mailing
from plural.actions import desk as figures
from plural.actions import (
    eligibility,
    film_files,
    licences,
    progress,
    publishing,
    queues,
    reminders,
    worries,
)
from plural.errors import Refused
from plural.extensions import db
from plural.models.audit import OutboxItem
from plural.models.consent import Use
from plural.models.entry import Entry, FilmVersion
from plural.models.people import Account
from plural.models.publication import Audience, Distinction, Publication
from plural.models.rounds import Round, Seat
from plural.models.safety import Worry
from plural.models.scoring import Assignment, AssignmentState
from plural.models.sharing import Download, Licence
from plural.rights import may_use
from tests.factories import Make
from tests.plural.panels import Panel, seat_of
from tests.visitor import Visitor
from tests.world import ROLES, World, build, routes

SEES_ALL = ("safeguarding",)


@pytest.fixture
def shown(app: Flask, make: Make) -> World:
    """One of each, whose film everybody has a way to: it has won, and the public knows."""
    world = build(app, make)
    film = make.first(FilmVersion, id=world.ids["film"])
    publication, award = make.first(Publication), make.award("winner")
    make.add(Distinction(publication_id=publication.id, award_id=award.id, film_version_id=film.id))
    make.wordings(make.edition())
    return world


def seal(world: World, make: Make) -> None:
    """The one who is named seals the film, on its case's page."""
    desk = world.browsers["safeguarding"]
    case = f"staff/worries/{world.ids['worry']}"
    assert (
        "The film is sealed." in desk.post(f"{case}/seal", {"reason": "Somebody may be hurt"}).text
    )


def addresses(world: World) -> list[str]:
    """Every file of the film, under its stable address, and where distributors fetch it."""
    api, licence = "/api/v1/plural/2026", world.ids["licence"]
    names = ("240.mp4", "poster.jpg", f"subtitles-{world.ids['track']}.vtt")
    media = [f"{api}/films/{world.ids['film']}/{name}" for name in names]
    return [*media, f"catalogue/{licence}", f"catalogue/{licence}/files/240.mp4"]


def open_to(world: World, role: str) -> set[str]:
    return {a for a in addresses(world) if world.browsers[role].get(a).status_code == 200}


def pages(world: World, role: str) -> Iterator[tuple[str, str]]:
    """Every page that answers this role, as its address and text."""
    for endpoint, method, address in routes(world):
        if method == "GET" and not endpoint.startswith(("static", "media")):
            answer = world.browsers[role].get(address)
            if answer.status_code == 200:
                yield address, answer.text


def leading_to_it(world: World, role: str) -> list[str]:
    """Pages that lead to a file of the film."""
    film = f"/api/v1/plural/2026/films/{world.ids['film']}/"
    return [address for address, text in pages(world, role) if film in text]


def test_a_sealed_film_is_gone_for_every_role_from_every_page_and_download(
    shown: World, make: Make
) -> None:
    watching = ("nobody", "maker", "guardian", "juror", "distributor", "staff")
    for role in watching:
        assert len(open_to(shown, role)) >= 3, role
        assert leading_to_it(shown, role) != [], role
    seal(shown, make)
    for role in ROLES:
        if role not in SEES_ALL:
            assert open_to(shown, role) == set(), role
            assert leading_to_it(shown, role) == [], role
    feed = shown.browsers["nobody"].get("/api/v1/plural/2026/recipients").text
    assert ("Award grand" in feed, "Award winner" in feed) == (True, False)
    assert "Film 1" not in shown.browsers["nobody"].get("recipients").text
    assert "You may show" not in shown.browsers["distributor"].get("catalogue").text
    with shown.app.app_context():
        before = Download.query.count()
        shown.browsers["distributor"].get(addresses(shown)[-1])
        assert Download.query.count() == before


def test_those_who_are_named_still_watch_it_even_when_a_consent_is_taken_back(
    shown: World, make: Make
) -> None:
    seal(shown, make)
    desk, media = shown.browsers["safeguarding"], addresses(shown)[:3]
    with make.saving():
        for person in db.session.get_one(Entry, shown.ids["entry"]).persons:
            for consent in person.consents:
                consent.revoked_at = clock.now()
    assert [desk.get(address).status_code for address in media] == [200] * 3
    for page in (f"staff/worries/{shown.ids['worry']}", f"staff/entries/{shown.ids['entry']}"):
        assert "<video" in desk.get(page).text


def test_lifting_the_seal_wants_a_reason_and_gives_the_film_back(shown: World, make: Make) -> None:
    before = {role: open_to(shown, role) for role in ROLES}
    seal(shown, make)
    desk, case = shown.browsers["safeguarding"], f"staff/worries/{shown.ids['worry']}"
    assert desk.post(f"{case}/seal", {"reason": "Twice"}).status_code == 409
    assert desk.post(f"{case}/seal/removal", {"reason": " "}).status_code == 400
    assert open_to(shown, "juror") == set()
    page = desk.post(f"{case}/seal/removal", {"reason": "It was a play"}).text
    assert "It was a play" in page
    assert "Somebody may be hurt" in page
    assert {role: open_to(shown, role) for role in ROLES} == before
    assert desk.post(f"{case}/seal/removal", {"reason": "Twice"}).status_code == 409


def test_each_learns_what_they_need_in_a_true_sentence(shown: World, make: Make) -> None:
    seal(shown, make)
    ids, browsers = shown.ids, shown.browsers
    staff = browsers["staff"].get(f"staff/entries/{ids['entry']}").text
    assert "The film is sealed for the safety of a child." in staff
    assert "Somebody may be hurt" not in staff
    for role, page in (("maker", "entries/{entry}"), ("guardian", "guardian/{guardian}")):
        text = browsers[role].get(page.format(**ids)).text
        assert "This film cannot be watched at the moment." in text
        assert "sealed" not in text.lower()
    for page in ("jury/films/{assignment}", "jury/{seat}/films/{film}"):
        answer = browsers["juror"].get(page.format(**ids))
        assert answer.status_code == 404
        assert "Nothing is asked of you for it" in answer.text
        assert "Your other films wait for you" in answer.text
        arabic = browsers["juror"].get("/ar/plural/2026/" + page.format(**ids))
        assert "لا يُطلب منكم شيء بشأنه" in arabic.text
    assert browsers["other_juror"].get(f"jury/films/{ids['assignment']}").status_code == 404


def test_a_sealed_film_is_not_licensed_judged_or_published_and_no_consent_is_said_to_be_missing(
    app: Flask, make: Make
) -> None:
    film, by = make.eligible_film(), make.staff()
    _account, organisation = make.distributor()
    with app.app_context():
        film, by = db.session.get_one(FilmVersion, film.id), db.session.get_one(Account, by.id)
        worries.seal(worries.raise_worry(film, "Afraid", by), "At once", by)
        assert not any(may_use(film, use, None, clock.now()) for use in Use)
        assert eligibility.obstacles(film.entry) == ["film_sealed"]
        assert publishing.hindrance(film) == "film_sealed"
        term = (clock.now(), clock.now().replace(year=clock.now().year + 1))
        organisation = db.session.merge(organisation)
        with pytest.raises(Refused, match="film_sealed"):
            licences.grant(organisation, film, Use.BROADCAST, [], term, by)
        assert Licence.query.count() == 0
        assert figures.waiting_for_consent(film.entry.edition) == []


def test_nobody_is_congratulated_while_the_film_is_sealed(app: Flask, make: Make) -> None:
    film, by = make.eligible_film(), make.staff()
    make.publication({film: make.award("winner")}, dict.fromkeys(Audience, -1.0))
    ids = {"entry_id": film.entry_id}
    with app.app_context():
        film, by = db.session.get_one(FilmVersion, film.id), db.session.get_one(Account, by.id)
        assert mailing.COMPOSERS["result_recipient"](**ids) is not None
        worry = worries.raise_worry(film, "Afraid", by)
        worries.seal(worry, "At once", by)
        assert mailing.COMPOSERS["result_recipient"](**ids) is None
        worries.lift_seal(worry, "It was a play", by)
        assert mailing.COMPOSERS["result_recipient"](**ids) is not None


def test_a_mail_about_a_consent_does_not_tell_of_the_seal(app: Flask, make: Make) -> None:
    film, by = make.eligible_film(), make.staff()
    with app.app_context():
        film, by = db.session.get_one(FilmVersion, film.id), db.session.get_one(Account, by.id)
        worries.seal(worries.raise_worry(film, "Afraid", by), "At once", by)
        person = film.entry.persons[0]
        broadcast = next(c for c in person.consents if c.use is Use.BROADCAST)
        broadcast.revoked_at = clock.now()
        ids = {"person_id": person.id, "account_id": film.entry.account_id}
        mail = mailing.COMPOSERS["consent_revoked"](**ids)
        assert mail is not None
        assert [str(use) for use in mail.context["uses"]] == ["Television and screenings"]


# ----- during a round


@pytest.fixture
def panel(app: Flask, make: Make) -> Panel:
    panel = Panel(app, make, make.staff())
    panel.add_jurors(2)
    panel.add_films(2)
    return panel


def seal_one(panel: Panel, round_id: int) -> tuple[int, int]:
    """Seal the first juror's first film; the film and the assignment."""
    with panel.deed():
        seat = db.session.get_one(Seat, seat_of(panel.jurors[0][0], round_id))
        [first, *_others] = queues.queue(seat).left
        worry = worries.raise_worry(first.film, "Afraid", panel.by())
        worries.seal(worry, "At once", panel.by())
        return first.film_version_id, first.id


def test_a_film_sealed_during_a_round_is_nobodys_shortfall(panel: Panel, sign_in: Any) -> None:
    round_id = panel.assigned()
    juror: Visitor = sign_in(panel.jurors[0][0])
    film, assignment = seal_one(panel, round_id)
    with panel.app.app_context():
        seat = seat_of(panel.jurors[0][0], round_id)
    page = juror.get(f"jury/{seat}").text
    assert "1 film of yours is not shown at the moment." in page
    assert "1 film left" in page
    assert "0 of 1 films done" in page
    sent = juror.post(f"jury/films/{assignment}/score", {"story": "4", "revision": "0"})
    assert sent.status_code == 404
    assert "Nothing is asked of you for it" in sent.text
    with panel.app.app_context():
        round_ = db.session.get_one(Round, round_id)
        board = progress.board(round_)
        assert [line.film.id for line in board.films] == [f.id for f in panel.films if f.id != film]
        assert board.short == []
        assert (board.given, figures.progress(round_).total) == (2, 2)


def test_who_has_only_a_sealed_film_left_is_not_reminded_until_the_seal_is_lifted(
    panel: Panel,
) -> None:
    round_id = panel.assigned()
    film, _assignment = seal_one(panel, round_id)
    with panel.deed():
        for held in Assignment.query.filter(Assignment.film_version_id != film):
            held.state = AssignmentState.SCORED
    with panel.deed():
        round_ = db.session.get_one(Round, round_id)
        assert reminders.unfinished(round_) == []
        assert reminders.may_be_reminded(round_) == set()
        seat = seat_of(panel.jurors[0][0], round_id)
        assert mailing.COMPOSERS["round_reminder"](seat_id=seat) is None
        worries.lift_seal(Worry.query.one(), "It was a play", panel.by())
        assert len(reminders.unfinished(round_)) == 2
        mail = mailing.COMPOSERS["round_reminder"](seat_id=seat)
        assert mail is not None
        assert mail.context["left"] == 1


def test_a_round_that_closes_without_a_sealed_film_ranks_the_others(panel: Panel) -> None:
    round_id = panel.assigned()
    panel.score_all(round_id, lambda _assignment: 4.0)
    with panel.deed():
        sealed = panel.films[0]
        worry = worries.raise_worry(
            db.session.get_one(FilmVersion, sealed.id), "Afraid", panel.by()
        )
        worries.seal(worry, "At once", panel.by())
    panel.only_close(round_id)
    with panel.app.app_context():
        [result] = db.session.get_one(Round, round_id).results
        assert [row.film_version_id for row in result.ranked] == [panel.films[1].id]


# ----- kept


def test_nothing_of_a_sealed_film_is_tidied_away(app: Flask, make: Make) -> None:
    film, by = make.eligible_film(), make.staff()
    key = f"{film_files.uploads_of(film.id)}older/source"
    with app.app_context():
        storage = app.extensions["plural_storage"]
        path = app.extensions["plural_settings"].instance_folder / "made"
        path.write_bytes(b"what was sent first")

        def tidied() -> bool:
            storage.put_file(key, path)
            db.session.commit()
            film_files.tidy(film.id)
            return key not in list(storage.keys(film_files.uploads_of(film.id)))

        assert tidied()
        found, staff = db.session.get_one(FilmVersion, film.id), db.session.get_one(Account, by.id)
        worry = worries.raise_worry(found, "Afraid", staff)
        worries.seal(worry, "At once", staff)
        assert not tidied()
        found, staff = db.session.get_one(FilmVersion, film.id), db.session.get_one(Account, by.id)
        worries.lift_seal(Worry.query.one(), "It was a play", staff)
        assert tidied()
        assert OutboxItem.query.count() == 1
