"""The guardian's pages: in by a one-time link, watch, sign, take back."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from flask_babel import gettext as _

from plural import links, outbox
from plural.actions import consents, guardians
from plural.errors import LinkUnusable, NotFound, Refused
from plural.extensions import limiter
from plural.forms.consent import EXPLAINED, ConsentForm, RevocationCodeForm, RevocationForm
from plural.ledger import (
    allowed,
    allowed_of_any,
    has_answered,
    has_answered_for,
    revocation_code,
)
from plural.models.consent import Guardian
from plural.playing import playing_for
from plural.problems import sentence

blueprint = Blueprint("guardian", __name__)


def per_token() -> str:
    return str(request.view_args and request.view_args.get("token"))


@blueprint.route("/consent/<token>", methods=["GET", "POST"])
def link(token: str) -> Any:
    """A page with one button; only the button uses the link up."""
    try:
        found = links.find(g.festival.id, token)
        guardian = guardians.find_guardian(found)
    except (LinkUnusable, NotFound):
        return render_template("guardian/used.html", token=token), LinkUnusable.status
    if request.method == "GET":
        return render_template("guardian/link.html", guardian=guardian, token=token)
    guardians.let_in(found)
    session["guardians"] = sorted({*session.get("guardians", ()), guardian.id})
    outbox.commit()
    return redirect(url_for("guardian.show", guardian=guardian.id))


@blueprint.post("/consent/<token>/renewal")
@limiter.limit("3 per hour", key_func=per_token)
def renew(token: str) -> Any:
    """Send a fresh link to the guardian that a used or old one was for."""
    guardians.renew_link(g.festival, token)
    outbox.commit()
    flash(_("A new link is on its way to you, to the address that we have."), "good")
    return redirect(url_for("site.home"))


@blueprint.post("/guardian/departure")
def leave() -> Any:
    """Forget on this device who has signed, for phones that a family shares."""
    session.pop("guardians", None)
    flash(_("Done. Nobody can sign in your name on this device any more."), "good")
    return redirect(url_for("site.home"))


@blueprint.get("/guardian/<int:guardian>")
def show(guardian: Guardian) -> Any:
    given = allowed(guardian.person, guardian.person.entry.film_to_sign, guardian)
    return page(guardian, ConsentForm(uses=[use.value for use in given]))


@blueprint.post("/guardian/<int:guardian>/consents")
def sign(guardian: Guardian) -> Any:
    form = ConsentForm()
    if not form.validate_on_submit():
        return page(guardian, form)
    consents.sign_as_guardian(guardian, form.chosen(), form.signed_name.data, g.language)
    outbox.commit()
    session["revocation_code_of"] = guardian.id
    flash(_("Thank you. What you have decided counts from this moment on."), "good")
    return redirect(url_for("guardian.show", guardian=guardian.id))


@blueprint.post("/guardian/<int:guardian>/revocation")
def revoke(guardian: Guardian) -> Any:
    form = RevocationForm()
    consents.revoke(guardian, form.chosen())
    outbox.commit()
    flash(_("Taken back. It counts from this moment on."), "good")
    return redirect(url_for("guardian.show", guardian=guardian.id))


@blueprint.route("/revocation", methods=["GET", "POST"])
def revoke_by_code() -> Any:
    """Take everything back with the code of the receipt: no link, no account."""
    form = RevocationCodeForm()
    if form.validate_on_submit():
        try:
            consents.revoke_by_code(g.edition, form.code.data)
        except Refused as refused:
            form.code.errors = [sentence(refused.code)]
        else:
            outbox.commit()
            return render_template("guardian/revoked.html")
    return render_template("guardian/revoke_by_code.html", form=form)


def page(guardian: Guardian, form: ConsentForm) -> str:
    person = guardian.person
    film = person.entry.film_to_sign
    shows_code = session.pop("revocation_code_of", None) == guardian.id
    return render_template(
        "guardian/show.html",
        guardian=guardian,
        person=person,
        entry=person.entry,
        form=form,
        explained=EXPLAINED[consents.GUARDIAN],
        wording=consents.current_text(person.entry.edition, consents.GUARDIAN, g.language),
        playing=playing_for(g.who, film),
        given=allowed_of_any(person, guardian),
        answered=has_answered(guardian),
        film=film,
        answered_this=has_answered_for(guardian, film),
        makers_own=allowed(person, film),
        code=revocation_code(guardian) if shows_code else None,
    )
