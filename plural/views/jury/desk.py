"""Every seat of a person, and one film of any round: what may be said and noted beside it."""

from typing import Any

from flask import flash, g, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _

from plural import outbox
from plural.actions import conflicts, notes, queues, undertakings, worries
from plural.forms.jury import ConflictForm, NoteForm
from plural.forms.safety import WorryForm
from plural.models.entry import FilmVersion
from plural.models.rounds import RoundKind, Seat
from plural.models.scoring import Assignment, FilmNote
from plural.undertaking import version_in_force
from plural.views.jury.blueprint import beside_film, blueprint, desk_of, shown


@blueprint.get("/jury")
def index() -> Any:
    signed = undertakings.signature(g.who.account, g.edition)
    return render_template(
        "jury/index.html",
        lines=queues.seats_of(g.who),
        desk_of=desk_of,
        has_signed=signed is not None and signed.text_version == version_in_force(g.edition),
    )


@blueprint.get("/jury/<int:seat>/films/<int:film>")
def watch(seat: Seat, film: FilmVersion) -> Any:
    return render_template("jury/watch.html", **watch_page(seat, film))


def watch_page(seat: Seat, film: FilmVersion) -> dict[str, Any]:
    return {
        **beside_film(seat, film),
        "playing": shown(film),
        "conflict": ConflictForm(formdata=None),
        "worry": WorryForm(formdata=None),
        "desk": desk_of(seat),
    }


@blueprint.post("/jury/<int:seat>/films/<int:film>/conflict")
def recuse(seat: Seat, film: FilmVersion) -> Any:
    form = ConflictForm()
    if not form.validate():
        page = {**watch_page(seat, film), "conflict": form}
        return render_template("jury/watch.html", **page), 400
    conflicts.declare(g.who.account, film.entry, form.reason.data.strip())
    outbox.commit()
    flash(_("Thank you for saying so. You do not decide about this film."), "good")
    return redirect(desk_of(seat))


@blueprint.post("/jury/<int:seat>/films/<int:film>/worry")
def worry(seat: Seat, film: FilmVersion) -> Any:
    form = WorryForm()
    if not form.validate():
        page = {**watch_page(seat, film), "worry": form}
        return render_template("jury/watch.html", **page), 400
    worries.raise_worry(film, form.words.data.strip(), g.who.account)
    outbox.commit()
    flash(_("Thank you. The people responsible for the safety of children have been told."), "good")
    return redirect(page_of(seat, film))


def page_of(seat: Seat, film: FilmVersion) -> str:
    """Where this seat watches the film."""
    if seat.round.kind is not RoundKind.PRESELECTION:
        return url_for("jury.watch", seat=seat.id, film=film.id)
    held = Assignment.query.filter_by(seat_id=seat.id, film_version_id=film.id).one()
    return url_for("jury.film", assignment=held.id)


# ----- notes


@blueprint.post("/jury/<int:seat>/films/<int:film>/notes")
def write_note(seat: Seat, film: FilmVersion) -> Any:
    """Keep a note. A script asks for JSON, so that the film plays on."""
    form = NoteForm()
    if not form.validate():
        page = {**watch_page(seat, film), "note": form}
        return render_template("jury/watch.html", **page), 400
    written = notes.write(g.who.account, film, form.at_s(), form.words.data.strip())
    outbox.commit()
    if wants_json():
        removal = url_for("jury.remove_note", note=written.id)
        return jsonify(at_s=written.at_s, words=written.words, removal=removal)
    return redirect(f"{page_of(seat, film)}#notes")


@blueprint.post("/jury/notes/<int:note>/removal")
def remove_note(note: FilmNote) -> Any:
    notes.remove(note)
    outbox.commit()
    flash(_("The note is gone."), "info")
    return redirect(own_page(request.form.get("next")))


def wants_json() -> bool:
    offered = ["text/html", "application/json"]
    return request.accept_mimetypes.best_match(offered) == "application/json"


def own_page(wanted: str | None) -> str:
    """An address among the pages of the jury or of the staff, and no other."""
    desks = [url_for("jury.index"), url_for("staff.desk")]
    if wanted and wanted.startswith(tuple(f"{desk}/" for desk in desks)):
        return wanted
    return home_of_films()


def home_of_films() -> str:
    """Where somebody watches films: the jury's page, or the staff desk for those on no jury."""
    return url_for("jury.index" if g.who.memberships() else "staff.desk")
