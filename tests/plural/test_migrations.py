"""Migrations of a database in which a festival is going on."""

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from plural.extensions import db
from tests.conftest import on_postgresql
from tests.factories import Make
from tests.plural.panels import Panel

TABLES = ("seat", "assignment", "score", "audit_event")


@pytest.fixture
def judged(app: Flask, make: Make) -> int:
    """A round whose films have been given out and scored."""
    panel = Panel(app, make, make.staff())
    panel.add_jurors(3)
    panel.add_films(3)
    round_id = panel.assigned()
    panel.score_all(round_id, lambda _a: 2)
    return round_id


def counts() -> dict[str, int]:
    found = {name: db.session.scalar(text(f"SELECT count(*) FROM {name}")) for name in TABLES}
    db.session.remove()
    return found


@pytest.mark.parametrize("revision", ["0003", "0011"])
def test_a_round_with_scores_survives_the_way_back_and_forth(
    app: Flask, judged: int, revision: str
) -> None:
    with app.app_context():
        before = counts()
        assert before["assignment"] == before["score"] == 6
        downgrade(revision=revision)
        assert counts() == before
        upgrade()
        assert counts() == before
        terms = text("SELECT DISTINCT is_reserve, is_young, fewest_films FROM seat")
        assert [tuple(row) for row in db.session.execute(terms)] == [(False, False, None)]
        by_hand = text("SELECT DISTINCT by_hand FROM assignment WHERE round_id = :round")
        assert db.session.scalars(by_hand, {"round": judged}).all() == [False]


def test_references_are_watched_again_after_a_migration(app: Flask, judged: int) -> None:
    if on_postgresql():
        pytest.skip("PostgreSQL never stops watching them")
    with app.app_context():
        downgrade(revision="0011")
        upgrade()
        assert db.session.scalar(text("PRAGMA foreign_keys")) == 1
        assert db.session.execute(text("PRAGMA foreign_key_check")).all() == []
