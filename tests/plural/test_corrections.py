"""A result frozen anew after the publication: staff see what differs and set it right."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from plural import audit, clock
from plural.actions import announcing, corrections, publishing, results
from plural.errors import Refused, StaleState
from plural.extensions import db
from plural.models.audit import OutboxItem
from plural.models.consent import Consent, Use
from plural.models.festival import Edition
from plural.models.publication import Audience, Distinction, Publication
from plural.models.rounds import Round
from tests.factories import Make
from tests.plural.final_juries import Jury
from tests.visitor import Visitor

FROZEN_ANEW = "A result has been frozen anew since this was confirmed"
SAME = "The publication says the same"


@pytest.fixture
def jury(app: Flask, make: Make) -> Jury:
    """Two members prefer the first film; its award is published and the recipients have heard."""
    jury = Jury(app, make).open()
    jury.vote(0, 0, 1)
    jury.vote(1, 0, 1)
    jury.panel.close(jury.round_id)
    with jury.panel.deed():
        now = clock.now()
        instants = {a: now + timedelta(days=n) for n, a in enumerate(Audience)}
        edition = db.session.get_one(Edition, jury.award.edition_id)
        publication = publishing.propose(edition, instants, jury.panel.by())
        seen = publishing.digest(publishing.lines(edition))
        publishing.confirm(publication, seen, False, db.session.merge(jury.panel.second()))
        announcing.announce_due()
    return jury


def decide_anew(jury: Jury, *films: int) -> None:
    """The round is reopened, both vote for these films in this order, and it is frozen again."""
    jury.panel.reopen(jury.round_id)
    for juror in range(2):
        jury.vote(juror, *films, revision=1)
    jury.panel.close(jury.round_id)


def publication() -> Publication:
    found: Publication = Publication.query.one()
    return found


def told() -> list[tuple[str, int]]:
    mails = OutboxItem.query.filter_by(kind="mail").order_by(OutboxItem.id)
    named = [(m.payload["name"], m.payload["ids"]) for m in mails]
    return [(name, ids["entry_id"]) for name, ids in named if name == "result_recipient"]


def test_as_long_as_nothing_is_frozen_anew_nothing_is_said(jury: Jury, sign_in: Any) -> None:
    desk: Visitor = sign_in(jury.panel.staff)
    assert FROZEN_ANEW not in desk.get("staff/publication").text
    jury.panel.reopen(jury.round_id)
    jury.vote(0, 1, 0, revision=1)
    jury.vote(1, 1, 0, revision=1)
    jury.panel.only_close(jury.round_id)
    assert FROZEN_ANEW not in desk.get("staff/publication").text


def test_staff_see_that_another_version_counts_what_differs_and_set_it_right(
    jury: Jury, sign_in: Any
) -> None:
    decide_anew(jury, 1, 0)
    old, new = (jury.panel.films[n] for n in range(2))
    desk: Visitor = sign_in(jury.panel.staff)
    page = desk.get("staff/publication").text
    assert FROZEN_ANEW in page
    assert "Version 2 of" in page
    assert "grand is published otherwise than it is decided now" in page
    assert f"<bdi>{old.entry.title}</bdi> receives it no more" in page
    assert f"<bdi>{new.entry.title}</bdi> receives it now" in page
    with jury.panel.app.app_context():
        [distinction] = publication().distinctions
    taken_out = f"staff/publication/distinctions/{distinction.id}/withdrawal"
    assert "Taken out." in desk.post(taken_out, {"reason": "Frozen anew."}).text
    fields = {"award": jury.award.id, "film": new.id}
    page = desk.post("staff/publication/distinctions", fields).text
    assert "Taken in." in page
    assert FROZEN_ANEW in page
    assert SAME in page
    with jury.panel.app.app_context():
        standing = Distinction.query.filter_by(withdrawn_at=None).one()
        assert (standing.award_id, standing.film_version_id) == (jury.award.id, new.id)
        assert told() == [("result_recipient", old.entry_id), ("result_recipient", new.entry_id)]
        festival = publication().edition.festival
        assert [e.action for e in audit.events(festival)][-1] == "distinction.added"
        assert audit.first_broken(festival) is None
    assert desk.post("staff/publication/distinctions", fields).status_code == 409
    assert desk.post("staff/publication/distinctions", {}).status_code == 400


def test_a_version_that_decides_the_same_needs_no_correction(jury: Jury, sign_in: Any) -> None:
    decide_anew(jury, 0, 2)
    page = sign_in(jury.panel.staff).get("staff/publication").text
    assert FROZEN_ANEW in page
    assert SAME in page
    assert "receives it" not in page.split(FROZEN_ANEW)[1].split("Who hears when")[0]


def test_what_was_left_out_or_never_decided_is_not_taken_in(jury: Jury) -> None:
    decide_anew(jury, 1, 0)
    for film in (0, 2):
        film_id = jury.panel.films[film].id
        with jury.panel.app.app_context(), pytest.raises(StaleState) as stale:
            corrections.take_in(publication(), jury.award.id, film_id, jury.panel.by())
        assert stale.value.code == "results_changed"


def test_a_film_whose_consent_is_missing_is_not_taken_in(jury: Jury, sign_in: Any) -> None:
    decide_anew(jury, 1, 0)
    new = jury.panel.films[1]
    with jury.panel.deed():
        for consent in Consent.query.filter_by(film_version_id=new.id, use=Use.WEB):
            consent.revoked_at = clock.now()
    page = sign_in(jury.panel.staff).get("staff/publication").text
    notice = page.split(FROZEN_ANEW)[1].split("Who hears when")[0]
    assert "has not agreed to the website" in notice
    assert "Take it in" not in notice
    with jury.panel.app.app_context(), pytest.raises(Refused) as refused:
        corrections.take_in(publication(), jury.award.id, new.id, jury.panel.by())
    assert refused.value.code == "web_not_allowed"


def test_what_was_decided_at_an_instant_is_still_known(jury: Jury) -> None:
    """Also when the round does not judge the winner of its older version any more."""
    decide_anew(jury, 1, 0)
    with jury.panel.deed():
        found = db.session.get_one(Round, jury.round_id)
        gone = next(r for r in found.films if r.film_version_id == jury.panel.films[0].id)
        db.session.delete(gone)
    with jury.panel.app.app_context():
        edition, at = publication().edition, publication().confirmed_at
        first, second = (jury.panel.films[n].id for n in range(2))
        assert [d.film_version_id for d in results.decided(edition, until=at)] == [first]
        assert [d.film_version_id for d in results.decided(edition)] == [second]
        [difference] = corrections.differences(publication())
        assert [d.film_version_id for d in difference.gone] == [first]
