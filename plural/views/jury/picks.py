"""The desk of a partner that picks films for its own recognition."""

from typing import Any

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from plural import languages, outbox
from plural.actions import picks
from plural.errors import NotFound, Refused, StaleState
from plural.extensions import db
from plural.forms.ids import with_ids
from plural.forms.picks import CriteriaForm, PickForm
from plural.models.entry import FilmVersion
from plural.models.festival import Award
from plural.models.rounds import RoundKind, Seat
from plural.playing import still
from plural.problems import sentence
from plural.rights import title_for_jury
from plural.views.jury.blueprint import blueprint, require


@blueprint.get("/jury/<int:seat>/picks", endpoint="picks")
def picks_(seat: Seat) -> Any:
    require(seat, RoundKind.PARTNER_PICKS)
    return picks_page(seat)


def picks_page(seat: Seat, sent: tuple[Award, PickForm] | None = None, status: int = 200) -> Any:
    """The films of the round, and each recognition of the organisation for who speaks for it."""
    speaks = picks.may_pick(seat)
    page = render_template(
        "jury/picks.html",
        seat=seat,
        speaks=speaks,
        films=picks.choices(seat, g.who.account),
        sheets=[pick_sheet(seat, award, sent) for award in picks.awards_of(seat)],
        recommended=picks.recommended(seat) if speaks else {},
        favourites=picks.favourites(seat),
        still=still,
    )
    return page, status


def pick_sheet(seat: Seat, award: Award, sent: tuple[Award, PickForm] | None) -> dict[str, Any]:
    """One recognition. A juror learns by what is chosen and until when, never what was."""
    round_, speaks = seat.round, picks.may_pick(seat)
    kept = picks.picks_of(round_, award) if speaks else []
    was_sent = sent is not None and sent[0].id == award.id
    return {
        "award": award,
        "criteria": languages.text(round_.edition, picks.criteria_key(award)),
        "closes_at": picks.closes_at(round_, award),
        "is_open": picks.is_open(round_, award),
        "kept": [title_for_jury(pick.film, g.who.at) for pick in kept],
        "form": sent[1] if sent and was_sent else pick_form(seat, award, formdata=None),
        "criteria_form": criteria_form(award) if speaks else None,
    }


def pick_form(seat: Seat, award: Award, **source: Any) -> PickForm:
    form = PickForm(**source)
    kept = picks.picks_of(seat.round, award)
    revision = picks.list_of(seat.round, award).revision
    form.offer(picks.choices(seat, g.who.account), kept, revision)
    own: PickForm = with_ids(form, f"award{award.id}")
    return own


def criteria_form(award: Award) -> CriteriaForm:
    key = picks.criteria_key(award)
    words = {f"criteria_{t.language}": t.text for t in award.edition.texts if t.key == key}
    form: CriteriaForm = with_ids(CriteriaForm(formdata=None, data=words), f"award{award.id}")
    return form


@blueprint.post("/jury/<int:seat>/picks/<int:award>")
def pick(seat: Seat, award: int) -> Any:
    chosen = speaking_for(seat, award)
    form: PickForm = with_ids(PickForm(), f"award{chosen.id}")
    films = picks.choices(seat, g.who.account)
    form.offer_films(films)
    if not form.validate():
        return picks_page(seat, (chosen, form), 400)
    try:
        picks.pick(g.who, seat, chosen, form.chosen(films), form.revision.data)
    except (StaleState, Refused) as refused:
        db.session.rollback()
        form.form_errors.append(sentence(refused.code, refused.data))
        if isinstance(refused, StaleState):
            form.revision.raw_data = [str(refused.data["revision"])]
            form.revision.data = refused.data["revision"]
        return picks_page(seat, (chosen, form), refused.status)
    outbox.commit()
    flash(_("Your choice is kept. Nobody else sees it before the round has closed."), "good")
    return redirect(url_for("jury.picks", seat=seat.id))


def speaking_for(seat: Seat, award: int) -> Award:
    """The recognition, for somebody who chooses for its organisation."""
    require(seat, RoundKind.PARTNER_PICKS)
    if not picks.may_pick(seat):
        raise NotFound()
    return picks.award_of(seat, award)


@blueprint.post("/jury/<int:seat>/picks/<int:award>/criteria")
def criteria(seat: Seat, award: int) -> Any:
    chosen, form = speaking_for(seat, award), CriteriaForm()
    if not form.validate():
        raise Refused("refused")
    picks.write_criteria(chosen, form.words(), g.who.account)
    outbox.commit()
    flash(_("Saved."), "good")
    return redirect(url_for("jury.picks", seat=seat.id))


@blueprint.post("/jury/<int:seat>/films/<int:film>/favourite")
def recommend(seat: Seat, film: FilmVersion) -> Any:
    require(seat, RoundKind.PARTNER_PICKS)
    is_favourite = picks.recommend(g.who, seat, film)
    outbox.commit()
    if is_favourite:
        flash(_("You recommend this film inside your organisation."), "good")
    else:
        flash(_("You do not recommend this film any more."), "info")
    return redirect(url_for("jury.picks", seat=seat.id, _anchor=f"film-{film.id}"))
