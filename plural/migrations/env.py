"""Runs migrations over the portal's own engine, each in one transaction."""

from contextlib import contextmanager

from alembic import context
from flask import current_app

from plural.extensions import db
from plural.models.columns import Instant


def render_item(kind, item, autogen_context):
    """Write our column types by name, so that a migration reads like the models."""
    if kind == "type" and isinstance(item, Instant):
        autogen_context.imports.add("from plural.models.columns import Instant")
        return "Instant()"
    return False


def run() -> None:
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection, tables_may_be_replaced(connection):
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=engine.dialect.name == "sqlite",
            render_item=render_item,
            compare_type=True,
            on_version_apply=check_references,
        )
        with context.begin_transaction():
            context.run_migrations()


@contextmanager
def tables_may_be_replaced(connection):
    """SQLite changes a column by putting a new table in the place of the old, which rows of other
    tables that point to it forbid; and a transaction that has begun cannot allow it any more.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    opened = connection.connection.driver_connection
    opened.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        opened.execute("PRAGMA foreign_keys=ON")


def check_references(ctx, **_step):
    """No migration is committed that leaves rows which point nowhere."""
    if ctx.dialect.name != "sqlite":
        return
    broken = ctx.connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise RuntimeError(f"rows point nowhere: {broken[:10]}")


run()
