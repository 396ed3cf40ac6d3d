"""Rounds for tests, brought to where a test begins through the portal's own deeds."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import Flask

from plural import clock
from plural.access import Who
from plural.actions import (
    assignments,
    drafts,
    reopening,
    rounds,
    scores,
    sealing,
    shortlists,
    versions,
)
from plural.errors import DomainError
from plural.extensions import db
from plural.models.entry import FilmVersion
from plural.models.festival import Award, Edition
from plural.models.people import Account, Membership, Organisation
from plural.models.rounds import Round, RoundKind, Seat
from plural.models.scoring import Assignment
from tests.factories import Make

RUBRIC = [{"key": "story", "weight": 2.0}, {"key": "craft", "optional": True}]


@dataclass
class Panel:
    """Staff, organisations with jurors who have signed, and films; `open` opens a round of them."""

    app: Flask
    make: Make
    staff: Account
    jurors: list[tuple[Account, Membership]] = field(default_factory=list)
    films: list[FilmVersion] = field(default_factory=list)
    confirming: Account | None = None

    @contextmanager
    def deed(self) -> Iterator[None]:
        """A transaction of its own, committed at the end."""
        with self.app.app_context():
            yield
            db.session.commit()

    def add_jurors(self, count: int, organisations: list[Organisation] | None = None) -> None:
        for n in range(count):
            given = organisations[n % len(organisations)] if organisations else None
            self.jurors.append(self.make.juror(given))
            self.make.signed(self.jurors[-1][0], self.make.edition())

    def add_films(self, count: int, category: str = "adult", **facts: Any) -> None:
        for _n in range(count):
            chosen = self.make.category(category)
            self.films.append(self.make.eligible_film(category=chosen, **facts))

    def draft(
        self, kind: RoundKind = RoundKind.PRESELECTION, source: int | None = None, **facts: Any
    ) -> int:
        """A draft's id; all jurors sit on it, and the shortlist of the round `source` is judged."""
        edition_id = self.make.edition().id
        for account, _membership in self.jurors:
            self.make.signed(account, self.make.edition())
        with self.deed():
            plan = {
                "key": facts.pop("key", kind.value),
                "closes_at": clock.now() + timedelta(days=5),
                "reviews_wanted": 2,
                "shortlist_size": 1,
                "criteria": RUBRIC if kind is RoundKind.PRESELECTION else [],
                "source": db.session.get(Round, source) if source else None,
                "members": [db.session.get_one(Membership, m.id) for _a, m in self.jurors],
                **facts,
            }
            edition = db.session.get_one(Edition, edition_id)
            made = drafts.make(edition, kind, drafts.Plan(**plan), self.by())
            return made.id

    def open(self, kind: RoundKind = RoundKind.PRESELECTION, **facts: Any) -> int:
        round_id = self.draft(kind, **facts)
        with self.deed():
            rounds.open_(db.session.get_one(Round, round_id), self.by())
        return round_id

    def assigned(self, **facts: Any) -> int:
        """An open preselection whose films have been given out."""
        round_id = self.open(**facts)
        with self.deed():
            assignments.assign(db.session.get_one(Round, round_id), self.by())
        return round_id

    def score_all(self, round_id: int, value: Callable[[Assignment], float]) -> None:
        """Every juror scores every film that is before them."""
        with self.deed():
            for assignment in Assignment.query.filter_by(round_id=round_id).all():
                sheet = scores.Sheet({"story": value(assignment)})
                scores.give(who(assignment.seat), assignment, sheet, 0)

    def close(self, round_id: int) -> None:
        """Close the round and freeze what it came to, whatever is still open."""
        self.only_close(round_id)
        self.freeze(round_id)

    def only_close(self, round_id: int) -> None:
        with self.deed():
            rounds.close(db.session.get_one(Round, round_id), self.by(), anyway=True)

    def freeze(self, round_id: int) -> None:
        second = self.second()
        with self.deed():
            round_ = db.session.get_one(Round, round_id)
            asked = sealing.ask(round_, "It stays as it is.", self.by())
            sealing.confirm(round_, asked.id, db.session.get_one(Account, second.id))

    def reopen(self, round_id: int, days: float = 5, **terms: Any) -> None:
        """Reopen it as a new version, by two people."""
        second = self.second()
        with self.deed():
            round_ = db.session.get_one(Round, round_id)
            wanted = reopening.Terms(clock.now() + timedelta(days=days), **terms)
            asked = reopening.ask(round_, wanted, "Something was forgotten.", self.by())
            reopening.confirm(round_, asked.id, db.session.get_one(Account, second.id))

    def by(self) -> Account:
        return db.session.get_one(Account, self.staff.id)

    def second(self) -> Account:
        """Another member of the staff, who confirms."""
        self.confirming = self.confirming or self.make.staff("Second")
        return self.confirming


def who(seat: Seat) -> Who:
    return Who(seat.membership.account, frozenset(), seat.round.edition, clock.now())


def shortlisted_panel(panel: Panel) -> int:
    """A closed preselection whose shortlist is every film of the panel."""
    round_id = panel.assigned(key="screening", shortlist_size=50)
    panel.score_all(round_id, lambda a: 1 + a.film_version_id % 5)
    panel.close(round_id)
    with panel.deed():
        result = versions.frozen(db.session.get_one(Round, round_id))
        shortlists.mark(result, shortlists.top(result), "", panel.by())
    return round_id


def seat_of(account: Account, round_id: int) -> int:
    found: int = (
        Seat.query.join(Membership)
        .filter(Seat.round_id == round_id, Membership.account_id == account.id)
        .one()
        .id
    )
    return found


def winners(document: dict[str, Any], award: Award) -> list[str]:
    return next(row["winners"] for row in document["awards"] if row["award"] == award.key)


def in_threads(panel: Panel, count: int, deed: Callable[[], None]) -> list[str]:
    """The deed by many at once, each in a transaction of its own: "done", or why not."""
    together, outcomes = threading.Barrier(count), []

    def work() -> None:
        with panel.app.app_context():
            together.wait()
            try:
                deed()
                db.session.commit()
                outcomes.append("done")
            except DomainError as error:
                db.session.rollback()
                outcomes.append(error.code)

    threads = [threading.Thread(target=work) for _n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes
