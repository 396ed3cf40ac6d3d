"""A round's life, as staff lead it."""

import hashlib
import json
import re
import threading
from datetime import timedelta
from typing import Any

import pytest
import rfc8785
from flask import Flask

from judging import snapshot
from plural import audit, clock
from plural.actions import rounds
from plural.errors import DomainError
from plural.extensions import db
from plural.models.audit import AuditEvent, OutboxItem
from plural.models.entry import EntryState, FilmVersion
from plural.models.festival import Festival
from plural.models.people import Account
from plural.models.rounds import (
    Criterion,
    RankedFilm,
    Round,
    RoundKind,
    RoundResult,
    RoundState,
    Seat,
)
from plural.models.scoring import Assignment, Score
from tests.factories import Make
from tests.plural.panels import Panel, shortlisted_panel
from tests.visitor import Visitor, steady

OPENED = "round_opened"


@pytest.fixture
def panel(app: Flask, make: Make) -> Panel:
    panel = Panel(app, make, make.staff())
    panel.add_jurors(3)
    panel.add_films(2)
    return panel


def filled_form(panel: Panel, **others: Any) -> dict[str, Any]:
    with panel.app.app_context():
        closes = clock.now() + timedelta(days=3)
    return {
        "kind": "preselection",
        "key": "screening",
        "name_en": "First screening",
        "name_ar": "المشاهدة الأولى",
        "closes_at": f"{closes:%Y-%m-%dT%H:%M}",
        "reviews_wanted": "2",
        "shortlist_size": "1",
        "criteria-0-key": "story",
        "criteria-0-name_en": "Story",
        "criteria-0-name_ar": "القصة",
        "criteria-0-hint_en": "Does it hold you?",
        "criteria-0-weight": "2",
        "criteria-0-minimum": "1",
        "criteria-0-maximum": "10",
        "criteria-0-step": "0.5",
        "criteria-1-key": "craft",
        "criteria-1-optional": "y",
        "members": [str(m.id) for _a, m in panel.jurors],
        **others,
    }


def test_staff_make_a_round_with_its_rubric_seats_and_films(
    app: Flask, panel: Panel, sign_in: Any
) -> None:
    desk: Visitor = sign_in(panel.staff)
    panel.make.entry(state=EntryState.SUBMITTED)
    answer = desk.post("staff/rounds/new", filled_form(panel))
    assert answer.status_code == 200
    assert "First screening" in answer.text
    with app.app_context():
        made = Round.query.one()
        assert (made.key, made.kind, made.state) == (
            "screening",
            RoundKind.PRESELECTION,
            RoundState.DRAFT,
        )
        assert [
            (c.key, c.weight, c.minimum, c.maximum, c.step, c.optional) for c in made.criteria
        ] == [("story", 2.0, 1.0, 10.0, 0.5, False), ("craft", 1.0, 1.0, 5.0, 1.0, True)]
        assert {f.film_version_id for f in made.films} == {f.id for f in panel.films}
        assert {s.membership_id for s in made.seats} == {m.id for _a, m in panel.jurors}
        texts = {(t.key, t.language): t.text for t in made.edition.texts}
        assert texts["round.screening.name", "ar"] == "المشاهدة الأولى"
        assert texts["criterion.story.hint", "en"] == "Does it hold you?"
        assert ("criterion.craft.name", "en") not in texts


@pytest.mark.parametrize("weight", ["", None], ids=["empty", "not sent"])
def test_a_missing_weight_is_one_on_the_page_and_in_the_seal(
    panel: Panel, sign_in: Any, weight: str | None
) -> None:
    form = filled_form(panel, **{"criteria-0-weight": weight})
    if weight is None:
        del form["criteria-0-weight"]
    desk: Visitor = sign_in(panel.staff)
    page = desk.post("staff/rounds/new", form).text
    assert re.search(r"Story.*?Weight[^>]*>\s*(?:<[^>]*>\s*)*1\s*<", page, re.DOTALL)
    with panel.app.app_context():
        round_id = Round.query.one().id
    desk.post(f"staff/rounds/{round_id}/opening")
    with panel.app.app_context():
        declared = db.session.get_one(Round, round_id).declared
        assert declared is not None
        assert {row["key"]: row["weight"] for row in declared["rubric"]} == {"story": 1, "craft": 1}


