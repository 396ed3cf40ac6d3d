"""What holds for every page: language and direction, scripts by nonce, nothing from outside."""

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from flask import Flask

from plural.access import RULES, anybody
from tests.factories import Make
from tests.visitor import Visitor
from tests.world import ROLES, World, routes

LOADED = {"script": "src", "link": "href", "img": "src", "source": "src", "video": "poster",
          "track": "src", "iframe": "src", "form": "action"}  # fmt: skip


class Page(HTMLParser):
    """The elements of a page with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for found, attributes in self.elements if found == tag]


def pages(world: World, role: str, language: str) -> list[tuple[str, object]]:
    """Every page that the role gets, in a language."""
    found = []
    for _endpoint, method, address in routes(world):
        if method != "GET" or not address.startswith("/en/"):
            continue
        address = f"/{language}/" + address.removeprefix("/en/")
        answer = world.browsers[role].get(address)
        if answer.mimetype == "text/html" and answer.status_code == 200:
            found.append((address, answer))
    assert found
    return found


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("ar", "rtl")])
def test_every_page_is_in_its_language_and_keeps_the_rules_for_scripts(
    world: World, role: str, language: str, direction: str
) -> None:
    for address, answer in pages(world, role, language):
        page = Page(answer.text)
        html = page.all("html")[0]
        assert (html["lang"], html["dir"]) == (language, direction), address
        assert len(page.all("h1")) == 1, address
        nonce = re.search(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"])
        assert nonce, address
        for script in page.all("script"):
            assert script.get("nonce") == nonce.group(1), address
            assert "src" in script, f"an inline script in {address}"
        for tag, attributes in page.elements:
            assert "style" not in attributes, f"an inline style in {address}"
            assert not [a for a in attributes if a.startswith("on")], f"a handler in {address}"
            outside = urlsplit(attributes.get(LOADED.get(tag, ""), "")).netloc
            assert not outside, f"{address} loads from {outside}"


@pytest.mark.parametrize("role", ROLES)
def test_private_answers_are_never_stored(world: World, role: str) -> None:
    for address, answer in pages(world, role, "en"):
        assert "no-store" in answer.headers["Cache-Control"], address
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert answer.headers["Referrer-Policy"] == "same-origin"


def test_every_form_that_changes_something_carries_a_token(world: World) -> None:
    for role in ROLES:
        for address, answer in pages(world, role, "en"):
            for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", answer.text, re.S):
                assert "csrf_token" in form, address


def test_a_form_without_token_is_refused_in_words(world: World) -> None:
    browser = world.browsers["maker"]
    answer = browser.client.post(browser.address("entries/new"), base_url="https://localhost")
    assert answer.status_code == 400
    assert "send it once more" in answer.text


def test_the_session_cookie_is_bound_to_this_host(make: Make, visitor: Visitor) -> None:
    make.edition()
    cookie = visitor.get("account/sign-in").headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie


def test_an_unexpected_error_shows_an_id_that_the_log_knows(
    app: Flask,
    make: Make,
    visitor: Visitor,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail() -> str:
        raise ValueError("a secret detail")

    app.add_url_rule("/<language>/<festival>/<edition>/broken", "broken", fail)
    monkeypatch.setitem(RULES, "broken", anybody)
    make.edition()
    answer = visitor.get("broken")
    assert answer.status_code == 500
    assert "a secret detail" not in answer.text
    error_id = re.search(r"\b[0-9a-f]{12}\b", answer.text)
    assert error_id
    assert error_id.group(0) in caplog.text
    assert "a secret detail" in caplog.text
