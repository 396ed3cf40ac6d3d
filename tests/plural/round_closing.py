"""What staff do with a round that ends, as rules for Hypothesis: close, freeze, reopen."""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from plural.actions import two_people
from plural.models.round_requests import RequestKind
from plural.models.rounds import RoundState
from plural.round_rules import Sight
from tests.plural.round_machine import DAYS_OPEN, OFFICES, RoundMachine, one_of
from tests.plural.round_model import Asked
from tests.plural.round_stage import Pair

REASON = "It stays as it is."
COUNTED = one_of(lambda machine: [pair for pair, _v in machine.model.counted().values()])


class ClosingMachine(RoundMachine):
    """The same round, which also closes, is frozen by two people, and opens again."""

    def __init__(self) -> None:
        super().__init__()
        self.settled: list[Asked] = []

    @initialize(
        sight=st.sampled_from(Sight),
        values=st.lists(st.integers(1, 5), min_size=1, max_size=6),
        unscored=st.integers(0, 3),
        troubles=st.booleans(),
        stages=st.integers(0, 5),
    )
    def begin(
        self, sight: Sight, values: list[int], unscored: int, troubles: bool, stages: int
    ) -> None:
        """Films are scored; or the round is closed already, or frozen, or open again.

        With troubles, a juror drops out, and others must not judge what they have judged.
        """
        self.open_and_give_out(sight, values, unscored)
        if troubles:
            self.a_juror_drops_out(0, is_topped_up=True)
            self.staff_set_a_conflict(0, *max(self.model.kept))
        for stage in range(stages):
            if troubles and self.model.phase is RoundState.CLOSED and self.model.counted():
                last = max(pair for pair, _value in self.model.counted().values())
                self.a_conflict_comes_to_light_before_the_freeze(0, last)
            self.the_round_takes_its_course(stage % 2)

    def new_end(self) -> tuple[Any, str]:
        """An instant some days ahead, and how a form has it."""
        end = (self.stage.now + DAYS_OPEN).replace(second=0, microsecond=0)
        return end, end.strftime("%Y-%m-%dT%H:%M")

    def waiting(self) -> int:
        """The number of the request that waits for a second person, 0 for none."""
        with self.stage.app.app_context():
            found = two_people.waiting(self.stage.round())
            return found.id if found else 0

    def ask(self, kind: RequestKind, office: int, closes_at: Any = None) -> None:
        self.forget_request()
        standing = self.model.standing()
        self.model.asked = Asked(kind, self.waiting(), office, standing, closes_at)

    def forget_request(self) -> None:
        if self.model.asked is not None:
            self.settled.append(self.model.asked)
        self.model.asked = None

    def compute(self) -> None:
        """What computing anew does: a request to freeze something else by now is dropped."""
        self.model.compute()
        asked = self.model.asked
        if asked and asked.kind is RequestKind.FREEZING and asked.standing != self.model.standing():
            self.forget_request()

    # ----- the end

    @precondition(lambda self: self.stage.now < self.model.closes_at)
    @rule()
    def the_deadline_passes(self) -> None:
        self.stage.move_to(self.model.closes_at + timedelta(seconds=1))

    @precondition(lambda self: self.stage.now >= self.model.closes_at)
    @rule(office=OFFICES)
    def the_deadline_is_moved(self, office: int) -> None:
        end, written = self.new_end()
        done = self.staff_do(office, "schedule", {"closes_at": written})
        assert done == (self.model.phase is RoundState.OPEN)
        if done:
            self.model.closes_at = end

    @rule(office=OFFICES, anyway=st.booleans())
    def close(self, office: int, anyway: bool) -> None:
        done = self.staff_do(office, "closing", {"anyway": "y"} if anyway else {})
        is_open = self.model.phase is RoundState.OPEN
        assert done == is_open if anyway else done <= is_open
        if done:
            self.model.phase = RoundState.CLOSED
            self.model.compute()

    @rule(office=OFFICES)
    def compute_anew(self, office: int) -> None:
        done = self.staff_do(office, "computation", {})
        assert done == (self.model.phase is RoundState.CLOSED)
        if done:
            self.compute()

    # ----- frozen by two

    @precondition(lambda self: self.model.is_over)
    @rule(office=OFFICES, reason=st.sampled_from(["", REASON]))
    def ask_to_freeze(self, office: int, reason: str) -> None:
        done = self.staff_do(office, "freezing", {"reason": reason})
        is_closed = self.model.phase is RoundState.CLOSED
        assert done == is_closed if reason else done <= is_closed
        if done:
            self.compute()
            self.ask(RequestKind.FREEZING, office)

    @precondition(lambda self: self.asks(RequestKind.FREEZING))
    @rule(office=OFFICES)
    def confirm_the_freezing(self, office: int) -> None:
        asked = self.model.asked
        assert asked is not None
        path = f"staff/rounds/{self.stage.round_id}/freezing/confirmation"
        answer = self.stage.offices[office].post(path, {"request": asked.number})
        if asked.by == office:
            assert answer.status_code == 409, "nobody confirms what they have asked for"
            return
        assert answer.status_code == 302
        self.model.compute()
        if asked.standing == self.model.standing():
            self.model.phase = RoundState.FROZEN
            self.model.frozen.append(self.model.version)
        self.forget_request()

    @precondition(lambda self: self.model.asked)
    @rule(office=OFFICES)
    def take_the_request_back(self, office: int) -> None:
        asked = self.model.asked
        assert asked is not None
        assert self.staff_do(office, "request/withdrawal", {"request": asked.number})
        self.forget_request()

    @precondition(lambda self: self.settled)
    @rule(office=OFFICES)
    def confirm_what_is_settled(self, office: int) -> None:
        """From a page that was opened before: it is refused, whoever clicks."""
        for deed, kind in (
            ("freezing", RequestKind.FREEZING),
            ("reopening", RequestKind.REOPENING),
        ):
            for asked in self.settled:
                if asked.kind is kind:
                    assert not self.staff_do(
                        office, f"{deed}/confirmation", {"request": asked.number}
                    )

    @rule(office=OFFICES)
    def take_the_top_as_shortlist(self, office: int) -> None:
        done = self.staff_do(office, "shortlist", {"top": "y"})
        assert done == bool(self.model.frozen)

    # ----- reopened

    @precondition(lambda self: self.model.is_over)
    @rule(office=OFFICES, more_reviews=st.booleans())
    def ask_to_reopen(self, office: int, more_reviews: bool) -> None:
        end, written = self.new_end()
        form = {"closes_at": written, "reason": "A juror was ill"}
        assert self.staff_do(
            office, "reopening", form | ({"more_reviews": "y"} if more_reviews else {})
        )
        self.ask(RequestKind.REOPENING, office, end)

    @precondition(lambda self: self.asks(RequestKind.REOPENING))
    @rule(office=OFFICES)
    def confirm_the_reopening(self, office: int) -> None:
        asked = self.model.asked
        assert asked is not None
        assert asked.closes_at is not None
        done = self.staff_do(office, "reopening/confirmation", {"request": asked.number})
        assert done == (office != asked.by and self.stage.now < asked.closes_at)
        if done:
            self.forget_request()
            self.model.reopen(asked.closes_at)

    def the_round_takes_its_course(self, office: int) -> None:
        """The next step that a festival would take; else few rounds would come to their end."""
        if self.model.phase is RoundState.OPEN:
            self.close(office, anyway=True)
        elif self.model.phase is RoundState.CLOSED:
            self.ask_to_freeze(office, REASON)
            self.confirm_the_freezing(office)
            self.confirm_the_freezing(1 - office)
        else:
            self.ask_to_reopen(office, more_reviews=True)
            self.confirm_the_reopening(office)
            self.confirm_the_reopening(1 - office)
            self.give_out(office)

    @precondition(lambda self: self.model.phase is RoundState.CLOSED and self.model.counted())
    @rule(office=OFFICES, pair=COUNTED)
    def a_conflict_comes_to_light_before_the_freeze(self, office: int, pair: Pair) -> None:
        """One asks to freeze what the other then sees is another result."""
        self.ask_to_freeze(office, REASON)
        self.staff_set_a_conflict(office, *pair)
        self.confirm_the_freezing(1 - office)

    def asks(self, kind: RequestKind) -> bool:
        return self.model.asked is not None and self.model.asked.kind is kind

    @rule(office=OFFICES)
    def staff_look_at_all_pages(self, office: int) -> None:
        """Before the close: how far everybody is, and nothing of what anybody gave."""
        pages = ("", "/progress", "/tables/progress.csv", "/assignment", "/result")
        tables = ("/tables/scores.csv", "/tables/ranking.csv", "/snapshot.json")
        for page in (*pages, *tables):
            self.stage.offices[office].get(f"staff/rounds/{self.stage.round_id}{page}")
