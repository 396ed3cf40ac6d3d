"""A round that is open: films given out, people who join, the closing time, the close."""

from typing import Any

from flask import Response, flash, g, render_template
from flask_babel import gettext as _
from flask_babel import ngettext

from judging.sealing import canonical
from plural import outbox
from plural.actions import desk as figures
from plural.actions import drafts, namesakes, panel, previews, rounds, two_people, versions
from plural.errors import NotFound, Refused
from plural.extensions import db
from plural.forms.round_deeds import ClosingForm, ReschedulingForm, SeatsForm
from plural.forms.rounds import people
from plural.models.rounds import Round, RoundKind, RoundState
from plural.problems import sentence
from plural.views.rounds.blueprint import blueprint, by_organisation, to_result, to_round


@blueprint.get("/staff/rounds/<int:round>")
def show(round: Round) -> Any:
    return render_template("rounds/show.html", **shown(round))


def shown(round_: Round) -> dict[str, Any]:
    is_open = round_.state is RoundState.OPEN
    scored = is_open and round_.kind is RoundKind.PRESELECTION
    return {
        "round": round_,
        "counted": drafts.with_counts(round_),
        "preview_categories": [] if is_open else previews.categories(round_),
        "seats": panel.seats(round_),
        "asked": two_people.waiting(round_),
        "heirs": versions.heirs(round_),
        "outdated": versions.newer_source(round_),
        "namesakes": len(namesakes.findings(round_)),
        "progress": figures.progress(round_) if scored else None,
        "blockers": rounds.blockers(round_) if is_open else [],
        "groups": by_organisation(round_.kind) if is_open else {},
        "rescheduling": ReschedulingForm(formdata=None, data={"closes_at": round_.closes_at}),
    }


@blueprint.get("/staff/rounds/<int:round>/declaration.json")
def declaration(round: Round) -> Any:
    """What the round's version has declared, in the bytes that its digest was made of."""
    if round.declared is None:
        raise NotFound()
    name = f"{round.edition.slug}-{round.key}-{round.version}-declaration.json"
    return Response(
        canonical(round.declared),
        mimetype="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@blueprint.post("/staff/rounds/<int:round>/opening")
def open(round: Round) -> Any:
    rounds.open_(round, g.who.account)
    outbox.commit()
    flash(_("The round is open, and its members are being told."), "good")
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
    flash(_("The round is closed. Look at its result; two people freeze it."), "good")
    return to_result(round)
