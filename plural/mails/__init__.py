"""Composers of mails, by subject; importing this package registers them all."""

from plural.mails import (
    accounts,
    audit,
    consent,
    films,
    invitations,
    judging,
    receipts,
    results,
    safety,
    sharing,
    staff,
)

__all__ = [
    "accounts",
    "audit",
    "consent",
    "films",
    "invitations",
    "judging",
    "receipts",
    "results",
    "safety",
    "sharing",
    "staff",
]
