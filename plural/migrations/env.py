"""Runs migrations over the portal's own engine, each in one transaction."""

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
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=engine.dialect.name == "sqlite",
            render_item=render_item,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
