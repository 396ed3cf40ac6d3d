"""What takes two people: freezing a round that is over, and reopening it."""

from typing import Any

from flask import flash, g
from flask_babel import gettext as _

from plural import outbox
from plural.actions import reopening, sealing, two_people, versions
from plural.actions.locks import hold_alone
from plural.errors import Refused, StaleState
from plural.extensions import db
from plural.forms.round_deeds import FreezingForm, ReopeningForm, SettlingForm
from plural.models.rounds import Round
from plural.problems import sentence
from plural.views.rounds.blueprint import blueprint, to_result, to_round
from plural.views.rounds.verdict import result_page


@blueprint.post("/staff/rounds/<int:round>/computation")
def renew(round: Round) -> Any:
    sealing.renew(round, g.who.account)
    outbox.commit()
    flash(_("The result has been computed from what stands now."), "good")
    return to_result(round)


@blueprint.post("/staff/rounds/<int:round>/freezing")
def ask_freezing(round: Round) -> Any:
    form = FreezingForm()
    try:
        if not form.validate():
            raise Refused("reason_wanted")
        sealing.ask(round, (form.reason.data or "").strip(), g.who.account)
    except Refused as refused:
        return refused_page(round, refused, "freezing", form)
    outbox.commit()
    flash(_("Now somebody else of the staff looks at the result and confirms it."), "good")
    return to_result(round)


@blueprint.post("/staff/rounds/<int:round>/freezing/confirmation")
def confirm_freezing(round: Round) -> Any:
    try:
        sealing.confirm(round, SettlingForm().request_id(), g.who.account)
    except StaleState as stale:
        if stale.code != "results_changed":
            raise
        db.session.rollback()
        sealing.renew(round, g.who.account)
        outbox.commit()
        flash(sentence(stale.code), "waiting")
        return to_result(round)
    outbox.commit()
    flash(_("The result is frozen. Its record can be downloaded and recomputed."), "good")
    return to_result(round)


@blueprint.post("/staff/rounds/<int:round>/reopening")
def ask_reopening(round: Round) -> Any:
    form = ReopeningForm()
    result = versions.readable(round)
    try:
        if not form.validate():
            return result_page(result, reopening=form), 400
        extra = reopening.reviews_to_ask(result) if form.more_reviews.data else {}
        terms = reopening.Terms(form.closes_at.data, extra, form.as_draft.data)
        reopening.ask(round, terms, (form.reason.data or "").strip(), g.who.account)
    except Refused as refused:
        return refused_page(round, refused, "reopening", form)
    outbox.commit()
    flash(_("Now somebody else of the staff confirms that the round is reopened."), "good")
    return to_result(round)


@blueprint.post("/staff/rounds/<int:round>/reopening/confirmation")
def confirm_reopening(round: Round) -> Any:
    reopening.confirm(round, SettlingForm().request_id(), g.who.account)
    outbox.commit()
    flash(_("The round has been reopened as a new version."), "good")
    return to_round(round)


@blueprint.post("/staff/rounds/<int:round>/request/withdrawal")
def drop_request(round: Round) -> Any:
    hold_alone(round)
    two_people.drop(round, SettlingForm().request_id(), g.who.account)
    outbox.commit()
    flash(_("What was asked for has been taken back."), "info")
    return to_result(round)


def refused_page(round_: Round, refused: Refused, name: str, form: Any) -> Any:
    """The result's page again, with what was written and what stands against it."""
    db.session.rollback()
    if name == "freezing" and versions.current(round_) is None:
        raise refused
    form.form_errors.append(sentence(refused.code, refused.data))
    return result_page(versions.readable(round_), **{name: form}), refused.status
