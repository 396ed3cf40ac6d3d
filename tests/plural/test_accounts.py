"""Signing in, making accounts, taking up invitations."""

from datetime import date
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask

from plural import clock, links, mailing
from plural.extensions import db
from plural.models.audit import AuditEvent
from plural.models.people import Account, LinkPurpose, Membership, MembershipRole, OneTimeLink
from plural.rights import is_staff
from tests import letters
from tests.factories import PASSWORD, Make
from tests.visitor import Visitor

NEW = {"name": "Noor", "email": "Noor@Example.org", "password": "three long words"}
WRONG = "This address and this password do not belong together."


# ----- accounts


def test_an_account_is_made_and_signed_in(make: Make, visitor: Visitor) -> None:
    make.edition()
    page = visitor.post("account/new", NEW).text
    assert "My films" in page
    account = make.first(Account)
    assert (account.email, account.name, account.language) == ("noor@example.org", "Noor", "en")
    assert account.password.startswith("$argon2id$")


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"password": "nine char"}, "A password has at least 10 characters"),
        ({"password": ""}, "Please choose a password."),
        ({"name": " "}, "What is your name?"),
        ({"email": "noor"}, "This does not look like an e-mail address."),
    ],
)
def test_a_wrong_answer_makes_no_account(
    make: Make, visitor: Visitor, changed: dict[str, str], sentence: str
) -> None:
    make.edition()
    assert sentence in visitor.post("account/new", {**NEW, **changed}).text
    with make.saving():
        assert Account.query.count() == 0


def test_an_address_has_one_account(make: Make, visitor: Visitor) -> None:
    make.edition()
    account = make.account(email="noor@example.org")
    page = visitor.post("account/new", {**NEW, "password": "another password"}).text
    assert "If you have an account already, sign in." in page
    with make.saving():
        assert [a.password for a in Account.query] == [account.password]


def test_nobody_gives_themselves_a_role(make: Make, visitor: Visitor) -> None:
    make.edition()
    staff = make.staff()
    visitor.post("account/new", {**NEW, "roles": "staff", "active": "", "festival_id": "9"})
    with make.saving():
        account = Account.query.filter_by(email="noor@example.org").one()
        assert (account.roles, account.active) == ([], True)
        assert account.festival_id == staff.festival_id


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(
    make: Make, app: Flask
) -> None:
    make.edition()
    account = make.account()
    answers = []
    for email in (account.email, "nobody@example.org"):
        page = Visitor(app).post(
            "account/sign-in", {"email": email, "password": "not the password"}
        )
        assert WRONG in page.text
        assert "sign-out" not in page.text
        answers.append((page.status_code, page.text.count(WRONG)))
    assert answers[0] == answers[1]


def test_an_account_belongs_to_one_festival(make: Make, app: Flask) -> None:
    make.edition()
    elsewhere = make.festival("elsewhere")
    make.edition("2026", elsewhere)
    account = make.account()
    page = Visitor(app, "/en/elsewhere/2026").post(
        "account/sign-in", {"email": account.email, "password": PASSWORD}
    )
    assert WRONG in page.text


@pytest.mark.parametrize(
    ("wanted", "lands"),
    [
        ("/en/plural/2026/rules", "/en/plural/2026/rules"),
        ("https://evil.example/", None),
        ("//evil.example/", None),
        ("/\\evil.example/", None),
        ("javascript:alert(1)", None),
    ],
)
def test_signing_in_leads_on_only_within_the_site(
    make: Make, visitor: Visitor, wanted: str, lands: str | None
) -> None:
    make.edition()
    account = make.account()
    answer = visitor.post(
        "account/sign-in",
        {"email": account.email, "password": PASSWORD, "next": wanted},
        follow_redirects=False,
    )
    location = answer.headers.get("Location", "")
    target = urlsplit(location)
    assert (target.scheme, target.netloc) == ("", "")
    assert "\\" not in location
    if lands:
        assert location == lands


