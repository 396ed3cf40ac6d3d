"""A coordinator with 2,000 entries: pages of rounds ask the database no more for many films."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, event

from plural.extensions import db
from plural.models.entry import FilmVersion
from plural.models.rounds import Round
from tests.factories import Make
from tests.plural.panels import Panel
from tests.visitor import Visitor

OPEN = ("", "/assignment", "/progress", "/tables/progress.csv", "/terms", "/by-hand")
OVER = ("", "/result", "/progress", "/tables/ranking.csv", "/tables/scores.csv")
FROZEN = ("/result", "/shortlist/bounds")


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def panel_of(app: Flask, make: Make, films: int, jurors: int) -> Panel:
    panel = Panel(app, make, make.staff())
    panel.add_jurors(jurors)
    panel.add_films(films, country="KE")
    return panel


def ask(desk: Visitor, path: str) -> int:
    with desk.client.application.app_context():
        engine = db.engine
    with counted(engine) as statements:
        answer = desk.get(path)
    assert answer.status_code == 200, path
    assert answer.data
    return len(statements)


def counts(panel: Panel, sign_in: Any) -> dict[str, int]:
    """Statements per page, for a round that goes from open to frozen."""
    desk: Visitor = sign_in(panel.staff)
    number = len(panel.films)
    found = {}
    round_id = panel.assigned(key=f"round{number}", reviews_wanted=3)
    found |= {f"open{p}": ask(desk, f"staff/rounds/{round_id}{p}") for p in OPEN}
    panel.score_all(round_id, lambda a: 1 + a.film_version_id % 5)
    panel.only_close(round_id)
    found |= {f"over{p}": ask(desk, f"staff/rounds/{round_id}{p}") for p in OVER}
    panel.freeze(round_id)
    found |= {f"frozen{p}": ask(desk, f"staff/rounds/{round_id}{p}") for p in FROZEN}
    found["list"] = ask(desk, "staff/rounds")
    return found


def test_pages_of_a_round_ask_no_more_for_many_films_and_jurors(
    app: Flask, make: Make, sign_in: Any
) -> None:
    few = panel_of(app, make, films=4, jurors=4)
    asked = counts(few, sign_in)
    many = panel_of(app, make, films=9, jurors=7)
    many.films = few.films + many.films
    more = counts(many, sign_in)
    # The list of rounds has one line more by then.
    assert {page: (asked[page], more[page]) for page in asked if more[page] > asked[page]} == {}


def test_giving_out_asks_no_more_for_many_films(app: Flask, make: Make, sign_in: Any) -> None:
    found = []
    for films in (3, 9):
        panel = panel_of(app, make, films=films, jurors=4)
        round_id = panel.open(key=f"given{films}", reviews_wanted=2)
        desk: Visitor = sign_in(panel.staff)
        page = desk.get(f"staff/rounds/{round_id}/assignment").text
        seen = page.split('name="seen" value="')[1].split('"')[0]
        token = desk.token()
        with app.app_context():
            engine = db.engine
        with counted(engine) as statements:
            answer = desk.post(
                f"staff/rounds/{round_id}/assignment",
                {"seen": seen, "csrf_token": token},
                follow_redirects=False,
            )
        assert answer.status_code == 302
        found.append(len([s for s in statements if not s.startswith("INSERT INTO assignment")]))
    assert found[1] <= found[0]


def test_many_films_are_shown_around_the_cut_and_all_on_demand(
    app: Flask, make: Make, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from plural.views.rounds import verdict

    monkeypatch.setattr(verdict, "ROWS_SHOWN", 1)
    panel = panel_of(app, make, films=8, jurors=4)
    round_id = panel.assigned(reviews_wanted=4)
    order = {film.id: n for n, film in enumerate(panel.films)}
    panel.score_all(round_id, lambda a: max(1, 5 - order[a.film_version_id]))
    panel.close(round_id)
    desk: Visitor = sign_in(panel.staff)
    with app.app_context():
        last = db.session.get_one(FilmVersion, panel.films[-1].id).entry.title
        assert db.session.get_one(Round, round_id).shortlist_size == 1
    rows = desk.get(f"staff/rounds/{round_id}/result").text.split('id="choose"')[1]
    assert last not in rows.split("All 8 films")[0]
    assert last in desk.get(f"staff/rounds/{round_id}/result?all=y").text
