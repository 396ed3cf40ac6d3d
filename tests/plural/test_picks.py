"""Each partner picks for its own recognition, in private and in its order."""

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask

from plural import clock
from plural.actions import ballots, conflicts, picks, rounds
from plural.errors import NotFound, Refused, StaleState
from plural.extensions import db
from plural.models.audit import AuditDetail, AuditEvent
from plural.models.consent import Consent
from plural.models.entry import FilmVersion
from plural.models.festival import Award, AwardKind
from plural.models.people import Membership
from plural.models.picks import Favourite, Pick, PickList
from plural.models.rounds import Round, RoundKind, RoundResult, RoundState, Seat
from plural.round_rules import RoundRules
from tests.factories import Make
from tests.plural.panels import Panel, who
from tests.plural.partners import Partners
from tests.visitor import Visitor, steady


@pytest.fixture
def partners(app: Flask, make: Make) -> Partners:
    found = Partners(Panel(app, make, make.staff()), make)
    found.open()
    return found


def chosen(partners: Partners, partner: int = 0) -> list[tuple[int, int, str]]:
    with partners.panel.app.app_context():
        rows = Pick.query.filter_by(award_id=partners.awards[partner].id).order_by(Pick.position)
        return [(p.position, p.film_version_id, p.citation) for p in rows]


def test_a_focal_point_picks_in_order_with_citations(partners: Partners, sign_in: Any) -> None:
    account, _membership = partners.focal_points[0]
    visitor: Visitor = sign_in(account)
    first, second = partners.panel.films[1].id, partners.panel.films[0].id
    assert "Nothing chosen yet" in visitor.get("jury").text
    assert "Award partner0" in visitor.get(f"jury/{partners.seat(0)}/picks").text
    fields = {"film_1": first, "citation_1": "It sings.", "film_3": second, "revision": "0"}
    answer = visitor.post(partners.path(0), fields)
    assert "Your choice is kept" in answer.text
    assert chosen(partners) == [(1, first, "It sings."), (2, second, "")]
    with partners.panel.app.app_context():
        assert {p.picked_by_id for p in Pick.query} == {account.id}
        assert PickList.query.one().revision == 1
        event = AuditEvent.query.filter_by(action="pick.changed").one()
        assert event.detail is not None
        assert event.detail.payload == {}
    assert "You have chosen" in visitor.get("jury").text


def test_all_partners_with_a_recognition_are_seated_at_the_opening(partners: Partners) -> None:
    with partners.panel.app.app_context():
        seated = {s.membership_id for s in db.session.get_one(Round, partners.round_id).seats}
    assert {membership.id for _account, membership in partners.focal_points} <= seated


def test_a_choice_can_be_taken_back(partners: Partners, sign_in: Any) -> None:
    partners.pick(0, 1)
    visitor: Visitor = sign_in(partners.focal_points[0][0])
    visitor.post(partners.path(0), {"film_1": "0", "revision": "1"})
    assert chosen(partners) == []


def test_the_same_film_twice_is_refused_and_what_was_typed_stays(
    partners: Partners, sign_in: Any
) -> None:
    film = partners.panel.films[0].id
    fields = {"film_1": film, "film_2": film, "citation_1": "typed twice", "revision": "0"}
    answer = sign_in(partners.focal_points[0][0]).post(partners.path(0), fields)
    assert answer.status_code == 409
    assert "A film can be chosen once." in answer.text
    assert "typed twice" in answer.text
    assert chosen(partners) == []


def test_two_people_of_a_partner_do_not_overwrite_each_other(partners: Partners) -> None:
    partners.pick(0, 1)
    with pytest.raises(StaleState) as stale:
        partners.pick(0, 0)
    assert stale.value.data == {"revision": 1}
    partners.pick(0, 0, revision=1)
    assert chosen(partners) == [(1, partners.panel.films[0].id, "")]


def test_sending_the_same_twice_changes_nothing(partners: Partners) -> None:
    partners.pick(0, 1, 0, citation="It sings.")
    partners.pick(0, 1, 0, citation="It sings.")
    with partners.panel.app.app_context():
        assert PickList.query.one().revision == 1


