"""What people do with a round, as rules for Hypothesis: each through the portal's own pages."""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule
from hypothesis.strategies import SearchStrategy

from plural import clock, outbox
from plural.actions import eligibility, entries, organisations, topping_up
from plural.models.entry import EntryState, FilmState, FilmVersion
from plural.models.rounds import RoundState
from plural.models.scoring import AssignmentState
from plural.round_rules import RoundRules, Sight
from tests.plural.round_model import Canary, Line, Model
from tests.plural.round_stage import FILMS, JURORS, SPARE, Desk, Pair, Stage

DAYS_OPEN = timedelta(days=5)
AS_SCRIPT = {"Accept": "application/json"}
SEEN = re.compile(r'name="seen" value="([0-9a-f]+)"')


def one_of(choose: Any) -> SearchStrategy[Any]:
    """One of what `choose` finds in the machine as it is."""
    return st.runner().flatmap(lambda machine: st.sampled_from(sorted(choose(machine))))


OFFICES = st.integers(0, 1)
FILM = st.integers(0, FILMS - 1)
GIVEN_OUT = one_of(lambda machine: machine.model.states)
SCORED = one_of(lambda machine: machine.model.kept)
ABSTAINED = one_of(lambda machine: machine.abstained())
SITTING = one_of(lambda machine: machine.model.seated - machine.model.gone)
NOT_SITTING = one_of(lambda machine: machine.spare())


