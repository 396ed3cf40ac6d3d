"""Commands of an installation: `flask festival ...`."""

import click
from flask.cli import AppGroup

from plural import outbox
from plural.actions import founding

commands = AppGroup("festival", help="Found a festival and let its first staff in.")


@commands.command("found")
@click.argument("slug")
@click.option("--name", required=True, help="Name of the festival.")
@click.option("--edition", required=True, help="Slug of the first edition, such as 2026.")
@click.option("--staff", required=True, help="E-mail address of the first member of staff.")
def found(slug: str, name: str, edition: str, staff: str) -> None:
    """Found a festival and print the one-time link for its first member of staff."""
    link = founding.found(slug, name, edition, staff)
    outbox.commit()
    click.echo(link)
