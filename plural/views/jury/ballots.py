"""The desk of a final jury: secret ballots per award, the count, who presides."""

from datetime import timedelta
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from plural import access, clock, outbox
from plural.actions import ballots, chairs, counts, juries, jury_results
from plural.errors import NotFound, Refused, StaleState
from plural.extensions import db
from plural.forms.ballots import GRADES, NO_AWARD, ballot_form
from plural.forms.ids import with_ids
from plural.forms.talks import CountForm
from plural.models.festival import Award
from plural.models.juries import FIRST, Ballot
from plural.models.rounds import Round, RoundKind, Seat
from plural.playing import still
from plural.problems import sentence
from plural.round_rules import Deciding
from plural.views.jury.blueprint import blueprint, require
from plural.views.jury.talks import talks_page

SECOND_BALLOT = timedelta(days=1)


@blueprint.get("/jury/<int:seat>/ballots", endpoint="ballots")
def ballots_(seat: Seat) -> Any:
    require(seat, RoundKind.INTERNATIONAL_JURY)
    return desk_page(seat)


def desk_page(seat: Seat) -> Any:
    talking = seat.round.rules.deciding is Deciding.TALKING
    return talks_page(seat) if talking else ballots_page(seat)


def ballots_page(seat: Seat, sent: tuple[Award, Any] | None = None, status: int = 200) -> Any:
    """All awards of the round with this juror's own ballots; `sent` is one that was refused."""
    sheets = [ballot_sheet(seat, one, sent) for one in jury_results.standings(seat.round)]
    page = render_template(
        "jury/ballots.html",
        seat=seat,
        sheets=sheets,
        still=still,
        deciding=seat.round.rules.deciding,
        grades=GRADES,
        no_award=NO_AWARD,
        **presiding(seat),
    )
    return page, status


def presiding(seat: Seat) -> dict[str, Any]:
    """Who presides, and whom the members want to; nobody where the rules need nobody."""
    rules = seat.round.rules
    return {
        "chair_serves": rules.casting_vote or rules.deciding is Deciding.TALKING,
        "chair": juries.chair(seat.round),
        "members": chairs.living(seat.round),
        "votes": chairs.votes(seat.round),
        "name_of": juries.name_of,
    }


def ballot_sheet(
    seat: Seat, standing: jury_results.Standing, sent: tuple[Award, Any] | None
) -> dict[str, Any]:
    """One award in its present turn. Films that this juror stepped back from are not offered."""
    award, round_ = standing.award, seat.round
    turn = ballots.turn_of(round_, award)
    films = ballots.films_of(round_, award, turn)
    offered = [f for f in films if not access.in_conflict(g.who.account, f.entry)]
    ballot = ballots.ballot_of(seat, award, turn)
    was_sent = sent is not None and sent[0].id == award.id
    return {
        "standing": standing,
        "award": award,
        "turn": turn,
        "count": ballots.count_of(round_, award),
        "is_open": ballots.is_open(round_, award),
        "films": offered,
        "stepped_back": len(films) - len(offered),
        "ballot": ballot,
        "first": ballots.ballot_of(seat, award) if turn != FIRST else None,
        "may_vote": juries.may_decide(seat, films),
        "form": sent[1] if sent and was_sent else own_form(seat, award, turn, ballot),
        "unranked": unranked(ballot, offered),
        "counting": counting_form(award) if seat.is_chair and standing.can_be_counted else None,
    }


def own_form(seat: Seat, award: Award, turn: int, ballot: Ballot | None) -> Any:
    form = form_of(seat, award, turn, ballot, formdata=None)
    form.turn.data = turn
    return form


def form_of(seat: Seat, award: Award, turn: int, ballot: Ballot | None, **sent: Any) -> Any:
    films = ballots.films_of(seat.round, award, turn)
    offered = [f for f in films if not access.in_conflict(g.who.account, f.entry)]
    withholds = award.may_be_withheld and turn == FIRST
    form = ballot_form(seat.round.rules.deciding, offered, withholds, ballot, **sent)
    return with_ids(form, f"award{award.id}")


def unranked(ballot: Ballot | None, films: list[Any]) -> list[str]:
    """Titles of what a kept ranking leaves out."""
    named = {i for tier in ballot.ranking for i in tier} if ballot else set()
    return [film.entry.title for film in films if film.id not in named]


@blueprint.post("/jury/<int:seat>/ballots/<int:award>")
def cast(seat: Seat, award: int) -> Any:
    require(seat, RoundKind.INTERNATIONAL_JURY)
    chosen = juries.award_of(seat.round, award)
    turn = request.form.get("turn", FIRST, type=int)
    form = form_of(seat, chosen, turn, None)
    if not form.validate():
        return ballots_page(seat, (chosen, form), 400)
    try:
        kept = ballots.cast(
            g.who, seat, chosen, form.ranking(), form.revision.data, form.grades(), turn
        )
    except (StaleState, Refused) as refused:
        db.session.rollback()
        form.form_errors.append(sentence(refused.code, refused.data))
        if isinstance(refused, StaleState):
            form.revision.data = refused.data["revision"]
        return ballots_page(seat, (chosen, form), refused.status)
    outbox.commit()
    flash(_("Your ballot is kept. Receipt: %(receipt)s", receipt=kept.receipt), "good")
    return redirect(url_for("jury.ballots", seat=seat.id, _anchor=f"award-{chosen.id}"))


# ----- the chair


def counting_form(award: Award) -> CountForm:
    form = CountForm(formdata=None, data={"second_closes_at": clock.now() + SECOND_BALLOT})
    counting: CountForm = with_ids(form, f"count{award.id}")
    return counting


@blueprint.post("/jury/<int:seat>/ballots/<int:award>/count")
def count(seat: Seat, award: int) -> Any:
    require(seat, RoundKind.INTERNATIONAL_JURY)
    form = CountForm()
    if not form.validate() or form.second_closes_at.data is None:
        raise Refused("second_ballot_in_past")
    chosen = juries.award_of(seat.round, award)
    counts.count_as_chair(g.who, seat, chosen, form.second_closes_at.data)
    return counted(seat.round, chosen, url_for("jury.ballots", seat=seat.id))


def counted(round_: Round, award: Award, then: str) -> Any:
    """Say what there is to say: whether there is a second ballot."""
    count_ = ballots.count_of(round_, award)
    outbox.commit()
    if count_ is not None and count_.tied:
        flash(_("There is a tie. A second ballot is open, and the members are being told."), "info")
    else:
        flash(_("The ballots are counted: they have decided. The result stays sealed."), "good")
    return redirect(then)


@blueprint.post("/jury/<int:seat>/chair")
def nominate(seat: Seat) -> Any:
    require(seat, RoundKind.INTERNATIONAL_JURY)
    wanted_id = request.form.get("wanted", type=int)
    if wanted_id is None:
        raise NotFound()
    wanted = chairs.nominate(g.who, seat, wanted_id)
    outbox.commit()
    if wanted.is_chair:
        flash(_("%(name)s presides now.", name=juries.name_of(wanted)), "good")
    else:
        flash(_("Kept. Whoever more than half of the members want presides."), "good")
    return redirect(url_for("jury.ballots", seat=seat.id))
