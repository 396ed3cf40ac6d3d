"""What a juror must not learn: what others gave, and in a blind round who made a film.

Every address that a juror can reach is read before and after others have judged; in a round that
keeps scores apart nothing may differ, no byte and no question to the database.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, event

from plural.extensions import db
from plural.models.entry import FilmVersion, Person
from plural.models.rounds import Round
from plural.models.scoring import Assignment
from plural.round_rules import RoundRules, Sight
from tests.factories import Make
from tests.plural.panels import Panel, seat_of
from tests.seldom import seldom
from tests.visitor import Visitor, steady

CANARY = "canary"
MADE_BY = "Quetzalcoatl"


@pytest.fixture
def panel(app: Flask, make: Make) -> Panel:
    """Three jurors who all watch three films; the first is the one who must not learn."""
    panel = Panel(app, make, make.staff())
    panel.add_jurors(3)
    panel.add_films(3)
    return panel


def reachable(panel: Panel, round_id: int) -> list[str]:
    """Every address of the portal that answers GET, with the first juror's own objects."""
    with panel.app.app_context():
        seat = seat_of(panel.jurors[0][0], round_id)
        assignments = Assignment.query.filter_by(seat_id=seat).order_by(Assignment.id).all()
        films = [(a.id, a.film_version_id, a.film.entry_id) for a in assignments]
        tracks = [f"{t.language}-{t.id}.vtt" for t in FilmVersion.query.first().tracks]
    place = {"language": "en", "festival": "plural", "edition": "2026", "seat": seat}
    place |= {"round": round_id, "award": 1, "licence": 1, "code": "x", "token": "x", "note": 1}
    found = []
    for assignment, film, entry in films:
        ids = {**place, "assignment": assignment, "film": film, "entry": entry}
        for name in ("240.mp4", "poster.jpg", "master.m3u8", *tracks):
            found += addresses(panel.app, {**ids, "name": name})
    return list(dict.fromkeys(found))


def addresses(app: Flask, values: dict[str, Any]) -> Iterator[str]:
    bound = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        answers_get = "GET" in (rule.methods or ()) and rule.endpoint != "static"
        if answers_get and rule.arguments <= values.keys():
            yield bound.build(rule.endpoint, {n: values[n] for n in rule.arguments})


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that reach the database meanwhile."""
    seen: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_others: Any) -> None:
        seen.append(re.sub(r"IN \([^)]*\)", "IN ()", statement))

    event.listen(Engine, "before_cursor_execute", hear)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", hear)


def answers(desk: Visitor, paths: list[str]) -> dict[str, tuple[int, list[str], list[str]]]:
    """Status, what stays of the page on each visit, and the database's statements."""
    found = {}
    for path in paths:
        with counted() as seen:
            answer = desk.get(path)
        headers = [f"{k}: {v}" for k, v in answer.headers if k in ("Content-Disposition", "ETag")]
        body = steady(answer.get_data().decode("utf-8", "replace"))
        found[path] = (answer.status_code, [*headers, *without_error_ids(body)], seen)
    return found


def without_error_ids(lines: list[str]) -> list[str]:
    return [re.sub(r"\b[0-9a-f]{12}\b", "id", line) for line in lines]


def judge_all(panel: Panel, round_id: int, sign_in: Any) -> None:
    """The other two score, abstain and declare, each with words that nobody else may read."""
    for juror in (1, 2):
        desk: Visitor = sign_in(panel.jurors[juror][0])
        with panel.app.app_context():
            seat = seat_of(panel.jurors[juror][0], round_id)
            rows = Assignment.query.filter_by(seat_id=seat).order_by(Assignment.id).all()
            given, left_out, barred = (a.id for a in rows)
        fields = {"criterion_story": "5", "criterion_craft": "1", "revision": "0"}
        words = {"comment_for_maker": CANARY, "comment_for_jury": CANARY}
        desk.post(f"jury/films/{given}/score", {**fields, **words})
        desk.post(f"jury/films/{left_out}/abstention", {"reason": CANARY})
        desk.post(f"jury/films/{barred}/conflict", {"reason": CANARY})


APART = [
    RoundRules(),
    RoundRules(jury_comments_shown=True),
    *seldom(RoundRules(others_scores=Sight.AFTER_OWN), RoundRules(others_scores=Sight.AFTER_CLOSE)),
]


@pytest.mark.parametrize("rules", APART, ids=str)
def test_no_leak_of_others_scores_through_totals_sort_or_anything_that_a_juror_can_reach(
    panel: Panel, sign_in: Any, rules: RoundRules
) -> None:
    """Not by total, sort, count, colour, file name, export, or the work that an answer takes."""
    round_id = panel.assigned(reviews_wanted=3)
    with panel.deed():
        found = db.session.get_one(Round, round_id)
        found.written_rules = rules.written()
    desk: Visitor = sign_in(panel.jurors[0][0])
    paths = reachable(panel, round_id)
    assert any(path.endswith("/jury/receipts") for path in paths)
    answers(desk, paths)
    before = answers(desk, paths)
    judge_all(panel, round_id, sign_in)
    after = answers(desk, paths)
    assert sum(status == 200 for status, _body, _asked in after.values()) > 20
    for path in paths:
        assert after[path][:2] == before[path][:2], path
        assert after[path][2] == before[path][2], path
        assert CANARY not in "".join(after[path][1])


def test_a_round_that_never_shows_scores_does_not_after_its_close_either(
    panel: Panel, sign_in: Any
) -> None:
    round_id = panel.assigned(reviews_wanted=3)
    desk: Visitor = sign_in(panel.jurors[0][0])
    judge_all(panel, round_id, sign_in)
    panel.close(round_id)
    for path, (_status, body, _asked) in answers(desk, reachable(panel, round_id)).items():
        assert CANARY not in "".join(body), path


def test_a_leak_of_the_makers_through_file_name_captions_or_export_in_a_blind_round(
    panel: Panel, sign_in: Any
) -> None:
    round_id = panel.assigned(reviews_wanted=3)
    with panel.deed():
        found = db.session.get_one(Round, round_id)
        found.written_rules = RoundRules(shows_names=False).written()
        for film in FilmVersion.query:
            film.file_name = f"{MADE_BY}.mp4"
            film.entry.account.name = f"{MADE_BY} Account"
            film.entry.statement = f"I am {MADE_BY}"
        for person in Person.query:
            person.name = f"{MADE_BY} Maker"
    desk: Visitor = sign_in(panel.jurors[0][0])
    seen = answers(desk, reachable(panel, round_id))
    assert any("240.mp4" in path and status == 200 for path, (status, *_r) in seen.items())
    for path, (_status, body, _asked) in seen.items():
        assert MADE_BY not in "".join(body), path


@pytest.mark.parametrize("page", ["jury/{seat}", "jury/films/{assignment}"])
def test_many_films_are_asked_for_in_as_many_questions_as_three(
    panel: Panel, sign_in: Any, page: str
) -> None:
    asked = []
    for more in (0, 12):
        panel.add_films(more)
        round_id = panel.assigned(key=f"with{more}", reviews_wanted=3)
        with panel.app.app_context():
            seat = seat_of(panel.jurors[0][0], round_id)
            assignment = Assignment.query.filter_by(seat_id=seat).first().id
        desk: Visitor = sign_in(panel.jurors[0][0])
        path = page.format(seat=seat, assignment=assignment)
        desk.get(path)
        with counted() as seen:
            assert desk.get(path).status_code == 200
        asked.append(len(seen))
        panel.close(round_id)
    assert asked[1] == asked[0]
