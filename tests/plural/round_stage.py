"""A round's people and films for the state machine, put back to its beginning for each example."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jinja2 import BytecodeCache
from sqlalchemy import event, make_url
from werkzeug.test import TestResponse

from plural.extensions import db
from plural.models.entry import Entry
from plural.models.people import Account, Membership
from plural.models.rounds import Round
from plural.models.scoring import Assignment, AssignmentState, Conflict
from tests.conftest import copied_database, on_postgresql, portal, settings_for
from tests.factories import Make
from tests.plural.panels import Panel
from tests.visitor import Visitor

BEGINNING = datetime(2026, 3, 2, 12, tzinfo=UTC)
SESSION = "__Host-session"
JURORS, SPARE, FILMS = 4, 2, 3

Pair = tuple[int, int]
"""A juror's and a film's number on the stage."""


class Desk(Visitor):
    """A signed-in browser that remembers its form token; `overhear` is told all its answers."""

    def __init__(self, app: Flask, account: Account) -> None:
        super().__init__(app)
        self.overhear: Callable[[str, str], None] = lambda _path, _text: None
        self.kept_token = ""
        self.sign_in(account)
        self.kept_token = super().token()
        self.session = self.client.get_cookie(SESSION, domain="localhost")

    def restart(self) -> None:
        """As it was after signing in, without what a next page would say once."""
        assert self.session is not None
        self.client.set_cookie(SESSION, self.session.value, domain="localhost", secure=True)

    def token(self) -> str:
        return self.kept_token or super().token()

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.hear(path, super().get(path, **options))

    def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        options.setdefault("follow_redirects", not self.kept_token)
        return self.hear(path, super().post(path, data, **options))

    def hear(self, path: str, answer: TestResponse) -> TestResponse:
        assert answer.status_code < 500, (path, answer.status_code)
        self.overhear(path, answer.data.decode("utf-8", "replace"))
        return answer


class Stage:
    """Two of the staff, jurors of an organisation each, films, and the draft of a preselection.

    The last jurors are spare: they do not sit in the round. Everything that is drawn by lot is
    fixed, so that the same steps always come to the same.
    """

    def __init__(self, app: Flask, folder: Path) -> None:
        self.app = app
        self.clock_file = folder / "clock"
        self.put_back: Callable[[], None]
        self.move_to(BEGINNING)
        make = Make(app)
        self.panel = Panel(app, make, make.staff())
        self.panel.add_jurors(JURORS + SPARE)
        self.panel.add_films(FILMS)
        self.staff = [self.panel.staff, self.panel.second()]
        with self.panel.deed():
            for number, account in enumerate(Account.query.order_by(Account.id)):
                account.pseudonym = f"account {number}"
            for number, entry in enumerate(Entry.query.order_by(Entry.id)):
                entry.code = f"film{number}"
        self.seated = self.panel.jurors[:JURORS]
        spare, self.panel.jurors = self.panel.jurors, self.seated
        self.round_id = self.panel.draft()
        self.panel.jurors = spare
        with self.panel.deed():
            self.round().seed = "a seed of the stage"
        self.desks = [Desk(app, account) for account, _membership in self.panel.jurors]
        self.offices = [Desk(app, account) for account in self.staff]

    def round(self) -> Round:
        return db.session.get_one(Round, self.round_id)

    def code(self, film: int) -> str:
        return f"{self.entry(film).code}.1"

    def entry(self, film: int) -> Entry:
        return db.session.get_one(Entry, self.panel.films[film].entry_id)

    def account(self, juror: int) -> Account:
        return db.session.get_one(Account, self.panel.jurors[juror][0].id)

    def membership(self, juror: int) -> Membership:
        return db.session.get_one(Membership, self.panel.jurors[juror][1].id)

    def assignments(self) -> dict[Pair, tuple[int, AssignmentState]]:
        """Ids and states of all that has been given out, by juror and film."""
        jurors = {m.id: n for n, (_account, m) in enumerate(self.panel.jurors)}
        films = {film.id: n for n, film in enumerate(self.panel.films)}
        return {
            (jurors[a.seat.membership_id], films[a.film_version_id]): (a.id, a.state)
            for a in Assignment.query.order_by(Assignment.id)
        }

    def conflicts(self) -> set[Pair]:
        jurors = {account.id: n for n, (account, _member) in enumerate(self.panel.jurors)}
        films = {film.entry_id: n for n, film in enumerate(self.panel.films)}
        return {(jurors[c.account_id], films[c.entry_id]) for c in Conflict.query}

    # ----- from the beginning

    def restart(self) -> None:
        """Everything as it was built, but for the browsers, which stay signed in."""
        self.let_go()
        self.put_back()
        self.move_to(BEGINNING + timedelta(hours=1))
        for desk in (*self.desks, *self.offices):
            desk.restart()

    def let_go(self) -> None:
        with self.app.app_context():
            self.app.extensions["sqlalchemy"].engine.dispose()

    # ----- time

    def move_to(self, instant: datetime) -> None:
        self.now = instant
        self.clock_file.write_text(str((instant - datetime.now(UTC)).total_seconds()))

    def next_night(self) -> datetime:
        return (self.now + timedelta(days=1)).replace(hour=3, minute=0)


@contextmanager
def built(
    migrated: str, folder: Path, templates: BytecodeCache, request: pytest.FixtureRequest
) -> Iterator[Stage]:
    """The stage over a database of its own."""
    with (
        copied_database(migrated, folder, request) as url,
        portal(settings_for(folder, url, log_level="ERROR"), templates) as app,
    ):
        wait_for_no_disk(app)
        stage = Stage(app, folder)
        stage.let_go()
        with kept(url, request) as stage.put_back:
            yield stage
            stage.let_go()


def wait_for_no_disk(app: Flask) -> None:
    """On SQLite, no transaction waits for the disk: this database may be lost."""
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda c, _record: c.execute("PRAGMA synchronous=OFF"))


@contextmanager
def kept(url: str, request: pytest.FixtureRequest) -> Iterator[Callable[[], None]]:
    """A deed that puts the database back to what it holds now, while nobody is connected."""
    database = str(make_url(url).database)
    if on_postgresql():
        server = request.getfixturevalue("postgres")
        copy = f"kept_{database}"[:60]
        server.create(copy, template=database)

        def recreate() -> None:
            server.drop(database)
            server.create(database, template=copy)

        yield recreate
        server.drop(copy)
        return
    copy = f"{database}.kept"
    shutil.copy(database, copy)

    def copy_back() -> None:
        shutil.copy(copy, database)

    yield copy_back
