"""A round's life once it is drafted: opened under seal, joined, moved, closed."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import rfc8785

from judging import decided, snapshot
from plural import audit, clock, lifecycle, mailing
from plural.actions import conflicts, drafts, freezing, juries, jury_results, panel, picks
from plural.actions.locks import hold_alone
from plural.errors import Refused
from plural.extensions import db
from plural.models.people import Account, Membership
from plural.models.rounds import OVER, Round, RoundKind, RoundResult, RoundState, Seat
from plural.models.scoring import AssignmentState

# What becomes of a score of an older version, by whether it answers the criteria.
STANDING = {True: AssignmentState.SCORED, False: AssignmentState.ASSIGNED}


def open_(round_: Round, by: Account) -> None:
    """Seal what is declared and let the jury in. Raises Refused naming what is missing."""
    drafts.hold_draft(round_)
    picks.seat_focal_points(round_)
    check_ready(round_)
    conflicts.note_derived(round_)
    seal(round_, by, version=round_.version, closes_at=round_.closes_at)
    take_up_scores(round_, by)


def seal(round_: Round, by: Account, *, version: int, closes_at: datetime) -> None:
    """Open a version of the round under the digest of all it declares, and tell its members."""
    declared = declaration(round_, version)
    digest = hashlib.sha256(rfc8785.dumps(declared)).hexdigest()
    lifecycle.move(
        round_,
        RoundState.OPEN,
        by,
        version=version,
        declared=declared,
        declared_digest=digest,
        closes_at=closes_at,
        opened_at=clock.now(),
        closed_at=None,
        closed_by_id=None,
        frozen_at=None,
    )
    audit.append(
        round_.edition.festival,
        "round.declared",
        lifecycle.subject(round_),
        by,
        {"digest": digest, "version": version},
    )
    for seat in round_.seats:
        mailing.post(round_.edition.festival_id, "round_opened", seat_id=seat.id)


def take_up_scores(round_: Round, by: Account) -> None:
    """Scores of older versions stand where they answer this one's criteria; others are asked for.

    Criteria may come back: then a score that was asked for again in between stands as well.
    """
    if round_.kind is not RoundKind.PRESELECTION or round_.version == 1:
        return
    rubrics = panel.rubrics(round_)
    for assignment in panel.assignments(round_):
        score = assignment.score
        if score is None or assignment.state not in STANDING.values():
            continue
        rubric = rubrics[assignment.film.entry.category.key]
        state = STANDING[freezing.answers(rubric, score.values)]
        if assignment.state is not state:
            lifecycle.move(assignment, state, by)


def check_ready(round_: Round) -> None:
    if round_.closes_at <= clock.now():
        raise Refused("round_closes_in_past")
    if not round_.films:
        raise Refused("round_without_films")
    if not round_.seats:
        raise Refused("round_without_seats")
    if round_.kind is RoundKind.PRESELECTION:
        if not round_.criteria:
            raise Refused("round_without_rubric")
        drafts.check_rubric(round_)
    elif not awards_of(round_):
        raise Refused("round_without_awards")


def declaration(round_: Round, version: int) -> dict[str, Any]:
    """All that decides the outcome and may not change after the first score.

    The seed is committed to, not shown: nobody can choose it by what it would bring about.
    """
    common = {
        "round": round_.key,
        "kind": round_.kind.value,
        "version": version,
        "films": sorted(panel.pseudonym(row.film) for row in round_.films),
        "seed_sha256": hashlib.sha256(round_.seed.encode()).hexdigest(),
        "rules": round_.rules.written(),
    }
    return {**common, **rules_of(round_)}


def rules_of(round_: Round) -> dict[str, Any]:
    if round_.kind is RoundKind.PRESELECTION:
        return {
            "method": snapshot.method(round_.rules.slopes),
            "tie_rule": round_.tie_rule.value,
            "reviews_wanted": round_.reviews_wanted,
            "extra_reviews": {
                panel.pseudonym(row.film): row.extra_reviews
                for row in round_.films
                if row.extra_reviews
            },
            "shortlist_size": round_.shortlist_size,
            "bounds": round_.bounds,
            "rubric": freezing.rubric_rows(panel.rubric(round_)),
        }
    jury = round_.kind is RoundKind.INTERNATIONAL_JURY
    return {
        "method": juries.method(round_) if jury else decided.METHOD_OF_PICKS,
        "awards": [
            {"award": award.key, "may_be_withheld": award.may_be_withheld}
            for award in awards_of(round_)
        ],
    }


def awards_of(round_: Round) -> list[Any]:
    if round_.kind is RoundKind.INTERNATIONAL_JURY:
        return juries.awards(round_)
    return picks.awards(round_)


def seat_late(round_: Round, members: Iterable[Membership], by: Account) -> list[Seat]:
    """Seat more people in a round that has opened already, and tell them."""
    hold_alone(round_)
    if round_.state is not RoundState.OPEN:
        raise Refused("round_not_open")
    added = drafts.add_seats(round_, members)
    conflicts.note_derived(round_)
    for seat in added:
        lifecycle.record(round_, "joined", by)
        mailing.post(round_.edition.festival_id, "round_opened", seat_id=seat.id)
    return added


def reschedule(round_: Round, closes_at: datetime, by: Account) -> None:
    """Give a round that has not closed another closing instant."""
    hold_alone(round_)
    if round_.state in OVER:
        raise Refused("round_closed")
    if closes_at <= clock.now():
        raise Refused("round_closes_in_past")
    before, round_.closes_at = round_.closes_at, closes_at
    audit.append(
        round_.edition.festival,
        "round.rescheduled",
        lifecycle.subject(round_),
        by,
        {"from": audit.written(before), "to": audit.written(closes_at)},
    )


# ----- close


@dataclass(frozen=True)
class Blocker:
    """A reason not to close yet: `code` says which, `names` the films, people or awards."""

    code: str
    names: tuple[str, ...] = ()


def blockers(round_: Round) -> list[Blocker]:
    """What is still open in a round, by name; nothing of what anybody has given."""
    found = []
    if clock.now() < round_.closes_at:
        found.append(Blocker("before_its_time"))
    open_ends = {
        RoundKind.PRESELECTION: freezing.open_films,
        RoundKind.INTERNATIONAL_JURY: jury_results.open_awards,
        RoundKind.PARTNER_PICKS: picks.silent_partners,
    }[round_.kind](round_)
    if open_ends:
        found.append(Blocker(round_.kind.value, tuple(open_ends)))
    return found


def close(round_: Round, by: Account, anyway: bool = False) -> RoundResult:
    """Close the round, once, and compute what it came to, for staff to look at before it is frozen.

    Raises Refused with the blockers unless told to close `anyway`; StaleState, or Refused, when
    somebody else has closed it.
    """
    if not anyway and round_.state is RoundState.OPEN and (found := blockers(round_)):
        raise Refused("round_blocked", blockers=found)
    now = clock.now()
    lifecycle.move(round_, RoundState.CLOSED, by, closed_at=now, closed_by_id=by.id)
    # A score may have been committed while this waited for its turn.
    db.session.expire_all()
    result = freezing.compute(round_)
    audit.append(
        round_.edition.festival,
        "round.computed",
        lifecycle.subject(result),
        by,
        {"round": round_.key, "version": result.version, "digest": result.digest},
    )
    return result
