"""Signing the safeguarding undertaking, and who has."""

from sqlalchemy import select

from plural import audit, clock, lifecycle
from plural.actions.consents import current_text
from plural.extensions import db
from plural.models.consent import ConsentText
from plural.models.festival import Edition
from plural.models.people import (
    STAFF,
    Account,
    Membership,
    MembershipRole,
    Organisation,
    Role,
)
from plural.models.safety import Undertaking
from plural.undertaking import JUROR, version_in_force

JUDGES = (MembershipRole.JUROR, MembershipRole.FOCAL_POINT)


def text_in_force(edition: Edition, language: str) -> ConsentText:
    """What is to be signed. Raises Refused("consent_text_missing")."""
    return current_text(edition, JUROR, language)


def signature(account: Account, edition: Edition) -> Undertaking | None:
    """The account's newest signature; of an older text if a newer one has come since."""
    found: Undertaking | None = (
        Undertaking.query.filter_by(edition_id=edition.id, account_id=account.id)
        .order_by(Undertaking.text_version.desc())
        .first()
    )
    return found


def sign(account: Account, edition: Edition, signed_name: str, language: str) -> Undertaking:
    """Sign the text in force, once. Raises Refused("consent_text_missing")."""
    text = text_in_force(edition, language)
    held = signature(account, edition)
    if held is not None and held.text_version == text.version:
        return held
    made = Undertaking(
        edition_id=edition.id,
        account_id=account.id,
        text_version=text.version,
        language=text.language,
        signed_name=signed_name,
        signed_at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    audit.append(
        edition.festival,
        "undertaking.signed",
        lifecycle.subject(made),
        account,
        {"text_version": text.version, "language": text.language},
    )
    return made


def signatures(edition: Edition) -> list[tuple[Account, Undertaking | None]]:
    """Staff and everybody who may judge, each with their newest signature; the missing first."""
    judging = (
        select(Membership.account_id)
        .join(Organisation)
        .where(
            Organisation.festival_id == edition.festival_id,
            Membership.role.in_(JUDGES),
            Membership.accepted_at.is_not(None),
            Membership.ended_at.is_(None),
        )
    )
    staff = Account.roles.any((Role.festival_id == edition.festival_id) & (Role.name == STAFF))
    accounts: list[Account] = (
        Account.query.filter(Account.id.in_(judging) | staff)
        .order_by(Account.name, Account.email)
        .all()
    )
    signed = Undertaking.query.filter_by(edition_id=edition.id).order_by(Undertaking.text_version)
    newest = {row.account_id: row for row in signed}
    now = version_in_force(edition)
    lines = [(account, newest.get(account.id)) for account in accounts]
    return sorted(lines, key=lambda line: line[1] is not None and line[1].text_version == now)
