"""One-time links: a random token whose hash is kept, shown by GET, consumed by POST."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import select, update

from plural import clock
from plural.errors import LinkUnusable
from plural.extensions import db
from plural.models.people import LinkPurpose, OneTimeLink

PASSWORD_LIFE = timedelta(minutes=60)


def make(festival_id: int, purpose: LinkPurpose, email: str, **about: Any) -> str:
    """Make a link and return its token, which is kept nowhere. `about` names its one subject."""
    token = secrets.token_urlsafe(32)
    db.session.add(
        OneTimeLink(
            festival_id=festival_id,
            purpose=purpose,
            token_hash=hash_token(token),
            email=email,
            created_at=clock.now(),
            expires_at=clock.now() + life(purpose),
            **about,
        )
    )
    db.session.flush()
    return token


def life(purpose: LinkPurpose) -> timedelta:
    """How long a link can be used: an hour if it opens an account, else as the settings say."""
    if purpose is LinkPurpose.PASSWORD:
        return PASSWORD_LIFE
    return timedelta(seconds=current_app.extensions["plural_settings"].invitation_expires_s)


def find(festival_id: int, token: str) -> OneTimeLink:
    """The link, unchanged. Raises LinkUnusable when it is unknown, consumed or expired."""
    link = find_any(festival_id, token)
    if link.consumed_at is not None or link.expires_at <= clock.now():
        raise LinkUnusable()
    return link


def find_any(festival_id: int, token: str) -> OneTimeLink:
    """The link even when it is consumed or expired. Raises LinkUnusable when it is unknown."""
    link = db.session.scalar(
        select(OneTimeLink).where(
            OneTimeLink.token_hash == hash_token(token), OneTimeLink.festival_id == festival_id
        )
    )
    if link is None:
        raise LinkUnusable()
    return link


def consume(link: OneTimeLink) -> None:
    """Use the link up; of two that try at once only one succeeds. Raises LinkUnusable."""
    used = db.session.execute(
        update(OneTimeLink)
        .where(OneTimeLink.id == link.id, OneTimeLink.consumed_at.is_(None))
        .values(consumed_at=clock.now())
    )
    if used.rowcount != 1:  # type: ignore[attr-defined]
        raise LinkUnusable()


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
