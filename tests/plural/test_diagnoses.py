"""What staff read of how films were judged: time to watch, own organisations, order, coverage."""

from dataclasses import dataclass
from typing import Any

import pytest
from babel.numbers import format_decimal
from bs4 import BeautifulSoup, Tag
from flask import Flask
from flask_babel import force_locale, gettext, ngettext

from judging.diagnostics import Effect
from plural import clock
from plural.actions import assignments, diagnoses, queues, rounds, sealing, versions
from plural.actions.diagnoses import Diagnosis
from plural.extensions import db
from plural.models.people import Account, MembershipRole, Organisation
from plural.models.rounds import Round, Seat
from plural.models.scoring import Assignment
from tests.factories import Make
from tests.plural.panels import Panel, seat_of

FILMS, JURORS = 16, 6
BONUS, FALL = 20, 15
"""Points of 100: what one juror adds to films of their own, how far scores fall down the list."""
OWN_PLACES = (1, 6, 9, 14)
"""As far from the beginning as from the end, so that the one effect is not taken for the other."""
HASTY, HURRIED = 2, (4, 7)
SILENT = 3
FILM_S = 12.0


@dataclass
class Judged:
    """A closed round, and what is known of how its scores came about."""

    panel: Panel
    round_id: int
    path: str


@pytest.fixture
def judged(app: Flask, make: Make) -> Judged:
    """Six jurors score sixteen films, later ones in their lists lower; the first favours four.

    Seed and pseudonyms are always the same, and so are the orders.
    """
    panel = Panel(app, make, make.staff())
    for n in range(JURORS):
        panel.jurors.append(make.juror(account=make.account(pseudonym=f"juror{n}")))
    for number in range(FILMS):
        panel.add_films(1, code=f"film{number:02}")
    criteria = [{"key": "story", "minimum": 1.0, "maximum": 101.0}]
    round_id = panel.draft(reviews_wanted=JURORS, shortlist_size=3, criteria=criteria)
    with panel.deed():
        round_ = db.session.get_one(Round, round_id)
        round_.seed = "always the same"
        rounds.open_(round_, panel.by())
        assignments.assign(round_, panel.by())
    place = places(panel, round_id)
    own = own_films(panel, place)
    number = {film.id: n for n, film in enumerate(panel.films)}
    juror = {account.id: n for n, (account, _m) in enumerate(panel.jurors)}

    def value(a: Assignment) -> float:
        film, who = number[a.film_version_id], juror[a.seat.membership.account_id]
        bonus = BONUS if who == 0 and a.film_version_id in own else 0
        return 41 + 2 * film + 3 * who + (film * (who + 2)) % 3 + bonus - place[a.id]

    panel.score_all(round_id, value)
    with panel.deed():
        for a in Assignment.query.all():
            film, who = number[a.film_version_id], juror[a.seat.membership.account_id]
            hurries = who == HASTY and film in HURRIED
            a.watched_s = 3.0 if hurries else 0.91 * FILM_S
            a.watched_s = None if who == SILENT and film == 0 else a.watched_s
    panel.only_close(round_id)
    return Judged(panel, round_id, f"staff/rounds/{round_id}/result")


def own_films(panel: Panel, place: dict[int, int]) -> set[int]:
    """Films of the first juror whose makers have acted for the same organisation; their ids."""
    with panel.app.app_context():
        first = panel.jurors[0][0].id
        own = [
            a.film
            for a in Assignment.query.all()
            if a.seat.membership.account_id == first and place[a.id] in OWN_PLACES
        ]
        found = {film.id: film.entry.account_id for film in own}
    for account_id in found.values():
        make_former_colleague(panel, account_id)
    return set(found)


def make_former_colleague(panel: Panel, account_id: int) -> None:
    """Somebody who has acted for the first juror's organisation and does no more."""
    with panel.app.app_context():
        account = db.session.get_one(Account, account_id)
        organisation = db.session.get_one(Organisation, panel.jurors[0][1].organisation_id)
    membership = panel.make.membership(MembershipRole.JUROR, organisation, account)
    with panel.deed():
        db.session.merge(membership).ended_at = clock.now()


