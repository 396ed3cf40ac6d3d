"""Drafts of rounds: what staff say of a round before it opens."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager

from judging.errors import RubricInvalid
from judging.standings import TieRule
from plural import clock, lifecycle
from plural.actions import film_versions, panel, versions
from plural.actions.edition_texts import write_text
from plural.actions.locks import hold_alone
from plural.actions.shortlists import shortlisted
from plural.errors import Refused
from plural.extensions import db
from plural.languages import text
from plural.models.entry import Entry, EntryState, FilmVersion
from plural.models.festival import Edition
from plural.models.people import Account, Membership, MembershipRole, Organisation, OrganisationKind
from plural.models.rounds import (
    Criterion,
    Round,
    RoundFilm,
    RoundKind,
    RoundResult,
    RoundState,
    Seat,
)
from plural.round_rules import RoundRules, Sight

SITS_ONCE = (RoundKind.PRESELECTION, RoundKind.INTERNATIONAL_JURY)
JUDGES = (MembershipRole.JUROR, MembershipRole.FOCAL_POINT)


@dataclass(frozen=True)
class Plan:
    """What staff say of a round before it opens.

    `texts` are wordings by key and language; `criteria` are columns of Criterion in their order;
    `source` is the frozen round whose shortlist is judged, none for a preselection.
    """

    key: str
    closes_at: datetime
    reviews_wanted: int = 3
    shortlist_size: int = 0
    tie_rule: TieRule = TieRule.SHARED
    bounds: list[dict[str, Any]] = field(default_factory=list)
    rules: RoundRules = field(default_factory=RoundRules)
    criteria: list[dict[str, Any]] = field(default_factory=list)
    texts: Mapping[tuple[str, str], str] = field(default_factory=dict)
    members: list[Membership] = field(default_factory=list)
    source: Round | None = None


def make(edition: Edition, kind: RoundKind, plan: Plan, by: Account) -> Round:
    """A draft with its films and seats. Raises Refused for what could never open."""
    round_ = Round(edition=edition, kind=kind, key=plan.key, closes_at=plan.closes_at, version=1)
    db.session.add(round_)
    write(round_, plan)
    lifecycle.record(round_, "made", by)
    return round_


def change(round_: Round, plan: Plan, by: Account) -> None:
    """Write a draft anew, films and seats too. Raises Refused once it has opened."""
    hold_draft(round_)
    write(round_, plan)
    lifecycle.record(round_, "changed", by)


def hold_draft(round_: Round) -> None:
    hold_alone(round_)
    if round_.state is not RoundState.DRAFT:
        raise Refused("round_not_draft")


def write(round_: Round, plan: Plan) -> None:
    if round_.version > 1:
        check_kept(round_, plan)
    same_key = Round.query.filter_by(edition_id=round_.edition.id, key=plan.key)
    with db.session.no_autoflush:
        if any(other is not round_ for other in same_key):
            raise Refused("round_key_taken", key=plan.key)
    round_.key, round_.closes_at = plan.key, plan.closes_at
    round_.reviews_wanted, round_.shortlist_size = plan.reviews_wanted, plan.shortlist_size
    round_.tie_rule, round_.bounds = plan.tie_rule, plan.bounds
    round_.written_rules = plan.rules.written()
    write_criteria(round_, plan.criteria)
    for (key, language), words in {**gone_anchors(round_, plan), **plan.texts}.items():
        write_text(round_.edition, language, key, words)
    write_seats(round_, plan.members)
    take_films(round_, plan.source)
    db.session.flush()


def check_kept(round_: Round, plan: Plan) -> None:
    """What stays in all versions of a round: its key, and what jurors were told when they wrote of
    who else reads it.
    """
    if plan.key != round_.key:
        raise Refused("round_key_fixed")
    if readers(plan.rules) != readers(round_.rules):
        raise Refused("readers_fixed")


def readers(rules: RoundRules) -> tuple[Sight, bool]:
    return rules.others_scores, rules.jury_comments_shown


def gone_anchors(round_: Round, plan: Plan) -> dict[tuple[str, str], str]:
    """Words of values that the plan's criteria have no words for any more, as empty texts."""
    keys = tuple(f"criterion.{columns['key']}.anchor." for columns in plan.criteria)
    texts = round_.edition.texts if keys and plan.texts else []
    return {(t.key, t.language): "" for t in texts if t.key.startswith(keys)}


@dataclass(frozen=True)
class RoundLine:
    """A round with how many films and people it has."""

    round: Round
    films: int
    members: int


def rounds_with_counts(edition: Edition) -> list[RoundLine]:
    rows = db.session.execute(lines().where(Round.edition_id == edition.id).order_by(Round.id))
    return [RoundLine(*row) for row in rows]


def with_counts(round_: Round) -> RoundLine:
    return RoundLine(*db.session.execute(lines().where(Round.id == round_.id)).one())


