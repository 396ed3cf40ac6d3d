"""The entrant's way: a draft, what it lacks, subtitles, submission, withdrawal, the result."""

import io
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from plural import audit, clock
from plural.extensions import db
from plural.models.audit import AuditEvent
from plural.models.consent import Consent, Guardian, Use
from plural.models.entry import Entry, EntryState, FilmState, Finding, Severity, Track, TrackState
from plural.models.festival import AwardKind, EditionState
from plural.models.media import Upload
from plural.models.publication import Audience
from tests import letters
from tests.factories import Make
from tests.visitor import steady

FORM = {
    "title": "Le pont",
    "title_english": "The bridge",
    "maker_name": "Lina",
    "maker_birth_date": "2011-03-01",
    "produced_on": "2026-02-01",
    "country": "JO",
    "language": "fr",
    "theme_primary": "diversity",
    "theme_secondary": "migration",
    "synopsis": "Two neighbours build a bridge.",
    "statement": "Because we did.",
    "guardian_name": "Rana",
    "guardian_email": "Rana@Example.org",
    "guardian_kind": "parent",
    "guardian_language": "ar",
    "declares_no_family_tie": "y",
    "declares_releases": "y",
}
SUBTITLES = b"1\n00:00:00,500 --> 00:00:02,000\nGood <b>morning</b>\n"


@pytest.fixture
def edition(app: Flask, make: Make) -> Any:
    """An open edition with consent wordings in English and Arabic."""
    found = make.edition()
    make.wordings(found)
    return found


@pytest.fixture
def maker(make: Make, edition: Any) -> Any:
    return make.account("Lina")


def entry_of(make: Make) -> Entry:
    with make.saving():
        return Entry.query.one()


def enter(visitor: Any, **changed: str) -> Any:
    return visitor.post("entries/new", {**FORM, **changed})


def bring_film(make: Make, state: FilmState = FilmState.PLAYABLE) -> None:
    make.film(entry_of(make), state)


def add_subtitles(visitor: Any, content: bytes = SUBTITLES, name: str = "film.srt") -> Any:
    return visitor.post(
        f"entries/{1}/subtitles",
        {"file": (io.BytesIO(content), name), "language": "en", "kind": "subtitles"},
        content_type="multipart/form-data",
    )


# ----- the form


def test_an_entry_holds_what_the_form_said(make: Make, maker: Any, sign_in: Any) -> None:
    answer = enter(sign_in(maker))
    assert answer.status_code == 200
    with make.saving():
        entry = Entry.query.one()
        person, guardian = entry.persons[0], Guardian.query.one()
        assert (entry.title, entry.title_english, entry.country) == ("Le pont", "The bridge", "JO")
        assert (entry.theme_primary, entry.theme_secondary) == ("diversity", "migration")
        assert entry.category.key == "teen"
        assert entry.state is EntryState.DRAFT
        assert [(f.number, f.state) for f in entry.versions] == [(1, FilmState.AWAITED)]
        assert (person.role, person.account_id, person.name) == ("maker", maker.id, "Lina")
        assert (guardian.email, guardian.language, guardian.person_id) == (
            "rana@example.org", "ar", person.id,
        )  # fmt: skip