def test_a_private_page_asks_to_sign_in_and_comes_back(make: Make, visitor: Visitor) -> None:
    make.edition()
    account = make.account()
    page = visitor.client.get(
        "/en/plural/2026/entries", base_url="https://localhost", follow_redirects=True
    ).text
    assert "Please sign in first" in page
    assert 'value="/en/plural/2026/entries?"' in page or 'value="/en/plural/2026/entries"' in page
    assert visitor.sign_in(account).get("entries").status_code == 200


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_way_in_is_in_the_visitors_language(make: Make, app: Flask, language: str) -> None:
    make.edition()
    visitor = Visitor(app, f"/{language}/plural/2026")
    for path in ("account/sign-in", "account/new"):
        page = visitor.get(path)
        assert page.status_code == 200
        assert f'<html lang="{language}"' in page.text


# ----- invitations


@pytest.fixture
def membership(make: Make) -> Membership:
    """An invitation to act as juror for a partner that nobody has answered."""
    make.edition()
    organisation = make.organisation("Screen Partners")
    with make.saving():
        db.session.add(
            Membership(
                organisation_id=organisation.id,
                role=MembershipRole.JUROR,
                email="juror@example.org",
                name="Jo",
                language="ar",
                invited_at=clock.now(),
            )
        )
    return make.first(Membership)


def invite(app: Flask, membership: Membership) -> str:
    with app.app_context():
        mailing.post(1, "invitation", membership_id=membership.id)
        db.session.commit()
    (mail,) = letters.deliver(app)
    assert mail["To"] == "juror@example.org"
    assert mail["Content-Language"] == "ar"
    return letters.token_in(mail)


def test_opening_an_invitation_says_who_invites_and_changes_nothing(
    app: Flask, make: Make, visitor: Visitor, membership: Membership
) -> None:
    token = invite(app, membership)
    page = visitor.get(f"invitation/{token}").text
    assert "<bdi>Screen Partners</bdi> invites you" in page
    assert "Juror" in page
    assert make.first(Membership).accepted_at is None
    assert make.first(OneTimeLink).consumed_at is None


def test_accepting_makes_an_account_and_signs_it_in(
    app: Flask, make: Make, visitor: Visitor, membership: Membership
) -> None:
    token = invite(app, membership)
    answer = visitor.post(
        f"invitation/{token}",
        {"name": "Jo Juror", "password": "three long words"},
        follow_redirects=False,
    )
    assert answer.headers["Location"] == "/en/plural/2026/start"
    account, found = make.first(Account), make.first(Membership)
    assert (account.email, account.name) == ("juror@example.org", "Jo Juror")
    assert found.account_id == account.id
    assert found.accepted_at is not None
    assert 'action="/en/plural/2026/account/sign-out"' in visitor.get("rules").text
    with make.saving():
        event = AuditEvent.query.filter_by(action="membership.accepted").one()
        assert event.actor == account.pseudonym


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"name": "Jo", "password": "nine char"}, "A password has at least 10 characters"),
        ({"name": "", "password": "three long words"}, "What is your name?"),
    ],
)
def test_a_wrong_answer_leaves_the_invitation_open(
    app: Flask, make: Make, visitor: Visitor, membership: Membership, form: Any, sentence: str
) -> None:
    token = invite(app, membership)
    assert sentence in visitor.post(f"invitation/{token}", form).text
    assert make.first(OneTimeLink).consumed_at is None
    with make.saving():
        assert Account.query.count() == 0


def test_an_existing_account_is_never_taken_over(
    app: Flask, make: Make, visitor: Visitor, membership: Membership
) -> None:
    account = make.account(email="juror@example.org")
    token = invite(app, membership)
    assert "Sign in, and you come back here." in visitor.get(f"invitation/{token}").text
    answer = visitor.post(f"invitation/{token}", {"name": "Thief", "password": "three long words"})
    assert answer.status_code == 409
    found = make.first(Account)
    assert (found.password, found.name) == (account.password, account.name)
    assert make.first(Membership).accepted_at is None


