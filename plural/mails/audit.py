"""Mails that carry the head of the audit chain out of the house."""

from plural.extensions import db
from plural.mailing import Mail, composer
from plural.models.audit import AuditHead
from plural.models.festival import Festival
from plural.models.people import Account


@composer("audit_head")
def audit_head(head_id: int, account_id: int) -> Mail | None:
    head = db.session.get_one(AuditHead, head_id)
    account = db.session.get_one(Account, account_id)
    edition = db.session.get_one(Festival, head.festival_id).current_edition
    if edition is None or not account.active:
        return None
    return Mail(
        edition=edition,
        to=account.email,
        language=account.language,
        template="audit_head",
        context={"name": account.name, "seq": head.seq, "hash": head.hash},
    )
