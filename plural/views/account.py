"""One's own account: invitations and forgotten passwords by one-time links, and settings.

Links are shown by GET and used up by POST.
"""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import login_user

from plural import attempts, outbox
from plural.actions import accounts, passwords
from plural.errors import LinkUnusable, Refused
from plural.extensions import limiter
from plural.forms.account import (
    AcceptForm,
    ForgottenForm,
    NewPasswordForm,
    OwnPasswordForm,
    SettingsForm,
)
from plural.models.people import Account, OneTimeLink
from plural.problems import sentence

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


# ----- passwords


@blueprint.route("/account/forgotten", methods=["GET", "POST"])
def forgotten() -> Any:
    """Ask for a link. The answer is the same whether the address has an account or not."""
    form = ForgottenForm()
    if not form.validate_on_submit():
        return render_template("account/forgotten.html", form=form)
    email, network = form.email.data.lower(), attempts.network()
    attempts.take(attempts.FORGOTTEN_NETWORK, network)
    attempts.take(attempts.FORGOTTEN, g.festival.id, email, network)
    passwords.ask_for_link(g.edition, email)
    outbox.commit()
    flash(
        _("If this address has an account, a link is on its way to it. It works for an hour."),
        "good",
    )
    return redirect(url_for("security.login"))


@blueprint.route("/account/password/<token>", methods=["GET", "POST"])
def new_password(token: str) -> Any:
    """Choose a new password, and be signed in with it. Opening the page changes nothing."""
    try:
        link, account = passwords.find_link(g.festival, token)
    except LinkUnusable as unusable:
        return render_template("account/link_used.html"), unusable.status
    form = NewPasswordForm()
    if not form.validate_on_submit():
        return render_template("account/new_password.html", form=form)
    passwords.set_by_link(link, account, form.password.data, g.edition)
    outbox.commit()
    sign_in_again(account)
    return redirect(url_for("site.after_sign_in"))


def sign_in_again(account: Account) -> None:
    """Begin a session anew: those from before have ended."""
    login_user(account, authn_via=["password"])
    flash(_("Your new password counts from now on. Other devices are signed out."), "good")


# ----- settings


@blueprint.route("/account/settings", methods=["GET", "POST"])
def settings() -> Any:
    """Name, language and, for those who judge, the languages that they follow."""
    account = g.who.account
    form = settings_form(account)
    if not form.validate_on_submit():
        return settings_page(form, OwnPasswordForm(formdata=None))
    accounts.change_settings(account, form.name.data, form.language.data)
    if form.watched is not None:
        accounts.change_watched(account, form.watched.data)
    outbox.commit()
    flash(_("Saved."), "good")
    return redirect(url_for("account.settings"))


@blueprint.post("/account/settings/password")
def change_password() -> Any:
    account, form = g.who.account, OwnPasswordForm()
    if form.validate_on_submit():
        attempts.take(attempts.OWN_PASSWORD, account.id, attempts.network())
        try:
            passwords.change(account, form.old.data, form.password.data, g.edition)
        except Refused as refused:
            form.old.errors = [sentence(refused.code)]
        else:
            outbox.commit()
            sign_in_again(account)
            return redirect(url_for("account.settings"))
    return settings_page(settings_form(account, formdata=None), form)


def settings_form(account: Account, **options: Any) -> SettingsForm:
    return SettingsForm(
        judges=bool(accounts.judging_of(account)),
        name=account.name,
        language=account.language,
        watched=accounts.watched_by(account),
        **options,
    )


def settings_page(form: SettingsForm, password_form: OwnPasswordForm) -> str:
    return render_template("account/settings.html", form=form, password_form=password_form)
