"""The maker signs: submitting an entry, and changing later what they allow."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from plural import outbox
from plural.actions import consents, submission
from plural.actions.entries import maker_of, require_draft
from plural.errors import Refused
from plural.forms.consent import EXPLAINED, ConsentForm
from plural.ledger import allowed
from plural.models.consent import Use
from plural.models.entry import Entry, EntryState
from plural.problems import sentence
from plural.views import steps
from plural.views.entries import blueprint


@blueprint.route("/entries/<int:entry>/submission", methods=["GET", "POST"])
def submit(entry: Entry) -> Any:
    """What is still missing, the maker's own permissions, and the signature that submits."""
    if entry.state is not EntryState.DRAFT:
        return redirect(url_for("entries.show", entry=entry.id))
    require_draft(entry)
    form = ConsentForm()
    if form.validate_on_submit():
        if Use.JURY in form.chosen() and not submission.missing(entry):
            return submitted(entry, form)
        if Use.JURY not in form.chosen():
            form.uses.errors = [sentence("jury_consent_needed")]
    status = 409 if request.method == "POST" and steps.missing(entry) else 200
    return page("entries/submit.html", entry, form, missing=steps.missing(entry)), status


def submitted(entry: Entry, form: ConsentForm) -> Any:
    submission.submit(entry, form.chosen(), form.signed_name.data, g.language, g.who.account)
    outbox.commit()
    flash(_("Your film is submitted. Thank you for making it."), "good")
    return redirect(url_for("entries.show", entry=entry.id))


@blueprint.route("/entries/<int:entry>/consents", methods=["GET", "POST"], endpoint="consents")
def change_consents(entry: Entry) -> Any:
    """What the maker allows, to be changed at any time after the submission.

    The first answer about a new version of the film asks the guardians about it too.
    """
    if entry.submitted_at is None:
        raise Refused("transition_not_allowed")
    given = allowed(maker_of(entry), entry.film_to_sign)
    form = ConsentForm(uses=[use.value for use in given])
    if form.validate_on_submit():
        submission.sign_again(
            entry, form.chosen(), form.signed_name.data, g.language, g.who.account
        )
        outbox.commit()
        flash(_("Saved. It counts from this moment on."), "good")
        return redirect(url_for("entries.show", entry=entry.id))
    return page("entries/consents.html", entry, form)


def page(template: str, entry: Entry, form: ConsentForm, **others: Any) -> str:
    return render_template(
        template,
        entry=entry,
        form=form,
        explained=EXPLAINED[consents.MAKER],
        wording=consents.current_text(entry.edition, consents.MAKER, g.language),
        **others,
    )