def lines() -> Select[Any]:
    films = select(func.count()).where(RoundFilm.round_id == Round.id).scalar_subquery()
    members = select(func.count()).where(Seat.round_id == Round.id).scalar_subquery()
    return select(Round, films, members)


def years_before(edition: Edition, kind: RoundKind) -> list[Round]:
    """Rounds of this kind in the festival's other editions, the newest first: to be copied."""
    found: list[Round] = (
        Round.query.join(Edition)
        .filter(Edition.festival_id == edition.festival_id, Edition.id != edition.id)
        .filter(Round.kind == kind)
        .order_by(Round.id.desc())
        .all()
    )
    return found


def write_criteria(round_: Round, criteria: list[dict[str, Any]]) -> None:
    round_.criteria.clear()
    db.session.flush()
    round_.criteria = [Criterion(position=n, **columns) for n, columns in enumerate(criteria)]
    db.session.flush()
    if criteria:
        check_rubric(round_)


def check_rubric(round_: Round) -> None:
    try:
        whole = panel.rubric(round_)
    except RubricInvalid as fault:
        raise Refused("rubric_invalid", criterion=fault.key, problem=fault.problem) from fault
    for category in round_.edition.categories:
        try:
            whole.for_category(category.key)
        except RubricInvalid as fault:
            name = text(round_.edition, f"category.{category.key}.name") or category.key
            raise Refused("rubric_leaves_category", category=name) from fault


def write_seats(round_: Round, members: Iterable[Membership]) -> None:
    wanted = {m.id: m for m in members}
    for seat in list(round_.seats):
        # Whoever sat on an older version has left work there.
        if wanted.pop(seat.membership_id, None) is None and round_.version == 1:
            round_.seats.remove(seat)
            db.session.delete(seat)
    add_seats(round_, wanted.values())


def add_seats(round_: Round, members: Iterable[Membership]) -> list[Seat]:
    """Seat people who do not sit there yet; in juries and preselections everybody sits once."""
    taken = {seat.membership_id for seat in round_.seats}
    added = [Seat(membership=m) for m in members if m.id not in taken]
    round_.seats.extend(added)
    people = [seat.membership.account_id for seat in round_.seats]
    for seat in added:
        if round_.kind in SITS_ONCE and people.count(seat.membership.account_id) > 1:
            raise Refused("seated_twice", name=seat.membership.name or seat.membership.email)
    db.session.flush()
    return added


def take_films(round_: Round, source: Round | None) -> None:
    """Put the films of now before the round: all eligible ones, or the source's shortlist."""
    if round_.kind is RoundKind.PRESELECTION:
        chosen = eligible_films(round_.edition)
    elif source is not None:
        now = clock.now()
        chosen = [film_versions.in_force(film.entry, now) for film in shortlisted(source)]
        if not chosen:
            raise Refused("round_without_shortlist")
        round_.source, round_.source_version = source, versions.frozen(source).version
    else:
        return
    extra = {row.film_version_id: row.extra_reviews for row in round_.films}
    for row in list(round_.films):
        db.session.delete(row)
    round_.films.clear()
    db.session.flush()
    round_.films = [RoundFilm(film=film, extra_reviews=extra.get(film.id, 0)) for film in chosen]


def renew_films(round_: Round, by: Account) -> int:
    """Take the films of now into a draft: those found eligible since, or a changed shortlist.

    Films of juries come from the round that theirs came from. How many there are.
    """
    hold_draft(round_)
    take_films(round_, round_.source)
    db.session.flush()
    lifecycle.record(round_, "filled", by)
    return len(round_.films)


def eligible_films(edition: Edition) -> list[FilmVersion]:
    """The version in force of each eligible entry that a jury may watch."""
    entries = Entry.query.filter_by(edition_id=edition.id, state=EntryState.ELIGIBLE).all()
    now = clock.now()
    films = [film_versions.in_force(entry, now) for entry in entries]
    return [film for film in films if panel.may_be_judged(film, now)]


# ----- what there is to choose from


def frozen_preselections(edition: Edition) -> list[Round]:
    """Preselections that have a frozen ranking, the newest first."""
    found: list[Round] = (
        Round.query.filter(
            Round.edition_id == edition.id,
            Round.kind == RoundKind.PRESELECTION,
            Round.results.any(RoundResult.frozen_at.is_not(None)),
        )
        .order_by(Round.id.desc())
        .all()
    )
    return found


def judges(edition: Edition, kind: RoundKind) -> list[Membership]:
    """Everybody who has accepted to judge for an organisation; for picks, a partner's only."""
    both = Membership.query.join(Organisation).options(contains_eager(Membership.organisation))
    query = both.filter(
        Organisation.festival_id == edition.festival_id,
        Membership.role.in_(JUDGES),
        Membership.accepted_at.is_not(None),
        Membership.ended_at.is_(None),
    )
    if kind is RoundKind.PARTNER_PICKS:
        query = query.filter(Organisation.kind == OrganisationKind.PARTNER)
    found: list[Membership] = query.order_by(Organisation.name, Membership.name).all()
    return found
