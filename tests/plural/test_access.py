"""Every route with every role, and with another person's objects."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from plural.access import RULES
from plural.extensions import db
from tests.visitor import Visitor
from tests.world import ROLES, World, routes

EVERYBODY = frozenset(ROLES)
# Somebody of another festival is nobody here.
SIGNED_IN = EVERYBODY - {"nobody", "guardian", "other_guardian", "staff_elsewhere"}
STAFF = frozenset({"staff", "safeguarding"})
SAFEGUARDING = frozenset({"safeguarding"})
JUDGES = frozenset({"juror", "other_juror", "focal_point", "chair"})
MEMBERS = JUDGES | {"distributor", "other_distributor"}
SPEAKING = frozenset({"focal_point"})

# Who may come in, written down anew and not read from the portal: the objects in the addresses
# are the maker's entry and film, the guardian's record, the juror's seat, and so on.
OPEN: dict[str, frozenset[str]] = {
    "site": EVERYBODY,
    "metrics.show": frozenset(),
    "recipients": EVERYBODY,
    "security": EVERYBODY,
    "account": EVERYBODY,
    "account.settings": SIGNED_IN,
    "account.change_password": SIGNED_IN,
    "staff": STAFF,
    "staff.name_safeguarding": SAFEGUARDING,
    "staff.end_safeguarding": SAFEGUARDING,
    "staff.worries": SAFEGUARDING,
    "staff.worry": SAFEGUARDING,
    "staff.take_worry": SAFEGUARDING,
    "staff.return_worry": SAFEGUARDING,
    "staff.note_step": SAFEGUARDING,
    "staff.seal_film": SAFEGUARDING,
    "staff.lift_seal": SAFEGUARDING,
    "staff.answer_worry": SAFEGUARDING,
    "rounds": STAFF,
    "publication": STAFF,
    "licences": STAFF,
    "static": EVERYBODY,
    "entries": frozenset({"maker"}),
    "entries.index": SIGNED_IN,
    "entries.new": SIGNED_IN,
    "guardian": frozenset({"guardian"}),
    "guardian.link": EVERYBODY,
    "guardian.renew": EVERYBODY,
    "guardian.leave": EVERYBODY,
    "guardian.revoke_by_code": EVERYBODY,
    "jury": frozenset({"juror"}),
    "jury.index": MEMBERS,
    "jury.undertaking": JUDGES | STAFF,
    "jury.receipts": JUDGES,
    # The seat of somebody who presides over a jury that talks.
    "jury.minutes": frozenset({"chair"}),
    "jury.confirm": frozenset({"chair"}),
    # The seat of somebody who speaks for the partner.
    "jury.picks": SPEAKING,
    "jury.pick": SPEAKING,
    "jury.criteria": SPEAKING,
    "jury.recommend": SPEAKING,
    "jury.people": SPEAKING,
    "jury.seat_colleague": SPEAKING,
    "jury.invite_colleague_again": SPEAKING,
    "jury.remove_colleague": SPEAKING,
    "catalogue": frozenset({"distributor"}),
    "catalogue.index": MEMBERS,
    "masters": frozenset({"distributor"}),
    "media.file": frozenset({"maker", "guardian", "juror", "distributor"}) | STAFF,
    "uploads.create": SIGNED_IN,
    "uploads.continue_": frozenset({"maker"}),
    "api.entry_status": frozenset({"maker"}),
    "api.licence_masters": frozenset({"distributor"}),
    "api.film_masters": STAFF,
}
# Routes whose answer to somebody who may come in is not a page.
NOT_PAGES = {"static", "site.start", "site.festival"}
# Links that nobody has been sent, so that 410 is the right answer to whoever tries one.
ABOUT_NOTHING = {"account.accept", "guardian.link"}

SAFE = {"GET", "HEAD", "OPTIONS"}
FORM_EXPIRED = "This page was open for too long."
# Guarded by same-origin checks instead: a token would expire before a film is sent on days later.
TUS = {
    ("uploads.create", "POST"),
    ("uploads.continue_", "POST"),
    ("uploads.continue_", "PATCH"),
    ("uploads.continue_", "DELETE"),
}


def allowed(endpoint: str) -> frozenset[str]:
    if endpoint in OPEN:
        return OPEN[endpoint]
    return OPEN[endpoint.partition(".")[0]]


def ask(world: World, role: str, method: str, address: str, token: bool = True) -> Any:
    """One request with a valid form token and everything that a same-origin page would send."""
    browser = world.browsers[role]
    fields = {"csrf_token": browser.token()} if method == "POST" and token else None
    return browser.client.open(
        address,
        method=method,
        data=fields,
        buffered=True,
        base_url="https://localhost",
        headers={"Origin": "https://localhost", "Tus-Resumable": "1.0.0"},
    )


def is_refusal(answer: Any) -> bool:
    to_sign_in = answer.status_code == 302 and "account/sign-in" in answer.headers["Location"]
    return to_sign_in or answer.status_code in (401, 403, 404)


def is_shut(endpoint: str, answer: Any) -> bool:
    """Whether somebody who may come in gets no page."""
    if endpoint in ABOUT_NOTHING:
        return bool(answer.status_code != 410)
    return is_refusal(answer) or answer.status_code >= 500


def rows(world: World) -> dict[str, int]:
    with world.app.app_context():
        return {
            name: db.session.scalar(select(func.count()).select_from(table)) or 0
            for name, table in db.metadata.tables.items()
        }


def test_every_route_is_named_in_the_table_of_rules_and_no_other(app: Flask) -> None:
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == set(RULES)


def test_a_route_without_a_rule_is_not_reachable(app: Flask, visitor: Visitor) -> None:
    app.add_url_rule("/<language>/<festival>/<edition>/new", "forgotten", lambda: "open!")
    assert visitor.get("new").status_code == 404


@pytest.mark.parametrize("role", ROLES)
def test_whoever_is_not_meant_is_refused_everywhere_and_changes_nothing(
    world: World, role: str
) -> None:
    before = rows(world)
    let_in = [
        (method, address, answer.status_code)
        for endpoint, method, address in routes(world)
        if role not in allowed(endpoint)
        for answer in [ask(world, role, method, address)]
        if not is_refusal(answer)
    ]
    assert let_in == []
    assert rows(world) == before


def test_every_unsafe_route_wants_a_form_token_but_those_of_the_upload_protocol(
    world: World,
) -> None:
    """Asked by somebody who may come in, with all that a same-origin page sends but the token.

    Nobody asks the protocol's own routes, so that no upload of the world comes to an end.
    """
    before = rows(world)
    without = {
        (endpoint, method)
        for endpoint, method, address in routes(world)
        if method not in SAFE
        for role in [asking(endpoint, method)]
        for answer in [ask(world, role, method, address, token=False)]
        if answer.status_code != 400 or FORM_EXPIRED not in answer.get_data(as_text=True)
    }
    assert without == TUS
    assert rows(world) == before


def asking(endpoint: str, method: str) -> str:
    if (endpoint, method) in TUS:
        return "nobody"
    return next((role for role in ROLES if role in allowed(endpoint)), "nobody")


@pytest.mark.parametrize("role", ROLES)
def test_whoever_is_meant_gets_the_page(world: World, role: str) -> None:
    shut_out = [
        (endpoint, address, answer.status_code)
        for endpoint, method, address in routes(world)
        if method == "GET" and role in allowed(endpoint) and endpoint not in NOT_PAGES
        for answer in [ask(world, role, method, address)]
        if is_shut(endpoint, answer)
    ]
    assert shut_out == []