def places(panel: Panel, round_id: int) -> dict[int, int]:
    """How many films stand before each in the list on its juror's desk."""
    with panel.app.app_context():
        seats = [db.session.get_one(Seat, seat_of(a, round_id)) for a, _m in panel.jurors]
        return {
            a.id: place for seat in seats for place, a in enumerate(queues.queue(seat).assignments)
        }


def diagnosis_of(judged: Judged) -> Diagnosis:
    with judged.panel.app.app_context():
        return diagnoses.diagnose(versions.readable(db.session.get_one(Round, judged.round_id)))


def test_two_hurried_films_one_favour_and_a_fall_down_the_list_are_found_and_nothing_else(
    judged: Judged,
) -> None:
    found, panel = diagnosis_of(judged), judged.panel
    [(hasty, films)] = found.shortened
    assert hasty.id == panel.jurors[HASTY][0].id
    assert {one.film.id for one in films} == {panel.films[n].id for n in HURRIED}
    assert {(one.watched_s, one.duration_s) for one in films} == {(3.0, FILM_S)}
    assert (found.told, found.untold) == (FILMS * JURORS - 1, 1)

    [(favouring, effect)] = found.favours
    assert favouring.id == panel.jurors[0][0].id
    assert effect.count == len(OWN_PLACES)
    assert effect.estimate == pytest.approx(BONUS / 100, abs=0.02)
    assert 0 < (effect.low or 0) < BONUS / 100 < (effect.high or 0)

    assert found.order.count == FILMS * JURORS
    assert found.order.estimate == pytest.approx(-FALL / 100, abs=0.025)
    assert (found.order.low or 0) < -FALL / 100 < (found.order.high or 0) < 0
    assert (found.pairs, found.pairs_sharing) == (15, 15)
    assert found.coverage.share == 1


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_page_says_so_in_sentences_with_these_numbers(
    judged: Judged, make: Make, sign_in: Any, language: str
) -> None:
    found, panel = diagnosis_of(judged), judged.panel
    page = section(sign_in(make.staff("Reader")), judged.path, language)
    favouring, hasty = panel.jurors[0][0].name, panel.jurors[HASTY][0].name
    effect = found.favours[0][1]
    with panel.app.test_request_context(), force_locale(language):
        told = {
            "juror": favouring,
            "points": points(effect.estimate, language),
        }
        expected = [
            ngettext(
                "%(juror)s gave %(num)s film of an organisation of their own %(points)s points of"
                " 100 more than their other scores let expect.",
                "%(juror)s gave %(num)s films of an organisation of their own %(points)s points of"
                " 100 more than their other scores let expect.",
                len(OWN_PLACES),
                **told,
            ),
            between(effect, language),
            gettext(
                "A film at the end of a juror's list got %(points)s points of 100 less than it"
                " would have got at the beginning.",
                points=points(-(found.order.estimate or 0), language),
            ),
            between(found.order, language),
            gettext("That is hardly chance."),
            gettext("Any two jurors have scored some film in common."),
            gettext("No film has fewer reviews than wanted."),
        ]
    words = page.get_text(" ", strip=True)
    assert [sentence for sentence in expected if plain(sentence) not in plain(words)] == []
    assert hasty in words
    if language == "en":
        assert f"{hasty} scored 2 films of which the player has played less than 90%:" in words
        assert "Of the film behind 1 score no player has told anything." in words
        assert "96 of 96 reviews that were wanted are there." in words
    lines = [one.get_text(" ", strip=True) for one in page.select("li li")]
    assert len(lines) == 2
    assert all("0:03" in line and "0:12" in line for line in lines)
    assert [panel.films[n].entry.title in " ".join(lines) for n in HURRIED] == [True, True]


def section(desk: Any, path: str, language: str) -> Tag:
    desk.place = f"/{language}/plural/2026"
    page = BeautifulSoup(desk.get(path).text, "html.parser")
    found = page.select_one("section[aria-labelledby=diagnosis]")
    assert found is not None
    return found


def between(effect: Effect, language: str) -> str:
    low, high = effect.low or 0, effect.high or 0
    low, high = (-high, -low) if (effect.estimate or 0) < 0 else (low, high)
    return gettext(
        "Truly it is between %(low)s and %(high)s, with nine chances out of ten.",
        low=points(low, language),
        high=points(high, language),
    )