def test_a_stale_page_keeps_what_was_typed_and_can_be_sent_again(
    partners: Partners, sign_in: Any
) -> None:
    partners.pick(0, 1)
    visitor: Visitor = sign_in(partners.focal_points[0][0])
    film = partners.panel.films[0].id
    fields = {"film_1": film, "citation_1": "typed late", "revision": "0"}
    answer = visitor.post(partners.path(0), fields)
    assert answer.status_code == 409
    assert "typed late" in answer.text
    assert 'name="revision" value="1"' in answer.text
    visitor.post(partners.path(0), {**fields, "revision": "1"})
    assert chosen(partners) == [(1, film, "typed late")]


# ----- inside the organisation


def test_a_juror_recommends_and_only_the_own_focal_point_learns_of_it(
    partners: Partners, sign_in: Any
) -> None:
    juror: Visitor = sign_in(partners.panel.jurors[0][0])
    seat, film = partners.juror_seat(0), partners.panel.films[2]
    pages = [
        (sign_in(partners.panel.jurors[1][0]), f"jury/{partners.juror_seat(1)}/picks"),
        (sign_in(partners.focal_points[1][0]), f"jury/{partners.seat(1)}/picks"),
        (sign_in(partners.panel.staff), f"staff/rounds/{partners.round_id}/partners"),
        (sign_in(partners.panel.staff), "staff/audit"),
    ]
    before = [steady(visitor.get(path).text) for visitor, path in pages]
    page = juror.post(f"jury/{seat}/films/{film.id}/favourite").text
    assert "You recommend this film" in page
    own = sign_in(partners.focal_points[0][0]).get(f"jury/{partners.seat(0)}/picks").text
    assert f"Recommended by <bdi>{partners.panel.jurors[0][0].name}</bdi>" in own
    assert [steady(visitor.get(path).text) for visitor, path in pages] == before
    juror.post(f"jury/{seat}/films/{film.id}/favourite")
    with partners.panel.app.app_context():
        assert Favourite.query.count() == 0


def test_a_juror_cannot_pick_and_does_not_see_what_was_picked(
    partners: Partners, sign_in: Any
) -> None:
    partners.pick(0, 1, citation="canary")
    juror: Visitor = sign_in(partners.panel.jurors[0][0])
    seat = partners.juror_seat(0)
    assert "canary" not in juror.get(f"jury/{seat}/picks").text
    path = f"jury/{seat}/picks/{partners.awards[0].id}"
    fields = {"film_1": partners.panel.films[0].id, "revision": "1"}
    assert juror.post(path, fields).status_code == 404
    assert juror.post(f"{path}/criteria", {"criteria_en": "Mine"}).status_code == 404
    assert chosen(partners)[0][1] == partners.panel.films[1].id


def test_a_partner_writes_by_what_it_chooses_in_each_language(
    partners: Partners, sign_in: Any
) -> None:
    focal_point: Visitor = sign_in(partners.focal_points[0][0])
    words = {"criteria_en": "Films that make peace", "criteria_ar": "أفلام تصنع السلام"}
    focal_point.post(f"{partners.path(0)}/criteria", words)
    juror: Visitor = sign_in(partners.panel.jurors[0][0])
    path = f"jury/{partners.juror_seat(0)}/picks"
    assert "Films that make peace" in juror.get(path).text
    juror.place = "/ar/plural/2026"
    assert "أفلام تصنع السلام" in juror.get(path).text
    staff: Visitor = sign_in(partners.panel.staff)
    assert "Films that make peace" in staff.get(f"staff/rounds/{partners.round_id}/partners").text


# ----- deadlines


