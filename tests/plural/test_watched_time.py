"""How much of a film a juror's player has played: told by the player, bounded, nobody else's."""

import pytest
from flask import Flask

from plural.extensions import db
from plural.models.audit import AuditEvent
from plural.models.scoring import Assignment
from tests.factories import Make
from tests.plural.panels import Panel
from tests.visitor import Visitor

FILM_S = 12.0


@pytest.fixture
def panel(app: Flask, make: Make) -> Panel:
    panel = Panel(app, make, make.staff())
    panel.add_jurors(2)
    panel.add_films(1)
    return panel


def own_id(panel: Panel, number: int = 0) -> int:
    """The assignment of one of the panel's jurors."""
    with panel.app.app_context():
        rows = Assignment.query.all()
        account_id = panel.jurors[number][0].id
        return next(a.id for a in rows if a.seat.membership.account_id == account_id)


def told(panel: Panel, assignment_id: int) -> float | None:
    with panel.app.app_context():
        return db.session.get_one(Assignment, assignment_id).watched_s


def test_what_a_player_tells_is_kept_and_never_becomes_less(panel: Panel) -> None:
    panel.assigned()
    own, juror = own_id(panel), Visitor(panel.app).sign_in(panel.jurors[0][0])
    assert told(panel, own) is None
    for said, kept in ((4.5, 4.5), (0, 4.5), (11.25, 11.25), (11.25, 11.25), (24, 24)):
        answer = juror.post(f"jury/films/{own}/watched", {"seconds": said})
        assert answer.json == {"watched_s": kept}
    assert told(panel, own) == 24
    assert told(panel, own_id(panel, 1)) is None


def test_more_than_ten_times_the_film_and_what_is_no_number_are_not_believed(panel: Panel) -> None:
    panel.assigned()
    own, juror = own_id(panel), Visitor(panel.app).sign_in(panel.jurors[0][0])
    for said in ("-1", "nan", "all of it", ""):
        assert juror.post(f"jury/films/{own}/watched", {"seconds": said}).status_code == 400
    assert told(panel, own) is None
    for said in ("1e300", "inf"):
        answer = juror.post(f"jury/films/{own}/watched", {"seconds": said})
        assert answer.json == {"watched_s": 10 * FILM_S}


def test_nobody_tells_it_of_another_jurors_film_and_nobody_reads_it(panel: Panel) -> None:
    panel.assigned()
    own, others = own_id(panel), own_id(panel, 1)
    juror, other = (Visitor(panel.app).sign_in(account) for account, _m in panel.jurors)
    assert juror.post(f"jury/films/{others}/watched", {"seconds": 3}).status_code == 404
    assert told(panel, others) is None
    before = other.get(f"jury/films/{others}").data.count(b"9.876")
    juror.post(f"jury/films/{own}/watched", {"seconds": 9.876})
    assert other.get(f"jury/films/{others}").data.count(b"9.876") == before == 0


def test_what_is_told_after_the_close_is_not_kept(panel: Panel) -> None:
    round_id = panel.assigned()
    own, juror = own_id(panel), Visitor(panel.app).sign_in(panel.jurors[0][0])
    panel.only_close(round_id)
    assert juror.post(f"jury/films/{own}/watched", {"seconds": 3}).status_code == 409
    assert told(panel, own) is None


def test_it_stands_in_no_audit_event(panel: Panel) -> None:
    panel.assigned()
    own, juror = own_id(panel), Visitor(panel.app).sign_in(panel.jurors[0][0])
    with panel.app.app_context():
        before = AuditEvent.query.count()
    juror.post(f"jury/films/{own}/watched", {"seconds": 3})
    with panel.app.app_context():
        assert AuditEvent.query.count() == before
