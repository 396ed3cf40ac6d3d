"""The shortlist of a frozen preselection: film by film, or under floors and ceilings."""

from collections import defaultdict
from typing import Any

from flask import flash, g, render_template
from flask_babel import ngettext

from plural import outbox
from plural.actions import shortlists, versions
from plural.errors import Refused
from plural.extensions import db
from plural.forms.bounds import BoundsForm, bound_values, kinds, offer_kinds, written_bounds
from plural.forms.round_deeds import ShortlistForm
from plural.models.rounds import Round, RoundResult
from plural.problems import sentence
from plural.views.rounds.blueprint import blueprint, to_result
from plural.views.rounds.verdict import result_page


@blueprint.post("/staff/rounds/<int:round>/shortlist")
def shortlist(round: Round) -> Any:
    """The plain top, or the films that were ticked."""
    frozen, form = versions.with_films(versions.frozen(round)), ShortlistForm()
    chosen = shortlists.top(frozen) if form.top.data else set(form.films.data or [])
    try:
        if not form.validate():
            raise Refused("shortlist_needs_reason")
        shortlists.mark(frozen, chosen, (form.reason.data or "").strip(), g.who.account)
    except Refused as refused:
        db.session.rollback()
        form.form_errors.append(sentence(refused.code, refused.data))
        return result_page(frozen, shortlisting=form), refused.status
    return taken(round, len(chosen))


def taken(round_: Round, count: int) -> Any:
    outbox.commit()
    flash(
        ngettext("%(num)s film on the shortlist.", "%(num)s films on the shortlist.", count), "good"
    )
    return to_result(round_)


@blueprint.get("/staff/rounds/<int:round>/shortlist/bounds")
def bounds(round: Round) -> Any:
    frozen = versions.with_films(versions.frozen(round))
    written = (frozen.shortlist or {}).get("bounds") or shortlists.declared_bounds(frozen)
    form = BoundsForm(formdata=None, data={"bounds": bound_values(written)})
    return bounds_page(frozen, form, written)


@blueprint.post("/staff/rounds/<int:round>/shortlist/bounds")
def choose(round: Round) -> Any:
    """Try floors and ceilings, or make what they give the shortlist."""
    frozen, form = versions.with_films(versions.frozen(round)), BoundsForm()
    offer_kinds(form.bounds, g.edition)
    if not form.validate():
        return bounds_page(frozen, form, []), 400
    written = written_bounds(form.bounds)
    if not form.take.data:
        return bounds_page(frozen, form, written)
    found = shortlists.choose_within(frozen, written)
    try:
        reason = (form.reason.data or "").strip()
        shortlists.mark(frozen, found.film_ids, reason, g.who.account, written)
    except Refused as refused:
        db.session.rollback()
        form.form_errors.append(sentence(refused.code, refused.data))
        return bounds_page(frozen, form, written), refused.status
    return taken(round, len(found.film_ids))


def bounds_page(result: RoundResult, form: BoundsForm, written: Any) -> Any:
    versions.with_films(result)
    offer_kinds(form.bounds, g.edition)
    return render_template(
        "rounds/bounds.html",
        round=result.round,
        result=result,
        form=form,
        choice=shortlists.choose_within(result, written),
        declared=shortlists.declared_bounds(result),
        kinds=defaultdict(str, kinds(g.edition)),
    )
