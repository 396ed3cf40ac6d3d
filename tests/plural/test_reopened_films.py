"""A film is edited again after its submission: reopened, sent anew, signed for, and who learns."""

import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from plural import clock
from plural.actions import (
    drafts,
    film_queue,
    film_versions,
    licences,
    panel,
    reopened_films,
    shortlists,
    versions,
)
from plural.errors import Refused
from plural.extensions import db
from plural.models.audit import AuditEvent
from plural.models.consent import Guardian, Use
from plural.models.entry import (
    Entry,
    EntryState,
    FilmState,
    FilmVersion,
    Finding,
    Severity,
)
from plural.models.media import Output, OutputState
from plural.models.people import Account
from plural.models.rounds import Round, RoundKind
from plural.models.scoring import Assignment, Score
from plural.models.sharing import Download
from plural.rights import may_use
from tests import letters
from tests.factories import Make
from tests.plural.panels import Panel
from tests.tus import Tus
from tests.visitor import Visitor

CHILD = date(2012, 5, 1)
ALL = [use.value for use in Use]
CHANGES = "The music is new, and the end is shorter"


class Film:
    """An eligible film of a child in an open round, after the deadline; its maker and guardian."""

    def __init__(self, app: Flask, make: Make, sign_in: Callable[[Any], Visitor]) -> None:
        self.app, self.make = app, make
        make.edition(entries_close_at=datetime.now(UTC) - timedelta(days=1), grace_s=0)
        make.wordings(make.edition())
        self.panel = Panel(app, make, make.staff())
        self.panel.add_jurors(2)
        maker = make.account("Lina")
        entry = make.entry(maker, birth_date=CHILD, state=EntryState.ELIGIBLE, title="Dunes")
        self.address = maker.email
        self.entry_id, self.first = entry.id, make.film(entry).id
        self.guardian: Guardian = make.guardian(entry)
        make.consents(entry)
        self.panel.films.append(make.first(FilmVersion, id=self.first))
        self.round_id = self.panel.assigned()
        self.staff = sign_in(self.panel.staff)
        self.maker = sign_in(entry.account)
        self.juror = sign_in(self.panel.jurors[0][0])

    def reopen(self, days: float = 3, reason: str = "The song is not yours") -> Any:
        until = datetime.now(UTC) + timedelta(days=days)
        return self.staff.post(
            f"staff/entries/{self.entry_id}/reopening",
            {"until": until.strftime("%Y-%m-%dT%H:%M"), "reason": reason},
        )

    def ask_for_another(self, changes: str = CHANGES) -> Any:
        return self.maker.post(f"entries/{self.entry_id}/film", {"changes": changes})

    def send(self, body: bytes = b"a film") -> int:
        """Send the file of the newest version; its id."""
        film_id = self.newest()
        tus = Tus(self.maker)
        assert tus.patch(tus.begun(film_id, len(body)), 0, body).status_code == 204
        return film_id

    def newest(self) -> int:
        with self.app.app_context():
            return db.session.get_one(Entry, self.entry_id).film.id

    def make_ready(self) -> None:
        """The workers have made everything of the newest version."""
        self.make.film(self.make.first(Entry, id=self.entry_id))

    def sign(self, *uses: str) -> None:
        chosen = {"uses": list(uses or ALL), "signed_name": "Lina"}
        self.maker.post(f"entries/{self.entry_id}/consents", chosen)

    def guardian_signs(self, *uses: str) -> Visitor:
        """Through the link of the newest mail."""
        mails = letters.to(letters.deliver(self.app), self.guardian.email)
        browser = Visitor(self.app)
        browser.post(f"consent/{letters.token_in(mails[-1])}")
        chosen = {"uses": list(uses or ALL), "signed_name": "Rana"}
        browser.post(f"guardian/{self.guardian.id}/consents", chosen)
        return browser

    def bring_into_force(self) -> int:
        """A whole second version: sent, made, signed by both."""
        self.reopen()
        self.ask_for_another()
        film_id = self.send()
        self.make_ready()
        self.sign()
        self.guardian_signs()
        return film_id

    def in_force(self) -> int:
        with self.app.app_context():
            entry = db.session.get_one(Entry, self.entry_id)
            return film_versions.in_force(entry, clock.now()).number

    def usable(self, number: int) -> set[Use]:
        with self.app.app_context():
            film = db.session.get_one(Entry, self.entry_id).versions[number - 1]
            return {use for use in Use if may_use(film, use, None, clock.now())}

    def assignment(self) -> int:
        with self.app.app_context():
            rows = Assignment.query.filter_by(round_id=self.round_id).all()
            account = self.panel.jurors[0][0]
            return next(a.id for a in rows if a.seat.membership.account_id == account.id)

    def announce(self) -> int:
        with self.panel.deed():
            return reopened_films.announce_due()


