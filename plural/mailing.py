"""Mails: asked for by a deed, composed when they leave, sent once at least.

A deed calls `post` with ids. When the outbox delivers it, the composer of that name reads the rows
as they are then, asks `plural.rights` again, and returns a Mail or None if it must not go any more.
"""

import logging
import secrets
import smtplib
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import current_app, g, render_template
from flask_babel import force_locale

from plural import clock, links, outbox
from plural.addresses import address
from plural.extensions import db
from plural.models.festival import Edition
from plural.models.people import LinkPurpose

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class FreshLink:
    """A one-time link to be made when the mail leaves; `about` names its subject's column."""

    purpose: LinkPurpose
    endpoint: str
    about: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Mail:
    """One mail. `templates/mails/<template>.txt` has the subject in its first line.

    The template sees `context`, `edition`, `lang`, the edition's `text()`, and `link` when a
    `link` is asked for.
    """

    edition: Edition
    to: str
    language: str
    template: str
    context: dict[str, Any] = field(default_factory=dict)
    link: FreshLink | None = None


Composer = Callable[..., Mail | None]
COMPOSERS: dict[str, Composer] = {}


def composer(name: str) -> Callable[[Composer], Composer]:
    """Register a function that composes the mail called `name` from ids."""

    def register(function: Composer) -> Composer:
        COMPOSERS[name] = function
        return function

    return register


def post(festival_id: int, name: str, **ids: int) -> None:
    """Ask for a mail, in the transaction of the deed."""
    outbox.add(festival_id, "mail", name=name, ids=ids)


def deliver(name: str, ids: dict[str, int]) -> None:
    """Compose and send. Raises OSError or smtplib.SMTPException when the server is away."""
    mail = COMPOSERS[name](**ids)
    if mail is None:
        log.info("mail %s %s is not due any more", name, ids)
        return
    message = compose(mail, make_link(mail))
    # Sending can take long: no transaction waits for it.
    db.session.commit()
    send(message)


def make_link(mail: Mail) -> str | None:
    if mail.link is None:
        return None
    token = links.make(mail.edition.festival_id, mail.link.purpose, mail.to, **mail.link.about)
    return address(mail.link.endpoint, mail.edition, mail.language, token=token)


def own_words(mail: Mail) -> dict[str, Any]:
    """What the template sees besides its link."""
    return {"edition": mail.edition, "lang": mail.language, **mail.context}


def compose(mail: Mail, link: str | None) -> EmailMessage:
    g.edition, g.festival, g.language = mail.edition, mail.edition.festival, mail.language
    with force_locale(mail.language):
        written = render_template(
            f"mails/{mail.template}.txt", **own_words(mail), link=link, address=address
        )
    subject, _newline, body = written.strip().partition("\n")
    message = EmailMessage()
    message["Subject"] = " ".join(subject.split())
    message["From"] = settings().mail_sender
    message["To"] = mail.to
    message.set_content(body.strip() + "\n")
    message["Content-Language"] = mail.language
    return message


def send(message: EmailMessage) -> None:
    if settings().smtp_url:
        send_by_smtp(message)
    else:
        keep_as_file(message)


def send_by_smtp(message: EmailMessage) -> None:
    server = urlsplit(settings().smtp_url)
    kind = smtplib.SMTP_SSL if server.scheme == "smtps" else smtplib.SMTP
    with kind(server.hostname or "localhost", server.port or 0, timeout=30) as smtp:
        if server.scheme == "smtp+starttls":
            smtp.starttls()
        if server.username:
            smtp.login(unquote(server.username), unquote(server.password or ""))
        smtp.send_message(message)


def keep_as_file(message: EmailMessage) -> Path:
    """Without a mail server a mail is a file in the instance folder."""
    folder = settings().instance_folder / "mails"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"{clock.now():%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}.eml"
    unfinished = folder / f".{name}"
    unfinished.write_bytes(message.as_bytes())
    return unfinished.rename(folder / name)


def settings() -> Any:
    return current_app.extensions["plural_settings"]
