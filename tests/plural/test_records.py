"""The record of every kind of round leaves the portal as a file from which its result follows."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from judging.__main__ import main
from judging.snapshot import METHOD, METHOD_WITH_SLOPES
from judging.standings import TieRule
from plural import clock, lifecycle
from plural.actions import assignments, conflicts, rounds, scores
from plural.actions.jury_results import Stage
from plural.extensions import db
from plural.models.entry import EntryState, FilmVersion
from plural.models.people import Account
from plural.models.rounds import Round, RoundResult, Seat
from plural.models.scoring import Assignment, AssignmentState
from plural.round_rules import Deciding, RoundRules
from tests.factories import Make
from tests.plural.final_juries import Jury
from tests.plural.panels import Panel, who
from tests.plural.partners import Partners
from tests.plural.test_talks import Talk
from tests.visitor import Visitor

BALLOTS = "This file holds the rules, the ballots or minutes, and what follows from them"
PICKS = "choices that made way stay with their partner"
SCORES = "This file holds everything that the result follows from"


def record(staff: Visitor, round_id: int, folder: Path) -> Path:
    path = folder / "round.json"
    answer = staff.get(f"staff/rounds/{round_id}/snapshot.json")
    path.write_bytes(answer.data)
    return path


def recomputed(path: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The lines that the command prints about a record that says what follows from it."""
    assert main(["recompute", str(path)]) == 0
    return capsys.readouterr().out.splitlines()


def conflict(jury: Jury, juror: int, film: int) -> None:
    with jury.panel.deed():
        account = db.session.get_one(Seat, jury.seat(juror)).membership.account
        entry = db.session.get_one(FilmVersion, jury.panel.films[film].id).entry
        assert account is not None
        conflicts.declare(account, entry, "My pupil")


