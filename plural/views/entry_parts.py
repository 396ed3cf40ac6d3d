"""Parts of an entry: its film file, subtitles, works of others, and guardians."""

from typing import Any

from flask import current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from media_pipeline.errors import UnreadableSubtitles
from plural import findings, outbox
from plural.actions import entries, guardians, reopened_films, tracks, windows
from plural.actions.entries import REPLACEABLE, maker_of
from plural.errors import NotFound
from plural.forms.entries import GuardianForm, NewVersionForm, TrackForm, WorkForm
from plural.ledger import living
from plural.models.consent import Guardian
from plural.models.entry import Entry, EntryState, FilmState, PersonRole, Track, Work
from plural.playing import playing_for
from plural.views.entries import blueprint
from plural.views.subtitle_problems import problem

AWAITING = (FilmState.AWAITED, FilmState.REFUSED, FilmState.FAILED)


def back_to(entry: Entry) -> Any:
    return redirect(url_for("entries.show", entry=entry.id))


@blueprint.route("/entries/<int:entry>/film", methods=["GET", "POST"])
def upload(entry: Entry) -> Any:
    """Send the film; or, by POST, await another file in the place of the one that is there.

    Once the entry is submitted, the maker says what has changed.
    """
    form = NewVersionForm()
    if request.method == "POST" and may_go_on(entry, form):
        await_another(entry, form)
        return redirect(url_for("entries.upload", entry=entry.id))
    film = entry.film
    return render_template(
        "entries/upload.html",
        entry=entry,
        film=film,
        awaits=film.state in AWAITING and windows.may_finish(entry, g.who.at),
        replaceable=film.state in REPLACEABLE and entry.state is EntryState.DRAFT,
        form=form if may_send_another(entry) else None,
        findings=[findings.sentence(f.code, f.data) for f in film.findings],
        max_bytes=current_app.extensions["plural_settings"].max_upload_bytes,
    )


def may_go_on(entry: Entry, form: NewVersionForm) -> bool:
    """A draft's file is replaced without a word. Raises Refused("entry_not_reopened")."""
    if entry.state is EntryState.DRAFT:
        return True
    windows.require_reopened(entry)
    return bool(form.validate())


def await_another(entry: Entry, form: NewVersionForm) -> None:
    if entry.state is EntryState.DRAFT:
        entries.replace_film(entry)
    else:
        reopened_films.send_another(entry, form.changes.data)
    outbox.commit()


def may_send_another(entry: Entry) -> bool:
    return windows.is_reopened(entry, g.who.at) and entry.film.state in REPLACEABLE


@blueprint.route("/entries/<int:entry>/subtitles", methods=["GET", "POST"], endpoint="tracks")
def tracks_(entry: Entry) -> Any:
    form = TrackForm(language="en")
    if form.validate_on_submit():
        try:
            tracks.add(entry, form.sent())
        except UnreadableSubtitles as unreadable:
            form.file.errors = [problem(unreadable)]
        else:
            outbox.commit()
            flash(_("Saved. Please look whether the first lines below are right."), "good")
            return redirect(url_for("entries.tracks", entry=entry.id))
    shown = [(track, tracks.first_cues(track)) for track in tracks.living(entry.film)]
    return render_template(
        "entries/tracks.html",
        entry=entry,
        form=form,
        tracks=shown,
        playing=playing_for(g.who, entry.film),
        may_change=reopened_films.may_be_finished(entry),
    )


@blueprint.post("/entries/<int:entry>/subtitles/<int:track>/removal")
def retire_track(entry: Entry, track: Track) -> Any:
    tracks.retire(track, g.who.account)
    outbox.commit()
    return redirect(url_for("entries.tracks", entry=entry.id))


@blueprint.post("/entries/<int:entry>/works")
def works(entry: Entry) -> Any:
    form = WorkForm()
    if form.validate_on_submit():
        entries.name_work(entry, form.title.data, form.author.data)
        outbox.commit()
    else:
        flash(_("Please name what belongs to others."), "bad")
    return back_to(entry)


@blueprint.post("/entries/<int:entry>/works/<int:work>/removal")
def remove_work(entry: Entry, work: Work) -> Any:
    entries.remove_work(work)
    outbox.commit()
    return back_to(entry)


@blueprint.post("/entries/<int:entry>/guardians", endpoint="guardians")
def name_guardians(entry: Entry) -> Any:
    """Ask a guardian once more, replace one whose address was wrong, or name another."""
    if "again" in request.form:
        guardian = own_guardian(entry, request.form["again"])
        guardians.ask(guardian)
        outbox.commit()
        flash(_("We have written to them again."), "good")
        return back_to_guardian(guardian)
    form = GuardianForm()
    if not form.validate_on_submit():
        flash(_("Please give a name and an e-mail address."), "bad")
        return back_to(entry)
    guardian = put_guardian(entry, form)
    if guardians.has_film_to_show(entry):
        guardians.ask(guardian)
    outbox.commit()
    flash(_("Saved. We write to them as soon as your film has arrived."), "good")
    return back_to_guardian(guardian)


def put_guardian(entry: Entry, form: GuardianForm) -> Guardian:
    replaced = request.form.get("replaces")
    if replaced:
        old = own_guardian(entry, replaced)
        return guardians.replace_guardian(old, form.details(), g.who.account)
    return guardians.add_guardian(maker_of(entry), form.details(), g.who.account)


def own_guardian(entry: Entry, key: str) -> Guardian:
    mine = [guardian for person in entry.persons for guardian in living(person)]
    found = next((x for x in mine if str(x.id) == key), None)
    if found is None:
        raise NotFound()
    return found


def back_to_guardian(guardian: Guardian) -> Any:
    """To the page where the guardian is shown: the entry's own, or that of the other people."""
    person = guardian.person
    if person.role is PersonRole.MAKER:
        return back_to(person.entry)
    return redirect(url_for("entries.persons", entry=person.entry_id))
