"""My films: entering, changing, watching their way, taking them back."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from plural import access, clock, findings, outbox, status
from plural.actions import comments, entries, reopened_films, windows
from plural.actions.entries import maker_of
from plural.errors import Refused
from plural.forms.entries import EntryForm, GuardianForm, WithdrawalForm, WorkForm
from plural.ledger import has_answered, has_answered_for, living
from plural.models.entry import Entry, EntryState
from plural.models.publication import Audience, Distinction, Publication
from plural.playing import Still, playing_for, still
from plural.rights import disclosed, is_minor, may_know
from plural.views import steps

blueprint = Blueprint("entries", __name__)


@blueprint.get("/entries")
def index() -> Any:
    """All films of this account in this edition, the newest first."""
    mine = Entry.query.filter_by(edition_id=g.edition.id, account_id=g.who.account.id)
    return render_template(
        "entries/index.html",
        entries=mine.order_by(Entry.id.desc()).all(),
        still=still,
        is_open=windows.takes_entries(g.edition, g.who.at),
    )


@blueprint.route("/entries/new", methods=["GET", "POST"])
def new() -> Any:
    if not windows.takes_entries(g.edition, g.who.at):
        raise Refused("entries_closed")
    form = EntryForm(
        maker_name=g.who.account.name, language=g.language, guardian_language=g.language
    )
    if form.validate_on_submit():
        entry = entries.enter(
            g.edition, g.who.account, form.details(), form.maker(), form.guardian()
        )
        outbox.commit()
        flash(_("Saved. Now send us your film."), "good")
        return redirect(url_for("entries.show", entry=entry.id))
    return render_template("entries/form.html", form=form, entry=None)


@blueprint.route("/entries/<int:entry>/edit", methods=["GET", "POST"])
def edit(entry: Entry) -> Any:
    entries.require_draft(entry)
    form = EntryForm(data=written(entry))
    if form.validate_on_submit():
        entries.change(entry, form.details(), form.maker(), form.guardian())
        outbox.commit()
        flash(_("Saved."), "good")
        return redirect(url_for("entries.show", entry=entry.id))
    return render_template("entries/form.html", form=form, entry=entry)


def written(entry: Entry) -> dict[str, Any]:
    """What the form shows of an entry as it is saved."""
    maker = maker_of(entry)
    guardian = next(iter(living(maker)), None)
    columns = {column.key: getattr(entry, column.key) for column in Entry.__table__.columns}
    of_guardian = (
        {
            f"guardian_{name}": getattr(guardian, name)
            for name in ("name", "email", "kind", "language")
        }
        if guardian
        else {"guardian_language": g.language}
    )
    return {
        **columns,
        "special_recognition": str(entry.special_recognition_id or ""),
        "maker_name": maker.name,
        "maker_birth_date": maker.birth_date,
        **of_guardian,
    }


@blueprint.get("/entries/<int:entry>")
def show(entry: Entry) -> Any:
    """Where the film stands, what was found in it, and what to do next."""
    film = entry.film
    maker = maker_of(entry)
    return render_template(
        "entries/show.html",
        entry=entry,
        film=film,
        maker=maker,
        steps=steps.steps(entry),
        missing=steps.missing(entry) if entry.state is EntryState.DRAFT else [],
        findings=[(f, findings.sentence(f.code, f.data)) for f in film.findings],
        playing=playing_for(g.who, entry.film_to_sign),
        status=status.entry_status(entry),
        guardians=[(one, has_answered_for(one, entry.film_to_sign)) for one in living(maker)],
        mistaken=next((found for found in living(maker) if not has_answered(found)), None),
        is_minor=is_minor(maker, clock.now()),
        guardian_form=GuardianForm(formdata=None, language=g.language),
        work_form=WorkForm(formdata=None),
        withdrawal_form=WithdrawalForm(formdata=None),
        may_finish=windows.may_finish(entry, g.who.at),
        is_reopened=windows.is_reopened(entry, g.who.at),
        may_be_finished=reopened_films.may_be_finished(entry),
    )


@blueprint.post("/entries/<int:entry>/withdrawal")
def withdraw(entry: Entry) -> Any:
    form = WithdrawalForm()
    if not form.validate_on_submit():
        flash(_("Please use fewer words."), "bad")
        return redirect(url_for("entries.show", entry=entry.id))
    entries.withdraw(entry, form.reason.data, g.who.account)
    outbox.commit()
    flash(_("Your film is withdrawn. Nobody sees it any more."), "good")
    return redirect(url_for("entries.show", entry=entry.id))


@blueprint.get("/entries/<int:entry>/result")
def result(entry: Entry) -> Any:
    """What the entry has received and what jurors say to its maker, as far as may be known now."""
    versions = [film.id for film in entry.versions]
    held = (
        Distinction.query.join(Publication)
        .filter(Publication.edition_id == entry.edition_id)
        .filter(Distinction.film_version_id.in_(versions))
        .order_by(Distinction.id)
    )
    is_over = is_told(entry, Audience.PUBLIC) or is_told(entry, Audience.ENTRANTS)
    known = [d for d in held if may_know(g.who.account, d, g.who.at)]
    return render_template(
        "entries/result.html",
        entry=entry,
        distinctions=known,
        is_public=is_told(entry, Audience.PUBLIC),
        is_over=is_over,
        comments=comments.released(entry) if is_over else [],
        poster=poster_of(known),
    )


def poster_of(known: list[Distinction]) -> Still | None:
    """A picture of the film that was honoured, if it may be seen."""
    film = known[0].film if known else None
    return still(film) if film and access.may_see_film(g.who, film, g.who.at) else None


def is_told(entry: Entry, audience: Audience) -> bool:
    return disclosed(entry.edition.publication, audience, g.who.at)