def test_a_jury_that_votes_twice_with_a_recusal_and_a_casting_vote(
    app: Flask, make: Make, sign_in: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = RoundRules(ex_aequo=False, casting_vote=True, one_prize_per_film=True, quorum=2)
    jury = Jury(app, make, members=3)
    later = make.award("music", category_id=make.category("adult").id, position=2)
    jury.open(rules)
    jury.preside(1)
    for juror, films in enumerate(((0, 1), (1, 0), (0, -1))):
        jury.vote(juror, *films)
        jury.vote(juror, *films, award=later)
    jury.count()
    jury.vote(0, 0, turn=2)
    jury.vote(1, 1, turn=2)
    conflict(jury, juror=2, film=2)
    jury.panel.close(jury.round_id)
    staff = sign_in(jury.panel.staff)
    lines = recomputed(record(staff, jury.round_id, tmp_path), capsys)
    assert f"grand\twinners\t{jury.code(1)}" in lines
    assert "grand\tdecided by\tcasting vote" in lines
    assert f"music\tstruck\t{jury.code(1)}" in lines
    assert f"music\twinners\t{jury.code(0)}" in lines
    page = staff.get(f"staff/rounds/{jury.round_id}/result").text
    assert BALLOTS in page
    assert "python -m judging recompute" in page


@pytest.mark.parametrize("deciding", [Deciding.SCORES, Deciding.MAJORITY_JUDGEMENT])
def test_a_jury_that_grades(
    app: Flask,
    make: Make,
    sign_in: Any,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    deciding: Deciding,
) -> None:
    jury = Jury(app, make, members=3).open(RoundRules(deciding=deciding))
    for juror, given in enumerate(((5, 4, 0), (1, 3, 1), (5, 0, 5))):
        grades = {film.id: g for film, g in zip(jury.panel.films, given, strict=True)}
        jury.cast(juror, [], {0: 0, **grades})
    conflict(jury, juror=2, film=2)
    jury.panel.close(jury.round_id)
    path = record(sign_in(jury.panel.staff), jury.round_id, tmp_path)
    lines = recomputed(path, capsys)
    assert f"grand\twinners\t{jury.code(1)}" in lines
    document = json.loads(path.read_bytes())
    # The ballot of the juror with a conflict is kept and does not count.
    assert len(document["ballots"]) == 3
    assert len(document["awards"][0]["turns"][0]["ballots"]) == 2


def test_a_jury_that_talks(
    app: Flask, make: Make, sign_in: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    talk = Talk(app, make, members=3).open()
    talk.record(0)
    talk.confirm(0)
    talk.record(1, revision=1, dissent={talk.seat(1): "The other film was braver."})
    for n in range(3):
        talk.confirm(n, revision=2)
    talk.panel.close(talk.round_id)
    path = record(sign_in(talk.panel.staff), talk.round_id, tmp_path)
    lines = recomputed(path, capsys)
    confirmed = "\t".join(sorted(talk.pseudonym(n) for n in range(3)))
    assert f"grand\tminutes 2\tconfirmed by\t{confirmed}" in lines
    changed = json.loads(path.read_bytes())
    changed["confirmations"] = [
        one for one in changed["confirmations"] if one["juror_id"] != talk.pseudonym(2)
    ]
    path.write_text(json.dumps(changed))
    assert main(["recompute", str(path)]) == 1
    assert "award grand, part confirmations" in capsys.readouterr().err


def test_minutes_that_new_rules_forbid_do_not_decide(app: Flask, make: Make, sign_in: Any) -> None:
    talk = Talk(app, make, members=3).open()
    talk.record(0, 1)
    for n in range(3):
        talk.confirm(n)
    talk.panel.close(talk.round_id)
    talk.panel.reopen(talk.round_id, as_draft=True)
    with talk.panel.deed():
        draft = db.session.get_one(Round, talk.round_id)
        draft.written_rules = RoundRules(deciding=Deciding.TALKING, ex_aequo=False).written()
        rounds.open_(draft, talk.panel.by())
    assert talk.stage() is Stage.NOT_VALID
    talk.panel.close(talk.round_id)
    with app.app_context():
        old, new = (
            result.document["awards"][0]
            for result in db.session.get_one(Round, talk.round_id).results
        )
        assert (len(old["winners"]), old["decided_by"]) == (2, "talking")
        assert (new["winners"], new["decided_by"]) == ([], "against the rules")
    page = sign_in(talk.panel.staff).get(f"staff/rounds/{talk.round_id}/result").text
    assert "than the rules of the round allow" in page


def test_partners_choices(
    app: Flask, make: Make, sign_in: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    partners = Partners(Panel(app, make, make.staff()), make)
    partners.open(rules=RoundRules(one_prize_per_film=True))
    partners.pick(0, 0, 1)
    partners.pick(1, 0, 2, citation="It listens.")
    partners.panel.close(partners.round_id)
    staff = sign_in(partners.panel.staff)
    path = record(staff, partners.round_id, tmp_path)
    lines = recomputed(path, capsys)
    assert f"partner1\twinners\t{partners.code(2)}" in lines
    assert "partner1\tchoice\t2" in lines
    assert partners.code(1) not in str(json.loads(path.read_bytes())["picks"])
    assert PICKS in staff.get(f"staff/rounds/{partners.round_id}/result").text


def test_scores(
    app: Flask, make: Make, sign_in: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    panel = Panel(app, make, make.staff())
    panel.add_jurors(2)
    panel.add_films(2)
    round_id = panel.assigned()
    panel.score_all(round_id, lambda a: 1 + a.film_version_id % 5)
    panel.close(round_id)
    staff = sign_in(panel.staff)
    assert len(recomputed(record(staff, round_id, tmp_path), capsys)) == 4
    assert SCORES in staff.get(f"staff/rounds/{round_id}/result").text


def test_what_was_declared_can_be_taken_along_and_stands_in_the_record(
    app: Flask, make: Make, sign_in: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    panel = Panel(app, make, make.staff())
    panel.add_jurors(2)
    panel.add_films(2)
    draft = panel.draft(key="draft")
    round_id = panel.assigned()
    staff = sign_in(panel.staff)
    assert staff.get(f"staff/rounds/{draft}/declaration.json").status_code == 404
    address = f"staff/rounds/{round_id}/declaration.json"
    assert address in staff.get(f"staff/rounds/{round_id}").text
    declared = staff.get(address).data
    digest = hashlib.sha256(declared).hexdigest()
    assert digest in staff.get(f"staff/rounds/{round_id}").text
    panel.score_all(round_id, lambda a: 1 + a.film_version_id % 5)
    panel.close(round_id)
    path = record(staff, round_id, tmp_path)
    assert f"declaration\t{digest}" in recomputed(path, capsys)
    assert json.loads(path.read_bytes())["declaration"] == json.loads(declared)
    with app.app_context():
        people = [word for a in Account.query for word in (a.name, a.email, a.pseudonym)]
    assert not [word for word in people if word in declared.decode()]


def test_rules_changed_behind_the_portals_back_are_named_by_the_record(
    app: Flask, make: Make, sign_in: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    panel = Panel(app, make, make.staff())
    panel.add_jurors(2)
    panel.add_films(2)
    round_id = panel.assigned()
    panel.score_all(round_id, lambda a: 1 + a.film_version_id % 5)
    with panel.deed():
        found = db.session.get_one(Round, round_id)
        found.seed, found.tie_rule, found.criteria[0].weight = "mine", TieRule.LOT, 9.0
    panel.close(round_id)
    path = record(sign_in(panel.staff), round_id, tmp_path)
    assert main(["recompute", str(path)]) == 1
    said = capsys.readouterr().err
    assert said == f"{path}: differs: declared tie_rule, declared rubric, declared seed\n"


def test_more_reviews_are_declared_with_the_version_that_asks_for_them(
    app: Flask, make: Make, sign_in: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And what left the round meanwhile is told without being a difference."""
    panel = Panel(app, make, make.staff())
    panel.add_jurors(4)
    panel.add_films(3)
    round_id = panel.assigned()
    panel.score_all(round_id, lambda a: 1 + a.film_version_id % 5)
    panel.close(round_id)
    panel.reopen(round_id, extra={panel.films[1].id: 2})
    with panel.deed():
        assignments.assign(db.session.get_one(Round, round_id), panel.by())
        late = Assignment.query.filter_by(state=AssignmentState.ASSIGNED).all()
        assert [a.film_version_id for a in late] == [panel.films[1].id] * 2
        for assignment in late:
            scores.give(who(assignment.seat), assignment, scores.Sheet({"story": 4.0}), 0)
        left = db.session.get_one(FilmVersion, panel.films[0].id)
        lifecycle.move(left.entry, EntryState.WITHDRAWN, panel.by(), withdrawn_at=clock.now())
        code = f"{left.entry.code}.1"
    panel.close(round_id)
    path = record(sign_in(panel.staff), round_id, tmp_path)
    assert f"only declared\tfilm {code}" in recomputed(path, capsys)


@pytest.mark.parametrize("slopes", [True, False])
def test_slopes_are_declared_and_sealed_before_they_are_used(
    app: Flask,
    make: Make,
    sign_in: Any,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    slopes: bool,
) -> None:
    panel = Panel(app, make, make.staff())
    panel.add_jurors(2)
    panel.add_films(3)
    round_id = panel.assigned(rules=RoundRules(slopes=slopes))
    panel.score_all(round_id, lambda a: 1 + a.film_version_id % 5)
    panel.close(round_id)
    staff = sign_in(panel.staff)
    path = record(staff, round_id, tmp_path)
    assert ("slopes\tnot used" in recomputed(path, capsys)) == slopes
    with app.app_context():
        result = RoundResult.query.one()
        assert result.declared is not None
        method = METHOD_WITH_SLOPES if slopes else METHOD
        assert result.declared["method"] == result.document["method"] == method
        assert result.declared["rules"]["slopes"] is slopes
    page = staff.get(f"staff/rounds/{round_id}/result").text
    assert ("It does not, so it is not used here." in page) == slopes


def test_a_record_of_an_earlier_version_of_the_portal_promises_nothing(
    app: Flask, make: Make, sign_in: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    jury = Jury(app, make).open()
    jury.vote(0, 0, 1)
    jury.vote(1, 0, 1)
    jury.panel.close(jury.round_id)
    with jury.panel.deed():
        result = RoundResult.query.filter_by(round_id=jury.round_id).one()
        kept = ("round", "kind", "version", "declared_sha256", "awards", "digest")
        old = {key: result.document[key] for key in kept}
        result.document = {**old, "format": "plural closed round 1"}
    staff = sign_in(jury.panel.staff)
    page = staff.get(f"staff/rounds/{jury.round_id}/result").text
    assert "it can be read, but not recomputed" in page
    assert "python -m judging recompute" not in page
    path = record(staff, jury.round_id, tmp_path)
    assert main(["recompute", str(path)]) == 2
    assert "its format is 'plural closed round 1'" in capsys.readouterr().err
