"""The mails that deeds have asked for, delivered as a worker would."""

import email
import re
from email.message import EmailMessage
from email.policy import default

from flask import Flask

from plural.actions import outbox

TOKEN = re.compile(r"/(?:consent|invitation|account/password)/([\w-]+)")


def deliver(app: Flask) -> list[EmailMessage]:
    """Do everything that the outbox holds; return the mails that this has sent, oldest first."""
    folder = app.extensions["plural_settings"].instance_folder / "mails"
    before = set(folder.glob("*.eml"))
    with app.app_context():
        while outbox.more_is_due():
            outbox.do_next()
    sent = sorted(set(folder.glob("*.eml")) - before)
    return [email.message_from_bytes(path.read_bytes(), policy=default) for path in sent]  # type: ignore[misc]


def token_in(mail: EmailMessage) -> str:
    """The token of the one-time link in a mail."""
    found = TOKEN.search(mail.get_content())
    assert found, mail.get_content()
    return found.group(1)


def to(mails: list[EmailMessage], address: str) -> list[EmailMessage]:
    return [mail for mail in mails if mail["To"] == address]
