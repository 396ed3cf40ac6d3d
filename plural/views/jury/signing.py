"""What jurors and staff sign before their first film, and the receipts of what jurors gave."""

from typing import Any

from flask import flash, g, redirect, render_template, request
from flask_babel import gettext as _

from plural import languages, outbox
from plural.actions import receipts, undertakings
from plural.forms.jury import UndertakingForm
from plural.views.jury.blueprint import blueprint
from plural.views.jury.desk import home_of_films, own_page


@blueprint.route("/jury/undertaking", methods=["GET", "POST"])
def undertaking() -> Any:
    """The text in force, with a signature under it or the form for one."""
    account, text = g.who.account, undertakings.text_in_force(g.edition, languages.current())
    form = UndertakingForm(signed_name=account.name)
    if form.validate_on_submit():
        undertakings.sign(account, g.edition, form.signed_name.data.strip(), text.language)
        outbox.commit()
        flash(_("Thank you. The films are open to you now."), "good")
        return redirect(own_page(request.args.get("next")))
    signed = undertakings.signature(account, g.edition)
    return render_template(
        "jury/undertaking.html",
        text_in_force=text,
        text_language=text.language,
        text_direction=languages.direction(text.language),
        form=form,
        signed=signed,
        home=home_of_films(),
    )


@blueprint.get("/jury/receipts", endpoint="receipts")
def receipts_() -> Any:
    """All receipts of this account; one that is asked for stands out."""
    found = receipts.receipts_of(g.who.account, g.edition)
    asked = request.args.get("receipt", "").strip().lower()
    known = any(line.receipt == asked for part in found for line in part.lines)
    return render_template("jury/receipts.html", rounds=found, asked=asked, known=known)
