"""Accounts, organisations, who belongs to them, and one-time links."""

from __future__ import annotations

import secrets
from datetime import datetime
from enum import StrEnum

from flask_security import RoleMixin, UserMixin
from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from plural.extensions import db
from plural.models.columns import choice, identifier, instant, to
from plural.models.festival import Festival

STAFF = "staff"
SAFEGUARDING = "safeguarding"

account_role = Table(
    "account_role",
    db.metadata,
    Column("account_id", ForeignKey("account.id"), primary_key=True),
    Column("role_id", ForeignKey("role.id"), primary_key=True),
)


class Role(db.Model, RoleMixin):
    """A role that the festival itself gives: STAFF, and SAFEGUARDING to some of them by name."""

    __tablename__ = "role"
    __table_args__ = (UniqueConstraint("festival_id", "name"),)

    id: Mapped[int] = identifier()
    festival_id: Mapped[int] = to("festival.id")
    name: Mapped[str]


class Account(db.Model, UserMixin):
    """Somebody who can sign in to one festival. `pseudonym` stands for them in the audit chain.

    `languages_not_followed` are those whose films they have given back as a juror.
    """

    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("festival_id", "email"),)

    id: Mapped[int] = identifier()
    festival_id: Mapped[int] = to("festival.id")
    email: Mapped[str]
    name: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="en")
    password: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(unique=True, default=lambda: secrets.token_hex(32))
    pseudonym: Mapped[str] = mapped_column(unique=True, default=lambda: secrets.token_hex(16))
    languages_not_followed: Mapped[list[str]] = mapped_column(JSON, default=list)
    created_at: Mapped[datetime] = instant()

    festival: Mapped[Festival] = relationship()
    roles: Mapped[list[Role]] = relationship(secondary=account_role)  # type: ignore[assignment]
    memberships: Mapped[list[Membership]] = relationship(back_populates="account")


class OrganisationKind(StrEnum):
    PARTNER = "partner"
    JURY = "jury"
    DISTRIBUTOR = "distributor"


class Organisation(db.Model):
    """A partner, a distributor, or the edition's international jury as a body."""

    __tablename__ = "organisation"
    __table_args__ = (UniqueConstraint("festival_id", "name"),)

    id: Mapped[int] = identifier()
    festival_id: Mapped[int] = to("festival.id")
    name: Mapped[str]
    kind: Mapped[OrganisationKind] = choice(OrganisationKind)
    region: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="")

    festival: Mapped[Festival] = relationship()
    memberships: Mapped[list[Membership]] = relationship(back_populates="organisation")


class MembershipRole(StrEnum):
    JUROR = "juror"
    FOCAL_POINT = "focal_point"
    DISTRIBUTOR = "distributor"


class Membership(db.Model):
    """A person acts for an organisation in one role; without account until they accept.

    `languages` are those whose films they can follow as a juror; none means any.
    """

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("organisation_id", "email", "role"),)

    id: Mapped[int] = identifier()
    organisation_id: Mapped[int] = to("organisation.id")
    account_id: Mapped[int | None] = to("account.id")
    role: Mapped[MembershipRole] = choice(MembershipRole)
    email: Mapped[str]
    name: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="en")
    languages: Mapped[list[str]] = mapped_column(JSON, default=list)
    invited_at: Mapped[datetime] = instant()
    accepted_at: Mapped[datetime | None] = instant()
    ended_at: Mapped[datetime | None] = instant()

    organisation: Mapped[Organisation] = relationship(back_populates="memberships")
    account: Mapped[Account | None] = relationship(back_populates="memberships")


class LinkPurpose(StrEnum):
    STAFF_INVITATION = "staff_invitation"
    INVITATION = "invitation"
    CONSENT = "consent"
    PASSWORD = "password"  # noqa: S105 - the purpose of a link


class OneTimeLink(db.Model):
    """A link that one person may use once. Only the hash of its token is kept.

    Opening it changes nothing; a POST consumes it. It is about exactly one membership, one
    guardian, or (for staff and forgotten passwords) one e-mail address.
    """

    __tablename__ = "one_time_link"
    __table_args__ = (
        CheckConstraint(
            "(purpose = 'invitation') = (membership_id IS NOT NULL)", name="about_membership"
        ),
        CheckConstraint("(purpose = 'consent') = (guardian_id IS NOT NULL)", name="about_guardian"),
    )

    id: Mapped[int] = identifier()
    festival_id: Mapped[int] = to("festival.id")
    purpose: Mapped[LinkPurpose] = choice(LinkPurpose)
    token_hash: Mapped[str] = mapped_column(unique=True)
    email: Mapped[str]
    membership_id: Mapped[int | None] = to("membership.id")
    guardian_id: Mapped[int | None] = to("guardian.id")
    created_at: Mapped[datetime] = instant()
    expires_at: Mapped[datetime] = instant()
    consumed_at: Mapped[datetime | None] = instant()

    membership: Mapped[Membership | None] = relationship()
