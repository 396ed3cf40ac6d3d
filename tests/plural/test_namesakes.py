"""A juror with the family name of somebody behind a film: staff say whether they are related."""

from typing import Any

import pytest
from flask import Flask

from plural.actions import entries, namesakes
from plural.errors import Refused
from plural.extensions import db
from plural.models.audit import AuditEvent
from plural.models.entry import Entry, Person
from plural.models.people import Account, Membership
from plural.models.rounds import Round
from plural.models.scoring import Assignment, Conflict, Unrelated
from tests.factories import Make
from tests.plural.panels import Panel
from tests.visitor import Visitor


@pytest.fixture
def panel(app: Flask, make: Make) -> Panel:
    """Three jurors and two films; Maria Lopez may be of the family behind the first film."""
    panel = Panel(app, make, make.staff())
    panel.add_jurors(3)
    panel.add_films(2)
    with panel.deed():
        db.session.get_one(Account, panel.jurors[0][0].id).name = "Maria Lopez"
        Person.query.filter_by(entry_id=panel.films[0].entry_id).one().name = "Ana LOPEZ"
    return panel


def found(panel: Panel, round_id: int) -> list[tuple[str, int, list[str]]]:
    with panel.app.app_context():
        findings = namesakes.findings(db.session.get_one(Round, round_id))
        return [(one.account.name, one.entry.id, one.names) for one in findings]


def address(panel: Panel, round_id: int, deed: str) -> str:
    entry, account = panel.films[0].entry_id, panel.jurors[0][0].id
    return f"staff/rounds/{round_id}/namesakes/{entry}/{account}/{deed}"


def watchers(panel: Panel, round_id: int) -> set[int]:
    """Accounts that have the first film before them."""
    with panel.app.app_context():
        rows = Assignment.query.filter_by(round_id=round_id, film_version_id=panel.films[0].id)
        return {row.seat.membership.account_id for row in rows}


def test_a_shared_family_name_is_shown_before_the_films_are_given_out_and_bars_nobody(
    panel: Panel, sign_in: Any
) -> None:
    draft = panel.draft()
    assert found(panel, draft) == [("Maria Lopez", panel.films[0].entry_id, ["Ana LOPEZ"])]
    desk: Visitor = sign_in(panel.staff)
    words = "1 family name shared by a juror and somebody behind a film"
    assert words in desk.get(f"staff/rounds/{draft}").text
    opened = panel.open(key="opened")
    for page in ("", "/assignment", "/by-hand"):
        assert words in desk.get(f"staff/rounds/{opened}{page}").text
    page = desk.get(f"staff/rounds/{opened}/namesakes").text
    assert "<bdi>Ana LOPEZ</bdi>" in page
    assert "<bdi>Maria Lopez</bdi>" in page
    with panel.app.app_context():
        assert Conflict.query.count() == 0


def test_one_click_says_they_are_related_and_the_juror_does_not_get_the_film(
    panel: Panel, sign_in: Any
) -> None:
    round_id = panel.open(reviews_wanted=3)
    desk: Visitor = sign_in(panel.staff)
    answer = desk.post(address(panel, round_id, "conflict"))
    assert "This juror does not judge the film." in answer.text
    assert "No name is left to look at." in answer.text
    with panel.app.app_context():
        [row] = Conflict.query.all()
        assert (row.account_id, row.entry_id) == (panel.jurors[0][0].id, panel.films[0].entry_id)
        assert (row.source.value, row.reason) == ("set_by_staff", "same family name")
    proposal = desk.get(f"staff/rounds/{round_id}/assignment").text
    assert "family name shared" not in proposal
    seen = proposal.partition('name="seen" value="')[2].partition('"')[0]
    desk.post(f"staff/rounds/{round_id}/assignment", {"seen": seen})
    assert watchers(panel, round_id) == {account.id for account, _m in panel.jurors[1:]}


def test_one_click_says_they_are_not_related_and_nobody_is_asked_again_in_any_round(
    panel: Panel, sign_in: Any
) -> None:
    round_id = panel.open(reviews_wanted=3)
    desk: Visitor = sign_in(panel.staff)
    assert "may judge the film" in desk.post(address(panel, round_id, "no-conflict")).text
    assert found(panel, round_id) == []
    assert found(panel, panel.draft(key="next")) == []
    again = desk.post(address(panel, round_id, "no-conflict"))
    assert again.status_code == 409
    assert "somebody has done so" in again.text
    with panel.app.app_context():
        assert Unrelated.query.count() == 1
        assert Conflict.query.count() == 0
        assert AuditEvent.query.filter_by(action="conflict.ruled_out").count() == 1


def test_nobody_decides_about_themselves(panel: Panel, sign_in: Any) -> None:
    with panel.deed():
        juror = db.session.get_one(Account, panel.jurors[0][0].id)
        juror.roles.extend(panel.by().roles)
    round_id = panel.open()
    desk: Visitor = sign_in(panel.jurors[0][0])
    page = desk.get(f"staff/rounds/{round_id}/namesakes").text
    assert "Somebody else decides about you." in page
    for deed in ("conflict", "no-conflict"):
        assert address(panel, round_id, deed) not in page
        assert desk.post(address(panel, round_id, deed)).status_code == 409
    assert len(found(panel, round_id)) == 1


def test_whoever_has_a_conflict_has_left_or_only_shares_a_given_name_is_no_finding(
    panel: Panel, make: Make
) -> None:
    with panel.deed():
        db.session.get_one(Account, panel.jurors[1][0].id).name = "Ana Silva"
        # The whole name: a conflict that follows by itself.
        db.session.get_one(Account, panel.jurors[2][0].id).name = "ana  Lopez"
    round_id = panel.draft()
    assert [name for name, _entry, _names in found(panel, round_id)] == ["Maria Lopez"]
    with panel.deed():
        left = db.session.get_one(Membership, panel.jurors[0][1].id)
        left.ended_at = left.accepted_at
    assert found(panel, round_id) == []


def test_a_pair_that_is_none_is_refused(panel: Panel) -> None:
    round_id = panel.open()
    with panel.app.app_context():
        round_, entry = db.session.get_one(Round, round_id), panel.films[1].entry_id
        juror = db.session.get_one(Account, panel.jurors[0][0].id)
        for deed in (namesakes.keep_away, namesakes.rule_out):
            with pytest.raises(Refused, match="namesake_settled"):
                deed(round_, db.session.get_one(Entry, entry), juror, panel.by())


def test_a_closed_round_has_no_findings(panel: Panel) -> None:
    round_id = panel.assigned()
    assert len(found(panel, round_id)) == 1
    panel.only_close(round_id)
    assert found(panel, round_id) == []


def test_a_film_that_is_out_of_the_festival_raises_no_question(panel: Panel) -> None:
    round_id = panel.open()
    assert len(found(panel, round_id)) == 1
    with panel.deed():
        entry = db.session.get_one(Entry, panel.films[0].entry_id)
        entries.withdraw(entry, "We have changed our minds", entry.account)
    assert found(panel, round_id) == []
