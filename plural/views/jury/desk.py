"""Every seat of a person, and one film of any round."""

from typing import Any

from flask import flash, g, redirect, render_template
from flask_babel import gettext as _

from plural import outbox
from plural.actions import conflicts, queues, worries
from plural.forms.jury import ConflictForm, WorryForm
from plural.models.entry import FilmVersion
from plural.models.rounds import Seat
from plural.views.jury.blueprint import blueprint, desk_of, shown


@blueprint.get("/jury")
def index() -> Any:
    lines = queues.seats_of(g.who)
    return render_template("jury/index.html", lines=lines, desk_of=desk_of)


@blueprint.get("/jury/<int:seat>/films/<int:film>")
def watch(seat: Seat, film: FilmVersion) -> Any:
    return render_template("jury/watch.html", **watch_page(seat, film))


def watch_page(seat: Seat, film: FilmVersion) -> dict[str, Any]:
    return {
        "seat": seat,
        "film": film,
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
    return redirect(desk_of(seat))