def test_four_answers_make_a_draft_and_the_page_lists_the_rest(
    make: Make, maker: Any, sign_in: Any
) -> None:
    needed = ("title", "maker_name", "maker_birth_date", "produced_on")
    few = {name: FORM[name] for name in needed} | {
        "language": "fr", "theme_primary": "diversity", "guardian_kind": "parent",
        "guardian_language": "en",
    }  # fmt: skip
    page = sign_in(maker).post("entries/new", few).text
    for words in (
        "The title in English", "What your film is about", "The film itself, arrived and checked",
        "English subtitles", "A parent or guardian who signs", "The two promises",
    ):  # fmt: skip
        assert words in page


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"title": " "}, "Your film needs a title."),
        ({"maker_birth_date": "1999-01-01"}, "at most 25 years old when the film was made"),
        ({"maker_birth_date": "2099-01-01"}, "look at the year of the birth date"),
        ({"produced_on": "2099-01-01"}, "This day is still to come."),
        ({"produced_on": "2022-12-31"}, "Only films finished since January 1, 2023"),
        ({"synopsis": "word " * 101}, "These are 101 words; at most 100 fit."),
        ({"guardian_email": "no address"}, "This does not look like an e-mail address."),
        ({"guardian_name": ""}, "Please tell us their name too."),
        ({"country": "XX"}, "Not a valid choice"),
    ],
)
def test_a_wrong_answer_is_named_and_nothing_is_saved(
    make: Make, maker: Any, sign_in: Any, changed: dict[str, str], sentence: str
) -> None:
    assert sentence in enter(sign_in(maker), **changed).text
    with make.saving():
        assert Entry.query.count() == 0


def test_a_hundred_words_fit(make: Make, maker: Any, sign_in: Any) -> None:
    enter(sign_in(maker), synopsis="word " * 100)
    assert entry_of(make).synopsis.count("word") == 100


@pytest.mark.parametrize(
    ("birth_date", "produced_on", "category"),
    [
        ("2013-02-02", "2026-02-01", "child"),
        ("2013-02-01", "2026-02-01", "teen"),
        ("2008-02-29", "2026-02-28", "teen"),
        ("2008-02-29", "2026-03-01", "adult"),
        ("2000-02-02", "2026-02-01", "adult"),
    ],
)
def test_the_age_at_production_decides_the_category(
    make: Make, maker: Any, sign_in: Any, birth_date: str, produced_on: str, category: str
) -> None:
    enter(sign_in(maker), maker_birth_date=birth_date, produced_on=produced_on)
    with make.saving():
        assert Entry.query.one().category.key == category


def test_the_guardian_needs_an_address_of_their_own(make: Make, maker: Any, sign_in: Any) -> None:
    page = enter(sign_in(maker), guardian_email=maker.email.upper()).text
    assert "there is another way" in page
    with make.saving():
        assert Guardian.query.count() == 0


def test_state_and_category_cannot_be_sent_along(make: Make, maker: Any, sign_in: Any) -> None:
    enter(sign_in(maker), state="eligible", category_id="1", decided_at="2026-01-01", code="mine")
    entry = entry_of(make)
    assert (entry.state, entry.decided_at) == (EntryState.DRAFT, None)
    assert entry.code != "mine"


def test_a_draft_is_changed_and_keeps_its_guardian(make: Make, maker: Any, sign_in: Any) -> None:
    visitor = sign_in(maker)
    enter(visitor)
    form = visitor.get("entries/1/edit").text
    assert 'value="Le pont"' in form
    assert 'value="rana@example.org"' in form
    visitor.post("entries/1/edit", {**FORM, "title": "Il ponte", "guardian_name": "Rana K."})
    with make.saving():
        assert Entry.query.one().title == "Il ponte"
        assert [(g.name, g.ended_at) for g in Guardian.query.all()] == [("Rana K.", None)]


def test_another_address_ends_the_guardian_and_names_a_new_one(
    make: Make, maker: Any, sign_in: Any
) -> None:
    visitor = sign_in(maker)
    enter(visitor)
    visitor.post("entries/1/edit", {**FORM, "guardian_email": "new@example.org"})
    with make.saving():
        old, new = Guardian.query.order_by(Guardian.id)
        assert (old.email, old.ended_at is None) == ("rana@example.org", False)
        assert (new.email, new.ended_at) == ("new@example.org", None)


# ----- when it is open


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({}, 200),
        ({"state": EditionState.PREPARED}, 409),
        ({"state": EditionState.ARCHIVED}, 409),
        ({"entries_open_at": 1}, 409),
        ({"entries_close_at": -1}, 409),
    ],
)
def test_entries_begin_only_while_the_edition_takes_them(
    make: Make, app: Flask, sign_in: Any, facts: dict[str, Any], status: int
) -> None:
    with app.app_context():
        now = clock.now()
    hours = {k: now + timedelta(hours=v) for k, v in facts.items() if isinstance(v, int)}
    make.edition(**{**facts, **hours})
    visitor = sign_in(make.account())
    assert visitor.get("entries/new").status_code == status
    assert enter(visitor).status_code == status
    with make.saving():
        assert Entry.query.count() == (status == 200)


