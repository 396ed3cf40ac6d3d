"""Final juries for tests: members, three films, one award, rules of the round."""

from datetime import timedelta
from typing import Any

from flask import Flask

from judging.recomputing import recompute
from plural import clock
from plural.actions import ballots, chairs, counts, jury_results, rounds
from plural.actions.jury_results import Stage
from plural.extensions import db
from plural.models.festival import Award
from plural.models.rounds import Round, RoundKind, RoundResult, Seat
from plural.round_rules import RoundRules
from tests.factories import Make
from tests.plural.panels import Panel, seat_of, shortlisted_panel, who

STRICT = RoundRules(ex_aequo=False)


class Jury:
    """A jury of so many members over three films, its rules, and what it comes to."""

    def __init__(self, app: Flask, make: Make, members: int = 2) -> None:
        self.panel = Panel(app, make, make.staff())
        self.panel.add_jurors(members)
        self.panel.add_films(3)
        self.award: Award = make.award("grand", category_id=make.category("adult").id, position=1)
        self.make = make
        self.round_id = 0

    def open(self, rules: RoundRules = STRICT) -> "Jury":
        source = shortlisted_panel(self.panel)
        self.round_id = self.panel.draft(RoundKind.INTERNATIONAL_JURY, key="jury", source=source)
        with self.panel.deed():
            found = db.session.get_one(Round, self.round_id)
            found.written_rules = rules.written()
            rounds.open_(found, self.panel.by())
        return self

    def seat(self, juror: int) -> int:
        with self.panel.app.app_context():
            return seat_of(self.panel.jurors[juror][0], self.round_id)

    def vote(
        self, juror: int, *films: int, award: Award | None = None, turn: int = 1, revision: int = 0
    ) -> None:
        """A ranking of these films, best first; a negative number shares the place before it."""
        tiers: list[list[int]] = []
        for n in films:
            film = self.panel.films[abs(n)].id
            if n < 0 and tiers:
                tiers[-1] = sorted([*tiers[-1], film])
            else:
                tiers.append([film])
        self.cast(juror, tiers, award=award, turn=turn, revision=revision)

    def cast(
        self,
        juror: int,
        ranking: list[list[int]],
        grades: dict[int, int] | None = None,
        award: Award | None = None,
        turn: int = 1,
        revision: int = 0,
    ) -> None:
        seat_id = self.seat(juror)
        with self.panel.deed():
            seat = db.session.get_one(Seat, seat_id)
            given = db.session.get_one(Award, (award or self.award).id)
            ballots.cast(who(seat), seat, given, ranking, revision, grades, turn)

    def preside(self, juror: int) -> None:
        seat_id = self.seat(juror)
        with self.panel.deed():
            chairs.name(db.session.get_one(Seat, seat_id), self.panel.by())

    def count(self, award: Award | None = None, hours: float = 24) -> None:
        with self.panel.deed():
            found = db.session.get_one(Round, self.round_id)
            given = db.session.get_one(Award, (award or self.award).id)
            counts.count(found, given, clock.now() + timedelta(hours=hours), self.panel.by())

    def outcome(self, award: Award | None = None) -> dict[str, Any]:
        """What the award came to, from a record that says what follows from it."""
        self.panel.close(self.round_id)
        with self.panel.app.app_context():
            document = RoundResult.query.filter_by(round_id=self.round_id).one().document
            assert recompute(document).differences == ()
            key = (award or self.award).key
            return next(row for row in document["awards"] if row["award"] == key)

    def stage(self) -> Stage:
        with self.panel.app.app_context():
            found = db.session.get_one(Round, self.round_id)
            return jury_results.standings(found)[0].stage

    def code(self, film: int) -> str:
        return f"{self.panel.films[film].entry.code}.1"
