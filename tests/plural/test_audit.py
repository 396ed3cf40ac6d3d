"""The hash chain."""

import threading

from flask import Flask

from plural import audit
from plural.extensions import db
from plural.models.audit import AuditDetail, AuditEvent
from plural.models.festival import Festival
from tests.factories import Make


def append(festival: Festival, count: int) -> None:
    for number in range(count):
        audit.append(festival, "thing.done", f"thing:{number}", None, {"number": number})
        db.session.commit()


def allow_changes() -> None:
    """What only the owner of the database can do."""
    if db.engine.dialect.name == "sqlite":
        db.session.execute(db.text("DROP TRIGGER audit_event_no_update"))
        db.session.execute(db.text("DROP TRIGGER audit_event_no_delete"))
    else:
        db.session.execute(db.text("DROP TRIGGER audit_event_unchanged ON audit_event"))
    db.session.commit()


def test_a_chain_of_deeds_verifies(app: Flask, make: Make) -> None:
    festival = make.festival()
    with app.app_context():
        append(festival, 5)
        assert audit.first_broken(festival) is None
        assert [e.seq for e in audit.events(festival)] == [1, 2, 3, 4, 5]


def test_a_changed_event_is_found_by_its_number(app: Flask, make: Make) -> None:
    festival = make.festival()
    with app.app_context():
        append(festival, 5)
        allow_changes()
        db.session.execute(db.text("UPDATE audit_event SET actor = 'somebody' WHERE seq = 3"))
        db.session.commit()
        assert audit.first_broken(festival) == 3


def test_a_truncated_chain_is_noticed(app: Flask, make: Make) -> None:
    festival = make.festival()
    with app.app_context():
        append(festival, 5)
        allow_changes()
        AuditDetail.query.filter(AuditDetail.event.has(AuditEvent.seq == 5)).delete()
        db.session.execute(db.text("DELETE FROM audit_event WHERE seq = 5"))
        db.session.commit()
        assert audit.first_broken(festival) == 5


def test_a_changed_payload_no_longer_fits_its_digest(app: Flask, make: Make) -> None:
    festival = make.festival()
    with app.app_context():
        append(festival, 3)
        event = AuditEvent.query.filter_by(seq=2).one()
        event.detail.payload = {"number": 99}
        db.session.commit()
        assert audit.first_broken(festival) == 2


def test_erasure_of_the_personal_part_leaves_the_chain_valid(app: Flask, make: Make) -> None:
    festival = make.festival()
    with app.app_context():
        append(festival, 3)
        AuditDetail.query.delete()
        db.session.commit()
        assert audit.first_broken(festival) is None


def test_concurrent_audit_appends_make_one_chain(app: Flask, make: Make) -> None:
    festival = make.festival()

    def work() -> None:
        with app.app_context():
            append(festival, 5)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        assert len(audit.events(festival)) == 20
        assert audit.first_broken(festival) is None
