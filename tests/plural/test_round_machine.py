"""A round driven through its life by chance, with what must always hold looked at after each step.

`PLURAL_FUZZ_EXAMPLES=500 ./run test tests/plural/test_round_machine.py` searches long; without it
every run plays the same few rounds.
"""

import json
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test
from jinja2 import BytecodeCache

from judging import snapshot
from plural import audit
from plural.actions.receipts import receipts_of
from plural.models.audit import AuditEvent
from plural.models.festival import Festival
from plural.models.rounds import RankedFilm, RoundResult
from plural.models.scoring import AssignmentState, Score
from tests.fuzz.effort import effort
from tests.plural.round_closing import ClosingMachine
from tests.plural.round_machine import OFFICES
from tests.plural.round_model import Counted, canaries
from tests.plural.round_stage import FILMS, JURORS, SPARE, Stage, built

FILM_PAGE = re.compile(r"jury/films/(\d+)")
EXAMPLES, FEW_EXAMPLES, STEPS = 10, 4, 15


@pytest.fixture(scope="module")
def stage(
    migrated: str,
    compiled_templates: BytecodeCache,
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> Iterator[Stage]:
    folder: Path = tmp_path_factory.mktemp("round")
    with built(migrated, folder, compiled_templates, request) as found:
        yield found


def written(document: dict[str, Any]) -> str:
    return json.dumps(document, sort_keys=True)


class WatchedMachine(ClosingMachine):
    """The round's life, with what must hold after every step."""

    def __init__(self) -> None:
        super().__init__()
        self.seen_frozen: dict[int, tuple[str, str]] = {}
        for juror, desk in enumerate(self.stage.desks):
            desk.overhear = partial(self.hear_as_juror, juror)
        for office in self.stage.offices:
            office.overhear = self.hear_as_staff

    @invariant()
    def no_score_is_lost_and_none_is_kept_that_was_not_given(self) -> None:
        with self.stage.app.app_context():
            found = {(s.receipt, s.values["story"], s.revision) for s in Score.query}
            states = {p: s for p, (_id, s) in self.stage.assignments().items()}
            barred = self.stage.conflicts()
        kept = self.model.kept.values()
        assert found == {(line.receipt, line.value, line.revision) for line in kept}
        assert barred == self.model.conflicts
        released = AssignmentState.RELEASED
        assert {p: s for p, s in states.items() if s is not released} == self.model.states

    @invariant()
    def what_counts_is_what_was_given_in_time_without_a_conflict(self) -> None:
        with self.stage.app.app_context():
            for result in RoundResult.query:
                expected = self.model.came_to[result.version]
                assert self.counted(result.document) == expected
                assert self.ranked(result.document, result.id) == self.by_film(expected)

    def counted(self, document: dict[str, Any]) -> Counted:
        """The scores that a document counts, by what it says itself."""
        jurors = {self.stage.account(n).pseudonym: n for n in range(len(self.stage.desks))}
        films = {self.stage.code(n): n for n in range(FILMS)}
        barred = {(c["film_id"], c["juror_id"]) for c in document["conflicts"]}
        return {
            row["receipt"]: (
                (jurors[row["juror_id"]], films[row["film_id"]]),
                row["values"]["story"],
            )
            for row in document["scores"]
            if (row["film_id"], row["juror_id"]) not in barred
        }

    def ranked(self, document: dict[str, Any], result_id: int) -> dict[int, tuple[int, Any]]:
        """Reviews and raw mean of each film that has any, the same in document and rows."""
        films = {self.stage.code(n): n for n in range(FILMS)}
        rows = {
            (r.film_version_id, r.rank, r.reviews, r.calibrated)
            for r in RankedFilm.query.filter_by(result_id=result_id)
        }
        order = document["result"]["order"]
        numbers = [film.id for film in self.stage.panel.films]
        assert rows == {
            (numbers[films[r["film_id"]]], r["rank"], r["reviews"], r["official"]) for r in order
        }
        return {
            films[r["film_id"]]: (r["reviews"], pytest.approx(r["raw_mean"]))
            for r in order
            if r["reviews"]
        }

    def by_film(self, counted: Counted) -> dict[int, tuple[int, float]]:
        """The same from the scores that should count, 1 to 5 as a share of what was possible."""
        given: dict[int, list[float]] = {}
        for (_juror, film), value in counted.values():
            given.setdefault(film, []).append((value - 1) / 4)
        return {film: (len(some), sum(some) / len(some)) for film, some in given.items()}

    @invariant()
    def each_version_has_one_result_and_what_is_frozen_stays(self) -> None:
        with self.stage.app.app_context():
            round_ = self.stage.round()
            assert (round_.state, round_.version) == (self.model.phase, self.model.version)
            results = RoundResult.query.order_by(RoundResult.version).all()
            over = self.model.version if self.model.is_over else self.model.version - 1
            assert [result.version for result in results] == list(range(1, over + 1))
            frozen = [result for result in results if result.frozen_at is not None]
            assert [result.version for result in frozen] == self.model.frozen
            for result in frozen:
                self.stays(result)
            self.two_people_have_frozen(frozen)

    def stays(self, result: RoundResult) -> None:
        as_it_is = (result.digest, written(result.document))
        if result.version not in self.seen_frozen:
            recomputed = snapshot.recompute(result.document)
            assert recomputed.differences == ()
            assert recomputed.digest == result.digest
        assert self.seen_frozen.setdefault(result.version, as_it_is) == as_it_is

    def two_people_have_frozen(self, frozen: list[RoundResult]) -> None:
        sealed = [
            (event.actor, event.detail.payload)
            for event in AuditEvent.query.filter_by(action="round.sealed").order_by(AuditEvent.seq)
        ]
        assert [p["digest"] for _by, p in sealed] == [result.digest for result in frozen]
        assert all(by != payload["asked_by"] for by, payload in sealed)

    @invariant()
    def the_chain_verifies(self) -> None:
        with self.stage.app.app_context():
            assert audit.first_broken(Festival.query.one()) is None

    def hear_as_juror(self, juror: int, path: str, text: str) -> None:
        """No page of a juror has words of another, unless the round's rules say so."""
        page = FILM_PAGE.match(path)
        film = next(f for (_j, f), n in self.ids.items() if n == int(page[1])) if page else None
        for canary in canaries(text):
            assert self.model.may_read(juror, film, canary), (juror, path, canary)

    def hear_as_staff(self, path: str, text: str) -> None:
        """Before the first close staff learn nothing of what anybody gave."""
        given = [canary for canary in canaries(text) if canary.kind != "reason"]
        assert self.model.is_over or self.model.version > 1 or not given, path

    def receipts_are_true(self, juror: int) -> None:
        """They say of each score that a juror gave what became of it."""
        with self.stage.app.app_context():
            found = receipts_of(self.stage.account(juror), self.stage.round().edition)
            told = {line.receipt: line.standing for part in found for line in part.lines}
        given = {line.receipt: line for line in self.model.lines if line.pair[0] == juror}
        assert told.keys() == given.keys()
        for receipt, line in given.items():
            assert told[receipt] in self.model.fates(line), line

    @rule(juror=st.integers(0, JURORS + SPARE - 1))
    def look_at_all_pages(self, juror: int) -> None:
        super().look_at_all_pages(juror)
        self.receipts_are_true(juror)

    @rule(office=OFFICES)
    def the_round_takes_its_course(self, office: int) -> None:
        super().the_round_takes_its_course(office)
        for juror in range(JURORS):
            self.receipts_are_true(juror)


@pytest.mark.timeout(3600)
def test_a_round_driven_through_its_life_keeps_its_promises(
    stage: Stage, pytestconfig: pytest.Config
) -> None:
    """No score counted after the close, none lost before it, none from a conflict, one frozen
    ranking per version, a chain that verifies, and no juror who reads what another wrote."""
    machine = type("Machine", (WatchedMachine,), {"stage": stage})
    usual = EXAMPLES if pytestconfig.getoption("--all") else FEW_EXAMPLES
    run_state_machine_as_test(machine, settings=settings(effort(usual), stateful_step_count=STEPS))
