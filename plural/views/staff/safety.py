"""Who looks after the safety of children, and who has signed the undertaking."""

from typing import Any

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from plural import outbox
from plural.actions import safeguarding, undertakings, worries
from plural.actions.organisations import staff_of
from plural.errors import NotFound
from plural.forms.safety import NamingForm
from plural.models.people import Account
from plural.undertaking import version_in_force
from plural.views.staff.blueprint import blueprint


@blueprint.get("/staff/safety")
def safety() -> Any:
    return render_template(
        "staff/safety.html",
        named=safeguarding.named(g.festival),
        may_name=g.who.safeguards,
        naming=naming_form(),
        waiting=worries.unanswered(g.edition) if g.who.safeguards else 0,
        signatures=undertakings.signatures(g.edition),
        version=version_in_force(g.edition),
    )


def naming_form() -> NamingForm:
    form, named = NamingForm(), safeguarding.named(g.festival)
    form.offer([account for account in staff_of(g.festival) if account not in named])
    return form


@blueprint.post("/staff/safeguarding")
def name_safeguarding() -> Any:
    form = naming_form()
    if not form.validate():
        raise NotFound()
    chosen = next(a for a in staff_of(g.festival) if a.id == form.account_id.data)
    safeguarding.name(chosen, g.who.account)
    outbox.commit()
    flash(_("%(name)s looks after the safety of children now.", name=called(chosen)), "good")
    return redirect(url_for("staff.safety"))


@blueprint.post("/staff/safeguarding/<int:account>/removal")
def end_safeguarding(account: Account) -> Any:
    safeguarding.end(account, g.who.account)
    outbox.commit()
    flash(_("%(name)s does not see cases any more.", name=called(account)), "info")
    return redirect(url_for("staff.safety"))


def called(account: Account) -> str:
    return account.name or account.email
