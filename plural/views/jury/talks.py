"""The desk of a jury that talks: minutes by the chair, confirmations by those who took part."""

from typing import Any

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from plural import access, outbox
from plural.actions import chairs, juries, jury_results, talks
from plural.errors import NotFound, Refused, StaleState
from plural.extensions import db
from plural.forms.ids import with_ids
from plural.forms.talks import ConfirmationForm, minutes_form
from plural.models.festival import Award
from plural.models.juries import Minutes
from plural.models.rounds import RoundKind, RoundState, Seat
from plural.playing import still
from plural.problems import sentence
from plural.round_rules import Deciding
from plural.views.jury.blueprint import blueprint, require


def talks_page(seat: Seat, sent: tuple[Award, Any] | None = None, status: int = 200) -> Any:
    sheets = [talk_sheet(seat, one, sent) for one in jury_results.standings(seat.round)]
    page = render_template(
        "jury/talks.html",
        seat=seat,
        sheets=sheets,
        still=still,
        chair_serves=True,
        chair=juries.chair(seat.round),
        members=chairs.living(seat.round),
        votes=chairs.votes(seat.round),
        name_of=juries.name_of,
        is_open=seat.round.state is RoundState.OPEN and g.who.at < seat.round.closes_at,
    )
    return page, status


def talk_sheet(
    seat: Seat, standing: jury_results.Standing, sent: tuple[Award, Any] | None
) -> dict[str, Any]:
    """One award: its films, and the minutes for those who took part in them."""
    award = standing.award
    films = juries.candidates(seat.round, award)
    minutes = talks.minutes_of(seat.round, award)
    took_part = minutes is not None and seat.id in {s.id for s in talks.deciding(minutes)}
    confirmed = talks.confirmations(minutes).get(seat.id) if minutes else None
    form = ConfirmationForm(
        formdata=None,
        data={
            "revision": minutes.revision if minutes else 0,
            "dissent": confirmed.dissent if confirmed else "",
        },
    )
    return {
        "standing": standing,
        "award": award,
        "films": [f for f in films if not access.in_conflict(g.who.account, f.entry)],
        "may_decide": juries.may_decide(seat, films),
        "minutes": read(minutes) if minutes and took_part else None,
        "confirmed": confirmed,
        "form": with_ids(sent[1] if sent and sent[0].id == award.id else form, f"award{award.id}"),
    }


def read(minutes: Minutes) -> dict[str, Any]:
    """The very text that is confirmed, with names."""
    titles = {f.id: f.entry.title for f in juries.candidates(minutes.round, minutes.award)}
    people = {seat.id: juries.name_of(seat) for seat in minutes.round.seats}
    done = talks.confirmations(minutes)
    dissent = [(people[int(i)], words) for i, words in minutes.dissent.items()]
    return {
        "revision": minutes.revision,
        "present": [people[i] for i in minutes.present if i not in minutes.recused],
        "recused": [people[i] for i in minutes.recused],
        "winners": [titles.get(i, "–") for i in minutes.winners],
        "reasons": minutes.reasons,
        "dissent": dissent + [(people[i], one.dissent) for i, one in done.items() if one.dissent],
        "waiting": [people[seat.id] for seat in talks.unconfirmed(minutes)],
    }


@blueprint.route("/jury/<int:seat>/minutes/<int:award>", methods=["GET", "POST"])
def minutes(seat: Seat, award: int) -> Any:
    """The chair writes, or writes anew."""
    require_talk(seat)
    if not seat.is_chair:
        raise NotFound()
    chosen = juries.award_of(seat.round, award)
    kept = talks.minutes_of(seat.round, chosen)
    films = juries.candidates(seat.round, chosen)
    form = minutes_form(chairs.living(seat.round), films, kept)
    if not form.is_submitted():
        return minutes_page(seat, chosen, form)
    if not form.validate():
        return minutes_page(seat, chosen, form, 400)
    try:
        talks.record(g.who, seat, chosen, form.draft(), form.revision.data)
    except (StaleState, Refused) as refused:
        db.session.rollback()
        form.form_errors.append(sentence(refused.code, refused.data))
        if isinstance(refused, StaleState):
            form.revision.raw_data = [str(refused.data["revision"])]
            form.revision.data = refused.data["revision"]
        return minutes_page(seat, chosen, form, refused.status)
    outbox.commit()
    flash(_("The minutes are kept. Everybody who took part is asked to confirm them."), "good")
    return redirect(url_for("jury.ballots", seat=seat.id, _anchor=f"award-{chosen.id}"))


def minutes_page(seat: Seat, award: Award, form: Any, status: int = 200) -> Any:
    kept = talks.minutes_of(seat.round, award)
    return render_template(
        "jury/minutes.html", seat=seat, award=award, form=form, kept=kept
    ), status


@blueprint.post("/jury/<int:seat>/minutes/<int:award>/confirmation")
def confirm(seat: Seat, award: int) -> Any:
    require_talk(seat)
    chosen, form = juries.award_of(seat.round, award), ConfirmationForm()
    if not form.validate():
        return talks_page(seat, (chosen, form), 400)
    try:
        words = (form.dissent.data or "").strip()
        talks.confirm(g.who, seat, chosen, form.revision.data, words)
    except (StaleState, Refused) as refused:
        db.session.rollback()
        form.form_errors.append(sentence(refused.code, refused.data))
        if isinstance(refused, StaleState):
            form.revision.raw_data = [str(refused.data["revision"])]
            form.revision.data = refused.data["revision"]
        return talks_page(seat, (chosen, form), refused.status)
    outbox.commit()
    flash(_("Thank you. You have confirmed the minutes."), "good")
    return redirect(url_for("jury.ballots", seat=seat.id, _anchor=f"award-{chosen.id}"))


def require_talk(seat: Seat) -> None:
    require(seat, RoundKind.INTERNATIONAL_JURY)
    if seat.round.rules.deciding is not Deciding.TALKING:
        raise NotFound()
