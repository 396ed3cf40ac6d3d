"""Whether an entry may be judged, and what staff note on the way there."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask

from plural import audit, clock
from plural.actions import eligibility, screening
from plural.actions.outbox import HANDLERS
from plural.errors import Refused, StaleState
from plural.extensions import db
from plural.models.audit import OutboxItem
from plural.models.consent import Use
from plural.models.entry import (
    Entry,
    EntryState,
    FilmState,
    FilmVersion,
    Finding,
    Severity,
    Track,
    TrackKind,
    TrackOrigin,
    TrackState,
    Work,
)
from plural.models.people import Account
from plural.models.scoring import Assignment, AssignmentState, Conflict, ConflictSource, Score
from plural.rights import may_use
from tests.factories import Make
from tests.visitor import Visitor


def ready(make: Make, **facts: Any) -> Entry:
    """A submitted entry that could be found eligible."""
    entry = make.entry(state=EntryState.SUBMITTED, **facts)
    film = make.film(entry)
    make.consents(entry)
    make.subtitles(film)
    return entry


def finding(make: Make, entry: Entry, severity: Severity = Severity.TO_FIX) -> Finding:
    film_id = make.whole_entry(entry.id).film.id
    data = {"duration_s": 400.0, "max_duration_s": 300}
    return make.add(Finding(film_version_id=film_id, code="too_long", severity=severity, data=data))


def obstacles(app: Flask, entry: Entry) -> list[str]:
    with app.app_context():
        return eligibility.obstacles(db.session.get_one(Entry, entry.id))


def test_a_complete_entry_becomes_eligible_and_the_entrant_is_told(app: Flask, make: Make) -> None:
    entry, by = ready(make), make.staff()
    with app.app_context():
        entry, by = db.session.get_one(Entry, entry.id), db.session.get_one(Account, by.id)
        eligibility.decide(entry, EntryState.ELIGIBLE, "", by)
        assert entry.state is EntryState.ELIGIBLE
        assert (entry.decided_by_id, entry.decided_at is not None) == (by.id, True)
        assert audit.events(entry.edition.festival)[-1].action == "entry.eligible"
        mail = OutboxItem.query.filter_by(kind="mail").one().payload
        assert mail == {"name": "entry_decided", "ids": {"entry_id": entry.id}}


def test_consent_for_the_jury_is_needed(app: Flask, make: Make) -> None:
    entry = make.entry(state=EntryState.SUBMITTED)
    make.subtitles(make.film(entry))
    assert obstacles(app, entry) == ["consent_missing"]
    make.consents(entry, uses=(Use.JURY,))
    assert obstacles(app, entry) == []


def test_a_minor_needs_a_guardian_too(app: Flask, make: Make) -> None:
    entry = ready(make, birth_date=date(2012, 1, 1))
    assert obstacles(app, entry) == ["consent_missing"]
    make.guardian(entry)
    make.consents(entry)
    assert obstacles(app, entry) == []


@pytest.mark.parametrize("state", [FilmState.RECEIVED, FilmState.ACCEPTED, FilmState.FAILED])
def test_a_film_that_does_not_play_is_not_eligible(
    app: Flask, make: Make, state: FilmState
) -> None:
    entry = ready(make)
    with make.saving():
        db.session.get_one(Entry, entry.id).film.state = state
    assert obstacles(app, entry) == ["film_not_playable"]


@pytest.mark.parametrize(
    ("severity", "expected"),
    [(Severity.TO_FIX, ["finding_open"]), (Severity.NOTE, [])],
)
def test_a_finding_to_decide_stands_in_the_way_and_a_note_does_not(
    app: Flask, make: Make, severity: Severity, expected: list[str]
) -> None:
    entry = ready(make)
    finding(make, entry, severity)
    assert obstacles(app, entry) == expected


@pytest.mark.parametrize(
    ("spoken", "burned_in", "expected"),
    [
        ("ar", False, ["english_subtitles_missing"]),
        ("ar", True, []),
        ("en-GB", False, []),
        ("zxx", False, []),
    ],
)
def test_english_is_spoken_burned_in_or_there_as_subtitles(
    app: Flask, make: Make, spoken: str, burned_in: bool, expected: list[str]
) -> None:
    entry = make.entry(state=EntryState.SUBMITTED, language=spoken, subtitles_burned_in=burned_in)
    make.film(entry)
    make.consents(entry)
    assert obstacles(app, entry) == expected


def test_unread_machine_subtitles_are_none_until_somebody_has_read_them(
    app: Flask, make: Make
) -> None:
    entry, by = make.entry(state=EntryState.SUBMITTED, language="ar"), make.staff()
    film = make.film(entry)
    make.consents(entry)
    with app.app_context():
        track = Track(
            film_version_id=film.id,
            kind=TrackKind.SUBTITLES,
            language="en",
            origin=TrackOrigin.MACHINE,
            created_at=clock.now(),
        )
        db.session.add(track)
        db.session.flush()
        entry = db.session.get_one(Entry, entry.id)
        assert eligibility.obstacles(entry) == ["english_subtitles_missing"]
        screening.review_track(track, db.session.get_one(Account, by.id))
        assert track.state is TrackState.REVIEWED
        assert eligibility.obstacles(entry) == []


def test_an_entry_that_is_not_ready_is_refused_with_every_obstacle(app: Flask, make: Make) -> None:
    entry, by = make.entry(state=EntryState.SUBMITTED, language="ar"), make.staff()
    with app.app_context():
        entry, by = db.session.get_one(Entry, entry.id), db.session.get_one(Account, by.id)
        with pytest.raises(Refused) as refused:
            eligibility.decide(entry, EntryState.ELIGIBLE, "", by)
        assert refused.value.data["obstacles"] == [
            "consent_missing",
            "film_not_playable",
            "english_subtitles_missing",
        ]
        assert entry.state is EntryState.SUBMITTED


def test_a_no_needs_a_reason_which_the_entrant_reads(app: Flask, make: Make) -> None:
    entry, by = make.entry(state=EntryState.SUBMITTED), make.staff()
    with app.app_context():
        entry, by = db.session.get_one(Entry, entry.id), db.session.get_one(Account, by.id)
        with pytest.raises(Refused, match="reason_wanted"):
            eligibility.decide(entry, EntryState.INELIGIBLE, "", by)
        eligibility.decide(entry, EntryState.INELIGIBLE, "It is an advertisement.", by)
        db.session.commit()
        HANDLERS["mail"]("entry_decided", {"entry_id": entry.id})
        settings = app.extensions["plural_settings"]
        [written] = (settings.instance_folder / "mails").iterdir()
        assert "It is an advertisement." in written.read_text()


def test_two_people_decide_at_once_and_the_second_is_told(app: Flask, make: Make) -> None:
    entry, by = ready(make), make.staff()
    with app.app_context():
        mine, by = db.session.get_one(Entry, entry.id), db.session.get_one(Account, by.id)
        assert mine.state is EntryState.SUBMITTED
        make.app.extensions["sqlalchemy"].session.execute(
            db.update(Entry).values(state=EntryState.INELIGIBLE, decided_at=clock.now()),
            execution_options={"synchronize_session": False},
        )
        with pytest.raises(StaleState):
            eligibility.decide(mine, EntryState.ELIGIBLE, "", by)


def test_a_finding_is_admitted_once_by_somebody_with_a_reason(app: Flask, make: Make) -> None:
    entry, by = ready(make), make.staff()
    too_long = finding(make, entry)
    note = finding(make, entry, Severity.NOTE)
    with app.app_context():
        by = db.session.get_one(Account, by.id)
        too_long = db.session.get_one(Finding, too_long.id)
        with pytest.raises(Refused, match="reason_wanted"):
            eligibility.admit(too_long, "", by)
        eligibility.admit(too_long, "Credits only.", by)
        assert (too_long.admitted_by_id, too_long.admitted_reason) == (by.id, "Credits only.")
        with pytest.raises(Refused, match="nothing_to_admit"):
            eligibility.admit(too_long, "Again.", by)
        with pytest.raises(Refused, match="nothing_to_admit"):
            eligibility.admit(db.session.get_one(Finding, note.id), "Why not.", by)


def test_a_withheld_film_may_not_be_used_whatever_the_consents_say(app: Flask, make: Make) -> None:
    entry, by = ready(make), make.staff()
    with app.app_context():
        entry, by = db.session.get_one(Entry, entry.id), db.session.get_one(Account, by.id)
        eligibility.withhold(entry, "A witness could be found.", by)
        assert not may_use(entry.film, Use.JURY, None, clock.now())
        assert eligibility.obstacles(entry) == ["entry_withheld"]
        eligibility.release(entry, by)
        assert may_use(entry.film, Use.JURY, None, clock.now())
        with pytest.raises(Refused, match="entry_not_withheld"):
            eligibility.release(entry, by)


def test_a_cleared_work_opens_its_uses_in_its_territories(app: Flask, make: Make) -> None:
    film, by = make.eligible_film(), make.staff()
    make.add(Work(entry_id=film.entry_id, title="Song"))
    with app.app_context():
        film, by = db.session.get_one(FilmVersion, film.id), db.session.get_one(Account, by.id)
        [work] = film.entry.works
        assert not may_use(film, Use.BROADCAST, "JO", clock.now())
        screening.clear_work(work, [Use.BROADCAST], ["JO", "EG", "JO"], None, by)
        assert work.territories == ["EG", "JO"]
        assert may_use(film, Use.BROADCAST, "JO", clock.now())
        assert not may_use(film, Use.BROADCAST, "FR", clock.now())
        assert not may_use(film, Use.WEB, "JO", clock.now())


def test_a_conflict_set_by_staff_voids_the_score_and_keeps_it(app: Flask, make: Make) -> None:
    film, by = make.eligible_film(), make.staff()
    juror, membership = make.juror()
    round_ = make.round(films=[film], members=[membership])
    assignment = make.assignment(round_.seats[0], film)
    with app.app_context():
        row = db.session.get_one(Assignment, assignment.id)
        row.state = AssignmentState.SCORED
        row.score = Score(film_version_id=film.id, values={"story": 5}, submitted_at=clock.now())
        db.session.flush()
        entry = db.session.get_one(Entry, film.entry_id)
        juror, by = db.session.get_one(Account, juror.id), db.session.get_one(Account, by.id)
        conflict = screening.set_conflict(entry, juror, "Teacher of the maker", by)
        assert conflict.source is ConflictSource.SET_BY_STAFF
        assert row.state is AssignmentState.CONFLICTED
        assert row.score.voided_at is not None
        assert row.score.values == {"story": 5}
        assert Conflict.query.count() == 1


def test_staff_work_through_an_entry_in_the_browser(
    app: Flask, make: Make, sign_in: Callable[[Account], Visitor]
) -> None:
    entry = ready(make, title="Crossing")
    too_long = finding(make, entry)
    juror, _membership = make.juror()
    staff = make.staff()
    make.signed(staff, make.edition())
    browser = sign_in(staff)
    page = f"staff/entries/{entry.id}"
    assert "Something found in the film waits for a decision." in browser.get(page).text
    assert browser.post(f"{page}/eligibility", {"decision": "eligible"}).status_code == 409
    admitted = browser.post(f"staff/findings/{too_long.id}/admission", {"reason": "Fine."})
    assert "Fine." in admitted.text
    browser.post(f"{page}/conflicts", {"account_id": str(juror.id), "reason": "Cousin"})
    refused = browser.post(f"{page}/eligibility", {"decision": "ineligible"})
    assert "Please tell the entrant why." in refused.text
    decided = browser.post(f"{page}/eligibility", {"decision": "eligible"})
    assert "Accepted for judging" in decided.text
    assert "Cousin" in decided.text
    withheld = browser.post(f"{page}/withholding", {"reason": "A threat."})
    assert "A threat." in withheld.text
    assert "<video" not in withheld.text
    assert "<video" in browser.post(f"{page}/release").text


def test_the_list_of_entries_is_filtered_searched_and_paged(
    make: Make, sign_in: Callable[[Account], Visitor]
) -> None:
    for number in range(51):
        make.entry(title=f"Draft {number}")
    make.entry(title="100% sea", state=EntryState.SUBMITTED, category=make.category("teen"))
    browser = sign_in(make.staff())
    everything = browser.get("staff/entries").text
    assert "52 entries" in everything
    assert "Page 1 of 2" in everything
    assert browser.get("staff/entries?page=2").text.count('<tr role="row">') == 3
    found = browser.get("staff/entries?q=100%25").text
    assert "1 entry" in found
    assert "100% sea" in found
    assert "1 entry" in browser.get("staff/entries?state=submitted").text
    assert "1 entry" in browser.get("staff/entries?category=teen").text
    assert "No entries here" in browser.get("staff/entries?q=nothing").text


def test_the_desk_counts_what_waits_for_a_person(
    make: Make, sign_in: Callable[[Account], Visitor]
) -> None:
    unsigned = make.entry(state=EntryState.SUBMITTED, title="Unsigned")
    make.film(unsigned)
    finding(make, unsigned)
    text = sign_in(make.staff()).get("staff").text
    assert "1 submitted entry waits for a signature:" in text
    assert "Unsigned" in text
    assert "finding in a film wants to be decided" in text
