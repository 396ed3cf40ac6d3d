"""One person's browser: opens pages, fills in the forms that it finds there, sends them."""

import re
import time
from collections.abc import Callable, Mapping
from http.cookiejar import DefaultCookiePolicy
from typing import Any, TypeVar
from urllib.parse import urljoin, urlsplit

import mechanicalsoup
import requests
from bs4 import BeautifulSoup, Tag

from demo.trouble import Trouble

PASSWORD = "a demo needs no secrets"
RESTART_S = 60
T = TypeVar("T")


class LocalSession(requests.Session):
    """Sends Secure cookies over http://localhost, as browsers do."""

    policy = DefaultCookiePolicy(secure_protocols=("http", "https"))

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        prepared = super().prepare_request(request)
        prepared.headers.pop("Cookie", None)
        jar: Any = prepared._cookies  # type: ignore[attr-defined]
        jar.set_policy(self.policy)
        prepared.prepare_cookies(jar)
        return prepared


def patiently(open_page: Callable[[], T]) -> T:
    """Load a page, again and again for a while if the server is just being started anew."""
    until = time.monotonic() + RESTART_S
    while True:
        try:
            return open_page()
        except requests.ConnectionError:
            if time.monotonic() > until:
                raise Trouble("The portal does not answer any more.") from None
            time.sleep(0.3)


class Browser:
    """`place` is the edition's address: http://localhost:PORT/en/plural/2026."""

    def __init__(self, place: str, name: str = "", email: str = "") -> None:
        self.place = place
        self.name = name
        self.email = email
        session = LocalSession()
        session.headers["Accept-Language"] = "en"
        self.soup = mechanicalsoup.StatefulBrowser(session=session)

    @property
    def session(self) -> requests.Session:
        return self.soup.session

    @property
    def page(self) -> BeautifulSoup:
        return self.soup.page

    @property
    def address(self) -> str:
        return str(self.soup.url)

    def absolute(self, path: str) -> str:
        """Paths are relative to the edition; those that begin with a slash, to the server."""
        if path.startswith("http"):
            return path
        return urljoin(self.place, path) if path.startswith("/") else f"{self.place}/{path}"

    def open(self, path: str) -> BeautifulSoup:
        self.checked(patiently(lambda: self.soup.open(self.absolute(path))))
        return self.page

    def status(self, path: str) -> int:
        """The status of an address, without following redirects or leaving the page."""
        return self.get(path).status_code

    def get(self, path: str, **options: Any) -> requests.Response:
        address = self.absolute(path)
        return patiently(lambda: self.session.get(address, allow_redirects=False, **options))

    def send(self, form: str | Tag, fields: Mapping[str, Any] | None = None) -> BeautifulSoup:
        """Fill in the form whose action ends with `form` (or contains it) and send it.

        A list value ticks several boxes. Raises Trouble with the page's complaint when the
        portal does not take it.
        """
        self.soup.select_form(self.find_form(form) if isinstance(form, str) else form)
        for name, value in (fields or {}).items():
            try:
                self.fill(name, value)
            except mechanicalsoup.LinkNotFoundError:
                raise Trouble(f"{self.address} does not ask for {name!r}.") from None
        self.checked(self.soup.submit_selected())
        return self.page

    def post(
        self, path: str, fields: Mapping[str, Any], files: Mapping[str, Any] | None = None
    ) -> requests.Response:
        """Send what no form of the page sends, with the page's own token; the page stays."""
        token = self.one("input[name=csrf_token]")["value"]
        return self.session.post(
            self.absolute(path), data={"csrf_token": token, **fields}, files=files
        )

    def find_form(self, wanted: str) -> Tag:
        forms = self.page.find_all("form", method="post")
        actions = [urlsplit(str(form.get("action") or self.address)).path for form in forms]
        for fits in (str.endswith, str.__contains__):
            for form, action in zip(forms, actions, strict=True):
                if fits(action, wanted):
                    return form
        offered = actions
        raise Trouble(f"{self.address} offers no form {wanted!r}; it offers {offered}.")

    def fill(self, name: str, value: Any) -> None:
        if isinstance(value, list | tuple):
            self.soup[name] = tuple(str(v) for v in value)
        elif isinstance(value, bool):
            self.soup[name] = value
        else:
            self.soup[name] = str(value)

    def checked(self, answer: requests.Response) -> None:
        if answer.status_code >= 400:
            raise Trouble(f"{answer.url} answered {answer.status_code}: {self.complaint()}")
        if self.page is not None and self.page.select(".error-summary, [aria-invalid=true]"):
            raise Trouble(f"{answer.url} was not content: {self.complaint()}")

    def complaint(self) -> str:
        if self.page is None:
            return "no page"
        summary = self.page.select_one(".error-summary") or self.page.select_one("main")
        return " ".join((summary or self.page).get_text(" ").split())[:400]

    def text(self) -> str:
        """All words of the page's main part."""
        main = self.page.select_one("main") or self.page
        return " ".join(main.get_text(" ").split())

    def says(self, words: str) -> bool:
        """Whether the words stand anywhere on the page."""
        return words in " ".join(self.page.get_text(" ").split())

    def expect(self, words: str) -> None:
        if not self.says(words):
            raise Trouble(f"{self.address} does not say {words!r}: {self.text()[:300]}")

    def one(self, selector: str) -> Tag:
        """The first element that fits. Raises Trouble when the page has none."""
        found = self.page.select_one(selector)
        if found is None:
            raise Trouble(f"{self.address} has no {selector}.")
        return found

    def option(self, select: str, words: str) -> str:
        """The value of the option of a select whose label contains these words."""
        for option in self.one(f"select[name={select}]").find_all("option"):
            if words in option.get_text():
                return str(option["value"])
        raise Trouble(f"{self.address} does not offer {words!r}.")

    def link(self, pattern: str) -> str:
        """The first address on the page that matches."""
        for anchor in self.page.find_all("a", href=re.compile(pattern)):
            return str(anchor["href"])
        raise Trouble(f"{self.address} has no link like {pattern!r}.")

    def cookies(self) -> str:
        return "; ".join(f"{c.name}={c.value}" for c in self.session.cookies)

    # ----- what everybody does

    def register(self) -> "Browser":
        self.open("account/new")
        self.send("account/new", {"name": self.name, "email": self.email, "password": PASSWORD})
        return self

    def sign_in(self) -> "Browser":
        self.open("account/sign-in")
        self.send("account/sign-in", {"email": self.email, "password": PASSWORD})
        return self


def api(browser: Browser, path: str) -> str:
    """The address of the programming interface of the browser's edition."""
    _http, _empty, _host, _language, place = browser.place.split("/", 4)
    return f"/api/v1/{place}/{path}"
