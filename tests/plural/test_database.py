"""When a transaction on SQLite takes the lock for writing."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from plural import create_app, database
from plural.extensions import db
from tests.conftest import settings_for


@pytest.fixture
def on_sqlite(tmp_path: Path) -> Iterator[Flask]:
    """A portal over an SQLite file without tables, whatever the suite runs on."""
    app = create_app(settings_for(tmp_path, f"sqlite:///{tmp_path}/empty.sqlite"))
    yield app
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


def somebody_else_may_write(tmp_path: Path) -> bool:
    other = sqlite3.connect(tmp_path / "empty.sqlite", timeout=0, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        return False
    finally:
        other.close()
    return True


def test_a_transaction_that_may_write_holds_the_lock_from_its_first_question(
    on_sqlite: Flask, tmp_path: Path
) -> None:
    with on_sqlite.app_context():
        db.session.execute(text("SELECT 1"))
        assert not somebody_else_may_write(tmp_path)


def test_one_that_only_reads_does_not(on_sqlite: Flask, tmp_path: Path) -> None:
    database.set_reading(True)
    try:
        with on_sqlite.app_context():
            db.session.execute(text("SELECT 1"))
            assert somebody_else_may_write(tmp_path)
    finally:
        database.set_reading(False)


def test_a_request_that_read_leaves_later_transactions_as_they_were(
    on_sqlite: Flask, tmp_path: Path
) -> None:
    assert on_sqlite.test_client().get("/nowhere").status_code == 404
    with on_sqlite.app_context():
        db.session.execute(text("SELECT 1"))
        assert not somebody_else_may_write(tmp_path)
