"""Who looks after the safety of children: members of the staff, by name, and always somebody."""

from plural import audit, lifecycle
from plural.actions.organisations import staff_of
from plural.errors import Refused
from plural.extensions import db
from plural.models.festival import Festival
from plural.models.people import SAFEGUARDING, STAFF, Account, Role


def named(festival: Festival) -> list[Account]:
    """Members of the staff who are named, by name. They alone see cases and get their mails."""
    return [account for account in staff_of(festival) if is_named(account)]


def is_named(account: Account) -> bool:
    return account.active and {STAFF, SAFEGUARDING} <= {role.name for role in account.roles}


def name(account: Account, by: Account | None) -> None:
    """Name a member of the staff; `by` is None where the festival begins or its host does it.

    Raises Refused: "not_staff", "already_safeguarding".
    """
    festival = account.festival
    if account not in staff_of(festival):
        raise Refused("not_staff")
    role = Role.query.filter_by(festival_id=festival.id, name=SAFEGUARDING).one()
    if role in account.roles:
        raise Refused("already_safeguarding")
    account.roles.append(role)
    db.session.flush()
    audit.append(festival, "safeguarding.named", lifecycle.subject(account), by)


def end(account: Account, by: Account) -> None:
    """Let somebody not see cases any more. Raises Refused: "not_safeguarding", "last_safeguarding".

    Two who end each other at the same time come one after the other: the chain's head is held.
    """
    festival = audit.lock_head(account.festival)
    db.session.expire_all()
    held = named(festival)
    if account not in held:
        raise Refused("not_safeguarding")
    if len(held) == 1:
        raise Refused("last_safeguarding")
    account.roles = [role for role in account.roles if role.name != SAFEGUARDING]
    db.session.flush()
    audit.append(festival, "safeguarding.ended", lifecycle.subject(account), by)
