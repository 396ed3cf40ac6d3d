"""Until when something is waited for: a partner's own deadline, a second ballot, the round's."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from plural import clock
from plural.actions import conflicts, picks, reminders, talks
from plural.errors import Refused
from plural.extensions import db
from plural.models.entry import FilmVersion
from plural.models.festival import Award
from plural.models.people import Account
from plural.models.rounds import Round, Seat
from plural.round_rules import Deciding, RoundRules
from tests import letters
from tests.factories import Make
from tests.plural.final_juries import Jury
from tests.plural.panels import Panel, who
from tests.plural.partners import Partners

HOUR_S = 3600


@pytest.fixture
def partners(app: Flask, make: Make) -> Partners:
    found = Partners(Panel(app, make, make.staff()), make)
    found.open()
    return found


def give_own_deadline(partners: Partners, partner: int, hours: float) -> str:
    """How the day of the deadline is written on English pages."""
    with partners.panel.deed():
        found = db.session.get_one(Round, partners.round_id)
        award = db.session.get_one(Award, partners.awards[partner].id)
        at = clock.now() + timedelta(hours=hours)
        picks.set_deadline(found, award, at, partners.panel.by())
        return day(at)


def day(at: datetime) -> str:
    return f"{at:%B} {at.day}, {at.year}"


def waiting(panel: Panel, round_id: int) -> list[int]:
    """Seats that a reminder would reach."""
    with panel.app.app_context():
        found = db.session.get_one(Round, round_id)
        return sorted(seat.id for seat in reminders.unfinished(found))


def remind(panel: Panel, round_id: int) -> int:
    with panel.deed():
        return reminders.remind(db.session.get_one(Round, round_id), panel.by())


def card(sign_in: Any, account: Any) -> str:
    """The one round on a person's page of judging."""
    page: str = sign_in(account).get("jury").text
    return page.partition('<div class="grid">')[2].partition("</section>")[0]


# ----- partners


def test_a_partner_reads_its_own_deadline_in_both_mails_and_on_its_page(
    partners: Partners, app: Flask, sign_in: Any
) -> None:
    own = give_own_deadline(partners, 0, 20)
    account, other = partners.focal_points[0][0], partners.focal_points[1][0]
    remind(partners.panel, partners.round_id)
    mails = letters.deliver(app)
    assert len(letters.to(mails, account.email)) == 2
    for mail in letters.to(mails, account.email):
        assert own in mail.get_content()
    for mail in letters.to(mails, other.email):
        assert own not in mail.get_content()
    assert own in card(sign_in, account)
    assert own not in card(sign_in, other)


def test_after_its_own_deadline_a_partner_is_neither_reminded_nor_told_to_go_on(
    partners: Partners, sign_in: Any, set_clock: Any
) -> None:
    give_own_deadline(partners, 0, 20)
    shown = card(sign_in, partners.focal_points[0][0])
    assert "Nothing chosen yet" in shown
    assert "Go on" in shown
    set_clock(21 * HOUR_S)
    assert waiting(partners.panel, partners.round_id) == [partners.seat(1)]
    shown = card(sign_in, partners.focal_points[0][0])
    assert "Nothing was chosen in time" in shown
    assert "Go on" not in shown
    assert "You have until" not in shown
    assert "Go on" in card(sign_in, partners.focal_points[1][0])


def test_a_partner_that_has_chosen_one_of_two_recognitions_is_waited_for(
    app: Flask, make: Make, sign_in: Any
) -> None:
    partners = Partners(Panel(app, make, make.staff()), make)
    first = partners.awards[0]
    make.award("more", first.kind, organisation_id=first.organisation_id, position=9)
    partners.open()
    partners.pick(0, 1)
    partners.pick(1, 1)
    assert waiting(partners.panel, partners.round_id) == [partners.seat(0)]
    shown = card(sign_in, partners.focal_points[0][0])
    assert "Not everything chosen yet" in shown
    assert "Go on" in shown


def test_jurors_of_a_partner_who_cannot_choose_are_not_asked_to(
    partners: Partners, app: Flask, sign_in: Any
) -> None:
    expected = sorted(partners.seat(n) for n in range(2))
    assert waiting(partners.panel, partners.round_id) == expected
    shown = card(sign_in, partners.panel.jurors[0][0])
    assert "You can recommend films to your contact person" in shown
    assert "Nothing chosen yet" not in shown


def test_a_reminder_does_not_leave_for_a_partner_that_has_chosen_by_then(
    partners: Partners, app: Flask
) -> None:
    letters.deliver(app)
    assert remind(partners.panel, partners.round_id) == 2
    partners.pick(0, 0)
    assert [m["To"] for m in letters.deliver(app)] == [partners.focal_points[1][0].email]


# ----- juries


def write_minutes(jury: Jury) -> None:
    """The first juror, who presides, writes that the first film wins; all were there."""
    seats = [jury.seat(n) for n in range(len(jury.panel.jurors))]
    with jury.panel.deed():
        seat, award = db.session.get_one(Seat, seats[0]), db.session.get_one(Award, jury.award.id)
        said = talks.Draft(frozenset(seats), frozenset({jury.panel.films[0].id}), "It moved us.")
        talks.record(who(seat), seat, award, said, 0)


