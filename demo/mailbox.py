"""Everybody's post: without a mail server the portal leaves each mail as a file."""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

LINK = re.compile(r"https?://\S+")


class Mailbox:
    """Reads the mails in the folder of the demo, oldest first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def mails(self, to: str) -> Iterator[EmailMessage]:
        for file in sorted(self.folder.glob("*.eml")):
            mail = message_from_bytes(file.read_bytes(), policy=policy.default)
            if mail["To"] == to:
                yield mail

    def newest_link(self, to: str, containing: str) -> str | None:
        """The newest address sent to somebody that contains these words."""
        found = None
        for mail in self.mails(to):
            for link in LINK.findall(mail.get_content()):
                found = link if containing in link else found
        return found

    def count(self) -> int:
        return len(list(self.folder.glob("*.eml")))
