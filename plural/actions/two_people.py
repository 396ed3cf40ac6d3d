"""Deeds on a round that one person asks for and another confirms."""

from typing import Any

from plural import audit, clock, lifecycle
from plural.errors import Refused, StaleState
from plural.extensions import db
from plural.models.people import Account
from plural.models.round_requests import RequestKind, RequestState, RoundRequest
from plural.models.rounds import Round


def waiting(round_: Round) -> RoundRequest | None:
    """What has been asked for and not been settled; at most one thing at a time."""
    found: RoundRequest | None = RoundRequest.query.filter_by(
        round_id=round_.id, state=RequestState.WAITING
    ).first()
    return found


def ask(
    round_: Round,
    kind: RequestKind,
    by: Account,
    *,
    digest: str,
    reason: str,
    terms: dict[str, Any] | None = None,
) -> RoundRequest:
    """Ask for a deed, in the place of what may have been asked before. The round is held."""
    former = waiting(round_)
    if former is not None:
        settle(former, RequestState.DROPPED, by)
    asked = RoundRequest(
        round_id=round_.id,
        kind=kind,
        version=round_.version,
        digest=digest,
        reason=reason,
        terms=terms or {},
        asked_by_id=by.id,
        asked_at=clock.now(),
    )
    db.session.add(asked)
    db.session.flush()
    audit.append(
        round_.edition.festival,
        f"round.{kind.value}_asked",
        lifecycle.subject(round_),
        by,
        {"version": round_.version, "digest": digest, "reason": reason, "terms": asked.terms},
    )
    return asked


def confirm(round_: Round, kind: RequestKind, request_id: int, by: Account) -> RoundRequest:
    """Settle it as a second person. The round is held.

    Raises StaleState when something else waits by now, Refused for whoever has asked.
    """
    found = waiting(round_)
    stale = found is None or found.id != request_id or found.version != round_.version
    if found is None or stale or found.kind is not kind:
        raise StaleState("request_gone")
    if found.asked_by_id == by.id:
        raise Refused("second_person_wanted")
    settle(found, RequestState.CONFIRMED, by)
    return found


def drop(round_: Round, request_id: int, by: Account) -> None:
    """Take back what was asked, whoever did."""
    found = waiting(round_)
    if found is None or found.id != request_id:
        raise StaleState("request_gone")
    settle(found, RequestState.DROPPED, by)


def settle(request: RoundRequest, state: RequestState, by: Account) -> None:
    lifecycle.move(request, state, by, settled_by_id=by.id, settled_at=clock.now())
