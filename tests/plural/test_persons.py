"""People in a film beside its maker: named while it is a draft, and their guardians with them."""

from datetime import date
from typing import Any

import pytest
from flask import Flask

from plural import clock
from plural.access import Who, may_see_film
from plural.extensions import db
from plural.models.audit import AuditEvent
from plural.models.consent import Guardian, Use
from plural.models.entry import Entry, EntryState, Person
from plural.models.people import OneTimeLink
from plural.rights import may_use
from tests import letters
from tests.factories import Make
from tests.visitor import Visitor

CHILD = {
    "name": "Sami",
    "role": "appearing",
    "birth_date": "2014-03-01",
    "guardian_name": "Huda",
    "guardian_email": "Huda@Example.org",
    "guardian_kind": "parent",
    "guardian_language": "ar",
}
GROWN_UP = {
    "name": "Amal",
    "role": "crew",
    "birth_date": "1990-03-01",
    "guardian_kind": "parent",
    "guardian_language": "en",
}


@pytest.fixture
def entry(make: Make) -> Entry:
    """A complete draft of a girl whose guardian is named; only the signatures are to come."""
    make.wordings(make.edition())
    entry = make.entry(
        make.account("Lina"),
        birth_date=date(2011, 3, 1),
        title_english="The bridge",
        country="JO",
        synopsis="Two neighbours.",
        statement="Because.",
        declares_no_family_tie=True,
        declares_releases=True,
    )
    make.film(entry)
    make.guardian(entry, "rana@example.org")
    return make.whole_entry(entry.id)


@pytest.fixture
def maker(sign_in: Any, entry: Entry) -> Visitor:
    return sign_in(entry.account)


def name(maker: Visitor, entry: Entry, details: dict[str, str], **changed: str) -> Any:
    return maker.post(f"entries/{entry.id}/persons", {**details, **changed})


def person_named(make: Make, name: str) -> Person:
    return make.first(Person, name=name)


def submit(maker: Visitor, entry: Entry) -> Any:
    form = {"uses": [use.value for use in Use], "signed_name": "Lina"}
    return maker.post(f"entries/{entry.id}/submission", form)


def missing(maker: Visitor, entry: Entry) -> bool:
    page = maker.get(f"entries/{entry.id}").text
    return "A parent or guardian for everybody else under 18" in page


def come_in(app: Flask, mails: Any, email: str) -> Visitor:
    """The browser of a guardian who has opened the link of their mail."""
    (mail,) = letters.to(mails, email)
    browser = Visitor(app)
    browser.post(f"consent/{letters.token_in(mail)}")
    return browser


def sign(browser: Visitor, make: Make, email: str, *uses: Use) -> Any:
    guardian = make.first(Guardian, email=email)
    form = {"uses": [use.value for use in uses], "signed_name": "A guardian"}
    return browser.post(f"guardian/{guardian.id}/consents", form)


# ----- naming, changing, removing


def test_a_person_is_named_with_their_guardian(make: Make, maker: Visitor, entry: Entry) -> None:
    page = name(maker, entry, CHILD).text
    assert "<bdi>Sami</bdi>" in page
    assert "Under 18" in page
    with make.saving():
        _maker, person = db.session.get_one(Entry, entry.id).persons
        (guardian,) = person.guardians
        assert (person.role, person.birth_date) == ("appearing", date(2014, 3, 1))
        assert person.account_id is None
        assert (guardian.email, guardian.language) == ("huda@example.org", "ar")
        assert AuditEvent.query.filter_by(action="entry.person_named").count() == 1


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"name": " "}, "What is their name?"),
        ({"birth_date": ""}, "We need the birth date."),
        ({"birth_date": "2099-01-01"}, "look at the year of the birth date"),
        ({"role": "maker"}, "Not a valid choice"),
        ({"guardian_name": ""}, "Please tell us their name too."),
        ({"guardian_email": ""}, "Please tell us their e-mail address too."),
        ({"guardian_email": "huda"}, "This does not look like an e-mail address."),
    ],
)
def test_a_wrong_answer_is_named_and_nobody_is_added(
    make: Make, maker: Visitor, entry: Entry, changed: dict[str, str], sentence: str
) -> None:
    assert sentence in name(maker, entry, CHILD, **changed).text
    with make.saving():
        assert Person.query.count() == 1


def test_the_entrant_does_not_sign_for_others(make: Make, maker: Visitor, entry: Entry) -> None:
    page = name(maker, entry, CHILD, guardian_email=entry.account.email.upper()).text
    assert "The guardian needs an address of their own." in page
    assert person_named(make, "Sami") is None


def test_a_person_is_changed_and_their_guardian_replaced(
    make: Make, maker: Visitor, entry: Entry
) -> None:
    name(maker, entry, CHILD)
    person = person_named(make, "Sami")
    path = f"entries/{entry.id}/persons/{person.id}"
    assert 'value="huda@example.org"' in maker.get(path).text
    changed = {"name": "Samir", "role": "crew", "guardian_email": "omar@example.org"}
    maker.post(path, {**CHILD, **changed})
    with make.saving():
        found = db.session.get_one(Person, person.id)
        assert (found.name, found.role) == ("Samir", "crew")
        assert {g.email: g.ended_at is None for g in found.guardians} == {
            "huda@example.org": False,
            "omar@example.org": True,
        }


