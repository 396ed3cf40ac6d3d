"""Freezing a closed round: one person asks, another confirms what both have looked at."""

from dataclasses import dataclass

from plural import audit, clock, lifecycle
from plural.actions import freezing, results, two_people
from plural.actions.locks import hold_alone
from plural.errors import Refused, StaleState
from plural.models.entry import FilmVersion
from plural.models.people import Account
from plural.models.round_requests import RequestKind, RoundRequest
from plural.models.rounds import Round, RoundKind, RoundResult, RoundState


@dataclass(frozen=True)
class Hindrance:
    """Why a round should not be frozen yet: a code, and the films or keys of awards it names."""

    code: str
    films: tuple[FilmVersion, ...] = ()
    awards: tuple[str, ...] = ()


def hindrances(result: RoundResult) -> list[Hindrance]:
    """What is still open in a closed round, by name."""
    if result.round.kind is RoundKind.PRESELECTION:
        return scores_open(result)
    open_ = [
        row["award"]
        for row in result.document["awards"]
        if not row["winners"] and not row.get("no_award")
    ]
    # A partner that chooses nothing gives no recognition.
    silent = result.round.kind is RoundKind.PARTNER_PICKS
    return [] if silent or not open_ else [Hindrance("award_undecided", awards=tuple(open_))]


def scores_open(result: RoundResult) -> list[Hindrance]:
    found = []
    unreviewed = tuple(row.film for row in result.ranked if not row.reviews)
    if unreviewed:
        found.append(Hindrance("film_unreviewed", films=unreviewed))
    if not results.hangs_together(result.document):
        found.append(Hindrance("jurors_disconnected"))
    return found


def renew(round_: Round, by: Account) -> RoundResult:
    """Compute a closed round's provisional result anew: films leave, conflicts come to light."""
    hold_alone(round_)
    if round_.state is not RoundState.CLOSED:
        raise Refused("round_not_closed")
    result = freezing.compute(round_)
    asked = two_people.waiting(round_)
    if asked is not None and asked.kind is RequestKind.FREEZING and asked.digest != result.digest:
        two_people.drop(round_, asked.id, by)
    return result


def ask(round_: Round, reason: str, by: Account) -> RoundRequest:
    """Ask to freeze what the round comes to now.

    Raises Refused with what is still open, unless a `reason` says why it stays so.
    """
    result = renew(round_, by)
    found = hindrances(result)
    if found and not reason:
        raise Refused("freezing_hindered", hindrances=found)
    return two_people.ask(round_, RequestKind.FREEZING, by, digest=result.digest, reason=reason)


def confirm(round_: Round, request_id: int, by: Account) -> RoundResult:
    """Freeze, as a second person, exactly what the first has asked to freeze.

    The result is computed again here; when it is another by now, that is a StaleState.
    """
    hold_alone(round_)
    asked = two_people.confirm(round_, RequestKind.FREEZING, request_id, by)
    result = freezing.compute(round_)
    if result.digest != asked.digest:
        raise StaleState("results_changed")
    now = clock.now()
    lifecycle.move(round_, RoundState.FROZEN, by, frozen_at=now)
    result.frozen_at = now
    audit.append(
        round_.edition.festival,
        "round.sealed",
        lifecycle.subject(result),
        by,
        {
            "round": round_.key,
            "version": result.version,
            "digest": result.digest,
            "asked_by": asked.asked_by.pseudonym,
        },
    )
    return result
