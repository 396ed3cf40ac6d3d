"""The juror's page of a draft, as a juror would see it; nothing of it stays."""

import re
from typing import Any

from flask import flash, g, url_for
from flask_babel import gettext as _
from sqlalchemy import update

from plural import clock, database
from plural.access import Who
from plural.errors import Refused, UndertakingWanted
from plural.extensions import db
from plural.models.people import Account, Membership, MembershipRole, Organisation, OrganisationKind
from plural.models.rounds import Round, RoundKind, RoundState, Seat
from plural.models.scoring import Assignment
from plural.undertaking import has_signed
from plural.views import jury
from plural.views.rounds.blueprint import blueprint

BACK = re.compile(r'(<p class="back"><a href=")[^"]*')
SUBMIT = re.compile(r'(<button\b[^>]*type="submit")')


@blueprint.get("/staff/rounds/<int:round>/preview")
def preview(round: Round) -> Any:
    """The real page, made inside a transaction that is rolled back: no second page to keep true.

    It shows a film, so whoever looks has signed the undertaking.
    """
    if round.state is not RoundState.DRAFT:
        raise Refused("round_not_draft")
    if not round.films:
        raise Refused("round_without_films")
    if not has_signed(g.who.account, g.edition):
        raise UndertakingWanted()
    flash(
        _("This is what a juror will see. Nothing can be sent here, and nothing is kept."), "info"
    )
    round_id, account_id = round.id, g.who.account.id
    db.session.rollback()
    database.set_reading(False)
    try:
        page = page_of(db.session.get_one(Round, round_id), account_id)
    finally:
        db.session.rollback()
        database.set_reading(True)
        g.who = Who(db.session.get(Account, account_id), g.who.guardians, g.edition, g.who.at)
    return without_deeds(page, url_for("rounds.show", round=round_id))


def page_of(round_: Round, account_id: int) -> str:
    account = db.session.get_one(Account, account_id)
    g.who = Who(account, g.who.guardians, round_.edition, g.who.at)
    seat = sit_down(round_, account)
    answer = {
        RoundKind.PRESELECTION: lambda: jury.scoring.film(first_assignment(seat)),
        RoundKind.INTERNATIONAL_JURY: lambda: jury.ballots.ballots_(seat),
        RoundKind.PARTNER_PICKS: lambda: jury.picks.picks_(seat),
    }[round_.kind]()
    return str(answer[0] if isinstance(answer, tuple) else answer)


def sit_down(round_: Round, account: Account) -> Seat:
    """Seat whoever looks, for the first organisation of the round, and open the round to them."""
    now = clock.now()
    organisation = round_.seats[0].membership.organisation if round_.seats else nobody(round_)
    membership = Membership(
        organisation=organisation,
        account=account,
        role=MembershipRole.FOCAL_POINT,
        email=f"preview.{account.email}",
        invited_at=now,
        accepted_at=now,
    )
    seat = Seat(round=round_, membership=membership)
    db.session.add_all([membership, seat])
    db.session.flush()
    db.session.execute(
        update(Round)
        .where(Round.id == round_.id)
        .values(state=RoundState.OPEN, declared={}, declared_digest="", opened_at=now)
    )
    db.session.expire_all()
    return seat


def nobody(round_: Round) -> Organisation:
    return Organisation(
        festival_id=round_.edition.festival_id, name="–", kind=OrganisationKind.PARTNER
    )


def first_assignment(seat: Seat) -> Assignment:
    assignment = Assignment(
        round=seat.round, seat=seat, film=seat.round.films[0].film, assigned_at=clock.now()
    )
    db.session.add(assignment)
    db.session.flush()
    return assignment


def without_deeds(page: str, back: str) -> str:
    """The page with its buttons disabled, and its way back leading to the round."""
    head, main, rest = page.partition("<main")
    return head + main + SUBMIT.sub(r"\1 disabled", BACK.sub(rf"\g<1>{back}", rest, count=1))
