"""The juror's desk: what is left to watch, the score, the ballot, the pick."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from plural import access, outbox
from plural.actions import ballots, conflicts, panel, picks, queues, scores, worries
from plural.errors import NotFound, Refused, StaleState
from plural.extensions import db
from plural.forms.jury import (
    ConflictForm,
    PickForm,
    WorryForm,
    ballot_form,
    score_form,
)
from plural.labels import label, tone
from plural.models.entry import FilmVersion
from plural.models.festival import Award
from plural.models.judging import Assignment, RoundKind, Seat
from plural.playing import Playing, playing, still
from plural.problems import sentence

blueprint = Blueprint("jury", __name__)
blueprint.context_processor(lambda: {"label": label, "tone": tone})
DESKS = {
    RoundKind.PRESELECTION: "jury.queue",
    RoundKind.INTERNATIONAL_JURY: "jury.ballots",
    RoundKind.PARTNER_PICKS: "jury.picks",
}


def desk_of(seat: Seat) -> str:
    """The address where a seat does its work."""
    return url_for(DESKS[seat.round.kind], seat=seat.id)


def shown(film: FilmVersion) -> Playing | None:
    """How to play the film while it is still before this person."""
    return playing(film) if access.judges(g.who, film) else None


def require(seat: Seat, kind: RoundKind) -> None:
    if seat.round.kind is not kind:
        raise NotFound()


@blueprint.get("/jury")
def index() -> Any:
    lines = queues.seats_of(g.who)
    return render_template("jury/index.html", lines=lines, desk_of=desk_of)


# ----- preselection


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


# ----- any round: one film


@blueprint.get("/jury/<int:seat>/films/<int:film>")
def watch(seat: Seat, film: FilmVersion) -> Any:
    return render_template("jury/watch.html", **watch_page(seat, film))


def watch_page(seat: Seat, film: FilmVersion) -> dict[str, Any]:
    return {
        "seat": seat,
        "film": film,
        "playing": shown(film),
        "conflict": ConflictForm(formdata=None),
        "worry": WorryForm(formdata=None),
        "desk": desk_of(seat),
    }


@blueprint.post("/jury/<int:seat>/films/<int:film>/conflict")
def recuse(seat: Seat, film: FilmVersion) -> Any:
    form = ConflictForm()
    if not form.validate():
        page = {**watch_page(seat, film), "conflict": form}
        return render_template("jury/watch.html", **page), 400
    conflicts.declare(g.who.account, film.entry, form.reason.data.strip())
    outbox.commit()
    flash(_("Thank you for saying so. You do not decide about this film."), "good")
    return redirect(desk_of(seat))


@blueprint.post("/jury/<int:seat>/films/<int:film>/worry")
def worry(seat: Seat, film: FilmVersion) -> Any:
    form = WorryForm()
    if not form.validate():
        page = {**watch_page(seat, film), "worry": form}
        return render_template("jury/watch.html", **page), 400
    worries.raise_worry(film, form.words.data.strip(), g.who.account)
    outbox.commit()
    flash(_("Thank you. The people responsible for the safety of children have been told."), "good")
    return redirect(desk_of(seat))


# ----- international jury


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


# ----- partner picks


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
