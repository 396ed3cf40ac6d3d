"""What everybody may see: the way in, the edition's home page and its rules."""

from datetime import datetime
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from sqlalchemy import text

from plural import languages
from plural.actions.windows import takes_entries
from plural.errors import NotFound
from plural.extensions import db
from plural.models.festival import Edition, EditionState, Festival
from plural.models.publication import Audience
from plural.rights import disclosed

blueprint = Blueprint("site", __name__)
PAGES = "/<language>/<festival>/<edition>"


@blueprint.get("/healthz")
def health() -> Any:
    db.session.execute(text("SELECT 1"))
    return {"healthy": True}


@blueprint.get("/")
def start() -> Any:
    """Send a visitor to the newest edition of the only, or first, festival."""
    festival = Festival.query.order_by(Festival.id).first()
    if festival is None:
        raise NotFound("no_festival_yet")
    return to_newest(festival, languages.best(code for code, _q in request.accept_languages))


@blueprint.get("/<language>/<festival>/")
def festival() -> Any:
    return to_newest(g.festival, g.language)


def to_newest(festival: Festival, language: str) -> Any:
    """The newest edition that is open, else the newest there is."""
    shown = festival.current_edition
    if shown is None:
        raise NotFound("no_festival_yet")
    return redirect(
        url_for("site.home", language=language, festival=festival.slug, edition=shown.slug)
    )


@blueprint.get(PAGES + "/")
def home() -> Any:
    return render_template("site/home.html", state=public_state(g.edition, g.who.at))


def public_state(edition: Edition, at: datetime) -> str:
    """How the edition stands for everybody: "coming", "open", "judged" or "known"."""
    if disclosed(edition.publication, Audience.PUBLIC, at):
        return "known"
    if takes_entries(edition, at):
        return "open"
    if edition.state is EditionState.PREPARED or at < edition.entries_open_at:
        return "coming"
    return "judged"


@blueprint.get(PAGES + "/rules")
def rules() -> Any:
    return render_template("site/rules.html")


@blueprint.get(PAGES + "/start")
def after_sign_in() -> Any:
    """Where somebody lands who has just signed in: their own desk."""
    roles = g.who.roles
    if "staff" in roles:
        return redirect(url_for("staff.desk"))
    if roles & {"juror", "focal_point"}:
        return redirect(url_for("jury.index"))
    if "distributor" in roles:
        return redirect(url_for("catalogue.index"))
    return redirect(url_for("entries.index"))
