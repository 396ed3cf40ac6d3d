"""The guardian's way: in by a link, watching, signing, taking back; and who hears of it."""

from datetime import date
from typing import Any

import pytest
from flask import Flask

from plural import audit, clock
from plural.extensions import db
from plural.ledger import allowed, revocation_code
from plural.models.audit import AuditEvent
from plural.models.consent import Consent, Guardian, Use
from plural.models.entry import Entry, EntryState
from plural.models.people import OneTimeLink
from plural.rights import may_use
from tests import letters
from tests.factories import Make
from tests.visitor import Visitor

CHILD = date(2012, 5, 1)


@pytest.fixture
def entry(make: Make) -> Entry:
    """A playable film of a child who has allowed everything herself; her guardian is to sign."""
    make.wordings(make.edition())
    entry = make.entry(make.account("Lina"), birth_date=CHILD, state=EntryState.SUBMITTED)
    make.film(entry)
    make.consents(entry)
    make.guardian(entry)
    return make.whole_entry(entry.id)


@pytest.fixture
def guardian(entry: Entry) -> Guardian:
    return entry.persons[0].guardians[0]


def ask(app: Flask, sign_in: Any, entry: Entry, guardian: Guardian) -> str:
    """The token of a fresh link that the maker has had sent."""
    sign_in(entry.account).post(f"entries/{entry.id}/guardians", {"again": guardian.id})
    mails = letters.to(letters.deliver(app), guardian.email)
    return letters.token_in(mails[-1])


@pytest.fixture
def inside(app: Flask, sign_in: Any, entry: Entry, guardian: Guardian) -> Visitor:
    """The guardian's browser, let in by the link."""
    browser = Visitor(app)
    browser.post(f"consent/{ask(app, sign_in, entry, guardian)}")
    return browser


def sign(browser: Visitor, guardian: Guardian, *uses: str, name: str = "Rana K.") -> Any:
    return browser.post(
        f"guardian/{guardian.id}/consents", {"uses": list(uses), "signed_name": name}
    )


def usable(make: Make) -> set[Use]:
    with make.saving():
        film = Entry.query.one().film
        return {use for use in Use if may_use(film, use, None, clock.now())}


# ----- coming in


def test_opening_the_link_changes_nothing_and_the_button_lets_in(
    app: Flask, make: Make, sign_in: Any, entry: Entry, guardian: Guardian
) -> None:
    token = ask(app, sign_in, entry, guardian)
    browser = Visitor(app)
    for _time in range(2):
        page = browser.get(f"consent/{token}")
        assert page.status_code == 200
        assert f'action="/en/plural/2026/consent/{token}"' in page.text
    assert make.first(OneTimeLink).consumed_at is None
    assert browser.get(f"guardian/{guardian.id}").status_code == 404
    answer = browser.post(f"consent/{token}", follow_redirects=False)
    assert answer.headers["Location"] == f"/en/plural/2026/guardian/{guardian.id}"
    assert make.first(OneTimeLink).consumed_at is not None
    page = browser.get(f"guardian/{guardian.id}").text
    assert "A film by Lina" in page
    assert "guardian en" in page
    assert "data-player" in page


def test_a_link_lets_in_once(
    app: Flask, make: Make, sign_in: Any, entry: Entry, guardian: Guardian
) -> None:
    token = ask(app, sign_in, entry, guardian)
    Visitor(app).post(f"consent/{token}")
    second = Visitor(app)
    assert second.post(f"consent/{token}").status_code == 410
    assert second.get(f"guardian/{guardian.id}").status_code == 404


def test_a_used_link_is_renewed_to_the_guardian_only(
    app: Flask, sign_in: Any, entry: Entry, guardian: Guardian
) -> None:
    token = ask(app, sign_in, entry, guardian)
    browser = Visitor(app)
    browser.post(f"consent/{token}")
    assert f"/consent/{token}/renewal" in browser.get(f"consent/{token}").text
    browser.post(f"consent/{token}/renewal")
    (mail,) = letters.deliver(app)
    assert mail["To"] == guardian.email
    assert letters.token_in(mail) != token


