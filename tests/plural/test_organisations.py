"""Organisations, invitations, and the festival's own staff."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from plural import audit, clock
from plural.actions import organisations
from plural.actions.outbox import HANDLERS
from plural.errors import Refused
from plural.extensions import db
from plural.models.audit import OutboxItem
from plural.models.festival import Edition, Festival
from plural.models.people import (
    Account,
    LinkPurpose,
    Membership,
    MembershipRole,
    OneTimeLink,
    Organisation,
    OrganisationKind,
)
from tests.factories import Make
from tests.visitor import Visitor


def mails(name: str) -> list[dict[str, Any]]:
    items = OutboxItem.query.filter_by(kind="mail").order_by(OutboxItem.id)
    return [item.payload["ids"] for item in items if item.payload["name"] == name]


def test_inviting_makes_a_membership_without_account_and_asks_for_the_mail(
    app: Flask, make: Make
) -> None:
    partner, by = make.organisation("Radio"), make.staff()
    with app.app_context():
        membership = organisations.invite(
            db.session.get_one(Organisation, partner.id),
            MembershipRole.JUROR,
            "Juror@Example.org",
            db.session.get_one(Account, by.id),
            name="Jo",
            languages=["ar", "fr"],
        )
        assert (membership.email, membership.account_id) == ("juror@example.org", None)
        assert membership.languages == ["ar", "fr"]
        assert mails("invitation") == [{"membership_id": membership.id}]
        assert audit.events(db.session.get_one(Festival, partner.festival_id))[-1].action == (
            "membership.invited"
        )


def test_nobody_is_invited_twice_but_whoever_left_can_come_back(app: Flask, make: Make) -> None:
    account, membership = make.juror()
    with app.app_context():
        membership = db.session.get_one(Membership, membership.id)
        by = db.session.get_one(Account, account.id)
        partner = membership.organisation
        with pytest.raises(Refused, match="already_invited"):
            organisations.invite(partner, MembershipRole.JUROR, account.email, by)
        with pytest.raises(Refused, match="invitation_answered"):
            organisations.renew_invitation(membership, by)
        organisations.end_membership(membership, by)
        again = organisations.invite(partner, MembershipRole.JUROR, account.email, by)
        assert again.id == membership.id
        assert (again.ended_at, again.accepted_at, again.account_id) == (None, None, None)


def test_an_invitation_can_be_sent_again_until_it_is_answered(app: Flask, make: Make) -> None:
    partner, by = make.organisation(), make.staff()
    with app.app_context():
        by = db.session.get_one(Account, by.id)
        partner = db.session.get_one(Organisation, partner.id)
        membership = organisations.invite(partner, MembershipRole.FOCAL_POINT, "a@b.example", by)
        organisations.renew_invitation(membership, by)
        assert len(mails("invitation")) == 2
        organisations.end_membership(membership, by)
        with pytest.raises(Refused, match="membership_ended"):
            organisations.end_membership(membership, by)


def test_a_staff_invitation_leaves_with_a_link_that_nobody_else_has(app: Flask, make: Make) -> None:
    edition, by = make.edition(), make.staff()
    with app.app_context():
        edition = db.session.get_one(Edition, edition.id)
        by = db.session.get_one(Account, by.id)
        organisations.invite_staff(edition, "New@Example.org", by)
        organisations.invite_staff(edition, "new@example.org", by)
        db.session.commit()
        assert [i.email for i in organisations.invited_staff(edition.festival)] == [
            "new@example.org"
        ]
        [first, _again] = mails("staff_invitation")
        kept = OneTimeLink.query.count()
        HANDLERS["mail"]("staff_invitation", first)
        assert OneTimeLink.query.count() == kept + 1
        newest = OneTimeLink.query.order_by(OneTimeLink.id.desc()).first()
        assert (newest.purpose, newest.email) == (LinkPurpose.STAFF_INVITATION, "new@example.org")
        with pytest.raises(Refused, match="already_staff"):
            organisations.invite_staff(edition, by.email, by)


def test_an_invitation_to_the_staff_that_ran_out_is_not_shown(
    app: Flask, make: Make, set_clock: Callable[[float], None]
) -> None:
    edition, by = make.edition(), make.staff()
    with app.app_context():
        edition = db.session.get_one(Edition, edition.id)
        organisations.invite_staff(edition, "x@example.org", db.session.get_one(Account, by.id))
        db.session.commit()
        festival = edition.festival
        assert len(organisations.invited_staff(festival)) == 1
        set_clock(timedelta(days=31).total_seconds())
        assert clock.now() > edition.created_at + timedelta(days=30)
        assert organisations.invited_staff(festival) == []


def test_names_of_organisations_are_unique_in_their_festival(app: Flask, make: Make) -> None:
    by = make.staff()
    other = make.festival("other")
    make.organisation("Radio", festival=other)
    with app.app_context():
        by = db.session.get_one(Account, by.id)
        organisations.add_organisation(by.festival, "Radio", OrganisationKind.PARTNER, by)
        with pytest.raises(Refused, match="name_taken"):
            organisations.add_organisation(by.festival, "Radio", OrganisationKind.JURY, by)


def test_staff_add_an_organisation_and_invite_somebody_in_the_browser(
    app: Flask, make: Make, sign_in: Callable[[Account], Visitor]
) -> None:
    make.edition()
    browser = sign_in(make.staff())
    answer = browser.post(
        "staff/organisations",
        {"name": "Radio Amman", "kind": "partner", "country": "JO", "region": ""},
    )
    assert "<bdi>Radio Amman</bdi>" in answer.text
    with app.app_context():
        partner = Organisation.query.filter_by(name="Radio Amman").one()
    where = f"staff/organisations/{partner.id}"
    person = {"name": "Nour", "email": "nour@example.org", "role": "juror", "language": "ar"}
    assert "nour@example.org" in browser.post(f"{where}/memberships", person).text
    assert browser.post(f"{where}/memberships", person).status_code == 409
    assert "Please look at these again" in browser.post(f"{where}/memberships", {}).text
    with app.app_context():
        membership = Membership.query.filter_by(email="nour@example.org").one()
        assert (membership.language, membership.role) == ("ar", MembershipRole.JUROR)
    browser.post(f"staff/memberships/{membership.id}/invitation")
    assert "Has left" in browser.post(f"staff/memberships/{membership.id}/end").text
    browser.post("staff/team", {"email": "colleague@example.org"})
    assert "colleague@example.org" in browser.get("staff/organisations").text
