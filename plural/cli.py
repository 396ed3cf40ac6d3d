"""Commands of an installation: `flask festival`, `flask storage` and `flask media`."""

from urllib.parse import urlsplit

import click
from flask import current_app
from flask.cli import AppGroup

from media_pipeline.errors import StorageError
from plural import outbox
from plural.actions import founding, refreshing, safeguarding
from plural.actions.accounts import account_of
from plural.errors import Refused
from plural.models.festival import Festival
from plural.ranges import storage

commands = AppGroup("festival", help="Found a festival and let its first staff in.")

storage_commands = AppGroup("storage", help="Let films play on the pages from where they lie.")

media_commands = AppGroup("media", help="What is made from films.")


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


@commands.command("name-safeguarding")
@click.argument("slug")
@click.argument("email")
def name_safeguarding(slug: str, email: str) -> None:
    """Name a member of the staff to look after the safety of children, if nobody else can."""
    festival = Festival.query.filter_by(slug=slug).first()
    account = account_of(festival, email) if festival else None
    if account is None:
        raise click.ClickException(f"Nobody in {slug} has the address {email}.")
    try:
        safeguarding.name(account, None)
    except Refused as refused:
        raise click.ClickException(f"{email}: {refused.code}") from refused
    outbox.commit()
    click.echo(f"{email} looks after the safety of children in {slug}.")


@storage_commands.command("prepare")
def prepare() -> None:
    """Let the portal's pages read films from the bucket; doing it again changes nothing."""
    try:
        storage().admit(page_origin())
    except StorageError as error:
        raise click.ClickException(
            f"The storage did not take the rule for pages of {page_origin()}: {error}. "
            "Set it by hand as docs/operations.md shows, and run: flask storage check"
        ) from error
    click.echo(f"Films play on pages of {page_origin()}.")


@storage_commands.command("check")
def check() -> None:
    """Say whether the portal's pages may read films from the bucket; status 1 when not."""
    try:
        admitted = storage().admits(page_origin())
    except StorageError as error:
        raise click.ClickException(f"The storage does not say who may read: {error}") from error
    if not admitted:
        raise click.ClickException(
            f"Films do not stream on pages of {page_origin()}: the bucket has no rule for them. "
            "Run: flask storage prepare"
        )
    click.echo(f"Films play on pages of {page_origin()}.")


def page_origin() -> str:
    """Scheme, host and port of the portal's pages, as browsers name them."""
    at = urlsplit(current_app.extensions["plural_settings"].public_address)
    return f"{at.scheme}://{at.netloc}".lower()


@media_commands.command("refresh")
@click.option("--make", is_flag=True, help="Have it made when nothing else is to be done.")
def refresh(make: bool) -> None:
    """Show which outputs of which films have another recipe than today's.

    The old ones serve until the new ones are there.
    """
    outdated = refreshing.outdated_films()
    if not outdated:
        click.echo("Every film has what today's recipes give, or is about to get it.")
        return
    for each in outdated:
        click.echo(describe(each))
    estimates = refreshing.estimates(outdated)
    click.echo(f"\n{'output':<24}{'films':>8}{'CPU s':>12}")
    for estimate in estimates:
        click.echo(f"{estimate.name:<24}{estimate.films:>8}{estimate.cpu_s:>12.1f}")
    films, cpu_s = len(outdated), sum(estimate.cpu_s for estimate in estimates)
    click.echo(f"Films: {films}. About {cpu_s:.0f} seconds of one processor.")
    if make:
        refreshing.make_anew(outdated)
        outbox.commit()
        click.echo("Planned: it is made when nothing else is to be done.")
    else:
        click.echo("Nothing is planned yet. To have it made: flask media refresh --make")


def describe(outdated: refreshing.Outdated) -> str:
    """One line: the film, what it gets, and what goes."""
    film = outdated.film
    words = [f"film {film.id} ({film.entry.code}, version {film.number}):"]
    words += [planned.name for planned in outdated.planned]
    words += [f"-{output.name}" for output in outdated.unplanned]
    return " ".join(words)
