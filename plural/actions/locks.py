"""Order among those who write about one round at the same time.

Everybody who adds to a round shares its row; whoever closes it waits for them, and whoever comes
after the close sees it closed. (SQLite has one writer at a time anyway.)
"""

from typing import Any

from sqlalchemy import select

from plural import clock
from plural.errors import Refused
from plural.extensions import db
from plural.models.rounds import OVER, Round, RoundState


def hold_round(round_: Round) -> Round:
    """The round as it is now; it stays so until this transaction ends."""
    return db.session.execute(
        select(Round)
        .where(Round.id == round_.id)
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    ).scalar_one()


def hold_open(round_: Round) -> Round:
    """The same, for somebody who judges: raises Refused once it is closed or its time is over."""
    held = hold_round(round_)
    if held.state in OVER or clock.now() >= held.closes_at:
        raise Refused("round_closed")
    if held.state is not RoundState.OPEN:
        raise Refused("round_not_open")
    return held


def hold_alone(row: Any) -> None:
    """Lock one row and read it anew; two tabs of one person come one after the other.

    Rows that are read along with it are not locked.
    """
    db.session.refresh(row, with_for_update={"of": type(row)})
