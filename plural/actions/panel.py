"""A round's rows as the judging engine wants them: films by pseudonym, jurors by pseudonym."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from judging import rounds as engine
from judging.conflicts import Conflict as Barred
from judging.rubric import Criterion, Rubric
from plural.actions.eligibility import may_leave
from plural.choices import NO_WORDS
from plural.extensions import db
from plural.models.consent import Guardian, Use
from plural.models.entry import (
    Entry,
    EntryState,
    FilmState,
    FilmVersion,
    Person,
    PersonRole,
    Track,
    TrackKind,
)
from plural.models.people import Account, Membership, Organisation
from plural.models.rounds import Round, RoundFilm, Seat
from plural.models.scoring import Assignment, AssignmentState, Conflict
from plural.regions import region_of
from plural.rights import may_identify, may_use

WATCHABLE = (FilmState.PLAYABLE, FilmState.COMPLETE)
READ = (TrackKind.SUBTITLES, TrackKind.CAPTIONS)


def pseudonym(film: FilmVersion) -> str:
    """How a film version is called where no title may stand."""
    return f"{film.entry.code}.{film.number}"


def may_be_judged(film: FilmVersion, at: datetime) -> bool:
    """Whether a film version can be put before a jury: eligible, playable, allowed."""
    return (
        film.entry.state is EntryState.ELIGIBLE
        and film.state in WATCHABLE
        and may_use(film, Use.JURY, None, at)
    )


def films(round_: Round, at: datetime) -> list[FilmVersion]:
    """The round's films that may be judged at that instant, in the order of their pseudonyms."""
    rows = RoundFilm.query.filter_by(round_id=round_.id).options(
        selectinload(RoundFilm.film).options(*film_with_rights())
    )
    return sorted((r.film for r in rows if may_be_judged(r.film, at)), key=pseudonym)


def reviews_wanted(round_: Round) -> dict[int, int]:
    """How many reviews each film version of the round is to get."""
    rows = RoundFilm.query.filter_by(round_id=round_.id)
    return {row.film_version_id: round_.reviews_wanted + row.extra_reviews for row in rows}


def round_films(round_: Round) -> list[RoundFilm]:
    """All films that the round has before it, with their entries."""
    rows: list[RoundFilm] = (
        RoundFilm.query.filter_by(round_id=round_.id)
        .options(selectinload(RoundFilm.film).joinedload(FilmVersion.entry))
        .all()
    )
    return rows


def film_with_rights() -> list[Any]:
    """Load options for all that is asked of a film before a jury sees it."""
    entry = selectinload(FilmVersion.entry)
    persons = entry.selectinload(Entry.persons)
    return [
        selectinload(FilmVersion.tracks),
        entry.joinedload(Entry.category),
        entry.selectinload(Entry.versions),
        entry.selectinload(Entry.works),
        persons.selectinload(Person.consents),
        persons.selectinload(Person.guardians),
    ]


def readable_tracks(film: FilmVersion) -> list[Track]:
    """The subtitles and captions that a jury gets."""
    return [t for t in film.tracks if t.kind in READ and may_leave(t)]


def makers_shown(round_: Round, film: FilmVersion, at: datetime) -> list[str]:
    """Names of its makers that this round's jury may see: none in a blind round, none unagreed."""
    if not round_.rules.shows_names:
        return []
    makers = [p for p in film.entry.persons if p.role is PersonRole.MAKER]
    return [p.name for p in makers if may_identify(p, film, at)]


def engine_film(film: FilmVersion, reviews_wanted: int = 0) -> engine.Film:
    entry = film.entry
    read = {plain(t.language) for t in readable_tracks(film)}
    return engine.Film(
        id=pseudonym(film),
        category=entry.category.key,
        language="" if entry.language == NO_WORDS else plain(entry.language),
        region=region_of(entry.country),
        reviews_wanted=reviews_wanted,
        subtitles=frozenset(read | ({"en"} if entry.subtitles_burned_in else set())),
    )


def plain(language: str) -> str:
    """The primary part of a BCP 47 tag."""
    return language.partition("-")[0].lower()


# ----- people


def is_living(seat: Seat) -> bool:
    """Whether somebody still sits there."""
    membership = seat.membership
    return (
        membership.accepted_at is not None
        and membership.ended_at is None
        and membership.account is not None
        and membership.account.active
    )


def seats_by_person(round_: Round) -> dict[str, list[Seat]]:
    """The seats of each account, by its pseudonym; the living ones first."""
    found: dict[str, list[Seat]] = {}
    for seat in sorted(seats(round_), key=lambda s: (not is_living(s), s.id)):
        if seat.membership.account is not None:
            found.setdefault(seat.membership.account.pseudonym, []).append(seat)
    return found


def seats(round_: Round) -> list[Seat]:
    membership = selectinload(Seat.membership)
    loaded: list[Seat] = (
        Seat.query.filter_by(round_id=round_.id)
        .options(
            membership.joinedload(Membership.account)
            .selectinload(Account.memberships)
            .joinedload(Membership.organisation)
        )
        .options(membership.joinedload(Membership.organisation))
        .order_by(Seat.id)
        .all()
    )
    return loaded


