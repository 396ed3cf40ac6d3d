"""An edition: its texts and dates, its opening, and the one after it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from plural import audit, clock, languages
from plural.actions import awards, edition_texts, editions, founding
from plural.errors import Refused
from plural.extensions import db
from plural.models.consent import Consent, ConsentText
from plural.models.entry import Entry
from plural.models.festival import Award, AwardKind, Category, Edition, EditionState, Festival
from plural.models.people import Account
from tests.factories import Make
from tests.visitor import Visitor


def prepare(make: Make, slug: str = "2026") -> tuple[Edition, Account]:
    """An edition that could open at once, and a member of staff."""
    by = make.staff()
    edition = make.edition(slug, state=EditionState.PREPARED, contact_email="ask@example.org")
    with make.saving():
        edition = db.session.get_one(Edition, edition.id)
        edition_texts.add_starting_texts(edition)
        by = db.session.get_one(Account, by.id)
        names = {"en": "Grand", "ar": "الكبرى"}
        awards.add_award(edition, "grand", names, by, kind=AwardKind.JURY_DISTINCTION)
        for category in edition.categories:
            awards.change(category, {"en": category.key, "ar": "فئة"}, by)
    return edition, by


def codes(edition_id: int) -> set[str]:
    return {m.code for m in editions.missing(db.session.get_one(Edition, edition_id))}


def test_a_founded_festival_has_texts_in_every_language_of_the_portal(app: Flask) -> None:
    with app.app_context():
        founding.found("f", "Films", "2026", "first@example.org")
        edition = Festival.query.one().editions[0]
        for language in languages.LANGUAGES:
            held = edition_texts.texts_of(edition, language)
            for key in (*edition_texts.GENERAL, "consent.maker", "consent.guardian"):
                assert held[key], (language, key)
        assert languages.text(edition, "edition.name", "ar") == "Films 2026"


def test_an_edition_with_everything_opens(app: Flask, make: Make) -> None:
    edition, by = prepare(make)
    with app.app_context():
        edition = db.session.get_one(Edition, edition.id)
        assert editions.missing(edition) == []
        editions.open_edition(edition, db.session.get_one(Account, by.id))
        assert edition.state is EditionState.OPEN
        assert audit.events(edition.festival)[-1].action == "edition.open"


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"contact_email": ""}, "contact_missing"),
        ({"entries_close_at": datetime(2020, 1, 1, tzinfo=UTC)}, "deadline_has_passed"),
        ({"entries_open_at": datetime(2090, 1, 1, tzinfo=UTC)}, "dates_out_of_order"),
        ({"produced_after": date(2091, 1, 1)}, "produced_after_opening"),
    ],
)
def test_an_edition_does_not_open_on_wrong_dates_or_without_an_address(
    app: Flask, make: Make, facts: dict[str, Any], code: str
) -> None:
    edition, by = prepare(make)
    with app.app_context():
        edition, by = db.session.get_one(Edition, edition.id), db.session.get_one(Account, by.id)
        editions.change_edition(edition, by, **facts)
        with pytest.raises(Refused) as refused:
            editions.open_edition(edition, by)
        assert refused.value.code == "edition_not_ready"
        assert code in {m.code for m in refused.value.data["missing"]}
        assert edition.state is EditionState.PREPARED


def test_every_missing_text_is_named_with_its_language(app: Flask, make: Make) -> None:
    edition, by = prepare(make)
    with app.app_context():
        edition, by = db.session.get_one(Edition, edition.id), db.session.get_one(Account, by.id)
        edition_texts.write_texts(edition, "ar", {"edition.rules": "", "award.grand.name": ""}, by)
        missing = [m.data for m in editions.missing(edition)]
        assert missing == [
            {"key": "edition.rules", "language": "ar"},
            {"key": "award.grand.name", "language": "ar"},
        ]


def test_an_edition_without_categories_and_awards_does_not_open(app: Flask) -> None:
    with app.app_context():
        founding.found("f", "Films", "2026", "first@example.org")
        edition = Edition.query.one()
        assert {"category_missing", "award_missing"} <= codes(edition.id)


def test_a_changed_consent_wording_is_a_new_version_in_all_languages(
    app: Flask, make: Make
) -> None:
    edition, by = prepare(make)
    with app.app_context():
        edition, by = db.session.get_one(Edition, edition.id), db.session.get_one(Account, by.id)
        arabic = edition_texts.texts_of(edition, "ar")["consent.maker"]
        edition_texts.write_texts(edition, "en", {"consent.maker": "I say yes."}, by)
        rows = ConsentText.query.filter_by(edition_id=edition.id, signer="maker", version=2)
        assert {r.language: r.text for r in rows} == {"en": "I say yes.", "ar": arabic}
        before = ConsentText.query.filter_by(signer="maker", version=1, language="en").one()
        assert before.text.startswith("I made this film")
        edition_texts.write_texts(edition, "en", {"consent.maker": "I say yes."}, by)
        assert ConsentText.query.filter_by(signer="maker", version=3).count() == 0


def test_next_years_edition_has_everything_but_people_consents_and_dates(
    app: Flask, make: Make
) -> None:
    edition, by = prepare(make)
    make.consents(make.entry())
    with app.app_context():
        source, by = db.session.get_one(Edition, edition.id), db.session.get_one(Account, by.id)
        copy = editions.new_edition(source, "2027", by)
        assert copy.state is EditionState.PREPARED
        assert [c.key for c in copy.categories] == [c.key for c in source.categories]
        assert [(a.key, a.kind) for a in copy.awards] == [("grand", AwardKind.JURY_DISTINCTION)]
        assert Entry.query.filter_by(edition_id=copy.id).count() == 0
        assert Consent.query.count() > 0
        assert copy.entries_close_at == editions.a_year_later(source.entries_close_at, "UTC")
        assert copy.entries_close_at - source.entries_close_at >= timedelta(days=365)
        assert edition_texts.texts_of(copy, "ar") == edition_texts.texts_of(source, "ar")


def test_a_text_that_names_the_old_year_keeps_the_new_edition_closed(
    app: Flask, make: Make
) -> None:
    edition, by = prepare(make)
    with app.app_context():
        source, by = db.session.get_one(Edition, edition.id), db.session.get_one(Account, by.id)
        edition_texts.write_texts(source, "ar", {"edition.welcome": "مهرجان ٢٠٢٦"}, by)
        copy = editions.new_edition(source, "2027", by)
        named = [m.data for m in editions.missing(copy) if m.code == "names_old_year"]
        assert {(d["key"], d["language"]) for d in named} == {
            ("edition.name", "en"),
            ("edition.name", "ar"),
            ("edition.welcome", "ar"),
        }
        new = {"edition.name": "Films 2027", "edition.welcome": "٢٠٢٧"}
        edition_texts.write_texts(copy, "ar", new, by)
        edition_texts.write_texts(copy, "en", {"edition.name": "Films 2027"}, by)
        assert editions.missing(copy) == []


@pytest.mark.parametrize(
    ("day", "later"),
    [
        (date(2024, 2, 29), date(2025, 2, 28)),
        (date(2025, 6, 15), date(2026, 6, 15)),
    ],
)
def test_a_year_later_is_the_same_day(day: date, later: date) -> None:
    assert editions.a_year_later(day, "UTC") == later


def test_a_year_later_keeps_the_time_on_the_wall() -> None:
    """Summer time began on 9 March 2025 in New York, on 8 March 2026."""
    at = datetime(2025, 3, 8, 22, 0, tzinfo=UTC)
    assert editions.a_year_later(at, "America/New_York").astimezone(UTC) == datetime(
        2026, 3, 8, 21, 0, tzinfo=UTC
    )


def test_what_is_used_cannot_be_dropped(app: Flask, make: Make) -> None:
    _edition, by = prepare(make)
    make.entry(category=make.category("teen"))
    with app.app_context():
        by = db.session.get_one(Account, by.id)
        with pytest.raises(Refused, match="still_used"):
            awards.drop(Category.query.filter_by(key="teen").one(), by)
        awards.drop(Category.query.filter_by(key="child").one(), by)
        awards.drop(Award.query.filter_by(key="grand").one(), by)
        assert Category.query.filter_by(key="child").count() == Award.query.count() == 0


def test_staff_write_an_edition_in_the_browser(
    app: Flask, make: Make, sign_in: Callable[[Account], Visitor]
) -> None:
    edition, by = prepare(make)
    browser = sign_in(by)
    answer = browser.post(
        "staff/edition",
        {
            "time_zone": "America/New_York",
            "entries_open_at": "2026-01-01T09:00",
            "entries_close_at": "2099-06-15T17:00",
            "grace_minutes": "30",
            "min_duration_s": "5",
            "max_duration_s": "30",
            "produced_after": "2022-01-01",
            "contact_email": "films@example.org",
        },
    )
    assert "Saved." in answer.text
    with app.app_context():
        found = db.session.get_one(Edition, edition.id)
        assert found.entries_close_at == datetime(2099, 6, 15, 21, 0, tzinfo=UTC)
        assert (found.grace_s, found.max_duration_s) == (1800, 30)
    browser.post("staff/texts/en", {"edition.welcome": "Come in!"})
    browser.post(
        "staff/categories",
        {"key": "old", "age_min": "26", "age_max": "30", "name_en": "Old", "name_ar": "كبار"},
    )
    browser.post(
        "staff/awards",
        {"key": "joy", "kind": "special_recognition", "name_en": "Joy", "name_ar": "فرح"},
    )
    assert browser.post("staff/edition/opening").status_code == 200
    with app.app_context():
        found = db.session.get_one(Edition, edition.id)
        assert found.state is EditionState.OPEN
        assert languages.text(found, "edition.welcome", "en") == "Come in!"
        assert languages.text(found, "category.old.name", "ar") == "كبار"
        assert [a.key for a in found.awards] == ["grand", "joy"]
        assert audit.first_broken(found.festival) is None


def test_the_page_lists_what_is_missing_and_opening_is_refused(
    make: Make, sign_in: Callable[[Account], Visitor]
) -> None:
    make.edition(state=EditionState.PREPARED)
    browser = sign_in(make.staff())
    assert "A text is missing: edition.rules, Arabic" in browser.get("staff/edition").text
    assert browser.post("staff/edition/opening").status_code == 409


def test_dates_in_a_form_are_wrong_in_words_not_in_errors(
    make: Make, sign_in: Callable[[Account], Visitor], app: Flask
) -> None:
    edition, by = prepare(make)
    with app.app_context():
        before = clock.now()
    answer = sign_in(by).post("staff/edition", {"entries_open_at": "yesterday"})
    assert answer.status_code == 200
    assert "Please look at these again" in answer.text
    with app.app_context():
        assert db.session.get_one(Edition, edition.id).entries_open_at < before


def test_an_award_and_a_category_are_refused_in_words(
    make: Make, sign_in: Callable[[Account], Visitor]
) -> None:
    make.edition()
    browser = sign_in(make.staff())
    names = {"name_en": "A", "name_ar": "أ"}
    ages = {"key": "odd", "age_min": "20", "age_max": "10"}
    category = browser.post("staff/categories", {**ages, **names})
    assert "The oldest age cannot be below the youngest." in category.text
    award = browser.post("staff/awards", {"key": "a", "kind": "partner_recognition", **names})
    assert "names its partner" in award.text
    twice = {**ages, "age_max": "30", "key": "teen", **names}
    assert browser.post("staff/categories", twice).status_code == 409
