"""Routes, by audience. `plural.access` lets in; a view checks its form and calls one action."""

from flask import Flask

from plural.addresses import API, PAGES
from plural.views import (
    account,
    api,
    catalogue,
    entries,
    entry_parts,
    entry_persons,
    entry_signing,
    guardian,
    jury,
    licences,
    masters,
    media,
    metrics,
    publication,
    recipients,
    round_juries,
    rounds,
    site,
    staff,
    uploads,
)

# The parts of an entry's pages add themselves to the blueprint of `entries`, those of juries to
# that of `rounds`.
__all__ = ["entry_parts", "entry_persons", "entry_signing", "register", "round_juries"]


def register(app: Flask) -> None:
    app.register_blueprint(site.blueprint)
    app.register_blueprint(recipients.blueprint)
    app.register_blueprint(metrics.blueprint)
    for pages in (
        account, catalogue, entries, guardian, jury, licences, masters, publication, rounds, staff,
    ):  # fmt: skip
        app.register_blueprint(pages.blueprint, url_prefix=PAGES)
    for machine in (api, media, uploads):
        app.register_blueprint(machine.blueprint, url_prefix=API)