def test_a_removed_person_leaves_nothing_behind(
    app: Flask, make: Make, maker: Visitor, entry: Entry
) -> None:
    name(maker, entry, CHILD)
    person = person_named(make, "Sami")
    guardian = make.first(Guardian, person_id=person.id)
    maker.post(f"entries/{entry.id}/guardians", {"again": guardian.id})
    guest = come_in(app, letters.deliver(app), "huda@example.org")
    path = f"entries/{entry.id}/persons/{person.id}"
    assert "<bdi>Sami</bdi>" not in maker.post(f"{path}/removal").text
    assert maker.get(path).status_code == 404
    assert guest.get(f"guardian/{guardian.id}").status_code == 404
    with make.saving():
        assert [p.name for p in db.session.get_one(Entry, entry.id).persons] == ["Lina"]
        kept = db.session.get_one(Person, person.id)
        assert (kept.name, kept.birth_date) == ("", None)
        assert [g.email for g in kept.guardians] == [""]
        assert {link.email for link in OneTimeLink.query} == {""}


def test_an_entry_holds_so_many_and_no_more(make: Make, maker: Visitor, entry: Entry) -> None:
    with make.saving():
        for number in range(30):
            db.session.add(Person(entry_id=entry.id, name=f"P{number}", role="crew"))
    assert name(maker, entry, CHILD).status_code == 409


def test_after_the_submission_everybody_is_fixed(make: Make, maker: Visitor, entry: Entry) -> None:
    name(maker, entry, CHILD)
    person = person_named(make, "Sami")
    submit(maker, entry)
    path = f"entries/{entry.id}/persons"
    page = maker.get(path).text
    assert "<bdi>Sami</bdi>" in page
    assert "Add a person" not in page
    for address in (path, f"{path}/{person.id}", f"{path}/{person.id}/removal"):
        assert maker.post(address, {**CHILD, "name": "Other"}).status_code == 409
    with make.saving():
        assert [p.name for p in db.session.get_one(Entry, entry.id).persons] == ["Lina", "Sami"]


def test_persons_of_anothers_entry_cannot_be_touched(
    make: Make, sign_in: Any, maker: Visitor, entry: Entry
) -> None:
    name(maker, entry, CHILD)
    person = person_named(make, "Sami")
    stranger = make.account("Stranger")
    own = make.entry(stranger)
    browser = sign_in(stranger)
    for path in (
        f"entries/{entry.id}/persons",
        f"entries/{entry.id}/persons/{person.id}",
        f"entries/{own.id}/persons/{person.id}",
    ):
        assert browser.get(path).status_code == 404
        assert browser.post(path, {**CHILD, "name": "Mine"}).status_code == 404
    for number in (entry.id, own.id):
        path = f"entries/{number}/persons/{person.id}/removal"
        assert browser.post(path).status_code == 404
    guardian = make.first(Guardian, person_id=person.id)
    again = browser.post(f"entries/{own.id}/guardians", {"again": guardian.id})
    assert again.status_code == 404
    assert person_named(make, "Sami").removed_at is None


def test_the_maker_is_not_changed_or_removed_as_one_of_the_others(
    maker: Visitor, entry: Entry
) -> None:
    path = f"entries/{entry.id}/persons/{entry.persons[0].id}"
    assert maker.get(path).status_code == 404
    assert maker.post(f"{path}/removal").status_code == 404


# ----- who signs


def test_a_child_without_guardian_keeps_the_entry_a_draft(
    make: Make, maker: Visitor, entry: Entry
) -> None:
    with_nobody = {"guardian_name": "", "guardian_email": ""}
    name(maker, entry, CHILD, **with_nobody)
    assert missing(maker, entry)
    assert submit(maker, entry).status_code == 409
    person = person_named(make, "Sami")
    maker.post(f"entries/{entry.id}/persons/{person.id}", CHILD)
    assert not missing(maker, entry)
    assert submit(maker, entry).status_code == 200
    assert make.first(Entry).state is EntryState.SUBMITTED


def test_a_grown_up_needs_nobody(app: Flask, make: Make, maker: Visitor, entry: Entry) -> None:
    name(maker, entry, GROWN_UP)
    assert not missing(maker, entry)
    submit(maker, entry)
    asked = [mail["To"] for mail in letters.deliver(app) if "/consent/" in mail.get_content()]
    assert asked == ["rana@example.org"]


def seen_by(make: Make, who: str) -> bool:
    with make.saving():
        film, at = Entry.query.one().film, clock.now()
        if who == "jury":
            return may_use(film, Use.JURY, None, at)
        entrant = film.entry.account
        asks = Who(entrant if who == "maker" else None, frozenset(), film.entry.edition, at)
        return may_see_film(asks, film, at)