def test_a_link_is_too_old_after_thirty_days(
    app: Flask, sign_in: Any, entry: Entry, guardian: Guardian, set_clock: Any
) -> None:
    token = ask(app, sign_in, entry, guardian)
    set_clock(30 * 86400 + 1)
    assert Visitor(app).post(f"consent/{token}").status_code == 410


def test_one_guardian_does_not_see_anothers_page(
    make: Make, inside: Visitor, guardian: Guardian
) -> None:
    other = make.guardian(make.entry(birth_date=CHILD), "other@example.org")
    assert inside.get(f"guardian/{guardian.id}").status_code == 200
    assert inside.get(f"guardian/{other.id}").status_code == 404
    assert sign(inside, other, "jury").status_code == 404


def test_leaving_forgets_the_guardian_on_this_device(inside: Visitor, guardian: Guardian) -> None:
    inside.post("guardian/departure")
    assert inside.get(f"guardian/{guardian.id}").status_code == 404


def test_the_guardians_part_ends_with_the_18th_birthday(
    inside: Visitor, guardian: Guardian, set_clock: Any
) -> None:
    days = (date(2030, 5, 2) - date.today()).days
    set_clock(days * 86400)
    assert inside.get(f"guardian/{guardian.id}").status_code == 404


# ----- signing


def test_a_signature_holds_use_text_name_and_signer(
    make: Make, entry: Entry, inside: Visitor, guardian: Guardian
) -> None:
    assert usable(make) == set()
    assert "counts from this moment on" in sign(inside, guardian, "jury", "web").text
    assert usable(make) == {Use.JURY, Use.WEB}
    with make.saving():
        signed = Consent.query.filter_by(by_guardian_id=guardian.id).order_by(Consent.id).all()
        assert {(c.use, c.revoked_at is None) for c in signed} == {
            (Use.JURY, True), (Use.WEB, True),
            (Use.NAME, False), (Use.FACE, False), (Use.BROADCAST, False),
        }  # fmt: skip
        assert {(c.text_version, c.language, c.signed_name, c.film_version_id) for c in signed} == {
            (1, "en", "Rana K.", entry.film.id)
        }
        given = AuditEvent.query.filter_by(action="consent.given").one()
        assert (given.actor, given.subject) == (f"guardian:{guardian.id}", "person:1")
        assert given.detail.payload == {
            "uses": ["jury", "web"],
            "film_version": 1,
            "text_version": 1,
        }


def test_the_text_is_signed_in_the_language_of_the_page(
    make: Make, inside: Visitor, guardian: Guardian
) -> None:
    inside.place = "/ar/plural/2026"
    page = inside.get(f"guardian/{guardian.id}").text
    assert 'dir="rtl"' in page
    assert "guardian ar" in page
    sign(inside, guardian, "jury")
    with make.saving():
        assert {c.language for c in Consent.query.filter_by(by_guardian_id=guardian.id)} == {"ar"}


def test_a_signature_without_a_name_is_none(
    make: Make, inside: Visitor, guardian: Guardian
) -> None:
    assert "Please type your name." in sign(inside, guardian, "jury", name=" ").text
    assert usable(make) == set()


def test_an_unknown_use_is_refused(make: Make, inside: Visitor, guardian: Guardian) -> None:
    sign(inside, guardian, "jury", "everything")
    assert usable(make) == set()


def test_nothing_is_ticked_before_the_first_signature(inside: Visitor, guardian: Guardian) -> None:
    assert "checked" not in inside.get(f"guardian/{guardian.id}").text
    sign(inside, guardian, "jury")
    assert inside.get(f"guardian/{guardian.id}").text.count("checked") == 1


def test_the_code_is_shown_once_and_mailed(app: Flask, inside: Visitor, guardian: Guardian) -> None:
    with app.app_context():
        code = revocation_code(guardian)
    assert code in sign(inside, guardian, "jury").text
    assert code not in inside.get(f"guardian/{guardian.id}").text
    (receipt,) = letters.deliver(app)
    body = receipt.get_content()
    assert receipt["To"] == guardian.email
    assert code in body
    assert "Judging: yes" in body
    assert "The festival's website: no" in body