@pytest.mark.parametrize(
    ("hours_late", "begun_before", "submitted"),
    [(0.5, True, True), (0.5, False, False), (1.5, True, False)],
)
def test_an_upload_begun_before_the_deadline_opens_the_grace(
    make: Make, maker: Any, sign_in: Any, edition: Any, set_clock: Any,
    hours_late: float, begun_before: bool, submitted: bool,
) -> None:  # fmt: skip
    visitor = sign_in(maker)
    enter(visitor, maker_birth_date="2005-01-01", subtitles_burned_in="y")
    bring_film(make)
    begun = edition.entries_close_at + timedelta(minutes=-1 if begun_before else 1)
    make.add(
        Upload(
            film_version_id=1, account_id=maker.id, length_bytes=1, created_at=begun,
            expires_at=begun,
        )
    )  # fmt: skip
    set_clock(30 * 86400 + hours_late * 3600)
    visitor.post("entries/1/submission", {"uses": ["jury"], "signed_name": "Lina"})
    assert (entry_of(make).state is EntryState.SUBMITTED) is submitted


# ----- subtitles


def test_subtitles_are_kept_as_webvtt_with_their_digest(
    app: Flask, make: Make, maker: Any, sign_in: Any
) -> None:
    visitor = sign_in(maker)
    enter(visitor)
    page = add_subtitles(visitor).text
    assert "Good morning" in page
    with make.saving():
        track = Track.query.one()
        storage = app.extensions["plural_storage"]
        stored = storage.stat(track.storage_key)
        with storage.open_range(track.storage_key) as stream:
            assert stream.read() == (b"WEBVTT\n\n00:00:00.500 --> 00:00:02.000\nGood morning\n")
        assert track.storage_key == "films/1/tracks/1.vtt"
        assert (track.sha256, track.crc32, track.size_bytes) == (
            stored.sha256, stored.crc32, stored.size_bytes,
        )  # fmt: skip
        assert (track.language, track.kind, track.origin) == ("en", "subtitles", "maker")


def test_a_second_file_in_the_language_takes_the_place_of_the_first(
    make: Make, maker: Any, sign_in: Any
) -> None:
    visitor = sign_in(maker)
    enter(visitor)
    add_subtitles(visitor)
    add_subtitles(visitor, SUBTITLES.replace(b"morning", b"evening"))
    with make.saving():
        states = [t.state for t in Track.query.order_by(Track.id)]
    assert states == [TrackState.RETIRED, TrackState.UNREVIEWED]


def test_subtitles_are_removed_from_a_draft(make: Make, maker: Any, sign_in: Any) -> None:
    visitor = sign_in(maker)
    enter(visitor)
    add_subtitles(visitor)
    page = visitor.post("entries/1/subtitles/1/removal").text
    assert "There are no subtitles yet." in page
    assert make.first(Track).state is TrackState.RETIRED


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"hello", "film.txt", "not a subtitle file that we know"),
        (b"1\n00:00:02,000 --> 00:00:01,000\nbackwards\n", "film.srt", "no lines in this file"),
        (b"", "film.srt", "not a subtitle file that we know"),
    ],
)
def test_an_unreadable_file_is_refused_in_plain_words(
    make: Make, maker: Any, sign_in: Any, content: bytes, name: str, sentence: str
) -> None:
    visitor = sign_in(maker)
    enter(visitor)
    assert sentence in add_subtitles(visitor, content, name).text
    with make.saving():
        assert Track.query.count() == 0


# ----- findings


