"""A partner's focal point invites, replaces, removes and seats the partner's own people."""

from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask

from plural.actions import focal_points
from plural.actions.focal_points import Invited
from plural.errors import DomainError
from plural.extensions import db
from plural.models.audit import OutboxItem
from plural.models.people import Membership, MembershipRole
from plural.models.picks import Pick
from plural.models.rounds import Seat
from tests.factories import Make
from tests.plural.panels import Panel, who
from tests.plural.partners import Partners
from tests.visitor import Visitor


@pytest.fixture
def partners(app: Flask, make: Make) -> Partners:
    found = Partners(Panel(app, make, make.staff()), make)
    found.open()
    return found


def invited(name: str = "New juror", **others: str) -> dict[str, str]:
    fields = {"name": name, "email": "new@example.org", "role": "juror", "language": "en"}
    return {**fields, "replaces": "0", **others}


def newest(partners: Partners) -> Membership:
    found: Membership = Membership.query.filter_by(email="new@example.org").one()
    return found


def test_a_focal_point_invites_by_a_one_time_link_and_keeps_a_seat(
    partners: Partners, sign_in: Any
) -> None:
    visitor: Visitor = sign_in(partners.focal_points[0][0])
    answer = visitor.post(f"jury/{partners.seat(0)}/people", invited())
    assert "We have written to new@example.org." in answer.text
    with partners.panel.app.app_context():
        member = newest(partners)
        assert member.organisation_id == partners.organisations[0].id
        assert (member.role, member.accepted_at) == (MembershipRole.JUROR, None)
        mails = [i.payload for i in OutboxItem.query if i.payload.get("name") == "invitation"]
        assert mails[-1]["ids"] == {"membership_id": member.id}
        assert Seat.query.filter_by(membership_id=member.id).one().round_id == partners.round_id


def test_a_replacement_comes_in_one_deed_and_the_other_leaves_at_once(
    partners: Partners, sign_in: Any
) -> None:
    leaving_account, leaving = partners.panel.jurors[0]
    visitor: Visitor = sign_in(partners.focal_points[0][0])
    fields = invited(replaces=str(leaving.id))
    visitor.post(f"jury/{partners.seat(0)}/people", fields)
    with partners.panel.app.app_context():
        assert db.session.get_one(Membership, leaving.id).ended_at is not None
        assert newest(partners).accepted_at is None
    gone: Visitor = sign_in(leaving_account)
    assert gone.get(f"jury/{partners.juror_seat(0)}/picks").status_code == 404


def test_somebody_is_removed_and_what_was_picked_stays(
    partners: Partners, make: Make, sign_in: Any
) -> None:
    partners.pick(0, 1)
    account, other = partners.focal_point(0)
    with partners.panel.deed():
        db.session.add(Seat(round_id=partners.round_id, membership_id=other.id))
    with partners.panel.app.app_context():
        seat = Seat.query.filter_by(membership_id=other.id).one().id
    first = partners.focal_points[0][1].id
    answer = sign_in(account).post(f"jury/{seat}/people/{first}/end")
    assert "From now on they cannot act for this organisation." in answer.text
    with partners.panel.app.app_context():
        assert Pick.query.count() == 1
    assert partners.outcome()["partner0"]["winners"] == [partners.code(1)]


def test_a_focal_point_does_not_leave_the_organisation_without_one(
    partners: Partners, sign_in: Any
) -> None:
    visitor: Visitor = sign_in(partners.focal_points[0][0])
    own = partners.focal_points[0][1].id
    answer = visitor.post(f"jury/{partners.seat(0)}/people/{own}/end")
    assert answer.status_code == 409
    assert "invite another contact person first" in answer.text


def test_a_colleague_is_taken_into_the_round_and_told(
    partners: Partners, make: Make, sign_in: Any
) -> None:
    account, member = make.juror(partners.organisations[0])
    make.signed(account, make.edition())
    visitor: Visitor = sign_in(partners.focal_points[0][0])
    page = visitor.get(f"jury/{partners.seat(0)}/people").text
    assert "Not in this round" in page
    visitor.post(f"jury/{partners.seat(0)}/people/{member.id}/seat")
    with partners.panel.app.app_context():
        seat = Seat.query.filter_by(membership_id=member.id).one().id
        told = [i.payload["ids"] for i in OutboxItem.query if i.payload["name"] == "round_opened"]
        assert {"seat_id": seat} in told
    assert sign_in(account).get(f"jury/{seat}/picks").status_code == 200


def test_nobody_touches_the_people_of_another_partner(partners: Partners, sign_in: Any) -> None:
    visitor: Visitor = sign_in(partners.focal_points[0][0])
    stranger = partners.panel.jurors[1][1].id
    for deed in ("end", "seat", "invitation"):
        path = f"jury/{partners.seat(0)}/people/{stranger}/{deed}"
        assert visitor.post(path).status_code == 404
    fields = invited(replaces=str(stranger))
    assert visitor.post(f"jury/{partners.seat(0)}/people", fields).status_code == 400
    juror: Visitor = sign_in(partners.panel.jurors[0][0])
    path = f"jury/{partners.juror_seat(0)}/people"
    assert juror.get(path).status_code == 404
    assert juror.post(path, invited()).status_code == 404
    with partners.panel.app.app_context():
        assert db.session.get_one(Membership, stranger).ended_at is None
        assert Membership.query.filter_by(email="new@example.org").count() == 0


def test_an_invitation_can_be_sent_again(partners: Partners, sign_in: Any) -> None:
    visitor: Visitor = sign_in(partners.focal_points[0][0])
    visitor.post(f"jury/{partners.seat(0)}/people", invited())
    with partners.panel.app.app_context():
        member = newest(partners).id
    visitor.post(f"jury/{partners.seat(0)}/people/{member}/invitation")
    with partners.panel.app.app_context():
        mails = [i for i in OutboxItem.query if i.payload.get("name") == "invitation"]
        assert len(mails) == 2


def test_a_distributor_is_not_invited_by_a_focal_point(partners: Partners, sign_in: Any) -> None:
    visitor: Visitor = sign_in(partners.focal_points[0][0])
    fields = invited(role="distributor")
    assert visitor.post(f"jury/{partners.seat(0)}/people", fields).status_code == 400


def test_a_focal_point_and_the_one_who_removes_them_at_once_leave_one_outcome(
    partners: Partners,
) -> None:
    """Either the pick was kept before they left, or it was refused: never kept afterwards."""
    _account, other = partners.focal_point(0)
    with partners.panel.deed():
        db.session.add(Seat(round_id=partners.round_id, membership_id=other.id))
    with partners.panel.app.app_context():
        successor = Seat.query.filter_by(membership_id=other.id).one().id
    barrier, kept = Barrier(2), []

    def choose() -> None:
        barrier.wait()
        try:
            partners.pick(0, 1)
            kept.append(True)
        except DomainError:
            kept.append(False)

    def take_over() -> None:
        barrier.wait()
        with partners.panel.deed():
            seat = db.session.get_one(Seat, successor)
            leaving = db.session.get_one(Membership, partners.focal_points[0][1].id)
            wanted = Invited("New", "new@example.org", MembershipRole.FOCAL_POINT)
            focal_points.replace(who(seat), seat, leaving, wanted)

    threads = [Thread(target=choose), Thread(target=take_over)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with partners.panel.app.app_context():
        assert db.session.get_one(Membership, partners.focal_points[0][1].id).ended_at is not None
        assert Pick.query.count() == int(kept[0])
