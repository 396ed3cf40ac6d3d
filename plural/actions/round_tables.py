"""What leaves a round as a table: progress at any time, ranking and scores when it is over."""

from collections.abc import Iterator

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from plural import languages
from plural.actions import progress, versions
from plural.actions.panel import pseudonym, round_films
from plural.actions.results import accounts_of
from plural.errors import NotFound
from plural.extensions import db
from plural.models.entry import Entry, FilmVersion
from plural.models.rounds import RankedFilm, Round, RoundResult
from plural.models.scoring import Assignment, Score

Row = list[str | int | float | None]
AT_ONCE = 500


def progress_rows(round_id: int) -> Iterator[Row]:
    """Who has how much to do: numbers of films, never a score."""
    round_ = db.session.get_one(Round, round_id)
    yield [_("Organisation"), _("Juror"), _("Address"), _("Films"), _("Done")]
    for load in progress.board(round_).loads:
        membership = load.seat.membership
        yield [
            membership.organisation.name,
            membership.name,
            membership.email,
            load.films,
            load.done,
        ]


def ranking_rows(result_id: int) -> Iterator[Row]:
    """Every ranked film by category and place."""
    result = db.session.get_one(RoundResult, result_id)
    edition = result.round.edition
    yield [
        _("Code"), _("Title"), _("Title in English"), _("Category"), _("Country"), _("Language"),
        _("Place"), _("Calibrated score"), _("Raw mean"), _("Reviews"), _("Truly from"),
        _("Truly to"), _("Chance of the shortlist"), _("Shortlist"),
    ]  # fmt: skip
    named = {
        c.key: languages.text(edition, f"category.{c.key}.name") or c.key
        for c in edition.categories
    }
    query = (
        select(RankedFilm)
        .where(RankedFilm.result_id == result.id)
        .join(FilmVersion)
        .join(Entry)
        .order_by(Entry.category_id, RankedFilm.rank, RankedFilm.film_version_id)
        .options(
            joinedload(RankedFilm.film).joinedload(FilmVersion.entry).joinedload(Entry.category)
        )
    )
    # Whoever breaks off the download closes the database's cursor too.
    with db.session.scalars(query.execution_options(yield_per=AT_ONCE)) as found:
        for row in found:
            shortlisted = _("yes") if row.shortlisted else ""
            yield [*film_cells(row.film, named), *place_cells(row), shortlisted]


def film_cells(film: FilmVersion, named: dict[str, str]) -> Row:
    entry = film.entry
    return [
        pseudonym(film), entry.title, entry.title_english, named[entry.category.key],
        entry.country, entry.language,
    ]  # fmt: skip


def place_cells(row: RankedFilm) -> Row:
    return [
        row.rank, row.calibrated, row.raw_mean, row.reviews, row.rank_low, row.rank_high,
        row.probability_shortlisted,
    ]  # fmt: skip


def score_rows(result_id: int) -> Iterator[Row]:
    """Every score that the result was computed from, by film and juror."""
    result = db.session.get_one(RoundResult, result_id)
    keys = [criterion["key"] for criterion in result.document["rubric"]]
    yield [_("Code"), _("Title"), _("Juror"), *keys, _("Receipt"), _("For the jury")]
    titles = {
        pseudonym(film): film.entry.title
        for film in (row.film for row in round_films(result.round))
    }
    scores = result.document["scores"]
    comments = comments_for_jury(result.round)
    people = {a.pseudonym: a for a in accounts_of(sorted({s["juror_id"] for s in scores}))}
    for score in scores:
        juror = people.get(score["juror_id"])
        yield [
            score["film_id"],
            titles.get(score["film_id"], ""),
            (juror.name or juror.email) if juror else score["juror_id"],
            *(score["values"].get(key) for key in keys),
            score["receipt"],
            comments.get(score["receipt"], ""),
        ]


def comments_for_jury(round_: Round) -> dict[str, str]:
    """By receipt, of the scores that stand today: records hold numbers and no words."""
    found = select(Score.receipt, Score.comment_for_jury).join(Assignment)
    rows = found.where(Assignment.round_id == round_.id, Score.voided_at.is_(None))
    return {row.receipt: row.comment_for_jury for row in db.session.execute(rows)}


def rows_of(round_: Round, subject: str, version: int | None) -> Iterator[Row]:
    """The table of that name; raises NotFound for scores or a ranking before the close.

    Rows are read when they are asked for: a view's session has ended when its answer streams.
    """
    if subject == "progress":
        return progress_rows(round_.id)
    result = versions.readable(round_, version)
    if subject not in TABLES or "scores" not in result.document:
        raise NotFound()
    return TABLES[subject](result.id)


TABLES = {"ranking": ranking_rows, "scores": score_rows}
