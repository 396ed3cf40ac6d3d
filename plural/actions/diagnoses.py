"""What staff should know of the reviews before they use a ranking, beside what its record says.

Nothing of this is in the record: how long players ran is their own word, and who acts for which
organisation changes. It is computed when it is read, and no score or place depends on it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from judging import diagnostics
from judging.agreement import Coverage, coverage
from judging.calibration import Calibration, Observation, calibrate
from judging.diagnostics import Effect, Viewing
from judging.rounds import Film, Pair
from judging.slopes import calibrate_with_slopes
from plural import co_review
from plural.actions import panel, queues, results
from plural.extensions import db
from plural.models.entry import FilmVersion, Person
from plural.models.people import Account, Membership
from plural.models.rounds import RoundResult, Seat
from plural.models.scoring import Assignment


@dataclass(frozen=True)
class Shortened:
    """A film that was scored and, by the player's word, played for less than it lasts."""

    film: FilmVersion
    watched_s: float
    duration_s: float


@dataclass(frozen=True)
class Diagnosis:
    """`shortened` and `favours` are by the jurors' names; the others have none.

    `told` are the scored films of which a player has told something, `untold` the others. A favour
    is the effect on films of the juror's own organisations.
    """

    coverage: Coverage
    pairs: int
    pairs_sharing: int
    told: int
    untold: int
    shortened: list[tuple[Account, list[Shortened]]]
    favours: list[tuple[Account, Effect]]
    order: Effect


def diagnose(result: RoundResult) -> Diagnosis:
    """Read a round's result, provisional or frozen."""
    observations = results.counted(result.document)
    calibration = calibration_of(result.document, observations)
    scored = [Pair(o.film_id, o.juror_id) for o in observations]
    jurors = sorted({pair.juror_id for pair in scored})
    accounts = {a.pseudonym: a for a in results.accounts_of(jurors)}
    told = watched(result)
    seen = viewings(result, told)
    known = [seen[pair] for pair in scored if pair in told]
    shared, _films = co_review.shared_films(scored)
    return Diagnosis(
        coverage=coverage(films(result.document), observations),
        pairs=len(jurors) * (len(jurors) - 1) // 2,
        pairs_sharing=sum(len(others) for others in shared.values()) // 2,
        told=len(known),
        untold=len(scored) - len(known),
        shortened=by_name(accounts, shortened(result, known)),
        favours=by_name(accounts, favours(result, observations, calibration, accounts)),
        order=diagnostics.order_effect(observations, calibration, seen.values()),
    )


def by_name(accounts: dict[str, Account], found: dict[str, Any]) -> list[tuple[Account, Any]]:
    named = [(accounts[pseudonym], what) for pseudonym, what in found.items()]
    return sorted(named, key=lambda pair: (pair[0].name, pair[0].id))


def films(document: dict[str, Any]) -> list[Film]:
    rows = document["films"]
    return [Film(row["id"], reviews_wanted=row["reviews_wanted"]) for row in rows]


def calibration_of(document: dict[str, Any], observations: Iterable[Observation]) -> Calibration:
    """By the model that the ranking has used; which one predicts better is on record."""
    slopes = document["result"].get("slopes")
    uses_slopes = slopes is not None and slopes["used"]
    return calibrate_with_slopes(observations) if uses_slopes else calibrate(observations)


# ----- what was played


def watched(result: RoundResult) -> dict[Pair, float]:
    """How many seconds of which film players say that they have played, until now."""
    names = {row.film_version_id: panel.pseudonym(row.film) for row in result.ranked}
    rows = db.session.execute(
        select(Assignment.film_version_id, Account.pseudonym, Assignment.watched_s)
        .join(Seat, Seat.id == Assignment.seat_id)
        .join(Membership, Membership.id == Seat.membership_id)
        .join(Account, Account.id == Membership.account_id)
        .where(Assignment.round_id == result.round_id)
    )
    return {
        Pair(names[film], juror): seconds
        for film, juror, seconds in rows
        if film in names and seconds is not None
    }


def viewings(result: RoundResult, told: Mapping[Pair, float]) -> dict[Pair, Viewing]:
    """Every film that a juror had before them, at its place in the juror's queue."""
    length = {panel.pseudonym(row.film): row.film.duration_s or 0.0 for row in result.ranked}
    queue_of: dict[str, list[str]] = defaultdict(list)
    for film, juror in result.document["assignments"]:
        queue_of[juror].append(film)
    found = {}
    for juror, queue in queue_of.items():
        draws = {film: queues.draw(result.document["seed"], juror, film) for film in queue}
        for place, film in enumerate(sorted(queue, key=draws.__getitem__), 1):
            pair = Pair(film, juror)
            found[pair] = Viewing(film, juror, told.get(pair, 0.0), length[film], place)
    return found


def shortened(result: RoundResult, known: Iterable[Viewing]) -> dict[str, list[Shortened]]:
    """Scored films that were played for less than they last, by juror."""
    film_of = {panel.pseudonym(row.film): row.film for row in result.ranked}
    found: dict[str, list[Shortened]] = defaultdict(list)
    for viewing in diagnostics.too_fast(known):
        film = film_of[viewing.film_id]
        found[viewing.juror_id].append(Shortened(film, viewing.watched_s, viewing.duration_s))
    return found


# ----- own organisations


def favours(
    result: RoundResult,
    observations: Iterable[Observation],
    calibration: Calibration,
    accounts: Mapping[str, Account],
) -> dict[str, Effect]:
    """For each juror who scored films of organisations of their own, how these scores differ."""
    entrants, acting = entrants_of(result), {account.id for account in accounts.values()}
    organisations = organisations_of({*acting, *(a for ids in entrants.values() for a in ids)})
    entered_by = {
        film: frozenset(o for account in ids for o in organisations[account])
        for film, ids in entrants.items()
    }
    given: dict[str, list[Observation]] = defaultdict(list)
    for observation in observations:
        given[observation.juror_id].append(observation)
    found = {}
    for juror, scores in given.items():
        effect = diagnostics.own_organisation_effect(
            scores,
            calibration,
            entered_by=entered_by,
            works_for={juror: frozenset(organisations[accounts[juror].id])},
        )
        if effect.count:
            found[juror] = effect
    return found


def entrants_of(result: RoundResult) -> dict[str, set[int]]:
    """Ids of the accounts that have entered or made each film, by its pseudonym."""
    entries = {row.film.entry_id: row.film for row in result.ranked}
    found = {panel.pseudonym(f): {f.entry.account_id} for f in entries.values()}
    rows = db.session.execute(
        select(Person.entry_id, Person.account_id).where(Person.entry_id.in_(entries))
    )
    for entry_id, account_id in rows:
        if account_id is not None:
            found[panel.pseudonym(entries[entry_id])].add(account_id)
    return found


def organisations_of(accounts: set[int]) -> dict[int, set[str]]:
    """What each account acts for, or has acted for.

    Whom somebody acts for now is a conflict already, so ended memberships are what is left to see.
    """
    found: dict[int, set[str]] = defaultdict(set)
    rows = db.session.execute(
        select(Membership.account_id, Membership.organisation_id).where(
            Membership.account_id.in_(accounts), Membership.accepted_at.is_not(None)
        )
    )
    for account_id, organisation_id in rows:
        if account_id is not None:
            found[account_id].add(str(organisation_id))
    return found
