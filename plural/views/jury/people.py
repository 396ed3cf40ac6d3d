"""A partner's own people, kept by its focal point."""

from typing import Any

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from plural import outbox
from plural.actions import focal_points, organisations
from plural.errors import Refused
from plural.extensions import db
from plural.forms.picks import ColleagueForm
from plural.models.people import Membership
from plural.models.rounds import Seat
from plural.problems import sentence
from plural.views.jury.blueprint import blueprint


@blueprint.route("/jury/<int:seat>/people", methods=["GET", "POST"])
def people(seat: Seat) -> Any:
    form = colleague_form(seat)
    if not form.is_submitted():
        return people_page(seat, form)
    if not form.validate():
        return people_page(seat, form, 400)
    leaving = db.session.get(Membership, form.replaces.data or 0)
    try:
        if leaving is None:
            focal_points.invite(g.who, seat, form.invited())
        else:
            focal_points.replace(g.who, seat, leaving, form.invited())
    except Refused as refused:
        db.session.rollback()
        form.form_errors.append(sentence(refused.code, refused.data))
        return people_page(seat, form, refused.status)
    outbox.commit()
    flash(_("We have written to %(email)s.", email=form.email.data), "good")
    return redirect(url_for("jury.people", seat=seat.id))


def colleague_form(seat: Seat) -> ColleagueForm:
    form = ColleagueForm(data={"language": g.festival.default_language})
    others = [m for m in focal_points.people(seat) if m.id != seat.membership_id]
    form.replaces.choices = [(0, _("nobody")), *((m.id, m.name or m.email) for m in others)]
    return form


def people_page(seat: Seat, form: ColleagueForm, status: int = 200) -> Any:
    seated = {other.membership_id for other in seat.round.seats}
    page = render_template(
        "jury/people.html", seat=seat, form=form, people=focal_points.people(seat), seated=seated
    )
    return page, status


@blueprint.post("/jury/<int:seat>/people/<int:membership>/seat")
def seat_colleague(seat: Seat, membership: Membership) -> Any:
    focal_points.seat_member(g.who, seat, membership)
    outbox.commit()
    flash(_("They can watch the films of this round now."), "good")
    return redirect(url_for("jury.people", seat=seat.id))


@blueprint.post("/jury/<int:seat>/people/<int:membership>/invitation")
def invite_colleague_again(seat: Seat, membership: Membership) -> Any:
    organisations.renew_invitation(membership, g.who.account)
    outbox.commit()
    flash(_("We have written to %(email)s.", email=membership.email), "good")
    return redirect(url_for("jury.people", seat=seat.id))


@blueprint.post("/jury/<int:seat>/people/<int:membership>/end")
def remove_colleague(seat: Seat, membership: Membership) -> Any:
    focal_points.remove(g.who, seat, membership)
    outbox.commit()
    flash(_("From now on they cannot act for this organisation."), "info")
    return redirect(url_for("jury.people", seat=seat.id))
