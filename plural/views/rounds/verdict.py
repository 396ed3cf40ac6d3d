"""What a round has come to: the ranking, the decisions, the shortlist, the record."""

from datetime import timedelta
from typing import Any

from flask import Response, flash, g, render_template, request
from flask_babel import ngettext

from judging.snapshot import canonical
from plural import clock, outbox
from plural.actions import (
    freezing,
    picks,
    reopening,
    results,
    sealing,
    shortlists,
    two_people,
    versions,
)
from plural.errors import Refused
from plural.extensions import db
from plural.forms.rounds import FreezingForm, ReopeningForm, ShortlistForm
from plural.models.rounds import Round, RoundKind, RoundResult
from plural.problems import sentence
from plural.views.rounds.blueprint import blueprint, to_result

USUAL_REOPENING = timedelta(days=7)


def asked_result(round_: Round) -> RoundResult:
    """The result of the version that the address asks for; without one, the round's own."""
    return versions.readable(round_, request.args.get("version", type=int))


@blueprint.get("/staff/rounds/<int:round>/result")
def result(round: Round) -> Any:
    return result_page(asked_result(round))


def result_page(result: RoundResult, **forms: Any) -> Any:
    """The page of a result; `forms` are those that were sent and refused."""
    template = PAGES[result.round.kind]
    page = {**settled(result), **READERS[template](result), **forms}
    return render_template(template, round=result.round, result=result, **page)


def settled(result: RoundResult) -> dict[str, Any]:
    """What may be done about the result: freeze it, reopen the round, or nothing."""
    round_ = result.round
    is_current = versions.current(round_) is result
    closes_at = clock.now() + USUAL_REOPENING
    return {
        "is_current": is_current,
        "counts": versions.newest_frozen(round_) is result,
        "asked": two_people.waiting(round_),
        "hindrances": sealing.hindrances(result) if is_current else [],
        "to_review": reopening.reviews_to_ask(result) if is_current else {},
        "freezing": FreezingForm(formdata=None),
        "reopening": ReopeningForm(formdata=None, data={"closes_at": closes_at}),
        "heirs": versions.heirs(round_),
        "shortlisting": ShortlistForm(formdata=None),
    }


def ranking(result: RoundResult) -> dict[str, Any]:
    chosen = {row.film_version_id for row in result.ranked if row.shortlisted}
    return {
        "categories": shortlists.by_category(result),
        "proposals": shortlists.propose(result),
        "ticked": chosen or shortlists.top(result),
        "has_shortlist": bool(chosen),
        "concerns": results.concerns(result),
        "agreement": results.agreement(result),
        "jurors": results.juror_lines(result),
    }


def decisions(result: RoundResult) -> dict[str, Any]:
    edition = result.round.edition
    awards = {award.key: award for award in edition.awards}
    return {
        "awards": awards,
        "givers": {a.id: picks.giver(a) for a in awards.values() if a.organisation_id},
        "films": freezing.by_pseudonym(result.round),
        "collisions": results.collisions(edition),
        "award_by_id": {award.id: award for award in edition.awards},
    }


PAGES = {
    RoundKind.PRESELECTION: "rounds/ranking.html",
    RoundKind.INTERNATIONAL_JURY: "rounds/decisions.html",
    RoundKind.PARTNER_PICKS: "rounds/decisions.html",
}
READERS = {"rounds/ranking.html": ranking, "rounds/decisions.html": decisions}


@blueprint.post("/staff/rounds/<int:round>/shortlist")
def shortlist(round: Round) -> Any:
    frozen, form = versions.frozen(round), ShortlistForm()
    chosen = shortlists.top(frozen) if form.top.data else set(form.films.data or [])
    try:
        if not form.validate():
            raise Refused("shortlist_needs_reason")
        shortlists.mark(frozen, chosen, (form.reason.data or "").strip(), g.who.account)
    except Refused as refused:
        db.session.rollback()
        form.form_errors.append(sentence(refused.code, refused.data))
        return result_page(frozen, shortlisting=form), refused.status
    outbox.commit()
    count = len(chosen)
    flash(
        ngettext("%(num)s film on the shortlist.", "%(num)s films on the shortlist.", count), "good"
    )
    return to_result(round)


@blueprint.get("/staff/rounds/<int:round>/snapshot.json")
def snapshot(round: Round) -> Any:
    found = asked_result(round)
    name = f"{round.edition.slug}-{round.key}-{found.version}.json"
    return Response(
        canonical(found.document),
        mimetype="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
