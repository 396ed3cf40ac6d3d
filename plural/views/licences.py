"""Licences on the staff desk."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from plural import outbox
from plural.actions import film_changes
from plural.actions import licences as deeds
from plural.extensions import db
from plural.forms.sharing import USUAL_TERM, LicenceForm
from plural.models.consent import Use
from plural.models.entry import FilmVersion
from plural.models.people import Organisation, OrganisationKind
from plural.models.sharing import Licence
from plural.views.words import WORDS

blueprint = Blueprint("licences", __name__)
blueprint.context_processor(lambda: WORDS)


@blueprint.route("/staff/licences", methods=["GET", "POST"])
def index() -> Any:
    now = g.who.at
    form = LicenceForm(data={"starts_at": now, "ends_at": now + USUAL_TERM})
    form.offer(distributors(), deeds.licensable_films(g.edition))
    if form.validate_on_submit():
        deeds.grant(
            db.session.get_one(Organisation, form.organisation_id.data),
            db.session.get_one(FilmVersion, form.film_id.data),
            Use(form.use.data),
            form.territories.data or [],
            form.term(),
            g.who.account,
        )
        outbox.commit()
        flash(_("Granted. The film is in the distributor's catalogue."), "good")
        return redirect(url_for("licences.index"))
    return render_template(
        "licences/index.html",
        form=form,
        licences=deeds.licences_in(g.edition),
        is_carried=deeds.is_carried,
        change_since=film_changes.change_since,
    )


def distributors() -> list[Organisation]:
    found: list[Organisation] = (
        Organisation.query.filter_by(festival_id=g.festival.id, kind=OrganisationKind.DISTRIBUTOR)
        .order_by(Organisation.name)
        .all()
    )
    return found


@blueprint.post("/staff/licences/<int:licence>/end")
def end(licence: Licence) -> Any:
    deeds.end(licence, g.who.account)
    outbox.commit()
    flash(_("The licence has ended."), "info")
    return redirect(url_for("licences.index"))
