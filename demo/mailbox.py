"""Everybody's post: without a mail server the portal leaves each mail as a file."""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

LINK = re.compile(r"https?://\S+")
Letter = tuple[str, list[str]]


class Mailbox:
    """Reads the mails in the folder of the demo, oldest first, and each of them once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read: dict[Path, Letter] = {}

    def letters(self) -> Iterator[Letter]:
        """To whom each mail goes, and the addresses that stand in it."""
        for file in sorted(self.folder.glob("[!.]*.eml")):
            if file not in self._read:
                mail = message_from_bytes(file.read_bytes(), policy=policy.default)
                self._read[file] = str(mail["To"]), LINK.findall(mail.get_content())
            yield self._read[file]

    def newest_link(self, to: str, containing: str) -> str | None:
        """The newest address sent to somebody that contains these words."""
        return next(reversed(self.links(to, containing)), None)

    def links(self, to: str, containing: str) -> list[str]:
        """Every address sent to somebody that contains these words, the newest last."""
        sent = [link for reader, links in self.letters() if reader == to for link in links]
        return [link for link in sent if containing in link]
