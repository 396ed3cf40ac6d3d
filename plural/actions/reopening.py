"""Reopening a round that is over: two people, a reason, and a version of its own.

What was given in an older version stays as it is: staff have seen what it adds up to, and jurors
may have seen each other's scores. A new version asks for what is missing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from plural import audit, clock, lifecycle
from plural.actions import conflicts, rounds, two_people, versions
from plural.actions.locks import hold_alone
from plural.actions.results import is_undecided
from plural.errors import Refused
from plural.extensions import db
from plural.models.people import Account
from plural.models.round_requests import RequestKind, RoundRequest
from plural.models.rounds import OVER, Round, RoundKind, RoundResult, RoundState

EXTRA_REVIEWS = 2


@dataclass(frozen=True)
class Terms:
    """How a round is to be reopened: until when, for which extra reviews (film version to number),
    and whether as a draft, so that what it declares can be changed."""

    closes_at: datetime
    extra: Mapping[int, int] = field(default_factory=dict)
    as_draft: bool = False

    def written(self) -> dict[str, Any]:
        return {
            "closes_at": audit.written(self.closes_at),
            "extra": {str(film): count for film, count in sorted(self.extra.items())},
            "as_draft": self.as_draft,
        }

    @classmethod
    def of(cls, written: Mapping[str, Any]) -> "Terms":
        return cls(
            datetime.fromisoformat(written["closes_at"]),
            {int(film): count for film, count in written["extra"].items()},
            written["as_draft"],
        )


def reviews_to_ask(result: RoundResult) -> dict[int, int]:
    """The extra reviews that a ranking asks for: of films on whose place it cannot decide.

    The rule chooses the films and nobody else does: whoever asks has seen the ranking.
    """
    if result.round.kind is not RoundKind.PRESELECTION:
        return {}
    return {row.film_version_id: EXTRA_REVIEWS for row in result.ranked if is_undecided(row)}


def ask(round_: Round, terms: Terms, reason: str, by: Account) -> RoundRequest:
    """Ask to reopen. Raises Refused while the round is open, without a reason, or for the past."""
    hold_alone(round_)
    check(round_, terms)
    if not reason:
        raise Refused("reason_wanted")
    result = versions.current(round_)
    return two_people.ask(
        round_,
        RequestKind.REOPENING,
        by,
        digest=result.digest if result else "",
        reason=reason,
        terms=terms.written(),
    )


def check(round_: Round, terms: Terms) -> None:
    if round_.state not in OVER:
        raise Refused("round_not_closed")
    if terms.closes_at <= clock.now():
        raise Refused("round_closes_in_past")


def confirm(round_: Round, request_id: int, by: Account) -> None:
    """Reopen as a second person: the next version begins, the one before stays to be read."""
    hold_alone(round_)
    asked = two_people.confirm(round_, RequestKind.REOPENING, request_id, by)
    terms = Terms.of(asked.terms)
    check(round_, terms)
    audit.append(
        round_.edition.festival,
        "round.reopened",
        lifecycle.subject(round_),
        by,
        {
            "from_version": round_.version,
            "digest": asked.digest,
            "reason": asked.reason,
            "asked_by": asked.asked_by.pseudonym,
        },
    )
    conflicts.step_back_since_frozen(round_)
    for row in round_.films:
        row.extra_reviews += terms.extra.get(row.film_version_id, 0)
    db.session.flush()
    if terms.as_draft:
        begin_draft(round_, terms, by)
    else:
        rounds.seal(round_, by, version=round_.version + 1, closes_at=terms.closes_at)


def begin_draft(round_: Round, terms: Terms, by: Account) -> None:
    lifecycle.move(
        round_,
        RoundState.DRAFT,
        by,
        version=round_.version + 1,
        closes_at=terms.closes_at,
        declared=None,
        declared_digest=None,
        opened_at=None,
        closed_at=None,
        closed_by_id=None,
        frozen_at=None,
    )
