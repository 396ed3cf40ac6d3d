"""A round's close while its jurors press send: as browsers do it, each by a request of its own."""

import http.client
import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlencode

from flask import Flask

from plural.models.rounds import RoundResult
from plural.models.scoring import Assignment, Score
from tests.factories import Make
from tests.plural.panels import Panel
from tests.tus import cookie_of, served
from tests.visitor import Visitor

PATIENCE_S = 60
FILLED = {"criterion_story": "4", "criterion_craft": "", "revision": "0"}


@dataclass(frozen=True)
class Browser:
    """A session on the served portal: its cookie and its form token."""

    port: int
    cookie: str
    token: str

    @classmethod
    def of(cls, visitor: Visitor, port: int) -> Self:
        return cls(port, cookie_of(visitor), visitor.token())

    def post(self, path: str, fields: dict[str, str]) -> tuple[int, bytes]:
        """What the portal answers to a form, as to a script, which follows no redirect."""
        body = urlencode({"csrf_token": self.token, **fields})
        headers = {
            "Cookie": self.cookie,
            "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        link = http.client.HTTPConnection("localhost", self.port, timeout=PATIENCE_S)
        try:
            link.request("POST", f"/en/plural/2026/{path}", body, headers)
            answer = link.getresponse()
            return answer.status, answer.read()
        finally:
            link.close()


class Rush:
    """Scores that are sent at the same moment, and a close as soon as the first of them is kept."""

    def __init__(self, count: int) -> None:
        self.together = threading.Barrier(count)
        self.first_kept = threading.Event()
        self.answers: list[tuple[int, bytes]] = []

    def send(self, browser: Browser, assignment_id: int) -> None:
        self.together.wait()
        answer = browser.post(f"jury/films/{assignment_id}/score", FILLED)
        self.answers.append(answer)
        if answer[0] == 200:
            self.first_kept.set()

    def close(self, office: Browser, round_id: int) -> None:
        assert self.first_kept.wait(PATIENCE_S)
        status, _body = office.post(f"staff/rounds/{round_id}/closing", {"anyway": "y"})
        assert status == 302

    def receipts(self) -> list[str]:
        """Of the scores that were answered as kept."""
        return sorted(json.loads(body)["receipt"] for status, body in self.answers if status == 200)


def rush(browsers: dict[int, Browser], office: Browser, round_id: int) -> Rush:
    """Every assignment's score by a thread of its own, and the close by one more."""
    found = Rush(len(browsers))
    with ThreadPoolExecutor(len(browsers) + 1) as threads:
        work = [threads.submit(found.send, one, number) for number, one in browsers.items()]
        work.append(threads.submit(found.close, office, round_id))
        for one in work:
            one.result()
    return found


def test_the_deadline_second_twenty_threads_at_the_close_over_http_lose_none_and_count_none_late(
    app: Flask, make: Make, sign_in: Callable[[Any], Visitor]
) -> None:
    panel = Panel(app, make, make.staff())
    panel.add_jurors(2)
    panel.add_films(10)
    round_id = panel.assigned()
    with app.app_context():
        todo = {a.id: a.seat.membership.account_id for a in Assignment.query}
    with served(app) as port:
        people = {a.id: Browser.of(sign_in(a), port) for a, _membership in panel.jurors}
        browsers = {number: people[account] for number, account in todo.items()}
        found = rush(browsers, Browser.of(sign_in(panel.staff), port), round_id)
        late = [
            browser.post(f"jury/films/{number}/score", {**FILLED, "criterion_story": "5"})
            for number, browser in browsers.items()
        ]
    assert len(found.answers) == 20
    assert {status for status, _body in found.answers} <= {200, 409}
    assert {status for status, _body in late} == {409}
    with app.app_context():
        [result] = RoundResult.query.all()
        assert sorted(s["receipt"] for s in result.document["scores"]) == found.receipts()
        assert sorted((s.receipt, s.values) for s in Score.query) == [
            (receipt, {"story": 4.0}) for receipt in found.receipts()
        ]
