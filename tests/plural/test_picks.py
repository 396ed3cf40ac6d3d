"""Each partner picks for its own recognition, in private."""

from typing import Any

import pytest
from flask import Flask

from plural import clock
from plural.actions import picks
from plural.errors import StaleState
from plural.extensions import db
from plural.models.audit import AuditEvent
from plural.models.consent import Consent
from plural.models.entry import FilmVersion
from plural.models.festival import Award, AwardKind
from plural.models.people import MembershipRole, Organisation
from plural.models.picks import Pick
from plural.models.rounds import Round, RoundKind, RoundResult, Seat
from tests.factories import Make
from tests.plural.panels import Panel, seat_of, shortlisted_panel, who
from tests.visitor import Visitor, steady


class Partners:
    """Two partners with a recognition and one person each, and an open round of picks."""

    def __init__(self, panel: Panel, make: Make) -> None:
        self.panel = panel
        self.organisations: list[Organisation] = [make.organisation() for _n in range(2)]
        panel.add_jurors(2, self.organisations)
        panel.add_films(2)
        self.awards: list[Award] = [
            make.award(f"partner{n}", AwardKind.PARTNER_RECOGNITION, organisation_id=o.id)
            for n, o in enumerate(self.organisations)
        ]
        self.round_id = 0

    def open(self) -> None:
        source = shortlisted_panel(self.panel)
        self.round_id = self.panel.open(RoundKind.PARTNER_PICKS, key="partners", source=source)

    def seat(self, partner: int) -> int:
        with self.panel.app.app_context():
            return seat_of(self.panel.jurors[partner][0], self.round_id)

    def pick(self, partner: int, film: int | None, citation: str = "", revision: int = 0) -> None:
        seat_id = self.seat(partner)
        with self.panel.deed():
            seat = db.session.get_one(Seat, seat_id)
            chosen = None
            if film is not None:
                chosen = db.session.get_one(FilmVersion, self.panel.films[film].id)
            picks.pick(who(seat), seat, chosen, citation, revision)

    def outcome(self) -> dict[str, Any]:
        self.panel.close(self.round_id)
        with self.panel.app.app_context():
            document = RoundResult.query.filter_by(round_id=self.round_id).one().document
            return {row["award"]: row for row in document["awards"]}

    def code(self, film: int) -> str:
        with self.panel.app.app_context():
            found = db.session.get_one(FilmVersion, self.panel.films[film].id)
            return f"{found.entry.code}.1"


@pytest.fixture
def partners(app: Flask, make: Make) -> Partners:
    found = Partners(Panel(app, make, make.staff()), make)
    found.open()
    return found


def test_a_partner_picks_a_film_with_a_citation(partners: Partners, sign_in: Any) -> None:
    account, _membership = partners.panel.jurors[0]
    visitor: Visitor = sign_in(account)
    path, film = f"jury/{partners.seat(0)}/picks", partners.panel.films[1]
    assert "Nothing chosen yet" in visitor.get("jury").text
    assert "Award partner0" in visitor.get(path).text
    answer = visitor.post(path, {"film": film.id, "citation": "It sings.", "revision": "0"})
    assert "Your choice is kept" in answer.text
    with partners.panel.app.app_context():
        kept = Pick.query.one()
        assert (kept.film_version_id, kept.citation) == (film.id, "It sings.")
        assert (kept.organisation_id, kept.award_id) == (
            partners.organisations[0].id,
            partners.awards[0].id,
        )
        assert (kept.picked_by_id, kept.revision) == (account.id, 1)
        event = AuditEvent.query.filter_by(action="pick.changed").one()
        assert event.detail is not None
        assert event.detail.payload == {}
    assert "You have chosen" in visitor.get("jury").text


def test_a_choice_can_be_taken_back(partners: Partners, sign_in: Any) -> None:
    partners.pick(0, 1)
    visitor: Visitor = sign_in(partners.panel.jurors[0][0])
    visitor.post(f"jury/{partners.seat(0)}/picks", {"film": "0", "revision": "1"})
    with partners.panel.app.app_context():
        assert Pick.query.count() == 0


def test_two_people_of_a_partner_do_not_overwrite_each_other(
    partners: Partners, make: Make
) -> None:
    partners.pick(0, 1)
    with pytest.raises(StaleState) as stale:
        partners.pick(0, 0)
    assert stale.value.data == {"revision": 1}
    partners.pick(0, 0, revision=1)
    with partners.panel.app.app_context():
        assert Pick.query.one().film_version_id == partners.panel.films[0].id


def test_sending_the_same_twice_changes_nothing(partners: Partners) -> None:
    partners.pick(0, 1, "It sings.")
    partners.pick(0, 1, "It sings.")
    with partners.panel.app.app_context():
        assert Pick.query.one().revision == 1


def test_a_stale_page_keeps_what_was_typed(partners: Partners, sign_in: Any) -> None:
    partners.pick(0, 1)
    visitor: Visitor = sign_in(partners.panel.jurors[0][0])
    answer = visitor.post(
        f"jury/{partners.seat(0)}/picks",
        {"film": partners.panel.films[0].id, "citation": "typed late", "revision": "0"},
    )
    assert answer.status_code == 409
    assert "typed late" in answer.text


