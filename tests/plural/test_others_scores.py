"""What others gave is shown only to those who have given their own and can give no other."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from plural.actions import drafts, rounds
from plural.errors import Refused
from plural.extensions import db
from plural.models.rounds import Round
from plural.models.scoring import Assignment
from plural.round_rules import RoundRules, Sight
from tests.factories import Make
from tests.plural.panels import RUBRIC, Panel
from tests.visitor import Visitor

WORDS = "Splendid from the first picture on"
FILLED = {"criterion_story": "4", "criterion_craft": "2", "revision": "0"}


@pytest.fixture
def panel(app: Flask, make: Make) -> Panel:
    """Two jurors with one film, in a round whose scores are seen after its close."""
    panel = Panel(app, make, make.staff())
    panel.add_jurors(2)
    panel.add_films(1)
    return panel


@pytest.fixture
def round_id(panel: Panel) -> int:
    return panel.assigned(rules=RoundRules(others_scores=Sight.AFTER_CLOSE))


def path_of(panel: Panel, juror: int) -> str:
    with panel.app.app_context():
        [found] = [
            one.id
            for one in Assignment.query
            if one.seat.membership.account_id == panel.jurors[juror][0].id
        ]
        return f"jury/films/{found}"


@pytest.mark.parametrize("abstains", [False, True])
def test_who_may_still_score_a_film_in_a_later_version_is_not_shown_what_others_gave(
    panel: Panel, round_id: int, sign_in: Any, abstains: bool
) -> None:
    first, late = path_of(panel, 0), path_of(panel, 1)
    sign_in(panel.jurors[0][0]).post(f"{first}/score", {**FILLED, "comment_for_jury": WORDS})
    desk: Visitor = sign_in(panel.jurors[1][0])
    if abstains:
        desk.post(f"{late}/abstention", {"reason": "I was ill"})
    panel.only_close(round_id)
    assert WORDS not in desk.get(late).text
    panel.freeze(round_id)
    assert WORDS not in desk.get(late).text
    panel.reopen(round_id)
    assert WORDS not in desk.get(late).text
    assert "Your score is kept" in desk.post(f"{late}/score", FILLED, follow_redirects=True).text
    assert WORDS not in desk.get(late).text
    panel.only_close(round_id)
    assert WORDS in desk.get(late).text


def test_who_has_been_shown_what_others_gave_can_give_no_other_score_of_the_film(
    panel: Panel, round_id: int, sign_in: Any
) -> None:
    first, second = path_of(panel, 0), path_of(panel, 1)
    sign_in(panel.jurors[0][0]).post(f"{first}/score", {**FILLED, "comment_for_jury": WORDS})
    desk: Visitor = sign_in(panel.jurors[1][0])
    desk.post(f"{second}/score", FILLED)
    panel.only_close(round_id)
    assert WORDS in desk.get(second).text
    panel.reopen(round_id)
    changed = {**FILLED, "criterion_story": "5", "revision": "1"}
    assert desk.post(f"{second}/score", changed).status_code == 409
    refused = desk.post(f"{second}/score/removal", {"revision": "1"})
    assert refused.status_code == 409
    assert "That was not done" in refused.text
    assert "Somebody was quicker" not in refused.text


@pytest.mark.parametrize(
    "wider", [{"jury_comments_shown": True}, {"others_scores": Sight.AFTER_CLOSE}]
)
def test_what_was_written_for_staff_alone_stays_so_in_later_versions(
    panel: Panel, sign_in: Any, wider: dict[str, Any]
) -> None:
    round_id = panel.assigned()
    first, second = path_of(panel, 0), path_of(panel, 1)
    desk: Visitor = sign_in(panel.jurors[1][0])
    assert "Only staff read it" in desk.get(second).text
    sign_in(panel.jurors[0][0]).post(f"{first}/score", {**FILLED, "comment_for_jury": WORDS})
    desk.post(f"{second}/score", FILLED)
    panel.only_close(round_id)
    panel.reopen(round_id, as_draft=True)
    with panel.deed():
        draft = db.session.get_one(Round, round_id)
        plan = drafts.Plan(draft.key, draft.closes_at, criteria=RUBRIC)
        with pytest.raises(Refused, match="readers_fixed"):
            drafts.change(draft, replace(plan, rules=RoundRules(**wider)), panel.by())
        drafts.change(draft, replace(plan, rules=RoundRules(shows_names=False)), panel.by())
        rounds.open_(draft, panel.by())
    panel.only_close(round_id)
    assert WORDS not in desk.get(second).text
