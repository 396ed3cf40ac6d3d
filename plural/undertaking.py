"""The safeguarding undertaking that staff and juries sign before their first film."""

from sqlalchemy import func, select

from plural.extensions import db
from plural.models.consent import ConsentText
from plural.models.festival import Edition
from plural.models.people import Account
from plural.models.safety import Undertaking

JUROR = "juror"


def version_in_force(edition: Edition) -> int:
    """The newest version of the edition's text; 0 when nobody has written one."""
    newest = db.session.scalar(
        select(func.max(ConsentText.version)).where(
            ConsentText.edition_id == edition.id, ConsentText.signer == JUROR
        )
    )
    return newest or 0


def has_signed(account: Account, edition: Edition) -> bool:
    """Whether the account has signed the text that is in force; nobody has when there is none."""
    return (
        Undertaking.query.filter_by(
            edition_id=edition.id, account_id=account.id, text_version=version_in_force(edition)
        ).first()
        is not None
    )
