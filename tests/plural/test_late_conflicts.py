"""A conflict can be declared at any time: the film's page offers it wherever the deed is taken."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from plural.models.scoring import Assignment, AssignmentState, Conflict, Score
from tests.factories import Make
from tests.plural.panels import Panel, seat_of
from tests.visitor import Visitor

DAY_S = 86_400
Stage = Callable[[Panel, int, Any], None]


@pytest.fixture
def panel(app: Flask, make: Make) -> Panel:
    panel = Panel(app, make, make.staff())
    panel.add_jurors(2)
    panel.add_films(2)
    return panel


def running(_panel: Panel, _round_id: int, _set_clock: Any) -> None:
    pass


def after_the_deadline(_panel: Panel, _round_id: int, set_clock: Any) -> None:
    set_clock(5 * DAY_S + 60)


def closed(panel: Panel, round_id: int, _set_clock: Any) -> None:
    panel.only_close(round_id)


def frozen(panel: Panel, round_id: int, _set_clock: Any) -> None:
    panel.close(round_id)


def reopened(panel: Panel, round_id: int, _set_clock: Any) -> None:
    panel.close(round_id)
    panel.reopen(round_id)


STAGES = [
    (running, "Somebody else judges this film now."),
    (after_the_deadline, "Nothing that you gave this film counts."),
    (closed, "Nothing that you gave this film counts."),
    (frozen, "The result is frozen and stays as it is."),
    (reopened, "Somebody else judges this film now."),
]


def first_film(panel: Panel, round_id: int) -> int:
    """The first juror's first assignment."""
    with panel.app.app_context():
        seat = seat_of(panel.jurors[0][0], round_id)
        return int(Assignment.query.filter_by(seat_id=seat).order_by(Assignment.id).first().id)


@pytest.mark.parametrize(("stage", "answer"), STAGES)
def test_a_conflict_after_scoring_is_offered_on_the_page_and_taken_at_every_stage_of_a_round(
    panel: Panel, sign_in: Any, set_clock: Any, stage: Stage, answer: str
) -> None:
    round_id = panel.assigned()
    panel.score_all(round_id, lambda _a: 4)
    stage(panel, round_id, set_clock)
    desk: Visitor = sign_in(panel.jurors[0][0])
    first = first_film(panel, round_id)
    address = f"jury/films/{first}/conflict"
    page = desk.get(f"jury/films/{first}").text
    assert f'action="{desk.place}/{address}"' in page
    assert "Step back from this film" in page
    assert answer in desk.post(address, {"reason": "I know the actress"}).text
    with panel.app.app_context():
        assert [c.reason for c in Conflict.query] == ["I know the actress"]
        score = Score.query.filter_by(assignment_id=first).one()
        stays = stage is frozen
        assert (score.voided_at is None) is stays
        assert (score.assignment.state is AssignmentState.CONFLICTED) is not stays


@pytest.mark.parametrize("stage", [running, after_the_deadline, closed, reopened])
def test_where_a_conflict_stands_already_there_is_no_page_and_no_second_deed(
    panel: Panel, sign_in: Any, set_clock: Any, stage: Stage
) -> None:
    round_id = panel.assigned()
    panel.score_all(round_id, lambda _a: 4)
    desk: Visitor = sign_in(panel.jurors[0][0])
    first = first_film(panel, round_id)
    desk.post(f"jury/films/{first}/conflict", {"reason": "I know the actress"})
    stage(panel, round_id, set_clock)
    assert desk.get(f"jury/films/{first}").status_code == 404
    assert desk.post(f"jury/films/{first}/conflict", {"reason": "Again"}).status_code == 404


@pytest.mark.parametrize("stage", [after_the_deadline, closed, frozen])
def test_what_needs_a_running_round_is_not_offered_beside_the_conflict(
    panel: Panel, sign_in: Any, set_clock: Any, stage: Stage
) -> None:
    round_id = panel.assigned()
    stage(panel, round_id, set_clock)
    desk: Visitor = sign_in(panel.jurors[0][0])
    first = first_film(panel, round_id)
    page = desk.get(f"jury/films/{first}").text
    assert f"jury/films/{first}/conflict" in page
    for deed in ("score", "abstention", "language"):
        assert f"jury/films/{first}/{deed}" not in page
