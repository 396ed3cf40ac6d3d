"""Words of jurors: staff read those to filmmakers and let them go or keep them back."""

from typing import Any

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from plural import outbox
from plural.actions import comments as deeds
from plural.models.rounds import OVER, Round
from plural.models.scoring import Score
from plural.views.rounds.blueprint import blueprint


@blueprint.get("/staff/rounds/<int:round>/comments")
def comments(round: Round) -> Any:
    return render_template(
        "rounds/comments.html",
        round=round,
        films=deeds.by_film(round),
        is_over=round.state in OVER,
    )


@blueprint.post("/staff/rounds/<int:round>/comments")
def release_comments(round: Round) -> Any:
    count = deeds.release_all(round, g.who.account)
    outbox.commit()
    flash(ngettext("%(num)s comment released.", "%(num)s comments released.", count), "good")
    return to_comments(round)


@blueprint.post("/staff/comments/<int:score>/release")
def release_comment(score: Score) -> Any:
    deeds.release(score, g.who.account)
    outbox.commit()
    flash(_("Released."), "good")
    return to_comments(score.assignment.round)


@blueprint.post("/staff/comments/<int:score>/holding")
def hold_back_comment(score: Score) -> Any:
    deeds.hold_back(score, g.who.account)
    outbox.commit()
    flash(_("Held back. The maker does not see it."), "info")
    return to_comments(score.assignment.round)


def to_comments(round_: Round) -> Any:
    return redirect(url_for("rounds.comments", round=round_.id))
