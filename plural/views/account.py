"""Invitations to take up a part: shown by GET, accepted by POST."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import login_user

from plural import outbox
from plural.actions import accounts
from plural.errors import LinkUnusable
from plural.extensions import limiter
from plural.forms.account import AcceptForm
from plural.models.people import OneTimeLink

blueprint = Blueprint("account", __name__)


def per_token() -> str:
    return str(request.view_args and request.view_args.get("token"))


@blueprint.route("/invitation/<token>", methods=["GET", "POST"])
def accept(token: str) -> Any:
    """Who invites to what, and what it takes to accept. Opening it changes nothing."""
    if request.method == "POST":
        return take_up(token)
    try:
        link = accounts.find_invitation(g.festival, token)
    except LinkUnusable as unusable:
        return render_template("account/used.html", token=token), unusable.status
    return show(link, AcceptForm(name=link.membership.name if link.membership else ""))


def take_up(token: str) -> Any:
    """Accept with the account that is signed in, or else with a new one."""
    link = accounts.find_invitation(g.festival, token)
    if g.who.account is not None:
        account = accounts.accept(link, g.who.account)
    else:
        form = AcceptForm()
        known = accounts.account_of(g.festival, link.email)
        if known is None and not form.validate_on_submit():
            return show(link, form)
        account = accounts.accept_as_new(link, g.edition, form.name.data, form.password.data)
        login_user(account, authn_via=["invitation"])
    outbox.commit()
    flash(_("Welcome. Everything that waits for you is on this page."), "good")
    return redirect(url_for("site.after_sign_in"))


def show(link: OneTimeLink, form: AcceptForm) -> Any:
    known = accounts.account_of(g.festival, link.email)
    return render_template("account/accept.html", link=link, form=form, known=known is not None)


@blueprint.post("/invitation/<token>/renewal")
@limiter.limit("3 per hour", key_func=per_token)
def renew(token: str) -> Any:
    """Send a fresh link to the address that the old one was for."""
    accounts.renew_invitation(g.festival, token)
    outbox.commit()
    flash(_("If the invitation still stands, a new link is on its way to you."), "good")
    return redirect(url_for("site.home"))