@pytest.mark.parametrize("weight", ["heavy", "-1", "nan"])
def test_a_weight_that_is_none_is_refused(panel: Panel, sign_in: Any, weight: str) -> None:
    form = filled_form(panel, **{"criteria-0-weight": weight})
    assert sign_in(panel.staff).post("staff/rounds/new", form).status_code in (400, 409)
    with panel.app.app_context():
        assert Round.query.count() == 0


def test_a_wrong_form_is_shown_again_with_what_was_written(panel: Panel, sign_in: Any) -> None:
    desk: Visitor = sign_in(panel.staff)
    wrong = filled_form(panel, **{"key": "First Screening", "criteria-0-maximum": "1"})
    answer = desk.post("staff/rounds/new", wrong)
    assert answer.status_code == 400
    assert 'value="First Screening"' in answer.text
    answer = desk.post("staff/rounds/new", {**wrong, "key": "screening"})
    assert answer.status_code == 409
    assert "The criteria cannot be used like this" in answer.text
    assert 'value="Does it hold you?"' in answer.text
    with panel.app.app_context():
        assert Round.query.count() == 0


def test_a_key_is_used_once(panel: Panel, sign_in: Any) -> None:
    desk: Visitor = sign_in(panel.staff)
    desk.post("staff/rounds/new", filled_form(panel))
    answer = desk.post("staff/rounds/new", filled_form(panel))
    assert answer.status_code == 409
    assert "a round called screening already" in answer.text


def test_a_person_of_two_organisations_sits_once_in_a_preselection(
    panel: Panel, sign_in: Any, make: Make
) -> None:
    account, first = panel.jurors[0]
    _account, second = make.juror(account=account)
    desk: Visitor = sign_in(panel.staff)
    answer = desk.post("staff/rounds/new", filled_form(panel, members=[first.id, second.id]))
    assert answer.status_code == 409
    assert "chosen for two organisations" in answer.text


def test_a_draft_can_be_changed_and_what_goes_is_gone(panel: Panel, sign_in: Any) -> None:
    desk: Visitor = sign_in(panel.staff)
    desk.post("staff/rounds/new", filled_form(panel))
    with panel.app.app_context():
        round_id = Round.query.one().id
    page = desk.get(f"staff/rounds/{round_id}/edit").text
    assert 'value="Does it hold you?"' in page
    kept = panel.jurors[0][1].id
    desk.post(
        f"staff/rounds/{round_id}/edit",
        filled_form(panel, **{"members": [kept], "criteria-1-key": "", "reviews_wanted": "4"}),
    )
    with panel.app.app_context():
        changed = Round.query.one()
        assert [c.key for c in changed.criteria] == ["story"]
        assert [s.membership_id for s in changed.seats] == [kept]
        assert changed.reviews_wanted == 4
        assert Seat.query.count() == Criterion.query.count() == 1


def test_opening_seals_what_is_declared_and_writes_to_the_members(
    panel: Panel, sign_in: Any
) -> None:
    round_id = panel.draft()
    answer = sign_in(panel.staff).post(f"staff/rounds/{round_id}/opening")
    assert answer.status_code == 200
    with panel.app.app_context():
        opened = db.session.get_one(Round, round_id)
        assert opened.state is RoundState.OPEN
        assert opened.declared is not None
        assert opened.declared_digest == hashlib.sha256(rfc8785.dumps(opened.declared)).hexdigest()
        assert opened.declared["seed_sha256"] == hashlib.sha256(opened.seed.encode()).hexdigest()
        assert opened.seed not in json.dumps(opened.declared)
        assert [c["key"] for c in opened.declared["rubric"]] == ["story", "craft"]
        assert opened.declared["tie_rule"] == "shared"
        mails = [
            i.payload for i in OutboxItem.query.all() if i.payload.get("name") == "round_opened"
        ]
        assert {m["ids"]["seat_id"] for m in mails} == {s.id for s in opened.seats}
        assert answer.text.count(opened.declared_digest) == 1


@pytest.mark.parametrize(
    ("lacking", "sentence"),
    [
        ({"members": []}, "Nobody sits on this round"),
        ({"criteria": []}, "no criteria yet"),
    ],
)
def test_a_round_that_lacks_something_does_not_open(
    panel: Panel, sign_in: Any, lacking: dict[str, Any], sentence: str
) -> None:
    round_id = panel.draft(**lacking)
    answer = sign_in(panel.staff).post(f"staff/rounds/{round_id}/opening")
    assert answer.status_code == 409
    assert sentence in answer.text
    with panel.app.app_context():
        assert db.session.get_one(Round, round_id).state is RoundState.DRAFT


