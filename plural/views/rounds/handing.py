"""One film before one juror, chosen by staff, and taken back while it is not finished."""

from typing import Any

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from plural import clock, outbox
from plural.actions import assignments, handing, namesakes, panel
from plural.errors import NotFound, Refused
from plural.extensions import db
from plural.forms.handing import HandForm
from plural.models.entry import FilmVersion
from plural.models.rounds import Round, Seat
from plural.problems import sentence
from plural.views.rounds.assigning import require_open
from plural.views.rounds.blueprint import blueprint


@blueprint.get("/staff/rounds/<int:round>/by-hand")
def by_hand(round: Round) -> Any:
    require_open(round)
    return hand_page(round, form_of(round))


@blueprint.post("/staff/rounds/<int:round>/by-hand")
def give_by_hand(round: Round) -> Any:
    require_open(round)
    form = form_of(round)
    if not form.validate():
        return hand_page(round, form), 400
    seat = db.session.get_one(Seat, form.seat.data)
    film = db.session.get_one(FilmVersion, form.film.data)
    try:
        handing.give(film, seat, g.who.account)
    except Refused as refused:
        db.session.rollback()
        form.form_errors.append(sentence(refused.code, refused.data))
        return hand_page(round, form), refused.status
    outbox.commit()
    names = {"name": handing.name_of(seat), "title": film.entry.title}
    flash(_("%(name)s has “%(title)s” now.", **names), "good")
    return to_hand(round)


@blueprint.post("/staff/rounds/<int:round>/seats/<int:seat>/films/<int:film>/taking-back")
def take_back(round: Round, seat: Seat, film: FilmVersion) -> Any:
    if seat.round_id != round.id:
        raise NotFound()
    require_open(round)
    handing.take_back(film, seat, g.who.account)
    outbox.commit()
    flash(_("The film has been taken back."), "good")
    return to_hand(round)


def form_of(round_: Round) -> HandForm:
    form = HandForm()
    films = panel.films(round_, clock.now())
    seats = filter(panel.is_living, panel.seats(round_))
    form.offer(
        sorted(films, key=lambda film: (film.entry.title, film.id)),
        sorted(seats, key=assignments.by_name),
    )
    return form


def hand_page(round_: Round, form: HandForm) -> str:
    return render_template(
        "rounds/by_hand.html",
        round=round_,
        form=form,
        given=handing.given(round_),
        namesakes=len(namesakes.findings(round_)),
    )


def to_hand(round_: Round) -> Any:
    return redirect(url_for("rounds.by_hand", round=round_.id))