def test_nobody_else_sees_a_pick_before_the_close(partners: Partners, sign_in: Any) -> None:
    other: Visitor = sign_in(partners.panel.jurors[1][0])
    staff: Visitor = sign_in(partners.panel.staff)
    pages = [
        (other, "jury"),
        (other, f"jury/{partners.seat(1)}/picks"),
        (staff, f"staff/rounds/{partners.round_id}"),
        (staff, "staff/rounds"),
    ]
    partners.pick(0, 0, "canary")
    before = [steady(visitor.get(path).text) for visitor, path in pages]
    with partners.panel.deed():
        kept = Pick.query.one()
        kept.film_version_id, kept.citation = partners.panel.films[1].id, "another bird"
    assert [steady(visitor.get(path).text) for visitor, path in pages] == before
    assert staff.get(f"staff/rounds/{partners.round_id}/result").status_code == 404
    assert other.get(f"jury/{partners.seat(0)}/picks").status_code == 404


def test_closing_gathers_the_picks_and_silence_is_no_recognition(partners: Partners) -> None:
    partners.pick(0, 1, "It sings.")
    rows = partners.outcome()
    assert rows["partner0"] == {
        "award": "partner0",
        "winners": [partners.code(1)],
        "citation": "It sings.",
    }
    assert rows["partner1"]["winners"] == []


def test_a_silent_partner_is_named_to_staff_before_the_close(
    partners: Partners, sign_in: Any
) -> None:
    partners.pick(0, 1)
    page = sign_in(partners.panel.staff).get(f"staff/rounds/{partners.round_id}").text
    assert partners.organisations[1].name in page.split("silence means")[1].split("</ul>")[0]
    assert partners.organisations[0].name not in page.split("silence means")[1].split("</ul>")[0]


def test_a_film_in_conflict_cannot_be_picked(partners: Partners, sign_in: Any) -> None:
    visitor: Visitor = sign_in(partners.panel.jurors[0][0])
    seat, film = partners.seat(0), partners.panel.films[0]
    visitor.post(f"jury/{seat}/films/{film.id}/conflict", {"reason": "Our own workshop"})
    answer = visitor.post(f"jury/{seat}/picks", {"film": film.id, "revision": "0"})
    assert answer.status_code == 400
    with partners.panel.app.app_context():
        assert Pick.query.count() == 0


def test_a_conflict_after_the_pick_takes_it_out(partners: Partners, sign_in: Any) -> None:
    partners.pick(0, 0)
    visitor: Visitor = sign_in(partners.panel.jurors[0][0])
    seat, film = partners.seat(0), partners.panel.films[0]
    visitor.post(f"jury/{seat}/films/{film.id}/conflict", {"reason": "Our own workshop"})
    assert partners.outcome()["partner0"]["winners"] == []


def test_a_film_whose_consent_is_taken_back_is_no_longer_picked(partners: Partners) -> None:
    partners.pick(0, 0)
    with partners.panel.deed():
        for consent in Consent.query.filter_by(film_version_id=partners.panel.films[0].id):
            consent.revoked_at = clock.now()
    assert partners.outcome()["partner0"]["winners"] == []


def test_a_juror_of_two_partners_picks_for_each(app: Flask, make: Make, sign_in: Any) -> None:
    partners = Partners(Panel(app, make, make.staff()), make)
    both = partners.panel.jurors[0][0]
    second = make.membership(MembershipRole.FOCAL_POINT, partners.organisations[1], both)
    source = shortlisted_panel(partners.panel)
    partners.panel.jurors.append((both, second))
    round_id = partners.panel.open(RoundKind.PARTNER_PICKS, key="partners", source=source)
    with app.app_context():
        seats = {s.membership_id: s.id for s in db.session.get_one(Round, round_id).seats}
    visitor: Visitor = sign_in(both)
    for membership, film in ((partners.panel.jurors[0][1], 0), (second, 1)):
        visitor.post(
            f"jury/{seats[membership.id]}/picks",
            {"film": partners.panel.films[film].id, "revision": "0"},
        )
    with app.app_context():
        assert {p.organisation_id: p.film_version_id for p in Pick.query} == {
            partners.organisations[0].id: partners.panel.films[0].id,
            partners.organisations[1].id: partners.panel.films[1].id,
        }


def test_a_partner_without_a_recognition_is_told_so(app: Flask, make: Make, sign_in: Any) -> None:
    partners = Partners(Panel(app, make, make.staff()), make)
    partners.panel.jurors.append(make.juror())
    partners.open()
    seat = partners.seat(2)
    visitor: Visitor = sign_in(partners.panel.jurors[2][0])
    assert "No recognition has been set up" in visitor.get(f"jury/{seat}/picks").text
    film = partners.panel.films[0].id
    answer = visitor.post(f"jury/{seat}/picks", {"film": film, "revision": "0"})
    assert answer.status_code == 404
