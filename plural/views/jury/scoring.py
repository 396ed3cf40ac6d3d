"""The desk of a preselection: what is left to watch, and the score of a film."""

from typing import Any

from flask import flash, g, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _

from plural import access, outbox
from plural.actions import film_changes, others_scores, queues, scores
from plural.errors import Refused, StaleState
from plural.extensions import db
from plural.forms.jury import AbstentionForm, ConflictForm
from plural.forms.safety import WorryForm
from plural.forms.scoring import anchors, score_form
from plural.models.rounds import RoundKind, Seat
from plural.models.scoring import Assignment, AssignmentState, Score
from plural.playing import playing, still
from plural.problems import sentence
from plural.views.jury.blueprint import beside_film, blueprint, require, shown


@blueprint.get("/jury/<int:seat>")
def queue(seat: Seat) -> Any:
    require(seat, RoundKind.PRESELECTION)
    mine = queues.queue(seat)
    return render_template(
        "jury/queue.html",
        seat=seat,
        queue=mine,
        changed=film_changes.changed(mine.assignments),
        still=still,
    )


@blueprint.get("/jury/films/<int:assignment>")
def film(assignment: Assignment) -> Any:
    return show(assignment, score_form(assignment))


def show(assignment: Assignment, form: Any, status: int = 200, **others: Any) -> Any:
    """The page of one film; `others` takes the place of what it shows otherwise."""
    page = render_template("jury/film.html", **{**film_page(assignment, form), **others})
    return page, status


def film_page(assignment: Assignment, form: Any) -> dict[str, Any]:
    queue = queues.queue(assignment.seat)
    may_score = access.may_score(g.who, assignment, g.who.at)
    return {
        **beside_film(assignment.seat, assignment.film),
        "assignment": assignment,
        "playing": shown(assignment.film),
        "form": form,
        "criteria": assignment.round.criteria_for(assignment.film),
        "anchors": anchors,
        "kept": None,
        "conflict": ConflictForm(formdata=None),
        "abstention": AbstentionForm(formdata=None),
        "worry": WorryForm(formdata=None),
        "queue": queue,
        "may_score": may_score,
        "is_waiting": assignment.state is AssignmentState.ASSIGNED,
        "ahead": ahead(queue.after(assignment)) if may_score else None,
        "others": others_scores.seen(assignment),
        "jury_comments": others_scores.comments(assignment),
        "may_reveal": may_score and others_scores.may_reveal(assignment),
    }


def ahead(following: Assignment | None) -> dict[str, str] | None:
    """Addresses of what a page may fetch before the next film is opened."""
    shown_next = playing(following.film) if following is not None else None
    if following is None or shown_next is None:
        return None
    return {
        "page": url_for("jury.film", assignment=following.id),
        "poster": shown_next.poster,
        "film": " ".join(shown_next.start),
    }


# ----- the score


@blueprint.post("/jury/films/<int:assignment>/score")
def score(assignment: Assignment) -> Any:
    form = score_form(assignment, filled=False)
    if not form.validate():
        return show(assignment, form, 400)
    try:
        given = scores.give(g.who, assignment, form.sheet(assignment), form.revision.data)
    except StaleState as stale:
        return stale_page(assignment, form, stale)
    except Refused as refused:
        return refused_page(assignment, form, refused)
    outbox.commit()
    flash(_("Your score is kept. Receipt: %(receipt)s", receipt=given.receipt), "good")
    return kept(given, following(assignment))


def following(assignment: Assignment) -> str:
    """Where to go on: to the next film, or to the list when nothing is left."""
    waiting = queues.queue(assignment.seat).next
    if waiting is None:
        return url_for("jury.queue", seat=assignment.seat_id)
    return url_for("jury.film", assignment=waiting.id)


def kept(given: Score, address: str) -> Any:
    """A script asks for JSON and turns to the next film itself; it may have been offline."""
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        return jsonify(next=address, receipt=given.receipt, revision=given.revision)
    return redirect(address)


def stale_page(assignment: Assignment, form: Any, stale: StaleState) -> Any:
    """What was typed stays in the form; sending it again replaces what the other tab has kept."""
    db.session.rollback()
    form.revision.raw_data = [str(stale.data["revision"])]
    form.revision.data = stale.data["revision"]
    return show(assignment, form, stale.status, kept=assignment.score)


def refused_page(assignment: Assignment, form: Any, refused: Refused) -> Any:
    """The deed is refused and what was typed can still be copied."""
    db.session.rollback()
    if not access.may_be_put_before(assignment.seat, assignment.film, g.who.at):
        raise refused
    form.form_errors.append(sentence(refused.code, refused.data))
    return show(assignment, form, refused.status)


@blueprint.post("/jury/films/<int:assignment>/score/removal")
def take_back(assignment: Assignment) -> Any:
    scores.take_back(g.who, assignment, request.form.get("revision", 0, int))
    outbox.commit()
    flash(_("Your score is taken back. The film waits for you again."), "info")
    return redirect(url_for("jury.film", assignment=assignment.id))


@blueprint.post("/jury/films/<int:assignment>/score/final")
def reveal(assignment: Assignment) -> Any:
    """Show what others gave, to somebody whose own score is final from now on."""
    others_scores.reveal(g.who, assignment, request.form.get("revision", 0, int))
    outbox.commit()
    return redirect(url_for("jury.film", assignment=assignment.id, _anchor="others"))
