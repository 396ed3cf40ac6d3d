"""Masters of licensed films: asking for one, and the report on it."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from plural import master_status, master_words, outbox
from plural.actions import masters
from plural.forms.masters import MasterForm
from plural.models.entry import FilmVersion
from plural.models.sharing import Licence
from plural.views.words import WORDS

blueprint = Blueprint("masters", __name__)
blueprint.context_processor(lambda: WORDS)


def shown(film: FilmVersion, form: MasterForm) -> dict[str, Any]:
    """What the list of masters on a page needs, and the form to ask for another."""
    found = masters.masters_of(film)
    return {
        "masters": found,
        "masters_etag": master_status.etag(found),
        "master_form": form if masters.can_be_made(film) else None,
        "master_percent": master_status.percent,
        "master_words": master_words,
    }


def ask_for(film: FilmVersion) -> bool:
    """Have the master made that the sent form names; False if it names none."""
    form = MasterForm(film)
    if not form.validate():
        flash(_("Please choose one of the kinds that are offered."), "bad")
        return False
    profile, track = form.wanted()
    masters.ask(film, profile, track, g.who.account)
    outbox.commit()
    flash(_("It is being made. This page shows how far it is."), "info")
    return True


def report_page(film: FilmVersion, name: str, back_to: str) -> str:
    """The printable report on a finished master. Raises NotFound."""
    master = masters.find(film, name)
    return render_template(
        "masters/report.html",
        film=film,
        entry=film.entry,
        master=master,
        report=master.film.details["quality"],
        words=master_words,
        back_to=back_to,
    )


@blueprint.post("/catalogue/<int:licence>/masters")
def ask(licence: Licence) -> Any:
    ask_for(licence.film)
    return redirect(url_for("catalogue.show", licence=licence.id, _anchor="masters"))


@blueprint.get("/catalogue/<int:licence>/masters/<name>")
def report(licence: Licence, name: str) -> Any:
    return report_page(licence.film, name, url_for("catalogue.show", licence=licence.id))