def test_an_opened_round_cannot_be_changed(panel: Panel, sign_in: Any) -> None:
    round_id = panel.open()
    desk: Visitor = sign_in(panel.staff)
    assert desk.get(f"staff/rounds/{round_id}/edit").status_code == 409
    assert desk.post(f"staff/rounds/{round_id}/edit", filled_form(panel)).status_code == 409
    assert desk.post(f"staff/rounds/{round_id}/films").status_code == 409
    assert desk.post(f"staff/rounds/{round_id}/opening").status_code == 409
    with panel.app.app_context():
        found = db.session.get_one(Round, round_id)
        assert [c.weight for c in found.criteria] == [2.0, 1.0]


def test_the_closing_time_is_written_in_the_zone_of_the_edition(panel: Panel, sign_in: Any) -> None:
    edition = panel.make.edition()
    with panel.deed():
        db.session.merge(edition).time_zone = "America/New_York"
    round_id = panel.open()
    desk: Visitor = sign_in(panel.staff)
    desk.post(f"staff/rounds/{round_id}/schedule", {"closes_at": "2099-07-01T17:00"})
    with panel.app.app_context():
        moved = db.session.get_one(Round, round_id).closes_at
        assert moved.isoformat() == "2099-07-01T21:00:00+00:00"
    answer = desk.post(f"staff/rounds/{round_id}/schedule", {"closes_at": "2001-07-01T17:00"})
    assert answer.status_code == 409


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("2099-01-15T17:00", "2099-01-15T22:00:00+00:00"),
        ("2099-07-15T17:00", "2099-07-15T21:00:00+00:00"),
    ],
    ids=["winter", "summer"],
)
def test_summer_time_of_the_zone_decides_when_a_round_closes(
    panel: Panel, sign_in: Any, written: str, instant: str
) -> None:
    edition = panel.make.edition()
    with panel.deed():
        db.session.merge(edition).time_zone = "America/New_York"
    round_id = panel.open()
    path = f"staff/rounds/{round_id}/schedule"
    assert sign_in(panel.staff).post(path, {"closes_at": written}).status_code == 200
    with panel.app.app_context():
        assert db.session.get_one(Round, round_id).closes_at.isoformat() == instant


def test_missing_weight_is_one_and_zero_weight_stays_zero(panel: Panel, sign_in: Any) -> None:
    """A rubric in which nothing counts is refused."""
    desk: Visitor = sign_in(panel.staff)
    desk.post("staff/rounds/new", filled_form(panel, **{"criteria-0-weight": "0"}))
    without = {"criteria-0-weight": "0", "criteria-1-weight": "0"}
    answer = desk.post("staff/rounds/new", filled_form(panel, key="without", **without))
    assert answer.status_code == 409
    with panel.app.app_context():
        found = Round.query.one()
        assert (found.key, [c.weight for c in found.criteria]) == ("screening", [0.0, 1.0])
        round_id = found.id
    assert desk.post(f"staff/rounds/{round_id}/opening").status_code == 200


def test_somebody_may_join_an_open_round_and_is_told(panel: Panel, sign_in: Any) -> None:
    round_id = panel.open()
    _account, late = panel.make.juror()
    sign_in(panel.staff).post(f"staff/rounds/{round_id}/seats", {"members": [late.id]})
    with panel.app.app_context():
        seat = Seat.query.filter_by(membership_id=late.id).one()
        ids = [i.payload["ids"] for i in OutboxItem.query if i.payload["name"] == OPENED]
        assert {"seat_id": seat.id} in ids


def test_closing_names_what_is_open_and_asks_again(panel: Panel, sign_in: Any) -> None:
    round_id = panel.assigned()
    desk: Visitor = sign_in(panel.staff)
    answer = desk.post(f"staff/rounds/{round_id}/closing")
    assert answer.status_code == 409
    assert "The closing time has not come yet" in answer.text
    with panel.app.app_context():
        for film in panel.films:
            assert film.entry.title in answer.text.split("have no review")[1]
        assert db.session.get_one(Round, round_id).state is RoundState.OPEN
    answer = desk.post(f"staff/rounds/{round_id}/closing", {"anyway": "y"})
    assert answer.status_code == 200
    with panel.app.app_context():
        assert db.session.get_one(Round, round_id).state is RoundState.CLOSED


