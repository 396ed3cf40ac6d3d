"""Staff's side of juries and partners: what each award waits for, chairs, counts, deadlines."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from plural import languages, outbox
from plural.actions import chairs, counts, juries, jury_results, picks
from plural.errors import NotFound, Refused
from plural.extensions import db
from plural.forms.picks import DeadlineForm
from plural.forms.talks import CountForm
from plural.models.festival import Award
from plural.models.people import MembershipRole
from plural.models.rounds import Round, RoundKind, RoundState, Seat
from plural.round_rules import Deciding
from plural.views.jury.ballots import counted, counting_form
from plural.views.rounds.blueprint import blueprint


def require(round_: Round, kind: RoundKind) -> None:
    if round_.kind is not kind or round_.state is RoundState.DRAFT:
        raise NotFound()


@blueprint.get("/staff/rounds/<int:round>/jury")
def jury(round: Round) -> Any:
    require(round, RoundKind.INTERNATIONAL_JURY)
    return render_template(
        "rounds/jury.html",
        round=round,
        standings=jury_results.standings(round),
        talking=round.rules.deciding is Deciding.TALKING,
        chair=juries.chair(round),
        members=chairs.living(round),
        name_of=juries.name_of,
        counting=counting_form,
    )


@blueprint.post("/staff/rounds/<int:round>/chair")
def chair(round: Round) -> Any:
    require(round, RoundKind.INTERNATIONAL_JURY)
    seat = db.session.get(Seat, request.form.get("seat", 0, type=int))
    if seat is None or seat.round_id != round.id:
        raise NotFound()
    chairs.name(seat, g.who.account)
    outbox.commit()
    flash(_("%(name)s presides now.", name=juries.name_of(seat)), "good")
    return redirect(url_for("rounds.jury", round=round.id))


@blueprint.post("/staff/rounds/<int:round>/awards/<int:award>/count")
def count(round: Round, award: Award) -> Any:
    require(round, RoundKind.INTERNATIONAL_JURY)
    form, chosen = CountForm(), juries.award_of(round, award.id)
    if not form.validate() or form.second_closes_at.data is None:
        raise Refused("second_ballot_in_past")
    counts.count(round, chosen, form.second_closes_at.data, g.who.account)
    return counted(round, chosen, url_for("rounds.jury", round=round.id))


# ----- partners


@blueprint.get("/staff/rounds/<int:round>/partners")
def partners(round: Round) -> Any:
    return partners_page(round)


def partners_page(round_: Round, sent: tuple[Award, DeadlineForm] | None = None) -> Any:
    require(round_, RoundKind.PARTNER_PICKS)
    lines = [partner_line(round_, award, sent) for award in picks.awards(round_)]
    page = render_template("rounds/partners.html", round=round_, lines=lines)
    return page, 400 if sent else 200


def partner_line(
    round_: Round, award: Award, sent: tuple[Award, DeadlineForm] | None
) -> dict[str, Any]:
    """Who speaks for a partner, until when, and whether it has chosen: nothing of what."""
    giver, was_sent = picks.giver(award), sent is not None and sent[0].id == award.id
    own = picks.list_of(round_, award).closes_at
    form = DeadlineForm(formdata=None, data={"closes_at": own}, prefix=f"award{award.id}-")
    return {
        "award": award,
        "giver": giver,
        "speaks": [
            m
            for m in giver.memberships
            if m.role is MembershipRole.FOCAL_POINT and m.ended_at is None
        ],
        "has_picked": bool(picks.picks_of(round_, award)),
        "closes_at": picks.closes_at(round_, award),
        "criteria": languages.text(round_.edition, picks.criteria_key(award)),
        "form": sent[1] if sent and was_sent else form,
    }


@blueprint.post("/staff/rounds/<int:round>/awards/<int:award>/deadline")
def deadline(round: Round, award: Award) -> Any:
    require(round, RoundKind.PARTNER_PICKS)
    if award.id not in {a.id for a in picks.awards(round)}:
        raise NotFound()
    form = DeadlineForm(prefix=f"award{award.id}-")
    if not form.validate():
        return partners_page(round, (award, form))
    picks.set_deadline(round, award, form.closes_at.data, g.who.account)
    outbox.commit()
    flash(_("The deadline of this partner has been moved."), "good")
    return redirect(url_for("rounds.partners", round=round.id))