@pytest.fixture
def film(app: Flask, make: Make, sign_in: Callable[[Any], Visitor]) -> Film:
    return Film(app, make, sign_in)


def test_a_film_is_edited_again_while_a_jury_watches_it_the_whole_walk(film: Film) -> None:
    page = f"jury/films/{film.assignment()}"
    film.juror.post(f"{page}/score", {"criterion_story": "4", "revision": "0"})

    assert "The entrant gets a mail" in film.reopen().text
    [mail] = letters.to(letters.deliver(film.app), film.address)
    assert "The song is not yours" in mail.get_content()
    assert "open for a new version" in film.maker.get(f"entries/{film.entry_id}").text
    assert "The song is not yours" in film.maker.get(f"entries/{film.entry_id}").text
    film.ask_for_another()
    newer = film.send()
    assert film.in_force() == 1
    assert f"/films/{film.first}/240.mp4" in film.juror.get(page).text
    assert "newer version" not in film.juror.get(page).text

    film.make_ready()
    film.sign()
    assert film.in_force() == 1, "the guardian has not signed yet"
    assert "The juries keep version 1" in film.maker.get(f"entries/{film.entry_id}").text
    film.guardian_signs()
    assert film.in_force() == 2
    assert film.usable(1) == film.usable(2) == set(Use)

    seen = film.juror.get(page).text
    assert CHANGES in seen
    assert "This round goes on with version 1" in seen
    assert f"/films/{film.first}/240.mp4" in seen
    assert film.juror.get(f"/api/v1/plural/2026/films/{newer}/240.mp4").status_code == 404
    with film.app.app_context():
        seat_id = db.session.get_one(Assignment, film.assignment()).seat_id
    assert CHANGES in film.juror.get(f"jury/{seat_id}").text

    film.juror.post(f"{page}/score", {"criterion_story": "2", "revision": "1"})
    with film.app.app_context():
        score = Score.query.one()
        assert (score.values["story"], score.film_version_id) == (2.0, film.first)


def test_the_mail_says_why_and_until_when_in_the_entrants_language(film: Film, make: Make) -> None:
    with make.saving():
        account = db.session.get_one(Entry, film.entry_id).account
        account.language, address = "ar", account.email
    film.reopen(reason="الموسيقى ليست لك")
    (mail,) = letters.to(letters.deliver(film.app), address)
    words = mail.get_content()
    assert "الموسيقى ليست لك" in words
    assert f"/ar/plural/2026/entries/{film.entry_id}" in words
    assert "يمكنك إرسال نسخة جديدة" in mail["Subject"]


def test_reopening_is_a_deed_on_the_chain_with_its_reason(film: Film) -> None:
    film.reopen()
    with film.app.app_context():
        deed = AuditEvent.query.filter_by(action="entry.reopened").one()
        assert deed.detail.payload["reason"] == "The song is not yours"
        assert deed.actor == db.session.get_one(Account, film.panel.staff.id).pseudonym


@pytest.mark.parametrize(
    ("days", "reason", "state", "code"),
    [
        (-1, "Why", EntryState.ELIGIBLE, "instant_has_passed"),
        (1, "", EntryState.ELIGIBLE, "reason_wanted"),
        (1, "Why", EntryState.DRAFT, "entry_not_reopenable"),
        (1, "Why", EntryState.INELIGIBLE, "entry_not_reopenable"),
        (1, "Why", EntryState.WITHDRAWN, "entry_not_reopenable"),
    ],
)
def test_what_cannot_be_reopened(
    app: Flask, make: Make, days: int, reason: str, state: EntryState, code: str
) -> None:
    entry_id, staff = make.entry(state=state).id, make.staff()
    with app.app_context():
        until = clock.now() + timedelta(days=days)
        found, by = db.session.get_one(Entry, entry_id), db.session.get_one(Account, staff.id)
        with pytest.raises(Refused) as refused:
            reopened_films.reopen(found, until, reason, by)
    assert refused.value.code == code


