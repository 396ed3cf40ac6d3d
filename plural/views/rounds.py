"""Staff's side of a round: make it, open it, give out the films, close it, read what came of it."""

from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from judging.snapshot import canonical
from plural import languages, outbox
from plural.actions import (
    assignments,
    drafts,
    freezing,
    juries,
    picks,
    results,
    rounds,
    shortlists,
)
from plural.errors import NotFound, Refused
from plural.extensions import db
from plural.forms.ballots import GRADES
from plural.forms.rounds import (
    ClosingForm,
    ReschedulingForm,
    RoundForm,
    SeatsForm,
    ShortlistForm,
    form_for,
    people,
    written_values,
)
from plural.labels import label, tone
from plural.models.people import Membership
from plural.models.rounds import Round, RoundKind, RoundState
from plural.problems import sentence

blueprint = Blueprint("rounds", __name__)
blueprint.context_processor(lambda: {"label": label, "tone": tone})


def name_of(round_: Round) -> str:
    return languages.text(round_.edition, f"round.{round_.key}.name") or round_.key


def to_round(round_: Round) -> Response:
    return redirect(url_for("rounds.show", round=round_.id))  # type: ignore[return-value]


@blueprint.get("/staff/rounds")
def index() -> Any:
    found = Round.query.filter_by(edition_id=g.edition.id).order_by(Round.id).all()
    return render_template("rounds/index.html", rounds=found, kinds=list(RoundKind))


# ----- draft


@blueprint.route("/staff/rounds/new", methods=["GET", "POST"])
def new() -> Any:
    kind = asked_kind()
    form = form_for(kind, sources(), drafts.judges(g.edition, kind))
    if request.method == "POST" and form.validate():
        try:
            made = drafts.make(g.edition, kind, plan_of(form, kind), g.who.account)
        except Refused as refused:
            return refuse_form(refused, "rounds/form.html", form=form, kind=kind, round=None)
        outbox.commit()
        flash(_("The round is a draft. Read it once more, then open it."), "good")
        return to_round(made)
    return form_page(form, kind, None)


@blueprint.route("/staff/rounds/<int:round>/edit", methods=["GET", "POST"])
def edit(round: Round) -> Any:
    if round.state is not RoundState.DRAFT:
        raise Refused("round_not_draft")
    members = drafts.judges(g.edition, round.kind)
    form = form_for(round.kind, sources(), members, data=written_values(round))
    if request.method == "POST" and form.validate():
        try:
            drafts.change(round, plan_of(form, round.kind), g.who.account)
        except Refused as refused:
            return refuse_form(refused, "rounds/form.html", form=form, kind=round.kind, round=round)
        outbox.commit()
        flash(_("Saved."), "good")
        return to_round(round)
    return form_page(form, round.kind, round)


def asked_kind() -> RoundKind:
    try:
        return RoundKind(request.values.get("kind", ""))
    except ValueError as unknown:
        raise NotFound() from unknown


def form_page(form: RoundForm, kind: RoundKind, round_: Round | None) -> Any:
    status = 400 if form.errors else 200
    page = render_template(
        "rounds/form.html", form=form, kind=kind, round=round_, groups=by_organisation(kind)
    )
    return page, status


def refuse_form(refused: Refused, template: str, **values: Any) -> Any:
    """Show the form again, as it was filled in, with what stands against it."""
    form, kind = values["form"], values["kind"]
    db.session.rollback()
    form.form_errors.append(sentence(refused.code, refused.data))
    page = render_template(template, groups=by_organisation(kind), **values)
    return page, refused.status


def plan_of(form: RoundForm, kind: RoundKind) -> drafts.Plan:
    return form.plan(drafts.closed_preselections(g.edition), drafts.judges(g.edition, kind))


def sources() -> list[tuple[int, str]]:
    return [(r.id, name_of(r)) for r in drafts.closed_preselections(g.edition)]


def by_organisation(kind: RoundKind) -> dict[str, list[Membership]]:
    groups: dict[str, list[Membership]] = {}
    for membership in drafts.judges(g.edition, kind):
        groups.setdefault(membership.organisation.name, []).append(membership)
    return groups


@blueprint.post("/staff/rounds/<int:round>/films")
def films(round: Round) -> Any:
    """Take the films of now: those found eligible since, or the shortlist as it has become."""
    count = drafts.renew_films(round, g.who.account)
    outbox.commit()
    flash(ngettext("%(num)s film is judged.", "%(num)s films are judged.", count), "good")
    return to_round(round)


# ----- open


@blueprint.get("/staff/rounds/<int:round>")
def show(round: Round) -> Any:
    return render_template("rounds/show.html", **shown(round))


def shown(round_: Round) -> dict[str, Any]:
    is_open = round_.state is RoundState.OPEN
    scored = is_open and round_.kind is RoundKind.PRESELECTION
    return {
        "round": round_,
        "progress": assignments.progress(round_) if scored else None,
        "blockers": rounds.blockers(round_) if is_open else [],
        "groups": by_organisation(round_.kind) if is_open else {},
        "rescheduling": ReschedulingForm(formdata=None, data={"closes_at": round_.closes_at}),
    }


