"""Licences: granted on live rights only, ended at once."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from plural import access, audit, clock
from plural.actions import licences
from plural.errors import Refused
from plural.extensions import db
from plural.models.consent import Consent, Use
from plural.models.entry import EntryState, FilmVersion, Work
from plural.models.festival import Edition
from plural.models.people import Account, Organisation, OrganisationKind
from plural.models.sharing import Licence
from tests.factories import Make
from tests.visitor import Visitor

YEAR = timedelta(days=365)


def grant(film: Any, organisation: Any, by: Any, **others: Any) -> Licence:
    now = clock.now()
    facts = {"use": Use.BROADCAST, "territories": [], "term": (now, now + YEAR)} | others
    return licences.grant(
        db.session.get_one(Organisation, organisation.id),
        db.session.get_one(FilmVersion, film.id),
        facts["use"],
        facts["territories"],
        facts["term"],
        db.session.get_one(Account, by.id),
    )


def test_a_licence_is_granted_and_stands_in_the_chain(app: Flask, make: Make) -> None:
    film, by = make.eligible_film(), make.staff()
    _account, organisation = make.distributor()
    with app.app_context():
        licence = grant(film, organisation, by, territories=["JO", "EG", "JO"])
        assert licence.territories == ["EG", "JO"]
        assert audit.events(licence.organisation.festival)[-1].action == "licence.granted"


@pytest.mark.parametrize("missing", [Use.BROADCAST, Use.WEB])
def test_a_use_without_living_consent_is_not_licensed(app: Flask, make: Make, missing: Use) -> None:
    film, by = make.eligible_film(), make.staff()
    _account, organisation = make.distributor()
    with app.app_context():
        for consent in Consent.query.filter_by(use=missing):
            consent.revoked_at = clock.now()
        with pytest.raises(Refused, match="rights_missing"):
            grant(film, organisation, by, use=missing)
        assert Licence.query.count() == 0


def test_a_minor_without_a_guardians_yes_is_not_licensed(app: Flask, make: Make) -> None:
    film, by = make.eligible_film(birth_date=date(2012, 1, 1)), make.staff()
    _account, organisation = make.distributor()
    with app.app_context(), pytest.raises(Refused, match="rights_missing"):
        grant(film, organisation, by)


def test_works_of_others_bound_the_territories(app: Flask, make: Make) -> None:
    film, by = make.eligible_film(), make.staff()
    _account, organisation = make.distributor()
    make.add(Work(entry_id=film.entry_id, title="Song", uses=["broadcast"], territories=["JO"]))
    with app.app_context():
        with pytest.raises(Refused) as refused:
            grant(film, organisation, by, territories=["JO", "FR"])
        assert refused.value.data["territory"] == "FR"
        with pytest.raises(Refused, match="rights_missing"):
            grant(film, organisation, by)
        assert grant(film, organisation, by, territories=["JO"]).territories == ["JO"]


def test_only_distributors_eligible_films_licensed_uses_and_terms_in_order(
    app: Flask, make: Make
) -> None:
    film, by = make.eligible_film(), make.staff()
    draft = make.film(make.entry())
    partner = make.organisation(kind=OrganisationKind.PARTNER)
    _account, organisation = make.distributor()
    with app.app_context():
        now = clock.now()
        for code, arguments in (
            ("not_a_distributor", (film, partner, {})),
            ("entry_not_eligible", (draft, organisation, {})),
            ("use_not_licensed", (film, organisation, {"use": Use.JURY})),
            ("term_out_of_order", (film, organisation, {"term": (now, now)})),
        ):
            with pytest.raises(Refused, match=code):
                grant(arguments[0], arguments[1], by, **arguments[2])


def test_an_ended_licence_opens_nothing_any_more(app: Flask, make: Make) -> None:
    film, by = make.eligible_film(), make.staff()
    account, organisation = make.distributor()
    edition = make.edition()
    with app.app_context():
        licence = grant(film, organisation, by)
        licence.starts_at = clock.now() - timedelta(hours=1)
        who = access.Who(
            account=db.session.get_one(Account, account.id),
            guardians=frozenset(),
            edition=db.session.get_one(Edition, edition.id),
            at=clock.now(),
        )
        assert access.may_download(who, licence, clock.now())
        by = db.session.get_one(Account, by.id)
        licences.end(licence, by)
        assert not access.may_download(who, licence, clock.now())
        with pytest.raises(Refused, match="licence_ended"):
            licences.end(licence, by)


def test_only_eligible_entries_are_offered(app: Flask, make: Make) -> None:
    film = make.eligible_film(title="B")
    make.eligible_film(title="A")
    make.film(make.entry(state=EntryState.SUBMITTED))
    with app.app_context():
        edition = db.session.get_one(Edition, make.edition().id)
        assert [f.entry.title for f in licences.licensable_films(edition)] == ["A", "B"]
        assert film.id in {f.id for f in licences.licensable_films(edition)}


def test_staff_grant_and_end_a_licence_in_the_browser(
    app: Flask, make: Make, sign_in: Callable[[Account], Visitor]
) -> None:
    film = make.eligible_film(title="Crossing")
    _account, organisation = make.distributor(
        make.organisation("Broadcaster", OrganisationKind.DISTRIBUTOR)
    )
    browser = sign_in(make.staff())
    wanted = {
        "organisation_id": str(organisation.id),
        "film_id": str(film.id),
        "use": "broadcast",
        "territories": ["JO", "EG"],
        "starts_at": "2026-01-01T00:00",
        "ends_at": "2090-01-01T00:00",
    }
    backwards = browser.post("staff/licences", {**wanted, "ends_at": "2025-01-01T00:00"})
    assert "The licence has to end after it begins." in backwards.text
    granted = browser.post("staff/licences", wanted)
    assert "Egypt and Jordan" in granted.text
    assert "In force" in granted.text
    with app.app_context():
        licence_id = Licence.query.one().id
        for consent in Consent.query.filter_by(use=Use.BROADCAST):
            consent.revoked_at = clock.now()
        db.session.commit()
    assert "Rights taken back" in browser.get("staff/licences").text
    assert "Ended" in browser.post(f"staff/licences/{licence_id}/end").text
