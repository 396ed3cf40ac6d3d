"""Composers of mails, by subject; importing this package registers them all."""

from plural.mails import consent, films, invitations, judging, receipts, results, staff

__all__ = ["consent", "films", "invitations", "judging", "receipts", "results", "staff"]
