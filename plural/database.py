"""How SQLite is opened, and how a transaction says whether it will write."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from sqlalchemy import Connection, Engine, event

from plural.extensions import db

_reading = ContextVar("reading", default=False)


def prepare_engine(engine: Engine) -> None:
    """On SQLite: WAL, durable commits, foreign keys, and write locks taken at BEGIN.

    A transaction that reads first and writes later fails under SQLite's plain BEGIN as soon as
    another one has written in between; BEGIN IMMEDIATE waits instead.
    """
    if engine.dialect.name != "sqlite":
        return
    event.listen(engine, "connect", _open_sqlite)
    event.listen(engine, "begin", _begin_sqlite)


def _open_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "busy_timeout=10000",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN" if _reading.get() else "BEGIN IMMEDIATE")


def set_reading(reading: bool) -> None:
    """From here on transactions only read and never wait for a writer, or may write."""
    _reading.set(reading)


@contextmanager
def writing() -> Iterator[None]:
    """A writing transaction inside a request that otherwise reads; commits at the end."""
    before = _reading.get()
    db.session.rollback()
    _reading.set(False)
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        _reading.set(before)
