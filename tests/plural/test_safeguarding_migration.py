"""Festivals from before: who is named, what cases keep, and the way back."""

from pathlib import Path

from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from plural import create_app
from plural.extensions import db
from tests.conftest import settings_for

AT = "2026-01-01 00:00:00"
INSERTS = (
    "INSERT INTO festival (id, slug, name, default_language, created_at, audit_seq, audit_hash)"
    f" VALUES (1, 'a', 'A', 'en', '{AT}', 0, ''), (2, 'b', 'B', 'en', '{AT}', 0, '')",
    "INSERT INTO role (id, festival_id, name) VALUES (101, 1, 'staff'), (102, 2, 'staff')",
    *(
        "INSERT INTO account (id, festival_id, email, name, language, active, fs_uniquifier,"
        " pseudonym, languages_not_followed, created_at)"
        f" VALUES ({n}, {1 if n < 5 else 2}, 'p{n}@x', 'P{n}', 'en', {n != 1}, '{n}', '{n}',"
        f" '[]', '{AT}')"
        for n in range(1, 6)
    ),
    *(f"INSERT INTO account_role VALUES ({n}, {101 if n < 5 else 102})" for n in range(1, 6)),
)


def test_the_first_active_member_of_each_staff_is_named_and_the_way_back_is_clean(
    tmp_path: Path,
) -> None:
    app = create_app(settings_for(tmp_path, f"sqlite:///{tmp_path}/old.sqlite"))
    named = text(
        "SELECT account_id FROM account_role JOIN role ON role.id = role_id"
        " WHERE name = 'safeguarding' ORDER BY account_id"
    )
    with app.app_context():
        upgrade(revision="0007")
        for statement in INSERTS:
            db.session.execute(text(statement))
        db.session.commit()
        upgrade(revision="0008")
        # The first account of the first festival is not active any more.
        assert list(db.session.scalars(named)) == [2, 5]
        db.session.rollback()
        downgrade(revision="0007")
        assert list(db.session.scalars(named)) == []
        assert db.session.scalar(text("SELECT count(*) FROM account_role")) == 5
        db.session.rollback()
        app.extensions["sqlalchemy"].engine.dispose()