def test_an_existing_account_takes_up_one_more_part(
    app: Flask, make: Make, sign_in: Any, membership: Membership
) -> None:
    account = make.account(email="juror@example.org")
    make.juror(account=account)
    visitor = sign_in(account)
    visitor.post(f"invitation/{invite(app, membership)}", follow_redirects=False)
    with make.saving():
        assert Account.query.count() == 1
        held = Membership.query.filter_by(account_id=account.id).all()
        assert len([m for m in held if m.accepted_at]) == 2


def test_somebody_elses_account_does_not_take_it_up(
    app: Flask, make: Make, sign_in: Any, membership: Membership
) -> None:
    token = invite(app, membership)
    visitor = sign_in(make.account())
    assert "You are signed in with another address" in visitor.get(f"invitation/{token}").text
    assert visitor.post(f"invitation/{token}").status_code == 409
    assert make.first(OneTimeLink).consumed_at is None


def test_an_invitation_is_taken_up_once(
    app: Flask, make: Make, visitor: Visitor, membership: Membership
) -> None:
    token = invite(app, membership)
    form = {"name": "Jo", "password": "three long words"}
    visitor.post(f"invitation/{token}", form, follow_redirects=False)
    other = Visitor(app)
    assert other.get(f"invitation/{token}").status_code == 410
    assert other.post(f"invitation/{token}", form).status_code == 410


def test_an_old_invitation_is_renewed_to_its_address_only(
    app: Flask, visitor: Visitor, membership: Membership, set_clock: Any
) -> None:
    token = invite(app, membership)
    set_clock(31 * 86400)
    assert f"{token}/renewal" in visitor.get(f"invitation/{token}").text
    visitor.post(f"invitation/{token}/renewal")
    (mail,) = letters.deliver(app)
    assert mail["To"] == "juror@example.org"
    assert visitor.get(f"invitation/{letters.token_in(mail)}").status_code == 200


def test_an_accepted_invitation_is_not_renewed(
    app: Flask, visitor: Visitor, membership: Membership
) -> None:
    token = invite(app, membership)
    visitor.post(
        f"invitation/{token}",
        {"name": "Jo", "password": "three long words"},
        follow_redirects=False,
    )
    Visitor(app).post(f"invitation/{token}/renewal")
    assert letters.deliver(app) == []


def test_renewing_is_limited(app: Flask, visitor: Visitor, membership: Membership) -> None:
    token = invite(app, membership)
    statuses = [visitor.post(f"invitation/{token}/renewal").status_code for _time in range(4)]
    assert statuses == [200, 200, 200, 429]


def test_an_invited_member_of_staff_gets_the_role(app: Flask, make: Make, visitor: Visitor) -> None:
    edition = make.edition()
    with make.saving():
        links.make(edition.festival_id, LinkPurpose.STAFF_INVITATION, "ada@example.org")
        mailing.post(edition.festival_id, "staff_invitation", link_id=1, edition_id=edition.id)
    (mail,) = letters.deliver(app)
    assert mail["To"] == "ada@example.org"
    visitor.post(
        f"invitation/{letters.token_in(mail)}",
        {"name": "Ada", "password": "three long words"},
        follow_redirects=False,
    )
    with make.saving():
        account = Account.query.one()
        assert (account.name, account.email) == ("Ada", "ada@example.org")
        assert is_staff(account, db.session.merge(edition))
        assert AuditEvent.query.filter_by(action="staff.joined").count() == 1


def test_a_consent_link_is_no_invitation(app: Flask, make: Make, visitor: Visitor) -> None:
    entry = make.entry(birth_date=date(2012, 1, 1))
    make.film(entry)
    guardian = make.guardian(entry)
    with make.saving():
        mailing.post(1, "consent_asked", guardian_id=guardian.id)
    (mail,) = letters.deliver(app)
    answer = visitor.post(
        f"invitation/{letters.token_in(mail)}", {"name": "Me", "password": "three long words"}
    )
    assert answer.status_code == 410
