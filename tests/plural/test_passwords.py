"""Forgotten passwords and new ones: links, sessions, and what nobody learns by asking."""

import os
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from plural.extensions import db
from plural.models.audit import AuditEvent, OutboxItem
from plural.models.people import Account, OneTimeLink
from tests import letters
from tests.factories import PASSWORD, Make
from tests.visitor import Visitor

NEW = "quite another password"


@pytest.fixture
def account(make: Make) -> Account:
    make.edition()
    return make.account("Lina", email="lina@example.org", language="ar")


def link_for(app: Flask, email: str = "Lina@Example.org") -> str:
    """The token of the mail that asking for a link has sent."""
    Visitor(app).post("account/forgotten", {"email": email})
    return letters.token_in(letters.deliver(app)[-1])


def signs_in(app: Flask, account: Account, password: str) -> bool:
    form = {"email": account.email, "password": password}
    return "sign-out" in Visitor(app).post("account/sign-in", form).text


def test_the_mailed_link_sets_a_new_password_and_signs_in(
    app: Flask, make: Make, account: Account
) -> None:
    Visitor(app).post("account/forgotten", {"email": "Lina@Example.org"})
    (mail,) = letters.deliver(app)
    assert (mail["To"], mail["Content-Language"]) == ("lina@example.org", "ar")
    browser = Visitor(app)
    page = browser.post(f"account/password/{letters.token_in(mail)}", {"password": NEW})
    assert "Your new password counts from now on." in page.text
    assert browser.get("entries").status_code == 200
    assert signs_in(app, account, NEW)
    assert not signs_in(app, account, PASSWORD)
    with make.saving():
        noted = AuditEvent.query.filter_by(action="account.password_set").one()
        assert noted.actor == account.pseudonym


def test_opening_the_link_changes_nothing(app: Flask, account: Account) -> None:
    token = link_for(app)
    for _time in range(2):
        assert Visitor(app).get(f"account/password/{token}").status_code == 200
    assert signs_in(app, account, PASSWORD)


def test_the_owner_is_told_of_the_new_password(app: Flask, account: Account) -> None:
    Visitor(app).post(f"account/password/{link_for(app)}", {"password": NEW})
    (mail,) = letters.deliver(app)
    assert mail["To"] == account.email
    assert "/ar/plural/2026/account/forgotten" in mail.get_content()


def test_a_new_password_ends_every_other_session(
    app: Flask, sign_in: Any, account: Account
) -> None:
    other = sign_in(account)
    remembered = Visitor(app)
    form = {"email": account.email, "password": PASSWORD, "remember": "y"}
    remembered.post("account/sign-in", form)
    Visitor(app).post(f"account/password/{link_for(app)}", {"password": NEW})
    for browser in (other, remembered):
        assert browser.get("entries").status_code == 302


def test_a_link_works_once_and_takes_all_others_with_it(app: Flask, account: Account) -> None:
    first, second = link_for(app), link_for(app)
    Visitor(app).post(f"account/password/{second}", {"password": NEW})
    for token in (first, second):
        answer = Visitor(app).post(f"account/password/{token}", {"password": "a third password"})
        assert answer.status_code == 410
        assert "This link cannot be used any more" in answer.text
        assert 'href="/en/plural/2026/account/forgotten"' in answer.text
    assert signs_in(app, account, NEW)


@pytest.mark.parametrize(("after_s", "status"), [(59 * 60, 200), (61 * 60, 410)])
def test_a_link_lives_for_an_hour(
    app: Flask, account: Account, set_clock: Any, after_s: int, status: int
) -> None:
    token = link_for(app)
    set_clock(after_s)
    assert Visitor(app).get(f"account/password/{token}").status_code == status


def test_a_password_that_is_too_short_leaves_the_link_open(app: Flask, account: Account) -> None:
    token = link_for(app)
    page = Visitor(app).post(f"account/password/{token}", {"password": "nine char"})
    assert "A password has at least 10 characters" in page.text
    assert Visitor(app).get(f"account/password/{token}").status_code == 200
    assert signs_in(app, account, PASSWORD)