def engine_juror(pseudonym_: str, held: list[Seat]) -> engine.Juror:
    """One person with all organisations they act for, bound by the terms of their first seat.

    Without a living seat they get no film.
    """
    seat, first = held[0], held[0].membership
    living = [s for s in held if is_living(s)]
    languages = {plain(tag) for s in living for tag in s.membership.languages}
    return engine.Juror(
        id=pseudonym_,
        organisation_id=organisation_key(first.organisation),
        region=first.organisation.region or region_of(first.organisation.country),
        languages=frozenset(languages),
        categories=frozenset(seat.categories),
        **load_bounds(seat),
        reserve=seat.is_reserve,
        other_organisation_ids=frozenset(
            organisation_key(m.organisation) for m in acted_for(first.account)
        ),
    )


def load_bounds(seat: Seat) -> dict[str, int]:
    """How many films somebody may have, as far as it is bounded; who has left gets no more."""
    if not is_living(seat):
        return {"load_min": 0, "load_max": 0}
    bounds = {"load_min": seat.fewest_films, "load_max": seat.most_films}
    return {name: films for name, films in bounds.items() if films is not None}


def acted_for(account: Account | None) -> list[Membership]:
    return [m for m in account.memberships if m.ended_at is None] if account else []


def organisation_key(organisation: Organisation) -> str:
    return f"organisation {organisation.id}"


# ----- conflicts, pairs, rubric


def conflicts(round_: Round, among: Iterable[FilmVersion] | None = None) -> list[Barred]:
    """The recorded conflicts between the round's people and these films, or all of its films."""
    judged = [row.film for row in round_films(round_)] if among is None else among
    names = {film.entry_id: pseudonym(film) for film in judged}
    people = [s.membership.account_id for s in seats(round_) if s.membership.account_id]
    rows = (
        Conflict.query.filter(Conflict.account_id.in_(people))
        .options(selectinload(Conflict.account))
        .order_by(Conflict.id)
        .all()
    )
    return [
        Barred(names[row.entry_id], row.account.pseudonym, row.source.value, row.reason)
        for row in rows
        if row.entry_id in names
    ]


def refused(round_: Round, among: Iterable[FilmVersion]) -> list[Barred]:
    """Pairs that are no conflict and yet are not to be given out.

    A juror has abstained from the film, or has given back films of its language. Work that is
    done in that language stays.
    """
    judged = {
        (account_id, film_id): state
        for account_id, film_id, state in db.session.execute(
            select(Membership.account_id, Assignment.film_version_id, Assignment.state)
            .join(Seat, Seat.id == Assignment.seat_id)
            .join(Membership, Membership.id == Seat.membership_id)
            .where(Assignment.round_id == round_.id, Assignment.state != AssignmentState.RELEASED)
        )
    }
    people = {s.membership.account for s in seats(round_) if s.membership.account is not None}
    found = []
    for film in among:
        for account in people:
            state = judged.get((account.id, film.id))
            if state is AssignmentState.ABSTAINED:
                found.append(Barred(pseudonym(film), account.pseudonym, "abstained", ""))
            elif state is None and film.entry.language in account.languages_not_followed:
                found.append(Barred(pseudonym(film), account.pseudonym, "language", ""))
    return sorted(found, key=lambda barred: (barred.film_id, barred.juror_id))


def assignments(round_: Round) -> list[Assignment]:
    """Every assignment that stands or stood, but those taken back before any work."""
    loaded: list[Assignment] = (
        Assignment.query.filter(
            Assignment.round_id == round_.id, Assignment.state != AssignmentState.RELEASED
        )
        .options(selectinload(Assignment.score))
        .options(
            selectinload(Assignment.film).joinedload(FilmVersion.entry).joinedload(Entry.category)
        )
        .options(selectinload(Assignment.seat).joinedload(Seat.membership))
        .order_by(Assignment.id)
        .all()
    )
    return loaded


def pair(assignment: Assignment) -> engine.Pair:
    account = assignment.seat.membership.account
    return engine.Pair(pseudonym(assignment.film), account.pseudonym if account else "")


def rubric(round_: Round) -> Rubric:
    """The round's criteria; raises judging.errors.RubricInvalid."""
    return Rubric(
        tuple(
            Criterion(
                key=c.key,
                weight=c.weight,
                minimum=c.minimum,
                maximum=c.maximum,
                step=c.step,
                optional=c.optional,
                categories=frozenset(c.categories),
            )
            for c in round_.criteria
        )
    )


def rubrics(round_: Round) -> dict[str, Rubric]:
    """The criteria that apply in each age category; raises RubricInvalid as `rubric` does."""
    whole = rubric(round_)
    return {c.key: whole.for_category(c.key) for c in round_.edition.categories}


def addresses(entry: Entry) -> frozenset[str]:
    """The e-mail addresses behind an entry: the entrant's and the guardians'."""
    guardians: list[Guardian] = [g for p in entry.persons for g in p.guardians]
    return frozenset({entry.account.email, *(g.email for g in guardians)})


def names(entry: Entry) -> frozenset[str]:
    """The names of everybody behind an entry, guardians included."""
    guardians = {g.name for p in entry.persons for g in p.guardians}
    return frozenset({p.name for p in entry.persons} | guardians)
