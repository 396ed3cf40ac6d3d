"""What a round has come to: the ranking, the decisions, the shortlist, the record."""

from datetime import timedelta
from typing import Any

from flask import Response, render_template, request

from judging.diagnostics import LEAST_SHARE
from judging.recomputing import is_known
from judging.sealing import canonical
from plural import clock
from plural.actions import (
    diagnoses,
    juries,
    picks,
    reopening,
    results,
    sealing,
    shortlists,
    two_people,
    versions,
)
from plural.forms.ballots import GRADES
from plural.forms.round_deeds import FreezingForm, ReopeningForm, ShortlistForm
from plural.models.rounds import RankedFilm, Round, RoundKind, RoundResult
from plural.views.rounds.blueprint import blueprint

USUAL_REOPENING = timedelta(days=7)
ROWS_SHOWN = 60


def asked_result(round_: Round) -> RoundResult:
    """The result of the version that the address asks for; without one, the round's own."""
    return versions.readable(round_, request.args.get("version", type=int))


@blueprint.get("/staff/rounds/<int:round>/result")
def result(round: Round) -> Any:
    return result_page(asked_result(round))


def result_page(result: RoundResult, **forms: Any) -> Any:
    """The page of a result; `forms` are those that were sent and refused."""
    template = PAGES[result.round.kind]
    versions.with_films(result)
    page = {**settled(result), **READERS[template](result), **forms}
    return render_template(template, round=result.round, result=result, **page)


def settled(result: RoundResult) -> dict[str, Any]:
    """What may be done about the result: freeze it, reopen the round, or nothing."""
    round_ = result.round
    is_current = versions.current(round_) is result
    closes_at = clock.now() + USUAL_REOPENING
    return {
        "is_current": is_current,
        "can_be_recomputed": is_known(result.document),
        "file_name": file_name(result),
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
    categories = shortlists.by_category(result)
    return {
        "categories": categories,
        "shown": None if request.args.get("all") else closest(result, categories, chosen),
        "proposals": shortlists.propose(result),
        "ticked": chosen or shortlists.top(result),
        "has_shortlist": bool(chosen),
        "concerns": results.concerns(result),
        "agreement": results.agreement(result),
        "jurors": results.juror_lines(result),
        "diagnosis": diagnoses.diagnose(result),
        "least_share": LEAST_SHARE,
    }


def closest(
    result: RoundResult, categories: dict[str, list[RankedFilm]], chosen: set[int]
) -> set[int]:
    """Films about whose place somebody may ask: around the cut, undecided or chosen already."""
    most = max(3 * shortlists.size(result), ROWS_SHOWN)
    near = {row.film_version_id for rows in categories.values() for row in rows[:most]}
    undecided = {r.film_version_id for r in result.ranked if results.is_undecided(r)}
    return near | undecided | chosen


def decisions(result: RoundResult) -> dict[str, Any]:
    edition = result.round.edition
    awards = {award.key: award for award in edition.awards}
    return {
        "awards": awards,
        "givers": {a.id: picks.giver(a) for a in awards.values() if a.organisation_id},
        "films": results.films_in(result),
        "people": juries.people(result.round),
        "grade_words": GRADES,
        "collisions": results.collisions(edition),
        "award_by_id": {award.id: award for award in edition.awards},
    }


PAGES = {
    RoundKind.PRESELECTION: "rounds/ranking.html",
    RoundKind.INTERNATIONAL_JURY: "rounds/decisions.html",
    RoundKind.PARTNER_PICKS: "rounds/decisions.html",
}
READERS = {"rounds/ranking.html": ranking, "rounds/decisions.html": decisions}


@blueprint.get("/staff/rounds/<int:round>/snapshot.json")
def snapshot(round: Round) -> Any:
    found = asked_result(round)
    return Response(
        canonical(found.document),
        mimetype="application/json",
        headers={"Content-Disposition": f'attachment; filename="{file_name(found)}"'},
    )


def file_name(result: RoundResult) -> str:
    return f"{result.round.edition.slug}-{result.round.key}-{result.version}.json"
