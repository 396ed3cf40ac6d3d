"""What each juror of a preselection takes on: bounds, reserves, young jurors, age categories."""

from typing import Any

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from plural import outbox
from plural.actions import assignments, panel, seat_terms
from plural.errors import NotFound, Refused
from plural.extensions import db
from plural.forms.seat_terms import TermsForm
from plural.models.rounds import OVER, Round, RoundKind, Seat
from plural.problems import sentence
from plural.views.rounds.blueprint import blueprint


def require_preselection(round_: Round) -> None:
    if round_.kind is not RoundKind.PRESELECTION:
        raise NotFound()
    if round_.state in OVER:
        raise Refused("round_closed")


@blueprint.get("/staff/rounds/<int:round>/terms")
def terms(round: Round) -> Any:
    require_preselection(round)
    return terms_page(round)


def terms_page(round_: Round, sent: tuple[int, TermsForm] | None = None) -> str:
    """A form for each living seat; what was sent stays in the form of its seat."""
    seats = sorted(filter(panel.is_living, panel.seats(round_)), key=assignments.by_name)
    sent_id, sent_form = sent or (0, None)
    return render_template(
        "rounds/terms.html",
        round=round_,
        lines=[
            (seat, sent_form if seat.id == sent_id else TermsForm.of(seat, formdata=None))
            for seat in seats
        ],
        sent_id=sent_id,
    )


@blueprint.post("/staff/rounds/<int:round>/seats/<int:seat>/terms")
def change_terms(round: Round, seat: Seat) -> Any:
    if seat.round_id != round.id:
        raise NotFound()
    require_preselection(round)
    form, seat_id = TermsForm.of(seat), seat.id
    if not form.validate():
        return terms_page(round, (seat_id, form)), 400
    try:
        seat_terms.change(seat, form.terms(), g.who.account)
    except Refused as refused:
        if refused.code != "bounds_crossed":
            raise
        db.session.rollback()
        form.form_errors.append(sentence(refused.code, refused.data))
        return terms_page(round, (seat_id, form)), refused.status
    outbox.commit()
    flash(_("Kept: %(name)s.", name=seat.membership.name or seat.membership.email), "good")
    return redirect(url_for("rounds.terms", round=round.id, _anchor=f"seat{seat_id}"))
