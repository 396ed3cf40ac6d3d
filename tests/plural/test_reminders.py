"""Reminders: to those who are not done, in their language, once a day; and the nightly top-up."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from plural import clock, cron, mailing
from plural.actions import ballots, reminders, topping_up
from plural.errors import Refused
from plural.extensions import db
from plural.models.audit import AuditEvent, OutboxItem
from plural.models.festival import Award
from plural.models.people import Account, Membership
from plural.models.rounds import Round, RoundKind, Seat
from plural.models.scoring import Assignment, AssignmentState
from tests.factories import Make
from tests.plural.panels import Panel, in_threads, seat_of, shortlisted_panel, who
from tests.visitor import Visitor

DAY_S = 86400


@pytest.fixture
def panel(app: Flask, make: Make) -> Panel:
    panel = Panel(app, make, make.staff())
    panel.add_jurors(3)
    panel.add_films(3)
    return panel


def reminded() -> list[int]:
    """Seats to which a reminder has been ordered."""
    items = OutboxItem.query.filter_by(kind="mail").order_by(OutboxItem.id)
    return [i.payload["ids"]["seat_id"] for i in items if i.payload["name"] == "round_reminder"]


def finish(panel: Panel, round_id: int, account: Account) -> None:
    with panel.deed():
        seat = seat_of(account, round_id)
        for assignment in Assignment.query.filter_by(seat_id=seat):
            assignment.state = AssignmentState.SCORED


def test_those_who_are_not_done_are_reminded_in_their_language(panel: Panel, sign_in: Any) -> None:
    round_id = panel.assigned()
    with panel.deed():
        db.session.get_one(Account, panel.jurors[1][0].id).language = "ar"
    finish(panel, round_id, panel.jurors[0][0])
    answer = sign_in(panel.staff).post(f"staff/rounds/{round_id}/reminder")
    assert "2 people are reminded" in answer.text
    with panel.app.app_context():
        seats = [seat_of(panel.jurors[n][0], round_id) for n in (1, 2)]
        assert sorted(reminded()) == sorted(seats)
        mails = [mailing.COMPOSERS["round_reminder"](seat_id=seat) for seat in seats]
        assert [mail and mail.language for mail in mails] == ["ar", "en"]
        english = mailing.compose(mails[1], None).get_content()
        assert "2 films still wait for your scores" in english
        assert "/en/plural/2026/jury" in english


def test_a_reminder_does_not_leave_for_somebody_who_is_done_by_then(panel: Panel) -> None:
    round_id = panel.assigned()
    finish(panel, round_id, panel.jurors[0][0])
    with panel.app.app_context():
        seat = seat_of(panel.jurors[0][0], round_id)
        assert mailing.COMPOSERS["round_reminder"](seat_id=seat) is None


def test_nobody_is_reminded_twice_a_day_whatever_the_round(
    panel: Panel, sign_in: Any, set_clock: Any
) -> None:
    first, second = panel.assigned(key="one"), panel.assigned(key="two")
    desk: Visitor = sign_in(panel.staff)
    desk.post(f"staff/rounds/{first}/reminder")
    answer = desk.post(f"staff/rounds/{second}/reminder")
    assert "has been reminded in the last 24 hours" in answer.text
    with panel.app.app_context():
        assert len(reminded()) == 3
    set_clock(DAY_S + 1)
    desk.post(f"staff/rounds/{second}/reminder")
    with panel.app.app_context():
        assert len(reminded()) == 6
        assert AuditEvent.query.filter_by(action="round.reminded").count() == 2


def test_two_clicks_at_once_remind_once(panel: Panel) -> None:
    rounds = [panel.assigned(key="one"), panel.assigned(key="two")]
    turn = iter(rounds * 3)

    def remind() -> None:
        found = db.session.get_one(Round, next(turn))
        reminders.remind(found, db.session.get_one(Account, panel.staff.id))

    assert in_threads(panel, 6, remind) == ["done"] * 6
    with panel.app.app_context():
        assert len(reminded()) == 3


def test_a_closed_round_reminds_nobody(panel: Panel) -> None:
    round_id = panel.assigned()
    panel.only_close(round_id)
    with panel.app.app_context(), pytest.raises(Refused, match="round_not_open"):
        reminders.remind(db.session.get_one(Round, round_id), panel.by())


def test_of_a_jury_those_without_a_ballot_and_of_partners_those_without_a_pick(
    panel: Panel, make: Make
) -> None:
    grand = make.award("grand", category_id=make.category("adult").id)
    source = shortlisted_panel(panel)
    jury = panel.open(RoundKind.INTERNATIONAL_JURY, key="jury", source=source)
    with panel.deed():
        seat = db.session.get_one(Seat, seat_of(panel.jurors[0][0], jury))
        award = db.session.get_one(Award, grand.id)
        ballots.cast(who(seat), seat, award, [[panel.films[0].id]], 0)
    with panel.app.app_context():
        waiting = reminders.unfinished(db.session.get_one(Round, jury))
        assert [s.membership_id for s in waiting] == [m.id for _a, m in panel.jurors[1:]]


# ----- every night


def test_every_night_a_drop_out_is_replaced_and_work_that_is_done_stays(
    app: Flask, make: Make, set_clock: Any
) -> None:
    panel = Panel(app, make, make.staff())
    panel.add_jurors(4)
    panel.add_films(4)
    round_id = panel.assigned()
    finish(panel, round_id, panel.jurors[0][0])
    with panel.deed():
        left = db.session.get_one(Membership, panel.jurors[1][1].id)
        left.ended_at = clock.now()
        lost = Assignment.query.filter_by(
            seat_id=seat_of(panel.jurors[1][0], round_id), state=AssignmentState.ASSIGNED
        ).count()
        done = {a.id for a in Assignment.query.filter_by(state=AssignmentState.SCORED)}
    assert lost
    # Whatever the hour is now, within a day and a half one night has come.
    set_clock(hours_until(app, 3) * 3600)
    with panel.deed():
        assert topping_up.top_up_due() == 2 * lost
    with panel.deed():
        assert topping_up.top_up_due() == 0
    with app.app_context():
        standing = [a for a in Assignment.query if a.state in ("assigned", "scored")]
        assert len(standing) == 8
        assert done <= {a.id for a in standing}
        assert set(reminded()) == {
            a.seat_id for a in standing if a.assigned_at > clock.now() - timedelta(hours=1)
        }
        assert AuditEvent.query.filter_by(action="round.assigned").count() == 2


def hours_until(app: Flask, hour: int) -> int:
    """Whole hours until it is this hour of a coming day in UTC, where the edition is."""
    with app.app_context():
        return (24 - clock.now().hour) + hour


def test_a_round_whose_films_are_not_given_out_is_left_alone(panel: Panel, set_clock: Any) -> None:
    panel.open()
    set_clock(hours_until(panel.app, 3) * 3600)
    with panel.deed():
        assert topping_up.top_up_due() == 0
        assert Assignment.query.count() == 0


def test_the_scheduler_tops_up(panel: Panel) -> None:
    assert topping_up.top_up_due in cron.WRITING


# ----- one person


def row_on_board(desk: Visitor, round_id: int, name: str) -> str:
    page = desk.get(f"staff/rounds/{round_id}/progress").text
    return next(row for row in page.split('<tr role="row">') if f"<bdi>{name}</bdi>" in row)


def test_one_juror_is_reminded_from_their_row_and_not_twice_a_day(
    panel: Panel, sign_in: Any, set_clock: Any
) -> None:
    round_id = panel.assigned()
    with panel.deed():
        account = db.session.get_one(Account, panel.jurors[1][0].id)
        account.language, name = "ar", account.name
        seat = seat_of(account, round_id)
    desk: Visitor = sign_in(panel.staff)
    address = f"staff/rounds/{round_id}/seats/{seat}/reminder"
    assert f"{address}" in row_on_board(desk, round_id, name)
    assert f"{name} is reminded." in desk.post(address).text
    assert address not in row_on_board(desk, round_id, name)
    assert "has been reminded in the last 24 hours" in desk.post(address).text
    assert "2 people are reminded" in desk.post(f"staff/rounds/{round_id}/reminder").text
    with panel.app.app_context():
        assert reminded()[0] == seat
        assert len(reminded()) == 3
        mail = mailing.COMPOSERS["round_reminder"](seat_id=seat)
        assert mail is not None
        assert mail.language == "ar"
        assert "ينتظران تقييمكم" in mailing.compose(mail, None).get_content()
    set_clock(DAY_S + 60)
    assert f"{name} is reminded." in desk.post(address).text


def test_whoever_is_done_or_has_left_has_no_button_and_gets_no_reminder(
    panel: Panel, sign_in: Any
) -> None:
    round_id = panel.assigned()
    finish(panel, round_id, panel.jurors[0][0])
    with panel.deed():
        gone = db.session.get_one(Membership, panel.jurors[1][1].id)
        gone.ended_at = clock.now()
        seats = [seat_of(panel.jurors[n][0], round_id) for n in range(2)]
    desk: Visitor = sign_in(panel.staff)
    page = desk.get(f"staff/rounds/{round_id}/progress").text
    for seat in seats:
        assert f"seats/{seat}/reminder" not in page
        answer = desk.post(f"staff/rounds/{round_id}/seats/{seat}/reminder")
        assert "This person is done" in answer.text
    with panel.app.app_context():
        assert reminded() == []


def test_a_seat_of_another_round_is_not_found(panel: Panel, sign_in: Any) -> None:
    first, second = panel.assigned(key="one"), panel.assigned(key="two")
    with panel.app.app_context():
        seat = seat_of(panel.jurors[0][0], second)
    desk: Visitor = sign_in(panel.staff)
    assert desk.post(f"staff/rounds/{first}/seats/{seat}/reminder").status_code == 404
    with panel.app.app_context():
        assert reminded() == []


def test_two_clicks_at_once_remind_one_juror_once(panel: Panel) -> None:
    round_id = panel.assigned()
    with panel.app.app_context():
        seat = seat_of(panel.jurors[0][0], round_id)
    counts: list[int] = []

    def remind() -> None:
        counts.append(reminders.remind_one(db.session.get_one(Seat, seat), panel.by()))

    in_threads(panel, 4, remind)
    assert sorted(counts) == [0, 0, 0, 1]
