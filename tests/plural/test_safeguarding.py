"""Who looks after the safety of children: named by those who are, and always somebody."""

from typing import Any

import pytest
from flask import Flask, g

from plural import audit, links
from plural.actions import accounts, founding, safeguarding
from plural.errors import Refused
from plural.extensions import db
from plural.models.audit import AuditEvent
from plural.models.festival import Edition, Festival
from plural.models.people import Account, LinkPurpose
from tests.factories import Make
from tests.plural.panels import Panel, in_threads
from tests.visitor import Visitor


def names(app: Flask, slug: str = "plural") -> list[str]:
    with app.app_context():
        festival = Festival.query.filter_by(slug=slug).one()
        return [account.name for account in safeguarding.named(festival)]


def test_the_first_of_the_staff_of_a_new_festival_is_named_and_the_next_is_not(app: Flask) -> None:
    with app.app_context():
        founding.found("young", "Young", "2026", "first@example.org")
        festival = Festival.query.filter_by(slug="young").one()
        edition = Edition.query.filter_by(festival_id=festival.id).one()
        for email in ("first@example.org", "second@example.org"):
            token = links.make(festival.id, LinkPurpose.STAFF_INVITATION, email)
            name = email.partition("@")[0]
            found = accounts.find_invitation(festival, token)
            g.edition = edition
            accounts.accept_as_new(found, edition, name, "a long enough password")
        events = [e.action for e in AuditEvent.query.order_by(AuditEvent.seq)]
        assert events == [
            "festival.founded",
            "staff.joined",
            "safeguarding.named",
            "staff.joined",
        ]
        assert audit.first_broken(festival) is None
        db.session.commit()
    assert names(app, "young") == ["first"]


def test_one_who_is_named_names_another_who_then_sees_cases(
    app: Flask, make: Make, sign_in: Any
) -> None:
    make.edition()
    first, other = make.staff("Ada"), make.staff("Bo")
    ada, bo = sign_in(first), sign_in(other)
    assert bo.get("staff/worries").status_code == 403
    page = ada.post("staff/safeguarding", {"account_id": str(other.id)}).text
    assert "Bo looks after the safety of children now." in page
    assert bo.get("staff/worries").status_code == 200
    assert names(app) == ["Ada", "Bo"]
    with app.app_context():
        event = AuditEvent.query.filter_by(action="safeguarding.named").one()
        assert event.subject == f"account:{other.id}"
        assert event.actor == db.session.get_one(Account, first.id).pseudonym


def test_staff_do_not_name_themselves(app: Flask, make: Make, sign_in: Any) -> None:
    make.edition()
    make.staff("Ada")
    other = make.staff("Bo")
    bo: Visitor = sign_in(other)
    assert "Name this person" not in bo.get("staff/safety").text
    assert bo.post("staff/safeguarding", {"account_id": str(other.id)}).status_code == 403
    assert names(app) == ["Ada"]


def test_only_staff_can_be_named(app: Flask, make: Make, sign_in: Any) -> None:
    make.edition()
    ada: Visitor = sign_in(make.staff("Ada"))
    juror, _membership = make.juror()
    assert ada.post("staff/safeguarding", {"account_id": str(juror.id)}).status_code == 404
    elsewhere = make.staff("Elsewhere", make.festival("elsewhere"))
    assert ada.post("staff/safeguarding", {"account_id": str(elsewhere.id)}).status_code == 404
    with app.app_context(), pytest.raises(Refused, match="not_staff"):
        safeguarding.name(db.session.get_one(Account, juror.id), None)
    assert names(app) == ["Ada"]


def test_whoever_is_not_named_any_more_sees_no_cases_and_the_last_stays(
    app: Flask, make: Make, sign_in: Any
) -> None:
    make.edition()
    first, other = make.staff("Ada"), make.staff("Bo")
    ada: Visitor = sign_in(first)
    last = ada.post(f"staff/safeguarding/{first.id}/removal")
    assert last.status_code == 409
    assert "name another person first" in last.text
    assert ada.post(f"staff/safeguarding/{other.id}/removal").status_code == 409
    ada.post("staff/safeguarding", {"account_id": str(other.id)})
    ada.post(f"staff/safeguarding/{first.id}/removal")
    assert ada.get("staff/worries").status_code == 403
    assert ada.get("staff").status_code == 200
    assert names(app) == ["Bo"]


def test_two_who_end_each_other_at_the_same_time_leave_one(app: Flask, make: Make) -> None:
    make.edition()
    first, other = make.staff("Ada"), make.staff("Bo")
    panel = Panel(app, make, first)
    with panel.deed():
        safeguarding.name(db.session.get_one(Account, other.id), panel.by())
    both = iter([first.id, other.id])

    def end() -> None:
        account = db.session.get_one(Account, next(both))
        safeguarding.end(account, account)

    assert sorted(in_threads(panel, 2, end)) == ["done", "last_safeguarding"]
    assert len(names(app)) == 1


def test_the_host_of_an_installation_can_name_somebody_when_nobody_is_there(
    app: Flask, make: Make
) -> None:
    make.staff("Ada")
    bo = make.staff("Bo")
    juror, _membership = make.juror()
    run = app.test_cli_runner().invoke
    done = run(args=["festival", "name-safeguarding", "plural", bo.email])
    assert done.exit_code == 0
    assert names(app) == ["Ada", "Bo"]
    with app.app_context():
        assert AuditEvent.query.filter_by(action="safeguarding.named").one().actor == "system"
    for slug, email in (("plural", juror.email), ("plural", "nobody@x.org"), ("other", bo.email)):
        refused = run(args=["festival", "name-safeguarding", slug, email])
        assert refused.exit_code == 1
        assert email in refused.output
    assert names(app) == ["Ada", "Bo"]


def test_the_page_names_them_to_all_staff_in_arabic_too(make: Make, sign_in: Any) -> None:
    make.edition()
    make.staff("Ada")
    bo: Visitor = sign_in(make.staff("Bo"))
    page = bo.get("/ar/plural/2026/staff/safety").text
    named, _heading, _rest = page.partition("من وقّع التعهّد")
    assert "المسؤولون عنها" in named
    assert '<bdi class="person-name">Ada</bdi>' in named
    assert 'person-name">Bo' not in named
