"""What closed rounds hand to the publication, and what staff are warned of."""

from typing import Any

import pytest
from flask import Flask

from plural.actions import ballots, picks, results, scores, versions
from plural.actions.results import Decided
from plural.extensions import db
from plural.models.entry import FilmVersion
from plural.models.festival import Award, AwardKind, Edition
from plural.models.people import MembershipRole, Organisation
from plural.models.rounds import Round, RoundKind, Seat
from plural.models.scoring import Assignment
from tests.factories import Make
from tests.plural.panels import Panel, seat_of, shortlisted_panel, who
from tests.visitor import Visitor


@pytest.fixture
def panel(app: Flask, make: Make) -> Panel:
    panel = Panel(app, make, make.staff())
    panel.add_jurors(2)
    panel.add_films(2)
    return panel


def decided_in(panel: Panel) -> list[Decided]:
    edition = panel.make.edition()
    with panel.app.app_context():
        return results.decided(db.session.get_one(Edition, edition.id))


def test_nothing_is_decided_before_the_rounds_have_closed(panel: Panel, make: Make) -> None:
    make.award("grand", category_id=make.category("adult").id)
    panel.open(RoundKind.INTERNATIONAL_JURY, key="jury", source=shortlisted_panel(panel))
    assert decided_in(panel) == []


def test_jury_and_partners_together_are_what_is_decided(
    panel: Panel, make: Make, sign_in: Any
) -> None:
    grand = make.award("grand", category_id=make.category("adult").id)
    with panel.app.app_context():
        organisation_id = panel.jurors[0][1].organisation_id
        organisation = db.session.get_one(Organisation, organisation_id)
    own = make.award("own", AwardKind.PARTNER_RECOGNITION, organisation_id=organisation_id)
    speaker = make.account()
    make.membership(MembershipRole.FOCAL_POINT, organisation, speaker)
    source = shortlisted_panel(panel)
    jury = panel.open(RoundKind.INTERNATIONAL_JURY, key="jury", source=source)
    partners = panel.open(RoundKind.PARTNER_PICKS, key="partners", source=source)
    best = panel.films[1].id
    with panel.deed():
        for account, _membership in panel.jurors:
            seat = db.session.get_one(Seat, seat_of(account, jury))
            ballots.cast(who(seat), seat, db.session.get_one(Award, grand.id), [[best]], 0)
        seat = db.session.get_one(Seat, seat_of(speaker, partners))
        choice = picks.Choice(db.session.get_one(FilmVersion, best), "It sings.")
        picks.pick(who(seat), seat, db.session.get_one(Award, own.id), [choice], 0)
    panel.close(jury)
    assert decided_in(panel) == [Decided(grand.id, best, None, "")]
    panel.close(partners)
    assert decided_in(panel) == [
        Decided(grand.id, best, None, ""),
        Decided(own.id, best, organisation_id, "It sings."),
    ]
    page = sign_in(panel.staff).get(f"staff/rounds/{partners}/result").text
    assert "Films with more than one award" in page
    assert "It sings." in page


def test_a_later_jury_decides_anew(panel: Panel, make: Make) -> None:
    grand = make.award("grand", category_id=make.category("adult").id)
    source = shortlisted_panel(panel)
    for number, film in enumerate(panel.films):
        jury = panel.open(RoundKind.INTERNATIONAL_JURY, key=f"jury{number}", source=source)
        with panel.deed():
            seat = db.session.get_one(Seat, seat_of(panel.jurors[0][0], jury))
            ballots.cast(who(seat), seat, db.session.get_one(Award, grand.id), [[film.id]], 0)
        panel.close(jury)
    assert decided_in(panel) == [Decided(grand.id, panel.films[1].id, None, "")]


def test_staff_are_warned_of_films_without_and_with_few_reviews(panel: Panel, sign_in: Any) -> None:
    round_id = panel.assigned(reviews_wanted=2)
    with panel.deed():
        first = Assignment.query.filter_by(film_version_id=panel.films[0].id).first()
        scores.give(who(first.seat), first, scores.Sheet({"story": 4.0}), 0)
    panel.close(round_id)
    with panel.app.app_context():
        frozen = versions.frozen(db.session.get_one(Round, round_id))
        found = {c.code: c.names for c in results.concerns(frozen)}
        assert found["unreviewed"] == (panel.films[1].entry.title,)
        assert found["few_reviews"] == (panel.films[0].entry.title,)
        assert results.agreement(frozen) is None
    page = sign_in(panel.staff).get(f"staff/rounds/{round_id}/result").text
    assert "Nobody has scored this film" in page


def test_staff_are_warned_of_a_film_that_got_fewer_reviews_than_it_was_to_get_itself(
    panel: Panel, sign_in: Any
) -> None:
    """Two are enough for every other film, and this one was to get one more."""
    round_id = panel.assigned(reviews_wanted=2)
    panel.score_all(round_id, lambda _a: 4.0)
    panel.close(round_id)
    panel.reopen(round_id, extra={panel.films[1].id: 1})
    panel.close(round_id)
    with panel.app.app_context():
        frozen = versions.frozen(db.session.get_one(Round, round_id))
        found = {c.code: c.names for c in results.concerns(frozen)}
        assert found["few_reviews"] == (panel.films[1].entry.title,)
    page = sign_in(panel.staff).get(f"staff/rounds/{round_id}/result").text
    assert "This film has fewer reviews than wanted" in page


def test_severity_and_agreement_are_told(app: Flask, make: Make, sign_in: Any) -> None:
    panel = Panel(app, make, make.staff())
    panel.add_jurors(2)
    panel.add_films(6)
    strict = panel.jurors[0][0].id
    round_id = panel.assigned()
    with app.app_context():
        order = {film.id: n for n, film in enumerate(panel.films)}
    panel.score_all(
        round_id,
        lambda a: 1 + order[a.film_version_id] % 4 + (a.seat.membership.account_id != strict),
    )
    panel.close(round_id)
    with app.app_context():
        frozen = versions.frozen(db.session.get_one(Round, round_id))
        lines = results.juror_lines(frozen)
        assert [line.account.id for line in lines] == [strict, panel.jurors[1][0].id]
        assert lines[0].severity > 0 > lines[1].severity
        assert lines[0].severity_low <= lines[0].severity <= lines[0].severity_high
        agreement = results.agreement(frozen)
        assert agreement is not None
        assert 0.5 < agreement < 1
    visitor: Visitor = sign_in(panel.staff)
    assert "Krippendorff" in visitor.get(f"staff/rounds/{round_id}/result").text