@blueprint.post("/staff/rounds/<int:round>/opening")
def open(round: Round) -> Any:
    rounds.open_(round, g.who.account)
    outbox.commit()
    flash(_("The round is open, and its members are being told."), "good")
    return to_round(round)


@blueprint.post("/staff/rounds/<int:round>/assignment")
def assign(round: Round) -> Any:
    given = assignments.assign(round, g.who.account)
    outbox.commit()
    flash(
        ngettext(
            "%(num)s review has been given out.", "%(num)s reviews have been given out.", given.new
        ),
        "good",
    )
    if given.released:
        flash(
            ngettext(
                "%(num)s review has been taken back from somebody who left, or of a film that did.",
                "%(num)s reviews have been taken back from people or of films that left.",
                given.released,
            ),
            "info",
        )
    return to_round(round)


@blueprint.post("/staff/rounds/<int:round>/seats")
def seats(round: Round) -> Any:
    members = drafts.judges(g.edition, round.kind)
    form = SeatsForm()
    form.members.choices = people(members)
    if form.validate():
        chosen = [m for m in members if m.id in (form.members.data or [])]
        added = rounds.seat_late(round, chosen, g.who.account)
        outbox.commit()
        count = len(added)
        flash(ngettext("%(num)s person joins.", "%(num)s people join.", count), "good")
    return to_round(round)


@blueprint.post("/staff/rounds/<int:round>/schedule")
def reschedule(round: Round) -> Any:
    form = ReschedulingForm()
    if not form.validate():
        return render_template("rounds/show.html", **{**shown(round), "rescheduling": form}), 400
    rounds.reschedule(round, form.closes_at.data, g.who.account)
    outbox.commit()
    flash(_("The closing time has been moved."), "good")
    return to_round(round)


# ----- closed


@blueprint.post("/staff/rounds/<int:round>/closing")
def close(round: Round) -> Any:
    try:
        rounds.close(round, g.who.account, anyway=bool(ClosingForm().anyway.data))
    except Refused as refused:
        if refused.code != "round_blocked":
            raise
        db.session.rollback()
        flash(sentence(refused.code), "waiting")
        return render_template("rounds/show.html", **shown(round)), refused.status
    outbox.commit()
    flash(_("The round is closed and its result is frozen."), "good")
    return redirect(url_for("rounds.result", round=round.id))


@blueprint.get("/staff/rounds/<int:round>/result")
def result(round: Round) -> Any:
    return result_page(round, ShortlistForm(formdata=None))


def result_page(round_: Round, form: ShortlistForm) -> Any:
    frozen = shortlists.frozen(round_)
    if round_.kind is not RoundKind.PRESELECTION:
        return render_template(
            "rounds/decisions.html", round=round_, result=frozen, **decisions(round_)
        )
    chosen = {row.film_version_id for row in frozen.ranked if row.shortlisted}
    return render_template(
        "rounds/ranking.html",
        round=round_,
        result=frozen,
        form=form,
        categories=shortlists.by_category(frozen),
        proposals=shortlists.propose(frozen),
        ticked=chosen or shortlists.top(frozen),
        has_shortlist=bool(chosen),
        concerns=results.concerns(frozen),
        agreement=results.agreement(frozen),
        jurors=results.juror_lines(frozen),
    )


def decisions(round_: Round) -> dict[str, Any]:
    edition = round_.edition
    awards = {award.key: award for award in edition.awards}
    return {
        "awards": awards,
        "givers": {a.id: picks.giver(a) for a in awards.values() if a.organisation_id},
        "films": freezing.by_pseudonym(round_),
        "people": juries.people(round_),
        "grade_words": GRADES,
        "collisions": results.collisions(edition),
        "award_by_id": {award.id: award for award in edition.awards},
    }


@blueprint.post("/staff/rounds/<int:round>/shortlist")
def shortlist(round: Round) -> Any:
    frozen, form = shortlists.frozen(round), ShortlistForm()
    chosen = shortlists.top(frozen) if form.top.data else set(form.films.data or [])
    try:
        if not form.validate():
            raise Refused("shortlist_needs_reason")
        shortlists.mark(frozen, chosen, (form.reason.data or "").strip(), g.who.account)
    except Refused as refused:
        db.session.rollback()
        form.form_errors.append(sentence(refused.code, refused.data))
        return result_page(round, form), refused.status
    outbox.commit()
    count = len(chosen)
    flash(
        ngettext("%(num)s film on the shortlist.", "%(num)s films on the shortlist.", count), "good"
    )
    return redirect(url_for("rounds.result", round=round.id))


@blueprint.get("/staff/rounds/<int:round>/snapshot.json")
def snapshot(round: Round) -> Any:
    frozen = shortlists.frozen(round)
    name = f"{round.edition.slug}-{round.key}-{frozen.version}.json"
    return Response(
        canonical(frozen.document),
        mimetype="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