def test_findings_are_said_in_plain_words_with_their_numbers(
    make: Make, maker: Any, sign_in: Any
) -> None:
    visitor = sign_in(maker)
    enter(visitor)
    bring_film(make)
    data = {"duration_s": 337.2, "max_duration_s": 300}
    make.add(Finding(film_version_id=1, code="too_long", severity=Severity.TO_FIX, data=data))
    page = visitor.get("entries/1").text
    assert "Your film is \u20665:37\u2069 long. The rules allow \u20665:00\u2069" in page


def test_a_wrong_file_is_replaced_by_a_next_version(make: Make, maker: Any, sign_in: Any) -> None:
    visitor = sign_in(maker)
    enter(visitor)
    bring_film(make)
    page = visitor.post("entries/1/film").text
    assert "data-upload" in page
    with make.saving():
        assert [(f.number, f.state) for f in Entry.query.one().versions] == [
            (1, FilmState.PLAYABLE),
            (2, FilmState.AWAITED),
        ]


def test_a_film_on_its_way_is_not_replaced(make: Make, maker: Any, sign_in: Any) -> None:
    visitor = sign_in(maker)
    enter(visitor)
    assert visitor.post("entries/1/film").status_code == 409


# ----- works of others


def test_works_of_others_are_named_and_removed(make: Make, maker: Any, sign_in: Any) -> None:
    visitor = sign_in(maker)
    enter(visitor, uses_works_of_others="y")
    page = visitor.post("entries/1/works", {"title": "Imagine", "author": "A band"}).text
    assert "Imagine" in page
    with make.saving():
        assert [(w.title, w.author, w.uses) for w in Entry.query.one().works] == [
            ("Imagine", "A band", [])
        ]
    visitor.post("entries/1/works/1/removal")
    with make.saving():
        assert Entry.query.one().works == []


# ----- submission


@pytest.fixture
def complete(make: Make, maker: Any, sign_in: Any) -> Any:
    """The maker's browser, with an entry to which nothing is lacking; she is 15."""
    visitor = sign_in(maker)
    enter(visitor)
    bring_film(make)
    add_subtitles(visitor)
    return visitor


def test_submitting_signs_sends_a_receipt_and_asks_the_guardian(
    app: Flask, make: Make, maker: Any, complete: Any
) -> None:
    page = complete.post(
        "entries/1/submission", {"uses": ["jury", "web"], "signed_name": "Lina K."}
    ).text
    assert "Your film is submitted." in page
    with make.saving():
        entry = Entry.query.one()
        assert (entry.state, entry.signed_name) == (EntryState.SUBMITTED, "Lina K.")
        given = Consent.query.filter_by(revoked_at=None).all()
        assert {(c.use, c.by_account_id, c.text_version, c.language) for c in given} == {
            (Use.JURY, maker.id, 1, "en"),
            (Use.WEB, maker.id, 1, "en"),
        }
        actions = [e.action for e in AuditEvent.query.order_by(AuditEvent.seq)]
        assert actions[-2:] == ["consent.given", "entry.submitted"]
    mails = letters.deliver(app)
    assert {m["To"] for m in mails} == {maker.email, "rana@example.org"}
    (receipt,) = letters.to(mails, maker.email)
    assert entry.code in receipt.get_content()
    assert "rana@example.org" in receipt.get_content()
    (asked,) = letters.to(mails, "rana@example.org")
    assert asked["Content-Language"] == "ar"
    assert "http://localhost/ar/plural/2026/consent/" in asked.get_content()