def test_a_partner_has_a_deadline_of_its_own(
    partners: Partners, sign_in: Any, set_clock: Any
) -> None:
    staff: Visitor = sign_in(partners.panel.staff)
    award = partners.awards[0].id
    with partners.panel.app.app_context():
        own = clock.now() + timedelta(days=1)
    path = f"staff/rounds/{partners.round_id}/awards/{award}/deadline"
    field = f"award{award}-closes_at"
    answer = staff.post(path, {field: own.strftime("%Y-%m-%dT%H:%M")})
    assert "The deadline of this partner has been moved." in answer.text
    late = staff.post(path, {field: (own + timedelta(days=9)).strftime("%Y-%m-%dT%H:%M")})
    assert "cannot be later than that of the round" in late.text
    partners.pick(0, 0)
    set_clock(2 * 86400)
    with pytest.raises(Refused) as refused:
        partners.pick(0, 1, revision=1)
    assert refused.value.code == "picks_closed"
    partners.pick(1, 1)
    page = sign_in(partners.focal_points[0][0]).get(f"jury/{partners.seat(0)}/picks").text
    assert "The time for your choice is over." in page
    assert chosen(partners) == [(1, partners.panel.films[0].id, "")]


def test_silence_at_the_deadline_is_no_recognition(partners: Partners, set_clock: Any) -> None:
    partners.pick(0, 1, citation="It sings.")
    set_clock(6 * 86400)
    with pytest.raises(Refused) as refused:
        partners.pick(1, 0)
    assert refused.value.code == "round_closed"
    rows = partners.outcome()
    assert rows["partner0"]["winners"] == [partners.code(1)]
    assert rows["partner0"]["citation"] == "It sings."
    assert (rows["partner1"]["winners"], rows["partner1"]["choice"]) == ([], 0)


# ----- sealed


def pages_of(world: dict[str, Visitor], partners: Partners) -> list[tuple[Visitor, str]]:
    """Everything that could tell a pick: pages, exports, the audit chain, counts."""
    round_path = f"staff/rounds/{partners.round_id}"
    staff = [
        "staff",
        "staff/rounds",
        round_path,
        f"{round_path}/partners",
        f"{round_path}/result",
        f"{round_path}/snapshot.json",
        "staff/audit",
        "staff/entries",
        "staff/films",
        "staff/awards",
        f"staff/awards/{partners.awards[0].id}",
        f"staff/organisations/{partners.organisations[0].id}",
        "staff/publication",
        *(f"staff/entries/{film.entry_id}" for film in partners.panel.films),
    ]
    others = ["", "jury", f"jury/{partners.seat(1)}/picks", f"jury/{partners.seat(0)}/picks"]
    jurors = ["jury", f"jury/{partners.juror_seat(0)}/picks", f"jury/{partners.seat(0)}/picks"]
    film = partners.panel.films[0]
    public = ["", "recipients", f"entries/{film.entry_id}"]
    return [
        *((world["staff"], path) for path in staff),
        *((world["other partner"], path) for path in others),
        *((world["own juror"], path) for path in jurors),
        *((world["maker"], path) for path in public),
        *((world["nobody"], path) for path in ("", "recipients")),
    ]


def test_until_the_close_everybody_else_gets_the_same_bytes_whatever_is_picked(
    partners: Partners, sign_in: Any, visitor: Visitor
) -> None:
    with partners.panel.app.app_context():
        maker = db.session.get_one(FilmVersion, partners.panel.films[0].id).entry.account
    world = {
        "staff": sign_in(partners.panel.staff),
        "other partner": sign_in(partners.focal_points[1][0]),
        "own juror": sign_in(partners.panel.jurors[0][0]),
        "maker": sign_in(maker),
        "nobody": visitor,
    }
    pages = pages_of(world, partners)

    def seen(visitor_: Visitor, path: str) -> list[str]:
        return [line for line in steady(visitor_.get(path).text) if "Number of this" not in line]

    partners.pick(0, 0, citation="canary one")
    before = [seen(who_, path) for who_, path in pages]
    with partners.panel.deed():
        pick = Pick.query.one()
        pick.film_version_id, pick.citation = partners.panel.films[1].id, "canary two"
        db.session.add(
            Pick(
                round_id=partners.round_id,
                organisation_id=partners.organisations[0].id,
                award_id=partners.awards[0].id,
                film_version_id=partners.panel.films[2].id,
                position=2,
                citation="canary three",
                picked_by_id=pick.picked_by_id,
                picked_at=pick.picked_at,
            )
        )
    for (who_, path), lines in zip(pages, before, strict=True):
        assert seen(who_, path) == lines, path
        assert "canary" not in str(lines), path
    with partners.panel.app.app_context():
        assert "canary" not in str([detail.payload for detail in AuditDetail.query])


