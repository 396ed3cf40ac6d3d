"""A jury that decides by talking: its chair writes the minutes, each member confirms the text."""

from dataclasses import dataclass, field

from plural import audit, clock, lifecycle, mailing
from plural.access import Who
from plural.actions import juries, panel
from plural.actions.locks import hold_alone, hold_open
from plural.errors import NotFound, Refused, StaleState
from plural.extensions import db
from plural.models.entry import FilmVersion
from plural.models.festival import Award
from plural.models.juries import Confirmation, Minutes
from plural.models.rounds import Round, Seat
from plural.round_rules import Deciding


@dataclass(frozen=True)
class Draft:
    """What the chair writes down of one award: ids of seats and film versions, and words.

    `dissent` holds words of members who differ, by their seat.
    """

    present: frozenset[int]
    winners: frozenset[int]
    reasons: str
    recused: frozenset[int] = frozenset()
    dissent: dict[int, str] = field(default_factory=dict)


def minutes_of(round_: Round, award: Award) -> Minutes | None:
    found: Minutes | None = (
        Minutes.query.filter_by(round_id=round_.id, award_id=award.id).populate_existing().first()
    )
    return found


def record(who: Who, seat: Seat, award: Award, draft: Draft, revision: int) -> Minutes:
    """Write the minutes of one award, or write them anew, which voids what had been confirmed.

    Whoever has a conflict with one of the films counts as recused, said or not. Raises NotFound for
    anybody but the chair, Refused for minutes that could never be valid, StaleState when another
    tab was faster.
    """
    round_ = hold_open(seat.round)
    hold_alone(seat)
    if round_.rules.deciding is not Deciding.TALKING or not seat.is_chair or who.account is None:
        raise NotFound()
    films = juries.candidates(round_, award)
    check(round_, award, films, draft)
    found = minutes_of(round_, award)
    if revision != (found.revision if found else 0):
        raise StaleState(revision=found.revision if found else 0)
    if found is None:
        found = Minutes(round=round_, award=award, revision=0)
    found.present = sorted(draft.present)
    found.recused = sorted(draft.recused | barred_from(round_, films))
    found.winners, found.reasons = sorted(draft.winners), draft.reasons
    found.dissent = {str(i): words for i, words in sorted(draft.dissent.items()) if words}
    found.recorded_by_id, found.recorded_at = who.account.id, clock.now()
    found.revision += 1
    db.session.add(found)
    db.session.flush()
    note(found, "minutes.recorded", who)
    for member in deciding(found):
        mailing.post(
            round_.edition.festival_id,
            "minutes_to_confirm",
            seat_id=member.id,
            minutes_id=found.id,
            revision=found.revision,
        )
    return found


def check(round_: Round, award: Award, films: list[FilmVersion], draft: Draft) -> None:
    """Raises Refused for minutes that could never be valid."""
    members = {seat.id for seat in panel.seats(round_) if panel.is_living(seat)}
    if not draft.present or not draft.present | draft.recused | set(draft.dissent) <= members:
        raise Refused("minutes_presence")
    if not draft.winners <= {film.id for film in films}:
        raise Refused("film_not_before_you")
    if not draft.reasons:
        raise Refused("minutes_reasons")
    if not draft.winners and not award.may_be_withheld:
        raise Refused("award_must_be_given")
    if len(draft.winners) > 1 and not round_.rules.ex_aequo:
        raise Refused("one_winner_only")
    if round_.rules.one_prize_per_film and draft.winners & won_elsewhere(round_, award):
        raise Refused("film_has_prize")


def won_elsewhere(round_: Round, award: Award) -> set[int]:
    others = Minutes.query.filter(Minutes.round_id == round_.id, Minutes.award_id != award.id)
    return {film_id for one in others for film_id in one.winners}


def barred_from(round_: Round, films: list[FilmVersion]) -> frozenset[int]:
    """Members with a conflict with one of the films."""
    people = {s.id: s.membership.account for s in panel.seats(round_)}
    return frozenset(i for i, who in people.items() if who and juries.recused_from(who, films))


def deciding(minutes: Minutes) -> list[Seat]:
    """Those who took part in the decision and so confirm it."""
    ids = set(minutes.present) - set(minutes.recused)
    return [seat for seat in panel.seats(minutes.round) if seat.id in ids]


def confirm(who: Who, seat: Seat, award: Award, revision: int, dissent: str) -> Confirmation:
    """A member confirms the very text of one revision, with their own words where they differ.

    Raises StaleState when the minutes have been changed since the member read them, NotFound for
    somebody who did not take part, Refused once the round has closed.
    """
    hold_open(seat.round)
    minutes = minutes_of(seat.round, award)
    if minutes is None:
        raise NotFound()
    hold_alone(minutes)
    if seat.id not in {member.id for member in deciding(minutes)}:
        raise NotFound()
    if revision != minutes.revision:
        raise StaleState(revision=minutes.revision)
    found = confirmations(minutes).get(seat.id)
    if found is not None and found.dissent == dissent:
        return found
    if found is None:
        found = Confirmation(minutes=minutes, seat=seat, revision=revision)
    found.dissent, found.confirmed_at = dissent, clock.now()
    db.session.add(found)
    db.session.flush()
    note(minutes, "minutes.confirmed", who)
    return found


def confirmations(minutes: Minutes) -> dict[int, Confirmation]:
    """Who has confirmed the minutes as they are now, by seat."""
    rows = Confirmation.query.filter_by(minutes_id=minutes.id, revision=minutes.revision)
    return {row.seat_id: row for row in rows}


def unconfirmed(minutes: Minutes) -> list[Seat]:
    done = confirmations(minutes)
    return [seat for seat in deciding(minutes) if seat.id not in done]


def note(minutes: Minutes, action: str, who: Who) -> None:
    """Which revision, and nothing of what it says: the audit page is no place for a decision."""
    festival = minutes.award.edition.festival
    payload = {"award": minutes.award.key, "revision": minutes.revision}
    audit.append(festival, action, lifecycle.subject(minutes), who.account, payload)
