"""Heads of the chain leave the house every day, and show whether the past was rewritten."""

from typing import Any

import pytest
from flask import Flask

from plural import audit, clock, cron, mailing
from plural.actions import audit_heads
from plural.extensions import db
from plural.models.audit import AuditDetail, AuditEvent, AuditHead, OutboxItem
from plural.models.festival import Festival
from plural.models.people import Account, MembershipRole
from tests.factories import Make
from tests.plural.panels import Panel, in_threads
from tests.plural.test_audit import allow_changes, append
from tests.visitor import Visitor

DAY_S = 86400


@pytest.fixture
def speaker(make: Make) -> Account:
    """A partner's contact person, who acts for two partners."""
    edition = make.edition()
    assert edition
    account = make.account("Claire", language="ar")
    for _number in range(2):
        make.membership(MembershipRole.FOCAL_POINT, make.organisation(), account)
    make.membership(MembershipRole.JUROR, make.organisation())
    return account


@pytest.fixture
def morning(app: Flask, set_clock: Any) -> float:
    """It is seven in the morning of a coming day, in UTC, where the edition is."""
    with app.app_context():
        seconds = (24 - clock.now().hour + 7) * 3600.0
    set_clock(seconds)
    return seconds


def row(festival: Festival) -> Festival:
    return db.session.get_one(Festival, festival.id)


def mail_due(app: Flask) -> int:
    with app.app_context():
        count = audit_heads.mail_due()
        db.session.commit()
        return count


def test_each_morning_the_head_goes_to_every_partners_contact_person_once(
    app: Flask, make: Make, speaker: Account, morning: float, set_clock: Any
) -> None:
    festival = make.festival()
    with app.app_context():
        append(row(festival), 3)
    assert [mail_due(app), mail_due(app)] == [1, 0]
    with app.app_context():
        head = AuditHead.query.one()
        assert (head.seq, head.hash, head.recipients) == (3, row(festival).audit_hash, 1)
        [item] = [i for i in OutboxItem.query if i.payload["name"] == "audit_head"]
        mail = mailing.COMPOSERS["audit_head"](**item.payload["ids"])
        assert mail is not None
        assert (mail.to, mail.language) == (speaker.email, "ar")
        assert head.hash in mailing.compose(mail, None).get_content()
    set_clock(morning + DAY_S)
    assert mail_due(app) == 0, "nothing has happened since"
    with app.app_context():
        append(row(festival), 1)
    assert [mail_due(app), mail_due(app)] == [1, 0]


def test_two_schedulers_mail_one_head(
    app: Flask, make: Make, speaker: Account, morning: float
) -> None:
    with app.app_context():
        append(row(make.festival()), 2)

    def mail() -> None:
        audit_heads.mail_due()

    assert in_threads(Panel(app, make, make.staff()), 4, mail) == ["done"] * 4
    with app.app_context():
        assert AuditHead.query.count() == 1


def test_the_scheduler_mails_heads() -> None:
    assert audit_heads.mail_due in cron.WRITING


# ----- the page


def test_the_page_verifies_on_demand(app: Flask, make: Make, sign_in: Any) -> None:
    staff = make.staff()
    make.edition()
    with app.app_context():
        append(row(make.festival()), 5)
    desk: Visitor = sign_in(staff)
    assert "The chain is whole" not in desk.get("staff/audit").text
    page = desk.get("staff/audit?verify=y").text
    assert "The chain is whole" in page
    with app.app_context():
        count = row(make.festival()).audit_seq
    assert f"{count} events fit those before them" in page


def test_the_page_says_from_which_event_on_the_chain_is_broken(
    app: Flask, make: Make, sign_in: Any
) -> None:
    staff = make.staff()
    make.edition()
    with app.app_context():
        append(row(make.festival()), 5)
        allow_changes()
        db.session.execute(db.text("UPDATE audit_event SET actor = 'somebody' WHERE seq = 3"))
        db.session.commit()
    page = sign_in(staff).get("staff/audit?verify=y").text
    assert "whole up to event 2" in page
    assert "From event 3 on" in page


def test_a_past_that_was_rewritten_whole_is_shown_by_a_head_that_was_mailed(
    app: Flask, make: Make, speaker: Account, morning: float, sign_in: Any
) -> None:
    festival, staff = make.festival(), make.staff()
    with app.app_context():
        append(row(festival), 4)
    mail_due(app)
    with app.app_context():
        kept = AuditHead.query.one()
        seq, hash_ = kept.seq, kept.hash
        allow_changes()
        rewrite(row(festival))
        assert audit.first_broken(row(festival)) is None
        found = audit_heads.verify(row(festival))
        assert (found.broken, found.gone and found.gone.seq, found.whole) == (None, 4, False)
    desk: Visitor = sign_in(staff)
    assert "The chain has been rewritten" in desk.get("staff/audit?verify=y").text
    page = desk.get(f"staff/audit?seq={seq}&hash={hash_}").text
    assert "does not lead through this line" in page


def rewrite(festival: Festival) -> None:
    """What an owner without scruples does: another first deed, and all seals made anew."""
    AuditDetail.query.delete()
    previous = audit.FIRST_HASH
    for event in AuditEvent.query.order_by(AuditEvent.seq).all():
        event.actor, event.previous_hash = "somebody else", previous
        event.hash = previous = audit.event_hash(event)
    festival.audit_hash = previous
    db.session.commit()


def test_a_line_of_a_mail_is_found_in_the_chain(app: Flask, make: Make, sign_in: Any) -> None:
    staff = make.staff()
    make.edition()
    with app.app_context():
        append(row(make.festival()), 3)
        hash_ = row(make.festival()).audit_hash
    page = sign_in(staff).get(f"staff/audit?seq=3&hash=%20{hash_.upper()}").text
    assert "The record leads through this line" in page
