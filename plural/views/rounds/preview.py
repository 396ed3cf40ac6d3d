"""The juror's page of a draft, as a juror would see it; nothing of it stays."""

import re
from typing import Any

from flask import flash, g, request, url_for
from flask_babel import gettext as _

from plural import database
from plural.access import Who
from plural.actions import previews
from plural.errors import Refused, UndertakingWanted
from plural.extensions import db
from plural.models.people import Account
from plural.models.rounds import Round, RoundKind, RoundState
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
    seat = previews.sit_down(round_, account)
    answer = {
        RoundKind.PRESELECTION: lambda: jury.scoring.film(
            previews.first_assignment(seat, request.args.get("category", ""))
        ),
        RoundKind.INTERNATIONAL_JURY: lambda: jury.ballots.ballots_(seat),
        RoundKind.PARTNER_PICKS: lambda: jury.picks.picks_(seat),
    }[round_.kind]()
    return str(answer[0] if isinstance(answer, tuple) else answer)


def without_deeds(page: str, back: str) -> str:
    """The page with its buttons disabled, and its way back leading to the round."""
    head, main, rest = page.partition("<main")
    return head + main + SUBMIT.sub(r"\1 disabled", BACK.sub(rf"\g<1>{back}", rest, count=1))
