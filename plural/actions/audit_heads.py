"""The head of the audit chain, mailed out every day: whoever holds one can tell a rewritten past.

A chain without keys can be rewritten whole by whoever owns the database. Partners who hold heads
of earlier days make that visible.
"""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import select

from plural import audit, clock, mailing
from plural.extensions import db
from plural.models.audit import AuditEvent, AuditHead
from plural.models.festival import Edition, Festival
from plural.models.people import Account, Membership, MembershipRole, Organisation, OrganisationKind

HOUR = 6


def mail_due() -> int:
    """Mail today's head of every festival whose chain has grown since the last; how many mails."""
    return sum(mail_head(festival) for festival in Festival.query.order_by(Festival.id).all())


def mail_head(festival: Festival) -> int:
    edition, people = festival.current_edition, focal_points(festival)
    if edition is None or not people or not is_due(festival, edition):
        return 0
    held = audit.lock_head(festival)
    if not is_due(festival, edition):
        return 0
    head = AuditHead(
        festival_id=festival.id,
        seq=held.audit_seq,
        hash=held.audit_hash,
        mailed_at=clock.now(),
        recipients=len(people),
    )
    db.session.add(head)
    db.session.flush()
    for account in people:
        mailing.post(festival.id, "audit_head", head_id=head.id, account_id=account.id)
    return len(people)


def is_due(festival: Festival, edition: Edition) -> bool:
    """Whether the chain has grown since the last head, and none was mailed today."""
    zone = ZoneInfo(edition.time_zone)
    now, last = clock.now().astimezone(zone), newest(festival)
    if now.hour < HOUR or festival.audit_seq == 0:
        return False
    if last is None:
        return True
    return last.seq < festival.audit_seq and last.mailed_at.astimezone(zone).date() < now.date()


def newest(festival: Festival) -> AuditHead | None:
    return next(iter(mailed(festival, 1)), None)


def mailed(festival: Festival, most: int) -> list[AuditHead]:
    """The heads that were mailed out, the newest first."""
    found: list[AuditHead] = (
        AuditHead.query.filter_by(festival_id=festival.id)
        .order_by(AuditHead.id.desc())
        .limit(most)
        .all()
    )
    return found


def focal_points(festival: Festival) -> list[Account]:
    """Everybody through whom a partner organisation speaks, each once."""
    speaking = (
        select(Membership.account_id)
        .join(Organisation, Membership.organisation_id == Organisation.id)
        .where(
            Organisation.festival_id == festival.id,
            Organisation.kind == OrganisationKind.PARTNER,
            Membership.role == MembershipRole.FOCAL_POINT,
            Membership.accepted_at.is_not(None),
            Membership.ended_at.is_(None),
        )
    )
    found: list[Account] = (
        Account.query.filter(Account.id.in_(speaking), Account.active).order_by(Account.id).all()
    )
    return found


# ----- verifying


@dataclass(frozen=True)
class Verification:
    """What a walk along the whole chain has found.

    `broken` is the number of the first event that does not fit, `gone` the oldest mailed head that
    the chain does not lead through: it was rewritten after that mail.
    """

    events: int
    broken: int | None
    gone: AuditHead | None

    @property
    def whole(self) -> bool:
        return self.broken is None and self.gone is None


def verify(festival: Festival) -> Verification:
    gone = db.session.scalars(
        select(AuditHead)
        .outerjoin(
            AuditEvent,
            (AuditEvent.festival_id == AuditHead.festival_id)
            & (AuditEvent.seq == AuditHead.seq)
            & (AuditEvent.hash == AuditHead.hash),
        )
        .where(AuditHead.festival_id == festival.id, AuditEvent.id.is_(None))
        .order_by(AuditHead.seq)
        .limit(1)
    ).first()
    return Verification(festival.audit_seq, audit.first_broken(festival), gone)


def leads_through(festival: Festival, seq: int, hash_: str) -> bool:
    """Whether the chain has this hash at this number, as somebody's mail says it had."""
    found = AuditEvent.query.filter_by(festival_id=festival.id, seq=seq, hash=hash_.strip().lower())
    return found.first() is not None