def test_a_reminder_does_not_leave_for_a_member_who_has_voted_by_then(
    app: Flask, make: Make
) -> None:
    jury = Jury(app, make).open()
    letters.deliver(app)
    assert remind(jury.panel, jury.round_id) == 2
    jury.vote(0, 0)
    assert [m["To"] for m in letters.deliver(app)] == [jury.panel.jurors[1][0].email]


@pytest.mark.parametrize(
    ("deciding", "words"),
    [
        (Deciding.RANKING, "still waits for your ranking."),
        (Deciding.SCORES, "still waits for your points."),
        (Deciding.MAJORITY_JUDGEMENT, "still waits for your grades."),
        (Deciding.TALKING, "Nobody presides over the jury of PLURAL+ 2026 yet."),
    ],
)
def test_a_reminder_asks_for_what_the_jury_decides_by(
    app: Flask, make: Make, deciding: Deciding, words: str
) -> None:
    jury = Jury(app, make).open(RoundRules(deciding=deciding))
    letters.deliver(app)
    remind(jury.panel, jury.round_id)
    mails = letters.deliver(app)
    assert len(mails) == 2
    for mail in mails:
        assert words in mail.get_content()


def test_while_the_minutes_are_missing_the_chair_alone_is_waited_for(
    app: Flask, make: Make, sign_in: Any
) -> None:
    jury = Jury(app, make, 3).open(RoundRules(deciding=Deciding.TALKING))
    jury.preside(1)
    letters.deliver(app)
    assert waiting(jury.panel, jury.round_id) == [jury.seat(1)]
    remind(jury.panel, jury.round_id)
    [mail] = letters.deliver(app)
    assert mail["To"] == jury.panel.jurors[1][0].email
    assert "still waits for the minutes that you write as its chair." in mail.get_content()
    assert "Go on" in card(sign_in, jury.panel.jurors[1][0])
    assert "Go on" not in card(sign_in, jury.panel.jurors[0][0])


def test_a_chair_who_has_stepped_back_from_a_film_still_writes_the_minutes(
    app: Flask, make: Make, sign_in: Any
) -> None:
    jury = Jury(app, make, 3).open(RoundRules(deciding=Deciding.TALKING))
    jury.preside(1)
    with jury.panel.deed():
        chair = db.session.get_one(Account, jury.panel.jurors[1][0].id)
        film = db.session.get_one(FilmVersion, jury.panel.films[0].id)
        conflicts.declare(chair, film.entry, "My former pupil")
    assert waiting(jury.panel, jury.round_id) == [jury.seat(1)]
    assert "Go on" in card(sign_in, jury.panel.jurors[1][0])
    assert "Go on" not in card(sign_in, jury.panel.jurors[0][0])


def test_of_a_jury_that_talks_whoever_has_not_confirmed_is_asked_to(app: Flask, make: Make) -> None:
    jury = Jury(app, make).open(RoundRules(deciding=Deciding.TALKING))
    jury.preside(0)
    write_minutes(jury)
    letters.deliver(app)
    remind(jury.panel, jury.round_id)
    [mail, _other] = letters.deliver(app)
    assert "still waits for you to confirm its minutes." in mail.get_content()


def test_a_second_ballot_is_reminded_of_until_its_own_end_past_the_close(
    app: Flask, make: Make, sign_in: Any, set_clock: Any
) -> None:
    jury = Jury(app, make).open()
    jury.vote(0, 0, 1)
    jury.vote(1, 1, 0)
    jury.count(hours=24 * 10)
    letters.deliver(app)
    with app.app_context():
        ends = day(clock.now() + timedelta(days=10))
    set_clock(6 * 24 * HOUR_S)
    shown = card(sign_in, jury.panel.jurors[0][0])
    assert ends in shown
    assert "Go on" in shown
    jury.vote(1, 1, turn=2)
    answer = sign_in(jury.panel.staff).post(f"staff/rounds/{jury.round_id}/reminder")
    assert "1 person is reminded" in answer.text
    [mail] = letters.deliver(app)
    assert mail["To"] == jury.panel.jurors[0][0].email
    assert "still waits for your vote in the second ballot." in mail.get_content()
    assert ends in mail.get_content()
    set_clock(11 * 24 * HOUR_S)
    assert waiting(jury.panel, jury.round_id) == []
    assert "Go on" not in card(sign_in, jury.panel.jurors[0][0])
    with app.app_context(), pytest.raises(Refused, match="round_not_open"):
        reminders.remind(db.session.get_one(Round, jury.round_id), jury.panel.by())


def test_past_the_close_nobody_is_told_to_go_on(
    app: Flask, make: Make, sign_in: Any, set_clock: Any
) -> None:
    panel = Panel(app, make, make.staff())
    panel.add_jurors(2)
    panel.add_films(2)
    panel.assigned()
    assert "2 films left to watch" in card(sign_in, panel.jurors[0][0])
    set_clock(6 * 24 * HOUR_S)
    shown = card(sign_in, panel.jurors[0][0])
    assert "The time is over" in shown
    assert "Go on" not in shown
    assert "You have until" not in shown