def test_an_adult_needs_no_guardian(app: Flask, make: Make, maker: Any, sign_in: Any) -> None:
    visitor = sign_in(maker)
    enter(visitor, maker_birth_date="2005-01-01", guardian_name="", guardian_email="")
    bring_film(make)
    add_subtitles(visitor)
    visitor.post("entries/1/submission", {"uses": ["jury"], "signed_name": "Lina"})
    assert entry_of(make).state is EntryState.SUBMITTED
    assert [m["To"] for m in letters.deliver(app)] == [maker.email]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"synopsis": ""}, "What your film is about"),
        ({"country": ""}, "The country where you live"),
        ({"declares_releases": ""}, "The two promises"),
        ({"guardian_name": "", "guardian_email": ""}, "A parent or guardian who signs"),
        ({"uses_generated_footage": "y"}, "belongs to others or is made by a machine"),
        ({"uses_works_of_others": "y"}, "belongs to others or is made by a machine"),
    ],
)
def test_what_is_missing_keeps_an_entry_a_draft(
    make: Make, maker: Any, sign_in: Any, changed: dict[str, str], sentence: str
) -> None:
    visitor = sign_in(maker)
    form = {**FORM, **changed}
    visitor.post("entries/new", {k: v for k, v in form.items() if v})
    bring_film(make)
    add_subtitles(visitor)
    answer = visitor.post("entries/1/submission", {"uses": ["jury"], "signed_name": "Lina"})
    assert answer.status_code == 409
    assert sentence in answer.text
    assert entry_of(make).state is EntryState.DRAFT
    with make.saving():
        assert Consent.query.count() == 0


@pytest.mark.parametrize(
    ("state", "lacks"),
    [
        (FilmState.AWAITED, True), (FilmState.RECEIVED, True), (FilmState.REFUSED, True),
        (FilmState.FAILED, True), (FilmState.ACCEPTED, False), (FilmState.PLAYABLE, False),
        (FilmState.COMPLETE, False),
    ],
)  # fmt: skip
def test_only_a_film_that_was_accepted_is_submitted(
    make: Make, maker: Any, sign_in: Any, state: FilmState, lacks: bool
) -> None:
    visitor = sign_in(maker)
    enter(visitor, subtitles_burned_in="y")
    bring_film(make, state)
    visitor.post("entries/1/submission", {"uses": ["jury"], "signed_name": "Lina"})
    assert (entry_of(make).state is EntryState.DRAFT) is lacks


@pytest.mark.parametrize(
    ("changed", "lacks"),
    [
        ({}, True),
        ({"subtitles_burned_in": "y"}, False),
        ({"language": "en"}, False),
        ({"language": "zxx"}, False),
    ],
)
def test_a_film_that_english_speakers_cannot_follow_lacks_subtitles(
    make: Make, maker: Any, sign_in: Any, changed: dict[str, str], lacks: bool
) -> None:
    visitor = sign_in(maker)
    enter(visitor, **changed)
    assert ('/entries/1/subtitles">English subtitles</a>' in visitor.get("entries/1").text) is lacks


def test_without_the_jury_nothing_is_submitted(make: Make, complete: Any) -> None:
    page = complete.post("entries/1/submission", {"uses": ["web"], "signed_name": "Lina"}).text
    assert "Without your permission to show the film to the jury" in page
    assert entry_of(make).state is EntryState.DRAFT


def test_a_signature_needs_a_name(make: Make, complete: Any) -> None:
    page = complete.post("entries/1/submission", {"uses": ["jury"], "signed_name": " "}).text
    assert "Please type your name." in page
    assert entry_of(make).state is EntryState.DRAFT


def test_no_use_is_ticked_beforehand(complete: Any) -> None:
    assert "checked" not in complete.get("entries/1/submission").text


def test_submitting_twice_is_submitting_once(app: Flask, make: Make, complete: Any) -> None:
    for _time in range(2):
        answer = complete.post("entries/1/submission", {"uses": ["jury"], "signed_name": "Lina"})
        assert answer.status_code == 200
    with make.saving():
        assert AuditEvent.query.filter_by(action="entry.submitted").count() == 1
    assert len(letters.deliver(app)) == 2


def test_what_was_submitted_is_not_edited(make: Make, complete: Any) -> None:
    complete.post("entries/1/submission", {"uses": ["jury"], "signed_name": "Lina"})
    assert complete.post("entries/1/edit", {**FORM, "title": "Other"}).status_code == 409
    assert add_subtitles(complete).status_code == 409
    assert complete.post("entries/1/film").status_code == 409
    assert entry_of(make).title == "Le pont"