def test_a_film_with_two_children_needs_both_guardians(
    app: Flask, make: Make, maker: Visitor, entry: Entry
) -> None:
    name(maker, entry, CHILD)
    submit(maker, entry)
    mails = letters.deliver(app)
    (asked,) = letters.to(mails, "huda@example.org")
    (receipt,) = letters.to(mails, entry.account.email)
    assert "huda@example.org" in receipt.get_content()
    assert asked["Content-Language"] == "ar"
    for email, complete in (("rana@example.org", False), ("huda@example.org", True)):
        assert (seen_by(make, "maker"), seen_by(make, "jury")) == (True, False)
        sign(come_in(app, mails, email), make, email, *Use)
        assert seen_by(make, "jury") is complete


def test_the_second_guardians_no_is_a_no(
    app: Flask, make: Make, maker: Visitor, entry: Entry
) -> None:
    name(maker, entry, CHILD)
    submit(maker, entry)
    mails = letters.deliver(app)
    sign(come_in(app, mails, "rana@example.org"), make, "rana@example.org", *Use)
    sign(come_in(app, mails, "huda@example.org"), make, "huda@example.org", Use.JURY)
    with make.saving():
        film = Entry.query.one().film
        allowed = {use for use in Use if may_use(film, use, None, clock.now())}
    assert allowed == {Use.JURY}


def test_a_guardian_reads_whom_they_sign_for(
    app: Flask, make: Make, maker: Visitor, entry: Entry
) -> None:
    name(maker, entry, CHILD, guardian_language="en")
    submit(maker, entry)
    mails = letters.deliver(app)
    (mail,) = letters.to(mails, "huda@example.org")
    assert mail["Subject"] == "A film with Sami needs your signature"
    token = letters.token_in(mail)
    assert "<bdi>Sami</bdi> is in a film" in Visitor(app).get(f"consent/{token}").text
    browser = come_in(app, mails, "huda@example.org")
    assert "A film with <bdi>Sami</bdi>" in sign(browser, make, "huda@example.org", *Use).text
    (receipt,) = letters.to(letters.deliver(app), "huda@example.org")
    assert "by Lina" in receipt.get_content()


def test_whoever_was_answered_for_is_not_exchanged_made_older_or_removed(
    app: Flask, make: Make, maker: Visitor, entry: Entry
) -> None:
    name(maker, entry, CHILD)
    person = person_named(make, "Sami")
    guardian = make.first(Guardian, person_id=person.id)
    maker.post(f"entries/{entry.id}/guardians", {"again": guardian.id})
    browser = come_in(app, letters.deliver(app), "huda@example.org")
    sign(browser, make, "huda@example.org")
    path = f"entries/{entry.id}/persons/{person.id}"
    for changed in ({"name": "Somebody else"}, {"birth_date": "1990-01-01"}):
        assert maker.post(path, {**CHILD, **changed}).status_code == 409
    assert maker.post(f"{path}/removal").status_code == 409
    found = person_named(make, "Sami")
    assert (found.birth_date, found.removed_at) == (date(2014, 3, 1), None)


def test_a_maker_is_not_made_older_once_a_guardian_has_answered(
    app: Flask, make: Make, maker: Visitor, entry: Entry
) -> None:
    guardian = entry.persons[0].guardians[0]
    maker.post(f"entries/{entry.id}/guardians", {"again": guardian.id})
    browser = come_in(app, letters.deliver(app), "rana@example.org")
    sign(browser, make, "rana@example.org")
    form = {
        "title": "Le pont", "maker_name": "Lina", "maker_birth_date": "2003-03-01",
        "produced_on": "2026-01-01", "language": "fr", "theme_primary": "diversity",
        "guardian_kind": "parent", "guardian_language": "en",
    }  # fmt: skip
    assert maker.post(f"entries/{entry.id}/edit", form).status_code == 409
    same_age = {**form, "maker_birth_date": "2011-03-01"}
    assert maker.post(f"entries/{entry.id}/edit", same_age).status_code == 200


def test_a_wrong_address_is_changed_after_the_submission(
    app: Flask, make: Make, maker: Visitor, entry: Entry
) -> None:
    name(maker, entry, CHILD)
    submit(maker, entry)
    letters.deliver(app)
    guardian = make.first(Guardian, email="huda@example.org")
    form = {"replaces": guardian.id, "name": "Omar", "email": "omar@example.org",
            "kind": "parent", "language": "en"}  # fmt: skip
    answer = maker.post(f"entries/{entry.id}/guardians", form, follow_redirects=False)
    assert answer.headers["Location"] == f"/en/plural/2026/entries/{entry.id}/persons"
    assert [mail["To"] for mail in letters.deliver(app)] == ["omar@example.org"]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_pages_work_in_both_directions_and_without_scripts(
    make: Make, maker: Visitor, entry: Entry, language: str
) -> None:
    name(maker, entry, CHILD)
    person = person_named(make, "Sami")
    maker.place = f"/{language}/plural/2026"
    form = maker.get(f"entries/{entry.id}/edit").text
    assert f'href="/{language}/plural/2026/entries/{entry.id}/persons"' in form
    for path in (f"entries/{entry.id}/persons", f"entries/{entry.id}/persons/{person.id}"):
        page = maker.get(path)
        assert page.status_code == 200
        assert '<form method="post"' in page.text
