"""The international jury: secret rankings per award, and what they decide."""

from typing import Any

from judging.ballots import Ballot as Cast
from judging.ballots import Decision, Method, decide
from plural import audit, clock, lifecycle
from plural.access import Who
from plural.actions import panel
from plural.actions.locks import hold_alone, hold_open
from plural.errors import NotFound, Refused, StaleState
from plural.extensions import db
from plural.models.entry import FilmVersion
from plural.models.festival import Award, AwardKind
from plural.models.juries import Ballot
from plural.models.people import Account
from plural.models.rounds import Round, Seat
from plural.models.scoring import Conflict

METHOD = Method.SCHULZE.value
NO_AWARD = 0
NOBODY = "no award"
KINDS = (AwardKind.JURY_DISTINCTION, AwardKind.SPECIAL_RECOGNITION)
Ranking = list[list[int]]


def awards(round_: Round) -> list[Award]:
    """The awards that this jury decides: those for which it has a film."""
    return [a for a in round_.edition.awards if a.kind in KINDS and candidates(round_, a)]


def award_of(round_: Round, award_id: int) -> Award:
    """One of them by its id; raises NotFound."""
    for award in awards(round_):
        if award.id == award_id:
            return award
    raise NotFound()


def candidates(round_: Round, award: Award) -> list[FilmVersion]:
    """The films that may receive an award.

    A jury distinction goes to a film of its category. A special recognition goes to one of those
    that asked for it; where none did, to any.
    """
    films = panel.films(round_, clock.now())
    if award.kind is AwardKind.JURY_DISTINCTION:
        return [f for f in films if award.category_id in (None, f.entry.category_id)]
    asked = [f for f in films if f.entry.special_recognition_id == award.id]
    return asked or films


def is_recused(account: Account | None, films: list[FilmVersion]) -> bool:
    """Whether somebody may not vote among these films: a conflict with one weighs on all."""
    if account is None:
        return True
    entries = [film.entry_id for film in films]
    barred = Conflict.query.filter_by(account_id=account.id).filter(Conflict.entry_id.in_(entries))
    return barred.first() is not None


def cast(who: Who, seat: Seat, award: Award, ranking: Ranking, revision: int) -> Ballot:
    """Keep one juror's secret ranking for one award; an empty one says nothing.

    Raises Refused when the round has closed, the juror has stepped back from one of the films, or
    the ranking names what it may not; StaleState when another tab was faster.
    """
    hold_open(seat.round)
    hold_alone(seat)
    films = candidates(seat.round, award)
    if is_recused(who.account, films):
        raise Refused("ballot_recused")
    check(award, films, ranking)
    found = ballot_of(seat, award)
    if found is not None and found.ranking == ranking:
        return found
    if revision != (found.revision if found else 0):
        raise StaleState(revision=found.revision if found else 0)
    if found is None:
        found = Ballot(round_id=seat.round_id, seat=seat, award=award, revision=0)
        db.session.add(found)
    found.ranking, found.cast_at = ranking, clock.now()
    found.revision += 1
    db.session.flush()
    festival = award.edition.festival
    audit.append(festival, "ballot.cast", lifecycle.subject(found), who.account)
    return found


def ballot_of(seat: Seat, award: Award) -> Ballot | None:
    found: Ballot | None = (
        Ballot.query.filter_by(seat_id=seat.id, award_id=award.id).populate_existing().first()
    )
    return found


def check(award: Award, films: list[FilmVersion], ranking: Ranking) -> None:
    allowed = {film.id for film in films} | ({NO_AWARD} if award.may_be_withheld else set())
    named = [film_id for tier in ranking for film_id in tier]
    if not set(named) <= allowed or len(named) != len(set(named)) or not all(ranking):
        raise Refused("ballot_invalid")


# ----- at the close


def open_awards(round_: Round) -> list[str]:
    """Keys of awards on which somebody who may has not voted."""
    waiting = []
    for award in awards(round_):
        films = candidates(round_, award)
        voters = [s for s in panel.seats(round_) if may_vote(s, films)]
        if {s.id for s in voters} - {b.seat_id for b in ballots_for(round_, award)}:
            waiting.append(award.key)
    return waiting


def may_vote(seat: Seat, films: list[FilmVersion]) -> bool:
    return panel.is_living(seat) and not is_recused(seat.membership.account, films)


def ballots_for(round_: Round, award: Award) -> list[Ballot]:
    rows: list[Ballot] = Ballot.query.filter_by(round_id=round_.id, award_id=award.id).all()
    return rows


def decide_all(round_: Round) -> list[dict[str, Any]]:
    return [decision_row(round_, award) for award in awards(round_)]


def decision_row(round_: Round, award: Award) -> dict[str, Any]:
    """One award's ballots and their outcome, films and jurors by pseudonym.

    A ballot counts if its juror still has no conflict with any of the films; films that have left
    since are passed over.
    """
    films = candidates(round_, award)
    names = {film.id: panel.pseudonym(film) for film in films} | {NO_AWARD: NOBODY}
    counted = [
        counted_ballot(ballot, names)
        for ballot in ballots_for(round_, award)
        if may_vote(ballot.seat, films)
    ]
    decision = decide(
        counted,
        [panel.pseudonym(film) for film in films],
        no_award=NOBODY if award.may_be_withheld else None,
    )
    return {"award": award.key, "ballots": ballot_rows(counted), **outcome(decision)}


def counted_ballot(ballot: Ballot, names: dict[int, str]) -> Cast:
    account = ballot.seat.membership.account
    tiers = (frozenset(names[i] for i in tier if i in names) for tier in ballot.ranking)
    return Cast(account.pseudonym if account else "", tuple(tier for tier in tiers if tier))


def ballot_rows(counted: list[Cast]) -> list[dict[str, Any]]:
    ordered = sorted(counted, key=lambda cast_: cast_.juror_id)
    return [{"juror": b.juror_id, "tiers": [sorted(tier) for tier in b.tiers]} for b in ordered]


def outcome(decision: Decision) -> dict[str, Any]:
    return {
        "winners": list(decision.winners),
        "order": [list(tier) for tier in decision.order],
        "decided_by": decision.method_used.value,
        "no_award": decision.no_award,
        "tied": list(decision.tied),
        "pairwise": [[a, b, count] for (a, b), count in sorted(decision.pairwise.items())],
    }
