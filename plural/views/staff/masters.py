"""Masters that the staff have made before somebody asks for them, and the reports on them."""

from typing import Any

from flask import redirect, render_template, url_for

from plural.forms.masters import MasterForm
from plural.models.entry import FilmVersion
from plural.views import masters as shared
from plural.views.staff.blueprint import blueprint


@blueprint.get("/staff/films/<int:film>/masters")
def masters(film: FilmVersion) -> Any:
    return render_template(
        "staff/masters.html",
        film=film,
        entry=film.entry,
        **shared.shown(film, MasterForm(film)),
    )


@blueprint.post("/staff/films/<int:film>/masters")
def ask_master(film: FilmVersion) -> Any:
    shared.ask_for(film)
    return redirect(url_for("staff.masters", film=film.id))


@blueprint.get("/staff/films/<int:film>/masters/<name>")
def master_report(film: FilmVersion, name: str) -> Any:
    return shared.report_page(film, name, url_for("staff.masters", film=film.id))