def test_staff_see_who_has_picked_and_who_has_not(partners: Partners, sign_in: Any) -> None:
    partners.pick(0, 1)
    staff: Visitor = sign_in(partners.panel.staff)
    page = staff.get(f"staff/rounds/{partners.round_id}/partners").text
    own, other = (page.index(organisation.name) for organisation in partners.organisations)
    assert "Has chosen" in page[own:other]
    assert "Has not chosen" in page[other:]
    blocked = staff.get(f"staff/rounds/{partners.round_id}").text.split("silence means")[1]
    assert partners.organisations[1].name in blocked.split("</ul>")[0]
    assert partners.organisations[0].name not in blocked.split("</ul>")[0]


# ----- conflicts


def test_a_film_in_conflict_cannot_be_picked(partners: Partners, sign_in: Any) -> None:
    visitor: Visitor = sign_in(partners.focal_points[0][0])
    seat, film = partners.seat(0), partners.panel.films[0]
    visitor.post(f"jury/{seat}/films/{film.id}/conflict", {"reason": "Our own workshop"})
    answer = visitor.post(partners.path(0), {"film_1": film.id, "revision": "0"})
    assert answer.status_code == 400
    assert chosen(partners) == []


def test_a_partners_own_film_up_for_that_partners_prize_cannot_be_picked(
    partners: Partners, make: Make, sign_in: Any
) -> None:
    film = partners.panel.films[0]
    with partners.panel.app.app_context():
        entrant = db.session.get_one(FilmVersion, film.id).entry.account
    partners.make.juror(partners.organisations[0], entrant)
    with pytest.raises(Refused) as refused:
        partners.pick(0, 0)
    assert refused.value.code == "film_not_before_you"
    partners.pick(1, 0)
    page = sign_in(partners.focal_points[0][0]).get(f"jury/{partners.seat(0)}/picks").text
    assert film.entry.title not in page


def test_a_film_that_turns_out_to_be_the_partners_own_makes_way_for_the_next_choice(
    partners: Partners,
) -> None:
    partners.pick(0, 0, 1)
    with partners.panel.app.app_context():
        entrant = db.session.get_one(FilmVersion, partners.panel.films[0].id).entry.account
    partners.make.juror(partners.organisations[0], entrant)
    row = partners.outcome()["partner0"]
    assert (row["winners"], row["choice"]) == ([partners.code(1)], 2)


def test_a_juror_who_is_the_author_under_a_second_address_does_not_judge_the_film(
    app: Flask, make: Make
) -> None:
    """The second address belongs to a membership of the same person."""
    partners = Partners(Panel(app, make, make.staff()), make)
    account, _membership = partners.panel.jurors[0]
    film = make.eligible_film(make.account("Another name", email="second@example.net"))
    partners.panel.films.append(film)
    other = make.juror(account=account)[1]
    with partners.panel.deed():
        db.session.get_one(Membership, other.id).email = "second@example.net"
    with partners.panel.app.app_context():
        found = db.session.get_one(FilmVersion, film.id)
        ties = conflicts.ties_of(db.session.get_one(type(account), account.id))
        [behind] = conflicts.ties_of_films({"film": found.entry})
        assert behind.addresses & ties.addresses


def test_a_conflict_after_the_pick_takes_it_out(partners: Partners, sign_in: Any) -> None:
    partners.pick(0, 0)
    visitor: Visitor = sign_in(partners.focal_points[0][0])
    seat, film = partners.seat(0), partners.panel.films[0]
    visitor.post(f"jury/{seat}/films/{film.id}/conflict", {"reason": "Our own workshop"})
    assert partners.outcome()["partner0"]["winners"] == []


def test_a_film_whose_consent_is_taken_back_makes_way_for_the_next_choice(
    partners: Partners,
) -> None:
    partners.pick(0, 0, 2)
    with partners.panel.deed():
        for consent in Consent.query.filter_by(film_version_id=partners.panel.films[0].id):
            consent.revoked_at = clock.now()
    assert partners.outcome()["partner0"]["winners"] == [partners.code(2)]


