"""The people in a film beside its maker, and who signs for those under 18."""

from typing import Any

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from plural import clock, outbox
from plural.actions import entries, persons, windows
from plural.forms.entries import GuardianForm
from plural.forms.persons import PersonForm
from plural.ledger import has_answered, living
from plural.models.entry import Entry, EntryState, Person
from plural.rights import is_minor
from plural.views.entries import blueprint


@blueprint.route("/entries/<int:entry>/persons", methods=["GET", "POST"], endpoint="persons")
def people(entry: Entry) -> Any:
    """Everybody who is named, whose guardians have answered; while it is a draft, one more."""
    form = PersonForm(guardian_language=g.language)
    if form.validate_on_submit():
        persons.add(entry, form.details(), form.guardian())
        return saved(entry)
    return render_template(
        "entries/persons.html",
        entry=entry,
        form=form,
        others=[shown(person) for person in persons.others_in(entry)],
        is_draft=entry.state is EntryState.DRAFT and windows.may_finish(entry, g.who.at),
        guardian_form=GuardianForm(formdata=None, language=g.language),
    )


def shown(person: Person) -> dict[str, Any]:
    """What the page says of a person; guardians come with whether they have answered."""
    guardians = [(guardian, has_answered(guardian)) for guardian in living(person)]
    return {
        "person": person,
        "is_minor": is_minor(person, clock.now()),
        "guardians": guardians,
        "is_fixed": any(answered for _guardian, answered in guardians),
    }


def saved(entry: Entry) -> Any:
    outbox.commit()
    flash(_("Saved."), "good")
    return redirect(url_for("entries.persons", entry=entry.id))


@blueprint.route("/entries/<int:entry>/persons/<int:person>", methods=["GET", "POST"])
def person(entry: Entry, person: Person) -> Any:
    entries.require_draft(entry)
    form = PersonForm(data=written(person))
    if form.validate_on_submit():
        persons.change(person, form.details(), form.guardian())
        return saved(entry)
    return render_template("entries/person.html", entry=entry, person=person, form=form)


def written(person: Person) -> dict[str, Any]:
    """What the form shows of a person as they are saved."""
    facts = {name: getattr(person, name) for name in ("name", "role", "birth_date")}
    guardian = next(iter(living(person)), None)
    if guardian is None:
        return {**facts, "guardian_language": g.language}
    of_guardian = ("name", "email", "kind", "language")
    return {**facts, **{f"guardian_{name}": getattr(guardian, name) for name in of_guardian}}


@blueprint.post("/entries/<int:entry>/persons/<int:person>/removal")
def remove_person(entry: Entry, person: Person) -> Any:
    persons.remove(person)
    return saved(entry)
