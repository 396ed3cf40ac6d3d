"""People who visit the portal with Chromium, and what must not happen to them meanwhile."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request

from demo.browser import PASSWORD
from tests.visitor import Visitor

PATIENCE_MS = 30_000
Fields = Mapping[str, str | bool | list[str] | Path]


@dataclass
class Watch:
    """Errors of pages and scripts, broken security policy, and requests to anybody else.

    Console messages that hold a word of `expected` are left out.
    """

    problems: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        context.set_default_timeout(PATIENCE_MS)
        context.on("console", self.hear)
        context.on("weberror", lambda error: self.problems.append(str(error.error)))
        context.on("request", self.see)

    def hear(self, message: ConsoleMessage) -> None:
        words = message.text
        is_wrong = message.type == "error" or "Content Security Policy" in words
        if is_wrong and not any(expected in words for expected in self.expected):
            self.problems.append(f"{message.location.get('url')}: {words}")

    def see(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https", "ws", "wss") and address.hostname != "localhost":
            self.problems.append(f"a request to {request.url}")


def take_session(context: BrowserContext, visitor: Visitor) -> None:
    """Go on as somebody who has signed in with another browser."""
    cookie = visitor.client.get_cookie("__Host-session")
    if cookie is not None:
        values = {"name": cookie.key, "value": cookie.value, "url": "https://localhost"}
        context.add_cookies([values])  # type: ignore[list-item]


@dataclass
class Person:
    """Somebody in front of one page. `place` is the edition's address in their language."""

    page: Page
    place: str
    pictures: Path

    def open(self, path: str = "") -> None:
        """Paths are relative to the edition unless they are whole addresses."""
        answer = self.page.goto(path if path.startswith("http") else f"{self.place}/{path}")
        assert answer is not None
        assert answer.ok, f"{self.page.url}: {answer.status}"

    def form(self, action: str) -> Locator:
        """The form that is sent to an address with this end; pages without one send to theirs."""
        own = self.page.locator(f'form[method="post"][action$="{action}"]')
        return own if own.count() else self.page.locator('main form[method="post"]:not([action])')

    def fill(self, form: Locator, fields: Fields) -> None:
        """A list ticks the boxes, or chooses the one button, with these values."""
        for name, value in fields.items():
            control = form.locator(f'[name="{name}"]')
            if isinstance(value, list):
                for one in value:
                    self.tick(form.locator(f'[name="{name}"][value="{one}"]'))
            elif value is True:
                self.tick(control)
            elif isinstance(value, Path):
                control.set_input_files(value)
            elif control.evaluate("element => element.tagName") == "SELECT":
                control.select_option(str(value))
            else:
                control.fill(str(value))

    def tick(self, box: Locator) -> None:
        """By its words, as the box itself may be drawn otherwise."""
        if not box.is_checked():
            self.page.locator(f'label[for="{box.get_attribute("id")}"]').click()

    def send(self, action: str, fields: Fields | None = None) -> None:
        """Fill in a form, send it, say yes when the page asks, and wait for the next page."""
        form = self.form(action).first
        self.fill(form, fields or {})
        asks = form.get_attribute("data-confirm") is not None
        with self.page.expect_navigation() as answer:
            form.locator("button[type=submit]").click()
            if asks:
                self.page.locator("dialog [data-yes]").click()
        # A script that turns the page itself has looked at the answer.
        response = answer.value
        assert response is None or response.ok, f"{self.page.url}: {response and response.status}"
        complaints = self.page.locator("#error-summary ~ ul, [aria-invalid=true]")
        assert complaints.count() == 0, complaints.all_inner_texts()

    def sign_in(self, email: str) -> None:
        self.open("account/sign-in")
        self.send("account/sign-in", {"email": email, "password": PASSWORD})

    def look(self, name: str) -> None:
        """Keep a picture of the page, numbered in the order of the story."""
        number = len(list(self.pictures.glob("*.png"))) + 1
        self.page.screenshot(path=self.pictures / f"{number:02}-{name}.png", full_page=True)
