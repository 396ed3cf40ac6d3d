"""The desk of a partner that picks a film for its own recognition."""

from typing import Any

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from plural import outbox
from plural.actions import panel, picks
from plural.errors import Refused, StaleState
from plural.extensions import db
from plural.forms.ballots import PickForm
from plural.models.rounds import RoundKind, Seat
from plural.playing import still
from plural.problems import sentence
from plural.views.jury.blueprint import blueprint, require


@blueprint.get("/jury/<int:seat>/picks", endpoint="picks")
def picks_(seat: Seat) -> Any:
    require(seat, RoundKind.PARTNER_PICKS)
    return picks_page(seat, pick_form(seat, formdata=None))


def pick_form(seat: Seat, **source: Any) -> PickForm:
    kept = picks.current(seat)
    values = (
        {"film": kept.film_version_id, "citation": kept.citation, "revision": kept.revision}
        if kept
        else {}
    )
    form = PickForm(data=values, **source)
    titles = [SelectChoice(f.id, f.entry.title) for f in picks.choices(seat, g.who.account)]
    form.film.choices = [SelectChoice(0, _("No recognition")), *titles]
    return form


def picks_page(seat: Seat, form: PickForm, status: int = 200) -> Any:
    page = render_template(
        "jury/picks.html",
        seat=seat,
        award=picks.award_of(seat),
        films=picks.choices(seat, g.who.account),
        kept=picks.current(seat),
        form=form,
        still=still,
    )
    return page, status


@blueprint.post("/jury/<int:seat>/picks")
def pick(seat: Seat) -> Any:
    require(seat, RoundKind.PARTNER_PICKS)
    form = pick_form(seat)
    if not form.validate():
        return picks_page(seat, form, 400)
    films = {f.id: f for f in panel.films(seat.round, g.who.at)}
    try:
        picks.pick(
            g.who,
            seat,
            films.get(form.film.data),
            (form.citation.data or "").strip(),
            form.revision.data,
        )
    except (StaleState, Refused) as refused:
        db.session.rollback()
        form.form_errors.append(sentence(refused.code, refused.data))
        if isinstance(refused, StaleState):
            form.revision.data = refused.data["revision"]
        return picks_page(seat, form, refused.status)
    outbox.commit()
    flash(_("Your choice is kept. Nobody else sees it before the round has closed."), "good")
    return redirect(url_for("jury.picks", seat=seat.id))
