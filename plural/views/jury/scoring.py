"""The desk of a preselection: what is left to watch, and the score of a film."""

from typing import Any

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from plural import access, outbox
from plural.actions import conflicts, queues, scores
from plural.errors import Refused, StaleState
from plural.extensions import db
from plural.forms.jury import ConflictForm, WorryForm
from plural.forms.scoring import score_form
from plural.models.rounds import RoundKind, Seat
from plural.models.scoring import Assignment
from plural.playing import still
from plural.problems import sentence
from plural.views.jury.blueprint import blueprint, require, shown


@blueprint.get("/jury/<int:seat>")
def queue(seat: Seat) -> Any:
    require(seat, RoundKind.PRESELECTION)
    return render_template("jury/queue.html", seat=seat, queue=queues.queue(seat), still=still)


@blueprint.get("/jury/films/<int:assignment>")
def film(assignment: Assignment) -> Any:
    form = score_form(assignment.round, assignment.score)
    return render_template("jury/film.html", **film_page(assignment, form))


def film_page(assignment: Assignment, form: Any) -> dict[str, Any]:
    return {
        "assignment": assignment,
        "film": assignment.film,
        "seat": assignment.seat,
        "playing": shown(assignment.film),
        "form": form,
        "conflict": ConflictForm(formdata=None),
        "worry": WorryForm(formdata=None),
        "queue": queues.queue(assignment.seat),
        "may_score": access.may_score(g.who, assignment, g.who.at),
    }


@blueprint.post("/jury/films/<int:assignment>/score")
def score(assignment: Assignment) -> Any:
    form = score_form(assignment.round, None)
    if not form.validate():
        return render_template("jury/film.html", **film_page(assignment, form)), 400
    try:
        given = scores.give(g.who, assignment, form.sheet(assignment.round), form.revision.data)
    except StaleState as stale:
        return stale_page(assignment, form, stale)
    except Refused as refused:
        return refused_page(assignment, form, refused)
    outbox.commit()
    flash(_("Your score is kept. Receipt: %(receipt)s", receipt=given.receipt), "good")
    following = queues.queue(assignment.seat).next
    if following is None:
        return redirect(url_for("jury.queue", seat=assignment.seat_id))
    return redirect(url_for("jury.film", assignment=following.id))


def stale_page(assignment: Assignment, form: Any, stale: StaleState) -> Any:
    """What was typed stays in the form; sending it again replaces what the other tab has kept."""
    db.session.rollback()
    form.revision.raw_data = [str(stale.data["revision"])]
    form.revision.data = stale.data["revision"]
    page = render_template("jury/film.html", kept=assignment.score, **film_page(assignment, form))
    return page, stale.status


def refused_page(assignment: Assignment, form: Any, refused: Refused) -> Any:
    """The deed is refused and what was typed can still be copied."""
    db.session.rollback()
    if not access.may_be_put_before(assignment.seat, assignment.film, g.who.at):
        raise refused
    form.form_errors.append(sentence(refused.code, refused.data))
    return render_template("jury/film.html", **film_page(assignment, form)), refused.status


@blueprint.post("/jury/films/<int:assignment>/conflict")
def declare_conflict(assignment: Assignment) -> Any:
    form = ConflictForm()
    if not form.validate():
        rubric = score_form(assignment.round, assignment.score)
        page = {**film_page(assignment, rubric), "conflict": form}
        return render_template("jury/film.html", **page), 400
    conflicts.declare(g.who.account, assignment.film.entry, form.reason.data.strip())
    outbox.commit()
    flash(_("Thank you for saying so. Somebody else judges this film now."), "good")
    return redirect(url_for("jury.queue", seat=assignment.seat_id))