def test_a_juror_of_two_partners_picks_for_each(app: Flask, make: Make, sign_in: Any) -> None:
    partners = Partners(Panel(app, make, make.staff()), make)
    both = partners.focal_points[0][0]
    _account, second = partners.focal_point(1, both)
    partners.open()
    with app.app_context():
        held = db.session.get_one(Round, partners.round_id).seats
        seats = {s.membership_id: s.id for s in held}
    visitor: Visitor = sign_in(both)
    for partner, membership in ((0, partners.focal_points[0][1]), (1, second)):
        path = f"jury/{seats[membership.id]}/picks/{partners.awards[partner].id}"
        film = partners.panel.films[partner].id
        assert visitor.post(path, {"film_1": film, "revision": "0"}).status_code == 200
        other = f"jury/{seats[membership.id]}/picks/{partners.awards[1 - partner].id}"
        assert visitor.post(other, {"film_1": film, "revision": "0"}).status_code == 404
    assert chosen(partners, 0)[0][1] == partners.panel.films[0].id
    assert chosen(partners, 1)[0][1] == partners.panel.films[1].id


def test_a_partner_without_a_recognition_is_told_so(app: Flask, make: Make, sign_in: Any) -> None:
    partners = Partners(Panel(app, make, make.staff()), make)
    alone = make.juror()
    partners.panel.jurors.append(alone)
    partners.open()
    page = sign_in(alone[0]).get(f"jury/{partners.juror_seat(2)}/picks").text
    assert "No recognition has been set up" in page


# ----- one prize per film


def one_prize(partners: Partners) -> None:
    """An open round that declares it."""
    partners.open(rules=RoundRules(one_prize_per_film=True))


def test_one_prize_collision_asks_for_the_next_pick(app: Flask, make: Make) -> None:
    partners = Partners(Panel(app, make, make.staff()), make)
    one_prize(partners)
    partners.pick(0, 0, 1)
    partners.pick(1, 0, 2)
    rows = partners.outcome()
    assert (rows["partner0"]["winners"], rows["partner0"]["choice"]) == ([partners.code(0)], 1)
    assert (rows["partner1"]["winners"], rows["partner1"]["choice"]) == ([partners.code(2)], 2)


def test_a_film_that_the_jury_has_awarded_makes_way_too(app: Flask, make: Make) -> None:
    partners = Partners(Panel(app, make, make.staff()), make)
    grand = make.award("grand", category_id=make.category("adult").id)
    one_prize(partners)
    jury = partners.panel.open(RoundKind.INTERNATIONAL_JURY, key="jury", source=partners.source)
    award_to(partners, jury, grand, 0)
    partners.pick(0, 0, 1)
    partners.pick(1, 0)
    rows = partners.outcome()
    assert rows["partner0"]["winners"] == [partners.code(1)]
    assert rows["partner1"]["winners"] == []


def award_to(partners: Partners, jury: int, award: Award, film: int, revision: int = 0) -> None:
    vote_for(partners, jury, award, film, revision)
    partners.panel.close(jury)


def vote_for(partners: Partners, jury: int, award: Award, film: int, revision: int = 0) -> None:
    with partners.panel.deed():
        seat = Seat.query.filter_by(round_id=jury).first()
        given = db.session.get_one(Award, award.id)
        ballots.cast(who(seat), seat, given, [[partners.panel.films[film].id]], revision)


def test_a_film_that_a_jury_has_awarded_provisionally_makes_no_way(app: Flask, make: Make) -> None:
    """Nothing follows from a jury's result before two people have frozen it."""
    partners = Partners(Panel(app, make, make.staff()), make)
    grand = make.award("grand", category_id=make.category("adult").id)
    one_prize(partners)
    jury = partners.panel.open(RoundKind.INTERNATIONAL_JURY, key="jury", source=partners.source)
    vote_for(partners, jury, grand, 0)
    partners.panel.only_close(jury)
    partners.pick(0, 0, 1)
    partners.panel.only_close(partners.round_id)
    assert held_and_won(partners) == ([], [partners.code(0)])
    partners.panel.freeze(jury)
    partners.panel.freeze(partners.round_id)
    assert held_and_won(partners) == ([partners.code(0)], [partners.code(1)])


