"""Publication on the staff desk: the proposal, the second person's yes, the instants."""

from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from plural import outbox
from plural.actions import corrections, publishing
from plural.errors import NotFound
from plural.extensions import db
from plural.forms.publication import (
    AdditionForm,
    ConfirmationForm,
    ProposalForm,
    RescheduleForm,
    WithdrawalForm,
)
from plural.models.people import Account
from plural.models.publication import Audience, Distinction, Publication, PublicationState

blueprint = Blueprint("publication", __name__)


@blueprint.get("/staff/publication")
def show() -> Any:
    return page(ProposalForm(formdata=None, data=proposed_instants()))


def proposed_instants() -> dict[str, Any]:
    """What the form begins with: the proposal there is, or the usual spacing."""
    publication = g.edition.publication
    instants = (
        publishing.instants_of(publication)
        if publication is not None
        else publishing.usual_instants(g.edition)
    )
    return {audience.value: at for audience, at in instants.items()}


def page(form: ProposalForm) -> str:
    publication: Publication | None = g.edition.publication
    is_confirmed = publication is not None and publication.state is PublicationState.CONFIRMED
    lines = [] if is_confirmed else publishing.lines(g.edition)
    return render_template(
        "publication/show.html",
        publication=publication,
        is_confirmed=is_confirmed,
        lines=lines,
        frozen_since=corrections.frozen_since(publication) if publication else [],
        differences=corrections.differences(publication) if publication else [],
        awards={award.id: award for award in g.edition.awards},
        form=form,
        confirmation=ConfirmationForm(formdata=None, data={"seen": publishing.digest(lines)}),
        reschedule=RescheduleForm(formdata=None),
        withdrawal=WithdrawalForm(formdata=None),
        hindrances=hindrances(publication) if is_confirmed and publication else {},
        name_of=name_of,
    )


def hindrances(publication: Publication) -> dict[int, str | None]:
    """Why a distinction is not shown although it stands, by its id."""
    return {d.id: publishing.hindrance(d.film) for d in publication.distinctions}


def name_of(account_id: int | None) -> str:
    """The person's name, kept in its own direction."""
    account = db.session.get(Account, account_id) if account_id else None
    return f"\u2068{account.name or account.email}\u2069" if account else ""


@blueprint.post("/staff/publication/proposal")
def propose() -> Any:
    form = ProposalForm()
    if not form.validate():
        return page(form)
    publishing.propose(g.edition, form.instants(), g.who.account)
    return done(_("Proposed. Now a second person has to look at it and confirm."))


@blueprint.post("/staff/publication/confirmation")
def confirm() -> Any:
    form = ConfirmationForm()
    if not form.validate():
        abort(400)
    publication = current()
    publishing.confirm(publication, form.seen.data, form.leave_out.data, g.who.account)
    return done(_("Confirmed. Each audience hears at its instant."))


@blueprint.post("/staff/publication/disclosures/<audience>")
def reschedule(audience: str) -> Any:
    if audience not in set(Audience):
        raise NotFound()
    form = RescheduleForm()
    if not form.validate():
        flash(_("Please give a date and a time."), "bad")
        return redirect(url_for("publication.show"))
    if form.now.data:
        publishing.publish_now(current(), Audience(audience), g.who.account)
        return done(_("Published. The mails are on their way."))
    at: Any = form.at.data
    publishing.reschedule(current(), Audience(audience), at, g.who.account)
    return done(_("Changed."))


@blueprint.post("/staff/publication/distinctions/<int:distinction>/withdrawal")
def withdraw(distinction: Distinction) -> Any:
    form = WithdrawalForm()
    if not form.validate():
        flash(_("Please give a reason."), "bad")
        return redirect(url_for("publication.show"))
    publishing.withdraw(distinction, form.reason.data.strip(), g.who.account)
    return done(_("Taken out. Nobody can see this result any more."))


@blueprint.post("/staff/publication/distinctions")
def take_in() -> Any:
    form = AdditionForm()
    if not form.validate():
        abort(400)
    corrections.take_in(current(), form.award.data, form.film.data, g.who.account)
    return done(_("Taken in. Each audience hears of it at its instant."))


def current() -> Publication:
    if g.edition.publication is None:
        raise NotFound()
    found: Publication = g.edition.publication
    return found


def done(words: str) -> Any:
    outbox.commit()
    flash(words, "good")
    return redirect(url_for("publication.show"))