def test_a_round_that_is_done_and_due_closes_at_once(
    panel: Panel, sign_in: Any, set_clock: Any
) -> None:
    round_id = panel.assigned()
    panel.score_all(round_id, lambda _a: 3)
    set_clock(6 * 86400)
    answer = sign_in(panel.staff).post(f"staff/rounds/{round_id}/closing")
    assert answer.status_code == 200
    with panel.app.app_context():
        assert RoundResult.query.count() == 1


def test_closing_computes_a_ranking_that_anybody_can_recompute(panel: Panel, sign_in: Any) -> None:
    best = panel.films[0].id
    round_id = panel.assigned()
    panel.score_all(round_id, lambda a: 5 if a.film_version_id == best else 2)
    desk: Visitor = sign_in(panel.staff)
    desk.post(f"staff/rounds/{round_id}/closing", {"anyway": "y"})
    record = desk.get(f"staff/rounds/{round_id}/snapshot.json")
    document = json.loads(record.data)
    assert snapshot.recompute(document).differences == ()
    assert snapshot.recompute(document).digest == document["digest"]
    with panel.app.app_context():
        result = RoundResult.query.one()
        assert result.digest == document["digest"] == snapshot.digest(document)
        assert document["declared_sha256"] == result.round.declared_digest
        rows = {row.film_version_id: row for row in RankedFilm.query.all()}
        assert [rows[f.id].rank for f in panel.films] == [1, 2]
        assert rows[best].raw_mean == 1.0
        assert rows[panel.films[1].id].raw_mean == 0.25
        assert rows[best].reviews == 2
        assert rows[best].rank_low == 1
        assert rows[best].calibrated is not None
        assert rows[best].calibrated > rows[panel.films[1].id].calibrated
        people = Account.query.all()
        for person in people:
            assert person.name not in record.text
            assert person.email not in record.text
        frozen = AuditEvent.query.filter_by(action="round.computed").one()
        assert frozen.detail is not None
        assert frozen.detail.payload["digest"] == result.digest
        assert audit.first_broken(db.session.get_one(Festival, frozen.festival_id)) is None


def test_a_receipt_is_found_in_the_record(panel: Panel, sign_in: Any) -> None:
    round_id = panel.assigned()
    panel.score_all(round_id, lambda _a: 4)
    panel.close(round_id)
    with panel.app.app_context():
        score = Score.query.first()
        found = snapshot.find_receipt(RoundResult.query.one().document, score.receipt)
        assert found is not None
        assert found["values"] == {"story": 4.0}


def test_a_film_that_was_withdrawn_is_ranked_no_more(panel: Panel, sign_in: Any) -> None:
    round_id = panel.assigned()
    panel.score_all(round_id, lambda _a: 4)
    gone = panel.films[0]
    with panel.deed():
        entry = db.session.get_one(FilmVersion, gone.id).entry
        entry.state, entry.withdrawn_at = EntryState.WITHDRAWN, clock.now()
    panel.close(round_id)
    with panel.app.app_context():
        assert [r.film_version_id for r in RankedFilm.query.all()] == [panel.films[1].id]
        assert len(RoundResult.query.one().document["scores"]) == 2


def test_a_closed_round_shows_raw_and_calibrated_side_by_side(panel: Panel, sign_in: Any) -> None:
    panel.add_films(1, "teen")
    round_id = panel.assigned()
    panel.score_all(round_id, lambda a: 1 + a.film_version_id % 4)
    desk: Visitor = sign_in(panel.staff)
    assert desk.get(f"staff/rounds/{round_id}/result").status_code == 404
    panel.close(round_id)
    page = desk.get(f"staff/rounds/{round_id}/result").text
    assert "Calibrated" in page
    assert "Raw mean" in page
    assert "Category adult" in page
    assert "Category teen" in page
    for account, _membership in panel.jurors:
        assert account.name in page
    assert "style=" not in page


