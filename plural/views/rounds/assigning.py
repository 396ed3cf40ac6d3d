"""Giving out the films: looked at first, then done exactly so; how far the jurors are."""

from typing import Any

from flask import flash, g, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext

from plural import clock, co_review, outbox
from plural.actions import assignments, namesakes, progress, reminders
from plural.actions.panel import seats_by_person
from plural.errors import NotFound, Refused
from plural.models.rounds import Round, RoundKind, RoundState, Seat
from plural.views.rounds.blueprint import blueprint, to_board, to_round


def require_open(round_: Round) -> None:
    if round_.kind is not RoundKind.PRESELECTION:
        raise NotFound()
    if round_.state is not RoundState.OPEN:
        raise Refused("round_not_open")


@blueprint.get("/staff/rounds/<int:round>/assignment")
def preview_assignment(round: Round) -> Any:
    require_open(round)
    proposal = assignments.propose(round)
    return render_template(
        "rounds/assignment.html",
        round=round,
        proposal=proposal,
        picture=picture(round, proposal),
        namesakes=len(namesakes.findings(round)),
    )


def picture(round_: Round, proposal: assignments.Proposal) -> co_review.Picture:
    people = seats_by_person(round_)
    named = {
        name: held[0].membership.name or held[0].membership.email for name, held in people.items()
    }
    ordered = sorted(people, key=lambda name: assignments.by_name(people[name][0]))
    names = {name: named[name] for name in ordered}
    return co_review.draw(proposal.pairs, proposal.groups, names)


@blueprint.post("/staff/rounds/<int:round>/assignment")
def assign(round: Round) -> Any:
    require_open(round)
    given = assignments.apply(round, request.form.get("seen", ""), g.who.account)
    outbox.commit()
    flash(
        ngettext(
            "%(num)s review has been given out.", "%(num)s reviews have been given out.", given.new
        ),
        "good",
    )
    if given.released:
        flash(
            ngettext(
                "%(num)s review has been taken back from somebody who left, or of a film that did.",
                "%(num)s reviews have been taken back from people or of films that left.",
                given.released,
            ),
            "info",
        )
    return to_board(round)


@blueprint.get("/staff/rounds/<int:round>/progress")
def board(round: Round) -> Any:
    if round.kind is not RoundKind.PRESELECTION or round.state is RoundState.DRAFT:
        raise NotFound()
    return render_template(
        "rounds/board.html",
        round=round,
        board=progress.board(round),
        may_be_reminded=reminders.may_be_reminded(round) if is_open(round) else set(),
    )


def is_open(round_: Round) -> bool:
    return round_.state is RoundState.OPEN and round_.closes_at > clock.now()


@blueprint.post("/staff/rounds/<int:round>/reminder")
def remind(round: Round) -> Any:
    count = reminders.remind(round, g.who.account)
    outbox.commit()
    if count:
        words = ngettext("%(num)s person is reminded.", "%(num)s people are reminded.", count)
        flash(words, "good")
    else:
        flash(_("Everybody is done, or has been reminded in the last 24 hours."), "info")
    return to_board(round) if round.kind is RoundKind.PRESELECTION else to_round(round)


@blueprint.post("/staff/rounds/<int:round>/seats/<int:seat>/reminder")
def remind_one(round: Round, seat: Seat) -> Any:
    if seat.round_id != round.id:
        raise NotFound()
    if reminders.remind_one(seat, g.who.account):
        outbox.commit()
        name = seat.membership.name or seat.membership.email
        flash(_("%(name)s is reminded.", name=name), "good")
    else:
        flash(_("This person is done, or has been reminded in the last 24 hours."), "info")
    return to_board(round)
