"""What all acts of the story share."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from demo.browser import PASSWORD, Browser
from demo.cast import Maker
from demo.clock import Clock
from demo.mailbox import Mailbox
from demo.report import Report
from demo.trouble import Trouble

PATIENCE_S = 120
T = TypeVar("T")


@dataclass
class Entered:
    """A maker's entry: its address within the edition, the ids of entry and film, and the
    addresses of its page and files in the distributor's catalogue once there is a licence."""

    maker: Maker
    browser: Browser
    path: str
    entry_id: str
    film_id: str = ""
    shelf: list[str] = field(default_factory=list)


@dataclass
class Festival:
    """The running festival as the story sees it: addresses, people, and their browsers."""

    origin: str
    place: str
    report: Report
    clock: Clock
    mailbox: Mailbox
    folder: Path
    films: dict[str, Path]
    # Called between steps; tests disturb the running parts there.
    moment: Callable[[str], None] = lambda _name: None
    staff: list[Browser] = field(default_factory=list)
    jurors: dict[str, Browser] = field(default_factory=dict)
    distributor: Browser | None = None
    entered: dict[str, Entered] = field(default_factory=dict)
    guardians: dict[str, Browser] = field(default_factory=dict)
    rounds: dict[str, str] = field(default_factory=dict)
    next_place: str = ""

    def browser(self, name: str = "", email: str = "", language: str = "en") -> Browser:
        return Browser(self.place.replace("/en/", f"/{language}/"), name, email)

    def mailed_link(self, to: str, containing: str) -> str:
        """The newest link in somebody's mails, once the mail has come."""
        return self.wait_for(
            f"a mail to {to}", lambda: self.mailbox.newest_link(to, containing) or None
        )

    def wait_for(
        self, what: str, look: Callable[[], T | None], patience_s: float = PATIENCE_S
    ) -> T:
        """Whatever `look` finds, as soon as it finds it. Raises Trouble after too long a wait."""
        until = time.monotonic() + patience_s
        while time.monotonic() < until:
            found = look()
            if found is not None:
                return found
            time.sleep(0.2)
        raise Trouble(f"After {patience_s:.0f} s there is still not {what}.")

    def accept(self, name: str, email: str) -> Browser:
        """Follow the invitation in somebody's mail and make the account."""
        person = self.browser(name, email)
        person.open(self.mailed_link(email, "/invitation/"))
        fields = {"name": name, "password": PASSWORD}
        person.send("/invitation/", fields)
        return person

    def undertake(self, viewer: Browser) -> None:
        """Sign what jurors and staff sign before their first film."""
        viewer.open("jury/undertaking")
        viewer.send("jury/undertaking", {"agrees": True})