def test_exactly_one_of_many_closes_is_the_close(panel: Panel) -> None:
    round_id = panel.assigned()
    panel.score_all(round_id, lambda _a: 4)
    together, outcomes = threading.Barrier(6), []

    def close() -> None:
        with panel.app.app_context():
            found = db.session.get_one(Round, round_id)
            staff = panel.by()
            db.session.rollback()
            together.wait()
            try:
                rounds.close(found, staff, anyway=True)
                db.session.commit()
                outcomes.append("closed")
            except DomainError as error:
                db.session.rollback()
                outcomes.append(error.code)

    threads = [threading.Thread(target=close) for _n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("closed") == 1
    assert set(outcomes) <= {"closed", "stale_state", "transition_not_allowed"}
    with panel.app.app_context():
        assert RoundResult.query.count() == 1


def test_the_top_of_each_category_is_the_shortlist(panel: Panel, sign_in: Any) -> None:
    panel.add_films(2, "teen")
    round_id = panel.assigned()
    best = {panel.films[0].id, panel.films[2].id}
    panel.score_all(round_id, lambda a: 5 if a.film_version_id in best else 2)
    panel.close(round_id)
    answer = sign_in(panel.staff).post(f"staff/rounds/{round_id}/shortlist", {"top": "y"})
    assert answer.status_code == 200
    with panel.app.app_context():
        assert {r.film_version_id for r in RankedFilm.query.filter_by(shortlisted=True)} == best


def test_another_shortlist_needs_a_reason_that_enters_the_chain(panel: Panel, sign_in: Any) -> None:
    round_id = panel.assigned()
    panel.score_all(round_id, lambda a: 5 if a.film_version_id == panel.films[0].id else 2)
    panel.close(round_id)
    desk: Visitor = sign_in(panel.staff)
    other = panel.films[1]
    answer = desk.post(f"staff/rounds/{round_id}/shortlist", {"films": [other.id]})
    assert answer.status_code == 409
    assert "Please say why" in answer.text
    desk.post(
        f"staff/rounds/{round_id}/shortlist",
        {"films": [other.id], "reason": "The only film in Wolof"},
    )
    with panel.app.app_context():
        assert [r.film_version_id for r in RankedFilm.query.filter_by(shortlisted=True)] == [
            other.id
        ]
        event = AuditEvent.query.filter_by(action="round.shortlisted").one()
        assert event.detail is not None
        payload = event.detail.payload
        assert payload["reason"] == "The only film in Wolof"
        assert payload["moved_in"] == [f"{other.entry.code}.1"]
        assert payload["moved_out"] == [f"{panel.films[0].entry.code}.1"]


def test_a_jury_judges_the_shortlist_of_a_closed_round(panel: Panel, sign_in: Any) -> None:
    panel.make.award("grand", category_id=panel.make.category("adult").id)
    source = shortlisted_panel(panel)
    desk: Visitor = sign_in(panel.staff)
    answer = desk.post(
        "staff/rounds/new",
        filled_form(panel, kind="international_jury", key="jury", source=str(source)),
    )
    assert answer.status_code == 200
    with panel.app.app_context():
        jury = Round.query.filter_by(key="jury").one()
        assert {f.film_version_id for f in jury.films} == {f.id for f in panel.films}
        jury_id = jury.id
    assert desk.post(f"staff/rounds/{jury_id}/opening").status_code == 200


def test_a_jury_without_a_shortlist_to_judge_is_refused(panel: Panel, sign_in: Any) -> None:
    round_id = panel.assigned()
    panel.close(round_id)
    answer = sign_in(panel.staff).post(
        "staff/rounds/new",
        filled_form(panel, kind="international_jury", key="jury", source=str(round_id)),
    )
    assert answer.status_code == 409
    assert "no shortlist yet" in answer.text


def test_staff_peeking_before_the_close_see_progress_and_no_scores(
    panel: Panel, sign_in: Any
) -> None:
    round_id = panel.assigned()
    desk: Visitor = sign_in(panel.staff)
    with panel.app.app_context():
        given = Assignment.query.count()
    panel.score_all(round_id, lambda _a: 1)
    paths = [f"staff/rounds/{round_id}{page}" for page in ("", "/progress", "/assignment")]
    low = [steady(desk.get(path).text) for path in paths]
    for page in low[:2]:
        assert f"{given} of {given} reviews are done" in "\n".join(page)
    with panel.deed():
        for score in Score.query.all():
            score.values = {"story": 5.0}
    assert [steady(desk.get(path).text) for path in paths] == low
    for path in ("result", "snapshot.json", "result?version=1"):
        assert desk.get(f"staff/rounds/{round_id}/{path}").status_code == 404
