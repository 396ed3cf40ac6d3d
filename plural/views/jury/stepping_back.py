"""Films that a juror does not score: a conflict, no score with a reason, another language."""

from datetime import datetime
from typing import Any

from flask import flash, g, redirect, url_for
from flask_babel import gettext as _

from plural import languages, outbox
from plural.actions import abstentions, conflicts
from plural.forms.jury import AbstentionForm, ConflictForm
from plural.forms.scoring import score_form
from plural.models.rounds import Round, RoundState
from plural.models.scoring import Assignment
from plural.views.jury.blueprint import blueprint
from plural.views.jury.scoring import following, show


@blueprint.post("/jury/films/<int:assignment>/conflict")
def declare_conflict(assignment: Assignment) -> Any:
    form = ConflictForm()
    if not form.validate():
        return show(assignment, score_form(assignment), 400, conflict=form)
    conflicts.declare(g.who.account, assignment.film.entry, form.reason.data.strip())
    outbox.commit()
    flash(thanks(assignment.round, g.who.at), "good")
    return redirect(url_for("jury.queue", seat=assignment.seat_id))


def thanks(round_: Round, at: datetime) -> str:
    """What follows from a conflict, by how far the round is."""
    if round_.state is RoundState.FROZEN:
        return _(
            "Thank you for saying so. The result is frozen and stays as it is. If the round is "
            "opened again, nothing that you gave this film counts."
        )
    if round_.state is RoundState.OPEN and at < round_.closes_at:
        return _("Thank you for saying so. Somebody else judges this film now.")
    return _("Thank you for saying so. Nothing that you gave this film counts.")


@blueprint.post("/jury/films/<int:assignment>/abstention")
def abstain(assignment: Assignment) -> Any:
    form = AbstentionForm()
    if not form.validate():
        return show(assignment, score_form(assignment), 400, abstention=form)
    abstentions.abstain(g.who, assignment, form.reason.data.strip())
    outbox.commit()
    flash(_("You give this film no score. That does not count against it."), "info")
    return redirect(following(assignment))


@blueprint.post("/jury/films/<int:assignment>/abstention/removal")
def resume(assignment: Assignment) -> Any:
    abstentions.resume(g.who, assignment)
    outbox.commit()
    return redirect(url_for("jury.film", assignment=assignment.id))


@blueprint.post("/jury/films/<int:assignment>/language")
def not_my_language(assignment: Assignment) -> Any:
    """Give the film back; films of this language are not given to the juror any more."""
    address = url_for("jury.queue", seat=assignment.seat_id)
    language = abstentions.give_back_language(g.who, assignment)
    outbox.commit()
    flash(
        _(
            "Thank you. Somebody else gets this film, and you get no more in this language: "
            "%(language)s. You can change that in your settings.",
            language=languages.name_of(language),
        ),
        "good",
    )
    return redirect(address)
