"""The page of a closed ranking shows what its rows say: bars, chances, severity, agreement."""

from dataclasses import dataclass
from typing import Any

import pytest
from babel.numbers import format_decimal, format_percent
from bs4 import BeautifulSoup, Tag
from flask import Flask
from flask_babel import force_locale, gettext, ngettext

from plural.actions import results, versions
from plural.extensions import db
from plural.models.rounds import RankedFilm, Round
from tests.factories import Make
from tests.plural.panels import Panel

FILMS, JURORS = 8, 3


@dataclass
class Closed:
    """A closed round: its address and what its rows, read from the database, say."""

    path: str
    rows: dict[str, RankedFilm]
    jurors: dict[str, results.JurorLine]
    agreement: float
    undecided: list[str]


@pytest.fixture
def closed(app: Flask, make: Make) -> Closed:
    """Eight films, seven hardly different, by a strict juror, a mild one and one between."""
    panel = Panel(app, make, make.staff())
    panel.add_jurors(JURORS)
    panel.add_films(FILMS)
    round_id = panel.assigned(reviews_wanted=JURORS, shortlist_size=3, criteria=[
        {"key": "story", "minimum": 1.0, "maximum": 20.0}
    ])  # fmt: skip
    number = {film.id: n for n, film in enumerate(panel.films)}
    bias = {account.id: n - 1 for n, (account, _m) in enumerate(panel.jurors)}

    def value(assignment: Any) -> float:
        film, juror = number[assignment.film_version_id], assignment.seat.membership.account_id
        best = 5 if film == 0 else 0
        return 9 + best + film // 3 + 2 * bias[juror] + (film * (bias[juror] + 3)) % 3

    panel.score_all(round_id, value)
    panel.only_close(round_id)
    with app.app_context():
        result = versions.readable(db.session.get_one(Round, round_id))
        agreement = results.agreement(result)
        assert agreement is not None
        return Closed(
            f"staff/rounds/{round_id}/result",
            {row.film.entry.title: row for row in result.ranked},
            {line.account.name: line for line in results.juror_lines(result)},
            agreement,
            [r.film.entry.title for r in result.ranked if results.is_undecided(r)],
        )


def cells(table: Tag) -> dict[str, dict[str, Tag]]:
    """The cells of a table by the names of their row and of their column."""
    return {
        row.th.get_text(strip=True): {cell["data-label"]: cell for cell in row.find_all("td")}
        for row in table.tbody.find_all("tr")
    }


def bar(cell: Tag) -> tuple[str, list[list[float]]]:
    """What a picture says to those who do not see it, and from where to where its parts reach."""
    parts = [
        [round(float(part["x"]), 3), round(float(part["x"]) + float(part["width"]), 3)]
        for part in cell.svg.find_all("rect")
    ]
    return cell.svg["aria-label"], parts


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_page_of_a_closed_ranking_says_what_its_rows_say(
    app: Flask, closed: Closed, make: Make, sign_in: Any, language: str
) -> None:
    desk = sign_in(make.staff("Reader"))
    desk.place = f"/{language}/plural/2026"
    page = BeautifulSoup(desk.get(closed.path).text, "html.parser")
    films, jurors = (cells(table) for table in page.find_all("table")[:2])
    with app.test_request_context(), force_locale(language):
        check_films(films, closed, language)
        check_jurors(jurors, closed, language)
        check_words(page.main.get_text(" ", strip=True), closed, language)


def check_films(films: dict[str, dict[str, Tag]], closed: Closed, language: str) -> None:
    assert set(films) == set(closed.rows)
    for title, row in closed.rows.items():
        assert row.rank_low is not None
        assert row.rank_high is not None
        assert row.calibrated is not None
        assert row.raw_mean is not None
        found = films[title]
        told, (whole, reach, place) = bar(found[gettext("Truly between")])
        bounds = {"low": row.rank_low, "high": row.rank_high}
        assert told == gettext("between place %(low)s and %(high)s", **bounds)
        shown = found[gettext("Truly between")].get_text(strip=True)
        assert shown == gettext("%(low)s to %(high)s", **bounds)
        reaching = [row.rank_low - 1.0, float(row.rank_high)]
        if language == "ar":
            reaching = [FILMS - reaching[1], FILMS - reaching[0]]
        middle = FILMS - row.rank + 0.5 if language == "ar" else row.rank - 0.5
        assert whole == [0, FILMS]
        assert reach == reaching
        assert sum(place) / 2 == pytest.approx(middle)
        assert words(found, "Chance of the shortlist") == format_percent(
            row.probability_shortlisted, locale=language
        )
        assert words(found, "Place") == str(row.rank)
        assert words(found, "Calibrated") == hundredths(row.calibrated, language)
        assert words(found, "Raw mean") == hundredths(row.raw_mean, language)
        assert words(found, "Reviews") == str(row.reviews)
    assert {row.rank_high - row.rank_low for row in closed.rows.values()} != {0}


def check_jurors(jurors: dict[str, dict[str, Tag]], closed: Closed, language: str) -> None:
    assert list(jurors) == list(closed.jurors)
    for name, line in closed.jurors.items():
        cell = jurors[name][gettext("Milder or stricter")]
        told, (whole, middle, reach, place) = bar(cell)
        low, high = (decimal(v, language) for v in (line.severity_low, line.severity_high))
        assert told == gettext("between %(low)s and %(high)s", low=low, high=high)
        assert [one.get_text() for one in cell.find_all("bdi")] == [low, high]
        severity = words(jurors[name], "Stricter than others by")
        assert severity == decimal(line.severity, language)
        sign = -1 if language == "ar" else 1
        assert reach == sorted(
            round(sign * value, 3) for value in (line.severity_low, line.severity_high)
        )
        assert sum(place) / 2 == pytest.approx(sign * line.severity, abs=0.01)
        assert sum(middle) == 0
        assert whole[0] <= min(reach)
        assert whole[1] >= max(reach)
        assert words(jurors[name], "Films") == str(FILMS)
    strictest, *_between, mildest = closed.jurors.values()
    assert strictest.severity > 0 > mildest.severity


def check_words(page: str, closed: Closed, language: str) -> None:
    count = len(closed.undecided)
    assert 1 < count < FILMS
    if language == "en":
        assert f"These {count} films cannot be told apart by their scores: discuss" in page
    sentence = ngettext(
        "Whether this film belongs on the shortlist cannot be told from the scores: discuss it,"
        " or ask for more reviews.",
        "These %(num)s films cannot be told apart by their scores: discuss which belong on the"
        " shortlist, or ask for more reviews.",
        count,
    )
    assert sentence in page
    listed = page.split(sentence, 1)[1]
    assert all(title in listed for title in closed.undecided)
    alpha = decimal(closed.agreement, language, 2)
    assert (
        gettext(
            "Agreement (Krippendorff's alpha): %(alpha)s. One is perfect, zero is chance.",
            alpha=alpha,
        )
        in page
    )


def words(found: dict[str, Tag], column: str) -> str:
    return found[gettext(column)].get_text(strip=True)


def decimal(value: float, language: str, digits: int = 1) -> str:
    return str(format_decimal(round(value, digits), locale=language))


def hundredths(value: float, language: str) -> str:
    return decimal(100 * value, language)