def test_without_a_reopening_no_new_version_comes(film: Film) -> None:
    assert film.ask_for_another().status_code == 409
    assert "new version" not in film.maker.get(f"entries/{film.entry_id}/film").text
    assert film.newest() == film.first


def test_the_maker_says_what_has_changed(film: Film) -> None:
    film.reopen()
    assert "Please say in a few words what has changed." in film.ask_for_another(" ").text
    assert film.newest() == film.first


def test_after_its_date_the_reopening_is_over_and_the_old_version_stays(
    film: Film, set_clock: Callable[[float], None]
) -> None:
    film.reopen(days=2)
    film.ask_for_another()
    tus = Tus(film.maker)
    begun = tus.begun(film.newest(), 10)
    assert tus.patch(begun, 0, b"12345").status_code == 204
    set_clock(2 * 86400 + 60)
    assert tus.patch(begun, 5, b"67890").status_code == 410
    assert tus.create(film.newest(), 10).status_code == 410
    assert film.ask_for_another().status_code == 409
    page = film.maker.get(f"entries/{film.entry_id}").text
    assert "The time for a new version is over." in page
    assert film.in_force() == 1
    assert film.usable(1) == set(Use)
    with film.app.app_context():
        assert [f.id for f in drafts.eligible_films(film.make.edition())] == [film.first]


def test_an_entry_that_leaves_takes_no_new_version(film: Film) -> None:
    film.reopen()
    film.ask_for_another()
    film.maker.post(f"entries/{film.entry_id}/withdrawal", {"reason": ""})
    assert Tus(film.maker).create(film.newest(), 10).status_code == 410


def test_another_maker_cannot_send_a_version_of_it(film: Film, sign_in: Any) -> None:
    film.reopen()
    stranger = sign_in(film.make.account())
    answer = stranger.post(f"entries/{film.entry_id}/film", {"changes": "Mine now"})
    assert answer.status_code == 404
    assert film.newest() == film.first


@pytest.mark.parametrize("lacks", ["complete", "decision", "subtitles", "guardian"])
def test_the_old_version_stays_until_nothing_keeps_the_new_one(film: Film, lacks: str) -> None:
    newer = film.bring_into_force()
    assert film.in_force() == 2
    with film.panel.deed():
        found = db.session.get_one(FilmVersion, newer)
        if lacks == "complete":
            found.state = FilmState.PLAYABLE
        elif lacks == "decision":
            found.findings.append(Finding(code="too_long", severity=Severity.TO_FIX, data={}))
        elif lacks == "subtitles":
            found.entry.language = "ar"
        else:
            for person in found.entry.persons:
                for consent in person.consents:
                    if consent.film_version_id == newer and consent.by_guardian_id:
                        consent.revoked_at = clock.now()
    assert film.in_force() == 1


def test_a_no_about_the_new_version_is_a_no_for_the_old_one_too(film: Film) -> None:
    film.reopen()
    film.ask_for_another()
    film.send()
    film.make_ready()
    film.sign("jury", "name")
    assert film.usable(1) == {Use.JURY, Use.NAME}
    film.guardian_signs("jury")
    assert film.usable(1) == film.usable(2) == {Use.JURY}


def test_before_the_new_file_is_here_signatures_are_about_the_version_that_is(film: Film) -> None:
    film.reopen()
    film.ask_for_another()
    film.sign("jury", "name")
    assert film.usable(1) == {Use.JURY, Use.NAME}
    assert film.usable(2) == set()


def test_the_guardian_is_told_what_changed_and_may_take_back_what_was_signed_before(
    film: Film,
) -> None:
    film.reopen()
    film.ask_for_another()
    film.send()
    film.make_ready()
    film.sign()
    (mail,) = letters.to(letters.deliver(film.app), film.guardian.email)
    assert CHANGES in mail.get_content()
    browser = Visitor(film.app)
    browser.post(f"consent/{letters.token_in(mail)}")
    page = browser.get(f"guardian/{film.guardian.id}").text
    assert "The film has been edited again" in page
    assert CHANGES in page
    browser.post(f"guardian/{film.guardian.id}/revocation", {"uses": ALL})
    assert film.usable(1) == film.usable(2) == set()


