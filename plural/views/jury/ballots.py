"""The desk of a jury that ranks films for awards."""

from typing import Any

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from plural import access, outbox
from plural.actions import ballots
from plural.errors import Refused, StaleState
from plural.extensions import db
from plural.forms.ballots import ballot_form
from plural.models.festival import Award
from plural.models.rounds import RoundKind, Seat
from plural.playing import still
from plural.problems import sentence
from plural.views.jury.blueprint import blueprint, require


@blueprint.get("/jury/<int:seat>/ballots", endpoint="ballots")
def ballots_(seat: Seat) -> Any:
    require(seat, RoundKind.INTERNATIONAL_JURY)
    return ballots_page(seat)


def ballots_page(seat: Seat, sent: tuple[Award, Any] | None = None, status: int = 200) -> Any:
    """All awards of the round with this juror's own ballots; `sent` is one that was refused."""
    sheets = [ballot_sheet(seat, award, sent) for award in ballots.awards(seat.round)]
    return render_template("jury/ballots.html", seat=seat, sheets=sheets, still=still), status


def ballot_sheet(seat: Seat, award: Award, sent: tuple[Award, Any] | None) -> dict[str, Any]:
    films = ballots.candidates(seat.round, award)
    ballot = ballots.ballot_of(seat, award)
    was_sent = sent is not None and sent[0].id == award.id
    return {
        "award": award,
        "films": films,
        "ballot": ballot,
        "recused": ballots.is_recused(g.who.account, films),
        "form": sent[1] if sent and was_sent else ballot_form(award, films, ballot, formdata=None),
        "hidden": {f.id for f in films if access.in_conflict(g.who.account, f.entry)},
    }


@blueprint.post("/jury/<int:seat>/ballots/<int:award>")
def cast(seat: Seat, award: int) -> Any:
    require(seat, RoundKind.INTERNATIONAL_JURY)
    chosen = ballots.award_of(seat.round, award)
    form = ballot_form(chosen, ballots.candidates(seat.round, chosen), None)
    if not form.validate():
        return ballots_page(seat, (chosen, form), 400)
    try:
        ballots.cast(g.who, seat, chosen, form.ranking(), form.revision.data)
    except (StaleState, Refused) as refused:
        db.session.rollback()
        form.form_errors.append(sentence(refused.code, refused.data))
        if isinstance(refused, StaleState):
            form.revision.data = refused.data["revision"]
        return ballots_page(seat, (chosen, form), refused.status)
    outbox.commit()
    flash(_("Your ranking is kept. You can change it until the round closes."), "good")
    return redirect(url_for("jury.ballots", seat=seat.id, _anchor=f"award-{chosen.id}"))