def test_a_film_makes_way_for_what_a_jury_has_frozen_last(app: Flask, make: Make) -> None:
    """A version that has been reopened counts until the next is frozen."""
    partners = Partners(Panel(app, make, make.staff()), make)
    grand = make.award("grand", category_id=make.category("adult").id)
    one_prize(partners)
    jury = partners.panel.open(RoundKind.INTERNATIONAL_JURY, key="jury", source=partners.source)
    award_to(partners, jury, grand, 0)
    partners.panel.reopen(jury)
    vote_for(partners, jury, grand, 1, revision=1)
    partners.panel.only_close(jury)
    partners.pick(0, 0, 1)
    partners.panel.only_close(partners.round_id)
    assert held_and_won(partners) == ([partners.code(0)], [partners.code(1)])
    partners.panel.freeze(jury)
    partners.panel.freeze(partners.round_id)
    assert held_and_won(partners) == ([partners.code(1)], [partners.code(0)])


def held_and_won(partners: Partners) -> tuple[list[str], list[str]]:
    """The films that held a prize already, and what the first partner's recognition came to."""
    with partners.panel.app.app_context():
        document = RoundResult.query.filter_by(round_id=partners.round_id).one().document
        return document["held"], document["awards"][0]["winners"]


def test_without_the_rule_a_collision_is_information(partners: Partners, sign_in: Any) -> None:
    partners.pick(0, 0)
    partners.pick(1, 0)
    rows = partners.outcome()
    assert rows["partner0"]["winners"] == rows["partner1"]["winners"] == [partners.code(0)]
    page = sign_in(partners.panel.staff).get(f"staff/rounds/{partners.round_id}/result").text
    board = page.split("Films with more than one award", 1)[1]
    assert partners.panel.films[0].entry.title in board
    assert "Award partner0" in board
    assert "Award partner1" in board


# ----- at once


def test_of_two_tabs_exactly_one_pick_is_kept_and_the_other_is_told(partners: Partners) -> None:
    barrier, outcomes = Barrier(2), []

    def choose(film: int) -> None:
        barrier.wait()
        try:
            partners.pick(0, film)
            outcomes.append("kept")
        except StaleState:
            outcomes.append("stale")

    threads = [Thread(target=choose, args=(film,)) for film in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["kept", "stale"]
    assert len(chosen(partners)) == 1


def test_a_pick_at_the_close_is_either_in_the_result_or_refused(partners: Partners) -> None:
    barrier, outcomes = Barrier(2), []

    def choose() -> None:
        barrier.wait()
        try:
            partners.pick(0, 1)
            outcomes.append(True)
        except Refused:
            outcomes.append(False)

    def close() -> None:
        barrier.wait()
        partners.panel.close(partners.round_id)

    threads = [Thread(target=choose), Thread(target=close)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with partners.panel.app.app_context():
        found = db.session.get_one(Round, partners.round_id)
        assert found.state is RoundState.FROZEN
        [row] = [r for r in found.results[-1].document["awards"] if r["award"] == "partner0"]
    assert bool(row["winners"]) is outcomes[0]


def test_a_recognition_of_a_partner_who_sits_nowhere_is_not_asked_for(
    app: Flask, make: Make
) -> None:
    partners = Partners(Panel(app, make, make.staff()), make)
    make.award(
        "absent", AwardKind.PARTNER_RECOGNITION, organisation_id=make.organisation("Nobody").id
    )
    partners.open()
    with app.app_context():
        found = db.session.get_one(Round, partners.round_id)
        assert [a.key for a in picks.awards(found)] == ["partner0", "partner1"]
        assert "Nobody" not in picks.silent_partners(found)
        assert rounds.blockers(found)[1].code == "partner_picks"


def test_a_focal_point_who_has_left_picks_nothing_more(partners: Partners) -> None:
    with partners.panel.deed():
        membership = db.session.get_one(Membership, partners.focal_points[0][1].id)
        membership.ended_at = clock.now()
    with pytest.raises(NotFound):
        partners.pick(0, 0)