def test_subtitles_of_a_new_version_are_added_until_a_jury_has_it(film: Film) -> None:
    def add() -> int:
        content = b"1\n00:00:00,000 --> 00:00:02,000\nHello\n"
        sent = {"language": "en", "kind": "subtitles", "file": (io.BytesIO(content), "a.srt")}
        answer = film.maker.post(f"entries/{film.entry_id}/subtitles", sent)
        return int(answer.status_code)

    film.reopen()
    assert add() == 409, "the version of the juries is not touched"
    film.bring_into_force()
    assert add() == 200
    film.announce()
    assert add() == 409


# ----- rounds, work, licences


def test_new_rounds_and_licences_take_the_version_in_force(film: Film) -> None:
    newer = film.bring_into_force()
    with film.panel.deed():
        edition = db.session.get_one(Entry, film.entry_id).edition
        assert [f.id for f in drafts.eligible_films(edition)] == [newer]
        assert [f.id for f in licences.licensable_films(edition)] == [newer]


def test_the_next_jury_gets_the_version_in_force_of_a_film_on_the_shortlist(film: Film) -> None:
    film.panel.score_all(film.round_id, lambda _a: 4)
    film.panel.close(film.round_id)
    with film.panel.deed():
        result = versions.frozen(db.session.get_one(Round, film.round_id))
        shortlists.mark(result, shortlists.top(result), "", film.panel.by())
    newer = film.bring_into_force()
    jury = film.panel.draft(RoundKind.INTERNATIONAL_JURY, key="jury", source=film.round_id)
    with film.app.app_context():
        assert [row.film_version_id for row in db.session.get_one(Round, jury).films] == [newer]
        assert Score.query.count() == 2
        assert {s.film_version_id for s in Score.query} == {film.first}


def test_work_on_a_version_that_is_signed_for_goes_on_while_a_newer_one_is_awaited(
    film: Film,
) -> None:
    film.reopen()
    film.ask_for_another()
    with film.app.app_context():
        assert film_queue.is_wanted(film.first)
    with film.panel.deed():
        db.session.add(
            Output(film_version_id=film.first, name="720.mp4", group="rest", rank=30,
                   recipe_digest="x", state=OutputState.WAITING, created_at=clock.now())
        )  # fmt: skip
    with film.app.app_context():
        assert film_queue.due_count(10) == 1


def test_holders_of_the_old_version_are_told_once_that_a_newer_one_takes_its_place(
    film: Film, sign_in: Any
) -> None:
    account, organisation = film.make.distributor()
    _other, without_download = film.make.distributor()
    old = film.make.first(FilmVersion, id=film.first)
    licence = film.make.licence(organisation, old)
    film.make.licence(without_download, old)
    film.make.add(
        Download(licence_id=licence.id, film_version_id=film.first, account_id=account.id,
                 name="240.mp4", size_bytes=1, sha256="0", begun_at=licence.granted_at)
    )  # fmt: skip
    desk = sign_in(account)
    assert film.announce() == 0
    film.bring_into_force()
    letters.deliver(film.app)
    assert (film.announce(), film.announce()) == (1, 0)
    (mail,) = letters.deliver(film.app)
    assert mail["To"] == account.email
    assert "version 1 of “Dunes”" in mail.get_content()
    assert CHANGES in mail.get_content()
    page = desk.get(f"catalogue/{licence.id}").text
    assert "A newer version takes the place of this one" in page
    assert CHANGES in page
    assert "Version 2 has taken its place" in film.staff.get("staff/licences").text
    with film.app.app_context():
        assert AuditEvent.query.filter_by(action="entry.film_in_force").count() == 1


def test_the_pages_are_whole_in_arabic(film: Film) -> None:
    film.bring_into_force()
    for browser, path, words in (
        (film.maker, f"entries/{film.entry_id}", "فيلمك مفتوح لنسخة جديدة"),
        (film.maker, f"entries/{film.entry_id}/film", "ما الذي تغيّر؟"),
        (film.juror, f"jury/films/{film.assignment()}", "النسخة 1"),
        (film.staff, f"staff/entries/{film.entry_id}", "نسخ الفيلم"),
    ):
        assert words in browser.get(f"/ar/plural/2026/{path}").text, path


def test_a_film_of_one_version_is_always_in_force(film: Film) -> None:
    with film.app.app_context():
        entry = db.session.get_one(Entry, film.entry_id)
        assert film_versions.in_force(entry, clock.now()) is entry.film
        assert panel.may_be_judged(entry.film, clock.now())