def asked(app: Flask, email: str) -> tuple[int, str, list[str]]:
    """Status, main part of the page, and the statements that asking for a link runs."""
    browser = Visitor(app)
    token = browser.token()
    statements: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_others: Any) -> None:
        statements.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        form = {"email": email, "csrf_token": token}
        answer = browser.client.post(
            browser.address("account/forgotten"), data=form, base_url="https://localhost"
        )
    finally:
        event.remove(engine, "before_cursor_execute", note)
    page = browser.get("account/sign-in").text
    said = page.partition('role="status"')[2].partition("</div>")[0]
    return answer.status_code, said, statements


def test_asking_answers_and_works_alike_whether_the_address_exists(
    app: Flask, account: Account
) -> None:
    known, unknown = asked(app, account.email), asked(app, "nobody@example.org")
    assert known == unknown
    assert "If this address has an account" in known[1]
    assert any("INSERT INTO outbox_item" in statement for statement in known[2])


def test_nobody_without_account_is_written_to(app: Flask, make: Make, account: Account) -> None:
    Visitor(app).post("account/forgotten", {"email": "nobody@example.org"})
    assert letters.deliver(app) == []
    with make.saving():
        assert all(item.done_at for item in OutboxItem.query)


def test_a_closed_account_stays_closed(app: Flask, make: Make, account: Account) -> None:
    token = link_for(app)
    with make.saving():
        db.session.get_one(Account, account.id).active = False
    assert Visitor(app).post(f"account/password/{token}", {"password": NEW}).status_code == 410
    Visitor(app).post("account/forgotten", {"email": account.email})
    assert letters.deliver(app) == []


def test_the_same_address_in_another_festival_keeps_its_password(
    app: Flask, make: Make, account: Account
) -> None:
    elsewhere = make.festival("elsewhere")
    make.edition("2026", elsewhere)
    other = make.account(festival=elsewhere, email=account.email)
    token = link_for(app)
    there = Visitor(app, "/en/elsewhere/2026")
    assert there.post(f"account/password/{token}", {"password": NEW}).status_code == 410
    Visitor(app).post(f"account/password/{token}", {"password": NEW})
    form = {"email": other.email, "password": PASSWORD}
    assert "sign-out" in Visitor(app, "/en/elsewhere/2026").post("account/sign-in", form).text


def test_a_password_link_is_no_invitation_and_no_signature(app: Flask, account: Account) -> None:
    token = link_for(app)
    for path in ("invitation", "consent"):
        assert Visitor(app).post(f"{path}/{token}").status_code == 410


def test_no_row_holds_the_token(app: Flask, make: Make, account: Account) -> None:
    token = link_for(app)
    with make.saving():
        assert token not in {link.token_hash for link in OneTimeLink.query}
        assert all(token not in str(item.payload) for item in OutboxItem.query)


# ----- somebody who knows the old one


def test_whoever_knows_the_old_password_changes_it_and_stays(
    app: Flask, sign_in: Any, account: Account
) -> None:
    browser, other = sign_in(account), sign_in(account)
    form = {"old": PASSWORD, "password": NEW}
    page = browser.post("account/settings/password", form)
    assert "Your new password counts from now on." in page.text
    assert browser.get("account/settings").status_code == 200
    assert other.get("account/settings").status_code == 302
    assert signs_in(app, account, NEW)


def test_a_wrong_old_password_changes_nothing(app: Flask, sign_in: Any, account: Account) -> None:
    browser = sign_in(account)
    form = {"old": os.urandom(8).hex(), "password": NEW}
    assert "This is not your password until now." in browser.post(
        "account/settings/password", form
    ).text  # fmt: skip
    assert signs_in(app, account, PASSWORD)