def test_signing_again_changes_what_is_allowed(
    make: Make, inside: Visitor, guardian: Guardian
) -> None:
    sign(inside, guardian, "jury", "web")
    sign(inside, guardian, "jury", "name")
    assert usable(make) == {Use.JURY, Use.NAME}
    with make.saving():
        jury = Consent.query.filter_by(by_guardian_id=guardian.id, use=Use.JURY).all()
        assert [c.revoked_at for c in jury] == [None]


def test_a_guardian_learns_what_the_child_has_refused(
    make: Make, inside: Visitor, guardian: Guardian
) -> None:
    with make.saving():
        Consent.query.filter_by(use=Use.WEB).update({"revoked_at": clock.now()})
    page = inside.get(f"guardian/{guardian.id}").text
    assert page.count("Lina has not allowed this") == 1
    sign(inside, guardian, "jury", "web")
    assert usable(make) == {Use.JURY}


# ----- taking back


def test_one_use_is_taken_back_at_once(make: Make, inside: Visitor, guardian: Guardian) -> None:
    sign(inside, guardian, "jury", "web")
    inside.post(f"guardian/{guardian.id}/revocation", {"uses": ["web"]})
    assert usable(make) == {Use.JURY}
    with make.saving():
        revoked = AuditEvent.query.filter_by(action="consent.revoked").one()
        assert revoked.actor == f"guardian:{guardian.id}"
        assert revoked.detail.payload == {"uses": ["web"], "film_version": 1}


def test_everything_is_taken_back_and_can_be_given_again(
    make: Make, inside: Visitor, guardian: Guardian
) -> None:
    sign(inside, guardian, *Use)
    assert usable(make) == set(Use)
    inside.post(f"guardian/{guardian.id}/revocation")
    assert usable(make) == set()
    sign(inside, guardian, "jury")
    assert usable(make) == {Use.JURY}


def test_the_entrant_and_all_staff_hear_of_a_revocation(
    app: Flask, make: Make, entry: Entry, inside: Visitor, guardian: Guardian
) -> None:
    staff = [make.staff("Ada"), make.staff("Ben")]
    sign(inside, guardian, "jury", "web")
    letters.deliver(app)
    inside.post(f"guardian/{guardian.id}/revocation")
    mails = letters.deliver(app)
    assert {m["To"] for m in mails} == {entry.account.email, *(s.email for s in staff)}
    assert all("- Judging" in m.get_content() for m in mails)
    (told,) = letters.to(mails, staff[0].email)
    assert f"/staff/entries/{entry.id}" in told.get_content()


def test_taking_back_nothing_tells_nobody(app: Flask, inside: Visitor, guardian: Guardian) -> None:
    inside.post(f"guardian/{guardian.id}/revocation")
    assert letters.deliver(app) == []


def test_the_film_is_gone_for_the_jury_at_once(
    make: Make, sign_in: Any, inside: Visitor, guardian: Guardian
) -> None:
    with make.saving():
        film_id = Entry.query.one().film.id
    account = make.staff()
    make.signed(account, make.edition())
    staff = sign_in(account)
    media = f"/api/v1/plural/2026/films/{film_id}/240.mp4"
    sign(inside, guardian, "jury")
    assert staff.get(media, buffered=True).status_code == 200
    inside.post(f"guardian/{guardian.id}/revocation")
    assert staff.get(media, buffered=True).status_code == 404


def test_the_code_takes_everything_back_without_account_or_link(
    app: Flask, make: Make, inside: Visitor, guardian: Guardian
) -> None:
    sign(inside, guardian, *Use)
    with app.app_context():
        code = revocation_code(guardian)
    stranger = Visitor(app)
    assert stranger.get("revocation").status_code == 200
    assert usable(make) == set(Use)
    page = stranger.post("revocation", {"code": f" {code.lower().replace('-', ' ')} "}).text
    assert "Everything is taken back" in page
    assert usable(make) == set()


