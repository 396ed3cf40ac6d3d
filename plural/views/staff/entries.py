"""The list of entries, one entry, and the decision on it."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import selectinload

from plural import access, outbox, rights
from plural.actions import (
    duplicates,
    eligibility,
    film_versions,
    reopened_films,
    windows,
    worries,
)
from plural.extensions import db
from plural.forms.safety import WorryForm
from plural.forms.staff import (
    ClearanceForm,
    ConflictForm,
    DecisionForm,
    EntriesFilter,
    ReasonForm,
    ReopeningForm,
)
from plural.models.consent import Use
from plural.models.entry import Entry, EntryState, Person
from plural.models.festival import Category
from plural.models.people import Account, Membership, MembershipRole, Organisation
from plural.models.rounds import Seat
from plural.models.scoring import Conflict
from plural.playing import playing_for
from plural.views.staff.blueprint import blueprint

PER_PAGE = 50
FILTERS = ("q", "state", "category")
JUDGING = (MembershipRole.JUROR, MembershipRole.FOCAL_POINT)


@blueprint.get("/staff/entries")
def entries() -> Any:
    form = EntriesFilter(request.args)
    form.offer(g.edition)
    page = db.paginate(chosen(form), per_page=PER_PAGE, max_per_page=PER_PAGE)
    kept = {name: request.args[name] for name in FILTERS if request.args.get(name)}
    return render_template("staff/entries.html", form=form, page=page, kept=kept)


def chosen(form: EntriesFilter) -> Select[Any]:
    """The entries that the filter leaves, the newest first."""
    query = (
        select(Entry)
        .join(Account, Entry.account_id == Account.id)
        .where(Entry.edition_id == g.edition.id)
        .options(selectinload(Entry.versions), selectinload(Entry.category))
        .order_by(Entry.submitted_at.desc().nulls_last(), Entry.id.desc())
    )
    if form.state.data in {state.value for state in EntryState}:
        query = query.where(Entry.state == EntryState(form.state.data))
    if form.category.data:
        query = query.join(Category, Entry.category_id == Category.id)
        query = query.where(Category.key == form.category.data)
    words = (form.q.data or "").strip()
    if words:
        searched = (Entry.title, Entry.title_english, Entry.code, Account.name, Account.email)
        query = query.where(or_(*(c.icontains(words, autoescape=True) for c in searched)))
    return query


@blueprint.get("/staff/entries/<int:entry>")
def entry(entry: Entry) -> Any:
    return page_of(entry)


def page_of(
    entry: Entry, decision: DecisionForm | None = None, worry: WorryForm | None = None
) -> str:
    """The entry with every form; one that was sent and lacks something can be given."""
    film, at = entry.film_to_sign, g.who.at
    conflict = ConflictForm(formdata=None)
    conflict.account_id.choices = jurors()
    return render_template(
        "staff/entry.html",
        entry=entry,
        film=film,
        playing=playing_for(g.who, film),
        obstacles=eligibility.obstacles(entry),
        same_file=duplicates.with_same_file(entry),
        decisions=[state for state in eligibility.DECISIONS if state in may_become(entry)],
        decision=decision or DecisionForm(formdata=None),
        worry=worry or WorryForm(formdata=None),
        told=worries.told_by(g.who.account, film),
        has_signed=access.has_undertaken(g.who, film),
        reason=ReasonForm(formdata=None),
        reopening=ReopeningForm(formdata=None),
        may_reopen=entry.state in windows.REOPENABLE,
        is_reopened=windows.is_reopened(entry, at),
        in_force=film_versions.in_force(entry, at),
        clearance=ClearanceForm(formdata=None),
        conflict=conflict,
        conflicts=Conflict.query.filter_by(entry_id=entry.id).order_by(Conflict.id).all(),
        allows=lambda person, use: rights.allows(person, film, use, at),
        counts=rights.signers(entry, at),
        uses=list(Use),
        is_minor=is_minor,
        decided_by=db.session.get(Account, entry.decided_by_id) if entry.decided_by_id else None,
    )


def may_become(entry: Entry) -> frozenset[EntryState]:
    return Entry.TRANSITIONS[entry.state]


def is_minor(person: Person) -> bool:
    return rights.is_minor(person, g.who.at)


def jurors() -> list[tuple[int, str]]:
    """Everybody who may judge for an organisation of this festival; last those who have judged and
    left, as their scores count on."""
    has_left = Membership.ended_at.is_not(None)
    members = (
        Membership.query.join(Organisation)
        .filter(
            Organisation.festival_id == g.festival.id,
            Membership.account_id.is_not(None),
            ~has_left | Membership.id.in_(select(Seat.membership_id)),
            Membership.role.in_(JUDGING),
        )
        .order_by(has_left, Membership.name, Membership.email)
    )
    named: dict[int, str] = {}
    for member in members:
        words = _(
            "%(person)s, %(organisation)s",
            person=member.name or member.email,
            organisation=member.organisation.name,
        )
        named.setdefault(member.account_id, words)
    return list(named.items())


@blueprint.post("/staff/entries/<int:entry>/eligibility")
def decide(entry: Entry) -> Any:
    form = DecisionForm()
    if not form.validate():
        return page_of(entry, form)
    to = EntryState(form.decision.data)
    eligibility.decide(entry, to, (form.reason.data or "").strip(), g.who.account)
    outbox.commit()
    flash(_("Decided. The entrant gets a mail."), "good")
    return redirect(url_for("staff.entry", entry=entry.id))


@blueprint.post("/staff/entries/<int:entry>/reopening")
def reopen(entry: Entry) -> Any:
    form = ReopeningForm()
    if not form.validate():
        return refused(entry, form)
    reopened_films.reopen(entry, form.until_when(), form.reason.data.strip(), g.who.account)
    outbox.commit()
    flash(_("A new version of the film can come. The entrant gets a mail."), "good")
    return redirect(url_for("staff.entry", entry=entry.id))


@blueprint.post("/staff/entries/<int:entry>/withholding")
def withhold(entry: Entry) -> Any:
    form = ReasonForm()
    if not form.validate():
        return refused(entry, form)
    eligibility.withhold(entry, form.reason.data.strip(), g.who.account)
    outbox.commit()
    flash(_("Nobody but its maker can see the film now."), "good")
    return redirect(url_for("staff.entry", entry=entry.id))


@blueprint.post("/staff/entries/<int:entry>/release")
def release(entry: Entry) -> Any:
    eligibility.release(entry, g.who.account)
    outbox.commit()
    flash(_("The film can be used again as far as its consents go."), "good")
    return redirect(url_for("staff.entry", entry=entry.id))


def refused(entry: Entry, form: Any) -> Any:
    """Back to the entry, with what was wrong in a small form on its page."""
    for name, errors in form.errors.items():
        flash(_("%(field)s: %(error)s", field=form[name].label.text, error=" ".join(errors)), "bad")
    return redirect(url_for("staff.entry", entry=entry.id))
