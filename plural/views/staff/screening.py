"""What staff note about an entry's film: findings, tracks, works of others, conflicts."""

from typing import Any

from flask import flash, g, redirect, url_for
from flask_babel import gettext as _

from plural import outbox
from plural.actions import eligibility
from plural.actions import screening as deeds
from plural.extensions import db
from plural.forms.staff import ClearanceForm, ConflictForm, ReasonForm
from plural.models.consent import Use
from plural.models.entry import Entry, Finding, Track, Work
from plural.models.people import Account
from plural.views.staff.blueprint import blueprint
from plural.views.staff.entries import jurors, refused


@blueprint.post("/staff/findings/<int:finding>/admission")
def admit(finding: Finding) -> Any:
    form = ReasonForm()
    if not form.validate():
        return refused(finding.film.entry, form)
    eligibility.admit(finding, form.reason.data.strip(), g.who.account)
    return done(finding.film.entry)


@blueprint.post("/staff/tracks/<int:track>/review")
def review_track(track: Track) -> Any:
    deeds.review_track(track, g.who.account)
    return done(track.film.entry)


@blueprint.post("/staff/works/<int:work>/clearance")
def clear_work(work: Work) -> Any:
    form = ClearanceForm()
    if not form.validate():
        return refused(work.entry, form)
    uses = [Use(use) for use in form.uses.data or []]
    territories = form.territories.data or []
    deeds.clear_work(work, uses, territories, form.ends_at.data, g.who.account)
    return done(work.entry)


@blueprint.post("/staff/entries/<int:entry>/conflicts")
def set_conflict(entry: Entry) -> Any:
    form = ConflictForm()
    form.account_id.choices = jurors()
    if not form.validate():
        return refused(entry, form)
    juror = db.session.get_one(Account, form.account_id.data)
    deeds.set_conflict(entry, juror, form.reason.data.strip(), g.who.account)
    return done(entry)


def done(entry: Entry) -> Any:
    outbox.commit()
    flash(_("Saved."), "good")
    return redirect(url_for("staff.entry", entry=entry.id))