def test_the_maker_changes_what_they_allow(make: Make, maker: Any, complete: Any) -> None:
    complete.post("entries/1/submission", {"uses": ["jury", "web"], "signed_name": "Lina"})
    page = complete.get("entries/1/consents").text
    assert page.count("checked") == 2
    complete.post("entries/1/consents", {"uses": ["jury", "name"], "signed_name": "Lina"})
    with make.saving():
        live = {c.use for c in Consent.query if c.revoked_at is None}
        web = Consent.query.filter_by(use=Use.WEB).one()
        assert live == {Use.JURY, Use.NAME}
        assert web.revoked_at is not None


# ----- withdrawal


def test_a_film_is_withdrawn_with_a_reason(make: Make, maker: Any, sign_in: Any) -> None:
    entry = make.entry(maker, state=EntryState.ELIGIBLE)
    make.film(entry)
    visitor = sign_in(maker)
    page = visitor.post(f"entries/{entry.id}/withdrawal", {"reason": "We moved."}).text
    assert "Nobody sees it any more." in page
    found = make.first(Entry)
    assert (found.state, found.withdrawal_reason) == (EntryState.WITHDRAWN, "We moved.")
    assert found.withdrawn_at is not None
    assert found.decided_at is not None
    assert visitor.post(f"entries/{entry.id}/withdrawal").status_code == 409


# ----- the result


def result_page(make: Make, sign_in: Any, maker: Any, entry: Entry) -> str:
    return sign_in(maker).get(f"entries/{entry.id}/result").text


@pytest.mark.parametrize(("hours", "known"), [(-1.0, True), (1.0, False)])
def test_a_result_is_shown_from_the_recipients_instant_on(
    make: Make, maker: Any, sign_in: Any, hours: float, known: bool
) -> None:
    film = make.eligible_film(maker)
    award = make.award("best", AwardKind.JURY_DISTINCTION)
    later = {Audience.PARTNERS: 2.0, Audience.ENTRANTS: 3.0, Audience.PUBLIC: 4.0}
    make.publication({film: award}, {Audience.RECIPIENTS: hours, **later})
    page = result_page(make, sign_in, maker, film.entry)
    assert ("Award best" in page) is known


def test_before_its_instant_the_page_is_the_same_with_and_without_a_result(
    make: Make, maker: Any, sign_in: Any
) -> None:
    first, second = (make.eligible_film(maker, title="Same") for _time in range(2))
    award = make.award("best", AwardKind.JURY_DISTINCTION)
    make.publication({first: award}, dict.fromkeys(Audience, 1.0))
    visitor = sign_in(maker)
    pages = [visitor.get(f"entries/{film.entry_id}/result").text for film in (first, second)]
    with_result, without = (blank(page) for page in pages)
    assert with_result == without


def blank(page: str) -> list[str]:
    """The lines of a page that neither change with each visit nor name its address."""
    return [line for line in steady(page) if "/entries/" not in line]


def test_an_entrant_without_distinction_is_told_kindly_when_all_entrants_know(
    make: Make, maker: Any, sign_in: Any
) -> None:
    mine, other = make.eligible_film(maker), make.eligible_film()
    award = make.award("best", AwardKind.JURY_DISTINCTION)
    make.publication({other: award}, dict.fromkeys(Audience, -1.0))
    page = result_page(make, sign_in, maker, mine.entry)
    assert "Your film was not chosen this time" in page
    assert "Award best" not in page


def test_a_person_sees_only_their_own_films(make: Make, maker: Any, sign_in: Any) -> None:
    make.entry(maker, title="Mine")
    make.entry(title="Theirs")
    page = sign_in(maker).get("entries").text
    assert ("Mine" in page, "Theirs" in page) == (True, False)


def test_the_audit_chain_stands_after_all_deeds(make: Make, complete: Any) -> None:
    complete.post("entries/1/submission", {"uses": ["jury"], "signed_name": "Lina"})
    complete.post("entries/1/withdrawal", {"reason": ""})
    with make.saving():
        assert audit.first_broken(db.session.merge(make.festival())) is None