def points(value: float | None, language: str) -> str:
    return str(format_decimal(round(100 * (value or 0), 1), locale=language))


def plain(words: str) -> str:
    """Without spaces: each number stands in an element of its own."""
    return "".join(words.split())


def test_spread_and_noise_stand_beside_severity(judged: Judged, make: Make, sign_in: Any) -> None:
    page = BeautifulSoup(sign_in(make.staff("Reader")).get(judged.path).text, "html.parser")
    with judged.panel.app.app_context():
        result = versions.readable(db.session.get_one(Round, judged.round_id))
        rows = {row["juror_id"]: row for row in result.document["result"]["jurors"]}
    table = page.find_all("table")[1]
    shown = {
        row.th.get_text(strip=True): [
            row.find("td", {"data-label": name}).get_text(strip=True)
            for name in ("Spread", "Noise")
        ]
        for row in table.tbody.find_all("tr")
    }
    assert shown == {
        account.name: [
            points(rows[account.pseudonym]["spread"], "en"),
            points(rows[account.pseudonym]["noise"], "en"),
        ]
        for account, _m in judged.panel.jurors
    }


def test_no_result_depends_on_what_players_told(judged: Judged) -> None:
    panel = judged.panel

    def computed() -> tuple[str, bool]:
        with panel.deed():
            result = sealing.renew(db.session.get_one(Round, judged.round_id), panel.by())
            return result.digest, "watched" in str(result.document)

    before = computed()
    with panel.deed():
        Assignment.query.update({"watched_s": 1.0})
    assert computed() == before == (before[0], False)


def words_of(desk: Any, round_id: int) -> str:
    """The English section, its spaces as they are shown."""
    found = section(desk, f"staff/rounds/{round_id}/result", "en")
    return " ".join(found.get_text(" ").split())


def test_films_that_get_more_down_the_list_are_told_as_more(
    app: Flask, make: Make, sign_in: Any
) -> None:
    panel = Panel(app, make, make.staff())
    panel.add_jurors(2)
    panel.add_films(4)
    round_id = panel.assigned()
    place = places(panel, round_id)
    panel.score_all(round_id, lambda a: 1 + place[a.id])
    panel.only_close(round_id)
    with app.app_context():
        effect = diagnoses.diagnose(versions.readable(db.session.get_one(Round, round_id))).order
    assert effect.estimate is not None
    assert effect.estimate > 0
    told = f"got {points(effect.estimate, 'en')} points of 100 more than it would have got"
    assert told in words_of(sign_in(panel.staff), round_id)


def test_pairs_of_jurors_who_share_no_film_are_counted(
    app: Flask, make: Make, sign_in: Any
) -> None:
    """Two jurors have the one film, two the other."""
    panel = Panel(app, make, make.staff())
    panel.add_jurors(4)
    panel.add_films(2)
    round_id = panel.assigned(reviews_wanted=2)
    panel.score_all(round_id, lambda a: 1 + a.film_version_id % 4)
    panel.only_close(round_id)
    words = words_of(sign_in(panel.staff), round_id)
    assert "Of 6 pairs of jurors 2 have scored some film in common;" in words
    assert "4 of 4 reviews that were wanted are there. No film has fewer reviews" in words


def test_of_too_little_the_page_says_that_it_is_too_little(
    app: Flask, make: Make, sign_in: Any
) -> None:
    panel = Panel(app, make, make.staff())
    panel.add_jurors(1)
    panel.add_films(2)
    make_former_colleague(panel, panel.films[0].entry.account_id)
    round_id = panel.assigned(reviews_wanted=2)
    panel.score_all(round_id, lambda _a: 3)
    panel.only_close(round_id)
    words = words_of(sign_in(panel.staff), round_id)
    name = panel.jurors[0][0].name
    for sentence in (
        f"{name} scored 1 film of an organisation of their own: too few scores to tell anything.",
        "There are too few scores to tell whether the order mattered.",
        "Fewer than two jurors have scored, so nobody can be compared.",
        "2 of 4 reviews that were wanted are there. 2 films have fewer reviews than wanted.",
        "Of the films behind 2 scores no player has told anything.",
    ):
        assert sentence in words
    assert "chance" not in words