class RoundMachine(RuleBasedStateMachine):
    """A round, driven through its life; `model` says what should have become of it.

    Each rule does one deed and compares whether the portal took it with whether it should have.
    """

    stage: ClassVar[Stage]

    def __init__(self) -> None:
        super().__init__()
        self.stage.restart()
        self.ids: dict[Pair, int] = {}
        self.words = 0

    def open_and_give_out(self, sight: Sight, values: Sequence[int], unscored: int) -> None:
        """The round opens, its films are given out, all are scored but for a few.

        One score is changed, another is taken back.
        """
        with self.stage.panel.deed():
            round_ = self.stage.round()
            round_.written_rules = RoundRules(others_scores=sight).written()
            closes_at = round_.closes_at
        self.model = Model(closes_at, sight, set(range(JURORS)))
        assert self.staff_do(0, "opening", {})
        self.give_out(0)
        scored = sorted(self.model.states)[unscored:]
        for number, pair in enumerate([*scored, scored[0]]):
            self.score(pair, values[number % len(values)])
        self.take_back(scored[-1])

    # ----- what a rule needs

    def desk(self, pair: Pair) -> Desk:
        return self.stage.desks[pair[0]]

    def canary(self, juror: int, kind: str) -> str:
        self.words += 1
        return str(Canary(juror, self.words, kind))

    def juror_does(self, pair: Pair, deed: str, data: dict[str, Any], **options: Any) -> Any:
        return self.desk(pair).post(f"jury/films/{self.ids[pair]}/{deed}", data, **options)

    def staff_do(self, office: int, deed: str, data: dict[str, Any]) -> bool:
        """Whether a deed of the staff on the round was done."""
        path = f"staff/rounds/{self.stage.round_id}/{deed}"
        return bool(self.stage.offices[office].post(path, data).status_code == 302)

    def abstained(self) -> set[Pair]:
        states = self.model.states.items()
        return {pair for pair, state in states if state is AssignmentState.ABSTAINED}

    def spare(self) -> set[int]:
        return set(range(JURORS + SPARE)) - self.model.seated

    def may_judge(self, pair: Pair) -> bool:
        return self.model.may_judge(pair, self.stage.now)

    def learn_what_was_given_out(self) -> None:
        """Films come to jurors and leave them by a rule of their own; work that is done stays."""
        with self.stage.app.app_context():
            found = self.stage.assignments()
        self.ids = {pair: number for pair, (number, _state) in found.items()}
        held = {p: s for p, (_id, s) in found.items() if s is not AssignmentState.RELEASED}
        waiting = {p for p, state in held.items() if state is AssignmentState.ASSIGNED}
        done = {p: s for p, s in self.model.states.items() if s is not AssignmentState.ASSIGNED}
        self.model.states = dict.fromkeys(waiting, AssignmentState.ASSIGNED) | done

    # ----- jurors

    def sheet(self, value: int, revision: int, words: int, juror: int) -> dict[str, Any]:
        return {
            "criterion_story": str(value),
            "revision": str(revision),
            "comment_for_jury": str(Canary(juror, words, "jury")),
            "comment_for_maker": str(Canary(juror, words, "maker")),
        }

    @precondition(lambda self: self.model.states)
    @rule(pair=GIVEN_OUT, value=st.integers(1, 5))
    def score(self, pair: Pair, value: int) -> None:
        """For the first time or anew, in time or after the close; a colleague looks on."""
        revision = self.model.revision(pair)
        if revision:
            self.score_in_a_stale_tab(pair, value)
        self.words += 1
        form = self.sheet(value, revision, self.words, pair[0])
        answer = self.juror_does(pair, "score", form, headers=AS_SCRIPT)
        is_kept = answer.status_code == 200
        assert is_kept == self.may_judge(pair), "a score is taken while it may be given, no longer"
        if is_kept:
            receipt = answer.get_json()["receipt"]
            version = self.model.version
            line = Line(pair, float(value), receipt, version, revision + 1, self.words)
            self.model.keep(line)
        for other in sorted(self.model.states):
            if other[1] == pair[1] and other[0] != pair[0]:
                self.desk(other).get(f"jury/films/{self.ids[other]}")

    @precondition(lambda self: any(self.may_judge(pair) for pair in self.model.states))
    @rule(values=st.lists(st.integers(1, 5), min_size=1, max_size=12))
    def everybody_scores_what_waits(self, values: Sequence[int]) -> None:
        waiting = [p for p in sorted(self.model.states) if p not in self.model.kept]
        for number, pair in enumerate(waiting):
            self.score(pair, values[number % len(values)])

    @precondition(lambda self: self.model.kept)
    @rule(pair=SCORED)
    def send_the_same_again(self, pair: Pair) -> None:
        line = self.model.kept[pair]
        form = self.sheet(int(line.value), line.revision - 1, line.words, pair[0])
        answer = self.juror_does(pair, "score", form, headers=AS_SCRIPT)
        assert (answer.status_code == 200) == self.may_judge(pair)
        if answer.status_code == 200:
            assert answer.get_json()["receipt"] == line.receipt, "the same score is kept once"

    def score_in_a_stale_tab(self, pair: Pair, value: int) -> None:
        """A form that was opened before the last change overwrites nothing."""
        self.words += 1
        stale = self.model.revision(pair) - 1
        form = self.sheet(value, stale, self.words, pair[0])
        answer = self.juror_does(pair, "score", form, headers=AS_SCRIPT)
        assert answer.status_code in (404, 409), "nothing is overwritten unseen"

    @precondition(lambda self: self.model.kept)
    @rule(pair=SCORED)
    def take_back(self, pair: Pair) -> None:
        answer = self.juror_does(pair, "score/removal", {"revision": self.model.revision(pair)})
        assert (answer.status_code == 302) == self.may_judge(pair)
        if answer.status_code == 302:
            self.model.take_back(pair)

    @precondition(lambda self: self.model.kept)
    @rule(pair=SCORED)
    def say_it_is_final(self, pair: Pair) -> None:
        """Where others' scores are shown to those whose own stays; from then on it does."""
        sees = self.model.sees_others(pair)
        may_see = self.model.sight is Sight.AFTER_OWN and self.may_judge(pair)
        answer = self.juror_does(pair, "score/final", {"revision": self.model.revision(pair)})
        assert (answer.status_code == 302) == (sees or may_see)
        if may_see:
            self.model.final.add(pair)

    @precondition(lambda self: self.model.states)
    @rule(pair=GIVEN_OUT)
    def abstain(self, pair: Pair) -> None:
        if self.model.states[pair] is AssignmentState.ABSTAINED:
            return
        reason = self.canary(pair[0], "reason")
        answer = self.juror_does(pair, "abstention", {"reason": reason})
        assert (answer.status_code == 302) == self.may_judge(pair)
        if answer.status_code == 302:
            self.model.abstain(pair)

    @precondition(lambda self: self.abstained())
    @rule(pair=ABSTAINED)
    def judge_after_all(self, pair: Pair) -> None:
        answer = self.juror_does(pair, "abstention/removal", {})
        assert (answer.status_code == 302) == self.may_judge(pair)
        if answer.status_code == 302:
            self.model.states[pair] = AssignmentState.ASSIGNED

    @precondition(lambda self: self.model.states)
    @rule(pair=GIVEN_OUT)
    def declare_a_conflict(self, pair: Pair) -> None:
        """Before or after scoring, before or after the close."""
        reason = self.canary(pair[0], "reason")
        answer = self.juror_does(pair, "conflict", {"reason": reason})
        assert (answer.status_code == 302) == self.model.has_before(pair)
        if answer.status_code == 302:
            self.model.bar(pair)

    def look_at_all_pages(self, juror: int) -> None:
        """All that a juror can open, and the tables that they must not."""
        desk, round_ = self.stage.desks[juror], f"staff/rounds/{self.stage.round_id}"
        with self.stage.app.app_context():
            member = self.stage.membership(juror).id
            seats = [s.id for s in self.stage.round().seats if s.membership_id == member]
        for path in ("jury", "jury/receipts", *(f"jury/{seat}" for seat in seats)):
            desk.get(path)
        for pair, number in self.ids.items():
            status = desk.get(f"jury/films/{number}").status_code
            assert pair[0] == juror or status == 404
        for table in ("tables/scores.csv", "tables/progress.csv", "snapshot.json", "result"):
            assert desk.get(f"{round_}/{table}").status_code in (403, 404)

    # ----- people and films come and go

    @rule(office=OFFICES, juror=st.integers(0, JURORS + SPARE - 1), film=FILM)
    def staff_set_a_conflict(self, office: int, juror: int, film: int) -> None:
        with self.stage.app.app_context():
            entry, account = self.stage.entry(film).id, self.stage.account(juror).id
        form = {"account_id": account, "reason": "They are related"}
        self.stage.offices[office].post(f"staff/entries/{entry}/conflicts", form)
        self.model.bar((juror, film))

    @precondition(lambda self: self.model.seated - self.model.gone)
    @rule(juror=SITTING, is_topped_up=st.booleans())
    def a_juror_drops_out(self, juror: int, is_topped_up: bool) -> None:
        with self.stage.panel.deed():
            organisations.end_membership(self.stage.membership(juror), self.stage.panel.by())
        self.model.gone.add(juror)
        if is_topped_up:
            self.give_out(0)

    @precondition(lambda self: self.spare())
    @rule(office=OFFICES, juror=NOT_SITTING)
    def a_juror_joins(self, office: int, juror: int) -> None:
        member = self.stage.panel.jurors[juror][1].id
        done = self.staff_do(office, "seats", {"members": [member]})
        assert done == (self.model.phase is RoundState.OPEN)
        if done:
            self.model.seated.add(juror)

    @rule(office=OFFICES)
    def give_out(self, office: int) -> None:
        """What the engine proposes, looked at and then done."""
        page = f"staff/rounds/{self.stage.round_id}/assignment"
        seen = SEEN.search(self.stage.offices[office].get(page).text)
        done = seen is not None and self.staff_do(office, "assignment", {"seen": seen.group(1)})
        may_be_done = self.model.phase is RoundState.OPEN
        assert done <= (may_be_done and self.stage.now < self.model.closes_at)
        self.learn_what_was_given_out()

    @rule()
    def a_night_passes(self) -> None:
        """The nightly top-up gives out what drop-outs have left."""
        self.stage.move_to(self.stage.next_night())
        with self.stage.app.app_context():
            topping_up.top_up_due()
            outbox.commit()
        self.learn_what_was_given_out()

    @precondition(lambda self: len(self.model.outside) < FILMS - 1)
    @rule(film=FILM, is_withdrawn=st.booleans())
    def a_film_is_withdrawn_or_disqualified(self, film: int, is_withdrawn: bool) -> None:
        if film in self.model.outside:
            return
        with self.stage.panel.deed():
            entry = self.stage.entry(film)
            if is_withdrawn:
                entries.withdraw(entry, "I want it back", entry.account)
            else:
                state = EntryState.DISQUALIFIED
                eligibility.decide(entry, state, "Somebody else made it", self.stage.panel.by())
        self.model.outside.add(film)

    @rule(film=FILM)
    def a_film_is_withheld_or_comes_back(self, film: int) -> None:
        with self.stage.panel.deed():
            entry, by = self.stage.entry(film), self.stage.panel.by()
            if film in self.model.withheld:
                eligibility.release(entry, by)
            else:
                eligibility.withhold(entry, "For somebody's safety", by)
        self.model.withheld ^= {film}

    @rule(film=FILM)
    def a_film_gets_another_version(self, film: int) -> None:
        """Scores stay with the version that was watched."""
        with self.stage.panel.deed():
            entry = self.stage.entry(film)
            newer = FilmVersion(number=entry.film.number + 1, created_at=clock.now())
            newer.state, newer.duration_s = FilmState.COMPLETE, 75.0
            entry.versions.append(newer)