def test_a_wrong_code_takes_nothing_back(
    app: Flask, make: Make, inside: Visitor, guardian: Guardian
) -> None:
    sign(inside, guardian, "jury")
    page = Visitor(app).post("revocation", {"code": "AAAA-BBBB-CCCC-DDDD"}).text
    assert "We do not know this code." in page
    assert usable(make) == {Use.JURY}


def test_a_code_before_the_first_signature_is_unknown(
    app: Flask, make: Make, guardian: Guardian
) -> None:
    with app.app_context():
        code = revocation_code(guardian)
    assert "We do not know this code." in Visitor(app).post("revocation", {"code": code}).text


# ----- naming guardians


def replace(sign_in: Any, entry: Entry, old: Guardian, email: str) -> Any:
    return sign_in(entry.account).post(
        f"entries/{entry.id}/guardians",
        {
            "replaces": old.id, "name": "Sami", "email": email, "kind": "legal_guardian",
            "language": "ar",
        },
    )  # fmt: skip


def test_a_mistyped_address_is_replaced_and_its_link_dies(
    app: Flask, make: Make, sign_in: Any, entry: Entry, guardian: Guardian
) -> None:
    token = ask(app, sign_in, entry, guardian)
    replace(sign_in, entry, guardian, "Sami@example.org")
    (mail,) = letters.deliver(app)
    assert mail["To"] == "sami@example.org"
    assert Visitor(app).post(f"consent/{token}").status_code == 410
    with make.saving():
        old, new = Guardian.query.order_by(Guardian.id)
        assert (old.ended_at is None, new.ended_at) == (False, None)
        assert (new.kind, new.language, new.name) == ("legal_guardian", "ar", "Sami")


def test_a_guardian_who_has_said_no_is_not_replaced(
    make: Make, sign_in: Any, entry: Entry, inside: Visitor, guardian: Guardian
) -> None:
    sign(inside, guardian)
    answer = replace(sign_in, entry, guardian, "friend@example.org")
    assert answer.status_code == 409
    assert "has already answered" in answer.text
    with make.saving():
        assert [(g.email, g.ended_at) for g in Guardian.query] == [(guardian.email, None)]


def test_a_child_cannot_be_her_own_guardian(
    make: Make, sign_in: Any, entry: Entry, guardian: Guardian
) -> None:
    assert replace(sign_in, entry, guardian, entry.account.email).status_code == 409
    with make.saving():
        assert [(g.email, g.ended_at) for g in Guardian.query] == [(guardian.email, None)]


def test_a_second_guardians_no_counts(
    app: Flask, make: Make, sign_in: Any, entry: Entry, inside: Visitor, guardian: Guardian
) -> None:
    sign(inside, guardian, "jury", "web")
    sign_in(entry.account).post(
        f"entries/{entry.id}/guardians",
        {"name": "Sami", "email": "sami@example.org", "kind": "parent", "language": "en"},
    )
    (mail,) = letters.to(letters.deliver(app), "sami@example.org")
    second = Visitor(app)
    second.post(f"consent/{letters.token_in(mail)}")
    assert usable(make) == {Use.JURY, Use.WEB}
    with make.saving():
        sami = Guardian.query.filter_by(email="sami@example.org").one()
    sign(second, sami, "jury")
    assert usable(make) == {Use.JURY}


def test_nobody_is_asked_before_there_is_a_film_to_show(make: Make, sign_in: Any) -> None:
    entry = make.entry(birth_date=CHILD)
    guardian = make.guardian(entry)
    visitor = sign_in(entry.account)
    answer = visitor.post(f"entries/{entry.id}/guardians", {"again": guardian.id})
    assert answer.status_code == 409


def test_the_chain_of_deeds_stands(make: Make, inside: Visitor, guardian: Guardian) -> None:
    sign(inside, guardian, "jury")
    inside.post(f"guardian/{guardian.id}/revocation")
    with make.saving():
        assert audit.first_broken(db.session.merge(make.festival())) is None
        person = Guardian.query.one().person
        assert allowed(person, person.entry.film, Guardian.query.one()) == set()
