"""Drafts of rounds, and the list of all rounds."""

from datetime import timedelta
from typing import Any

from flask import flash, g, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext

from plural import clock, outbox, starting_rounds
from plural.actions import drafts
from plural.errors import NotFound, Refused
from plural.extensions import db
from plural.forms.round_rules import APPLYING
from plural.forms.rounds import RoundForm, copied_values, form_for, written_values
from plural.models.rounds import Round, RoundKind, RoundState
from plural.problems import sentence
from plural.views.rounds.blueprint import blueprint, by_organisation, name_of, to_round

WEEKS_TO_JUDGE = 3


@blueprint.get("/staff/rounds")
def index() -> Any:
    found = drafts.rounds_with_counts(g.edition)
    former = {kind: drafts.years_before(g.edition, kind) for kind in RoundKind}
    return render_template("rounds/index.html", rounds=found, kinds=list(RoundKind), former=former)


@blueprint.route("/staff/rounds/new", methods=["GET", "POST"])
def new() -> Any:
    kind = asked_kind()
    form = form_of(kind, {} if request.method == "POST" else starting_values(kind))
    if request.method == "POST" and form.validate():
        try:
            made = drafts.make(g.edition, kind, plan_of(form, kind), g.who.account)
        except Refused as refused:
            return refuse_form(refused, "rounds/form.html", form=form, kind=kind, round=None)
        outbox.commit()
        flash(_("The round is a draft. Read it once more, then open it."), "good")
        return to_round(made)
    return form_page(form, kind, None)


def starting_values(kind: RoundKind) -> dict[str, Any]:
    """A template of this kind of round, or what another year had."""
    asked = request.args.get("like", type=int)
    closes_at = clock.now() + timedelta(weeks=WEEKS_TO_JUDGE)
    if asked is None:
        return starting_rounds.values(kind) | {"closes_at": closes_at}
    found = [r for r in drafts.years_before(g.edition, kind) if r.id == asked]
    if not found:
        raise NotFound()
    return copied_values(found[0]) | {"closes_at": closes_at}


def form_of(kind: RoundKind, values: dict[str, Any]) -> RoundForm:
    return form_for(g.edition, kind, sources(), drafts.judges(g.edition, kind), data=values)


@blueprint.route("/staff/rounds/<int:round>/edit", methods=["GET", "POST"])
def edit(round: Round) -> Any:
    if round.state is not RoundState.DRAFT:
        raise Refused("round_not_draft")
    form = form_of(round.kind, written_values(round))
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
        "rounds/form.html",
        form=form,
        kind=kind,
        round=round_,
        groups=by_organisation(kind),
        rules=APPLYING[kind],
    )
    return page, status


def refuse_form(refused: Refused, template: str, **values: Any) -> Any:
    """Show the form again, as it was filled in, with what stands against it."""
    form, kind = values["form"], values["kind"]
    db.session.rollback()
    form.form_errors.append(sentence(refused.code, refused.data))
    page = render_template(template, groups=by_organisation(kind), rules=APPLYING[kind], **values)
    return page, refused.status


def plan_of(form: RoundForm, kind: RoundKind) -> drafts.Plan:
    return form.plan(kind, drafts.frozen_preselections(g.edition), drafts.judges(g.edition, kind))


def sources() -> list[tuple[int, str]]:
    return [(r.id, name_of(r)) for r in drafts.frozen_preselections(g.edition)]


@blueprint.post("/staff/rounds/<int:round>/films")
def films(round: Round) -> Any:
    """Take the films of now: those found eligible since, or the shortlist as it has become."""
    count = drafts.renew_films(round, g.who.account)
    outbox.commit()
    flash(ngettext("%(num)s film is judged.", "%(num)s films are judged.", count), "good")
    return to_round(round)
