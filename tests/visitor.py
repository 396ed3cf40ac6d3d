"""A browser without scripts for tests: one person, one session, tokens taken from the pages."""

import re
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from tests.factories import PASSWORD

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


CHANGES_WITH_EACH_VISIT = re.compile("csrf|nonce|data-now")


def steady(page: str) -> list[str]:
    """The lines of a page that are the same on each visit: without tokens and the time."""
    return [line for line in page.splitlines() if not CHANGES_WITH_EACH_VISIT.search(line)]


class Visitor:
    """Paths are relative to `/{language}/{festival}/{edition}` unless they begin with a slash."""

    def __init__(self, app: Flask, place: str = "/en/plural/2026") -> None:
        self.client = app.test_client()
        self.home = self.place = place

    def address(self, path: str) -> str:
        return path if path.startswith("/") else f"{self.place}/{path}"

    def get(self, path: str, **options: Any) -> TestResponse:
        options.setdefault("buffered", True)
        return self.client.get(self.address(path), base_url="https://localhost", **options)

    def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        """Send a form with the session's token. A redirect is followed unless told otherwise."""
        options.setdefault("follow_redirects", True)
        fields = {"csrf_token": self.token(), **(data or {})}
        return self.client.post(
            self.address(path), data=fields, base_url="https://localhost", **options
        )

    def token(self) -> str:
        found = TOKEN.search(self.get(f"{self.home}/account/sign-in").text)
        found = found or TOKEN.search(self.get(f"{self.home}/").text)
        assert found, "no page offers a form token"
        return found.group(1)

    def sign_in(self, account: Any) -> "Visitor":
        answer = self.post("account/sign-in", {"email": account.email, "password": PASSWORD})
        assert "sign-out" in answer.text, answer.text
        return self
