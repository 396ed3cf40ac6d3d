"""What a final jury has before it: its awards, their films, and who may decide on them."""

from judging import decided, voting
from plural import clock
from plural.actions import panel
from plural.errors import NotFound
from plural.models.entry import FilmVersion
from plural.models.festival import Award, AwardKind
from plural.models.people import Account
from plural.models.rounds import Round, Seat
from plural.models.scoring import Conflict

KINDS = (AwardKind.JURY_DISTINCTION, AwardKind.SPECIAL_RECOGNITION)
NO_AWARD = 0


def method(round_: Round) -> str:
    """The declared way to decide, as the engine calls it."""
    return decided.METHODS[round_.rules.deciding]


def awards(round_: Round) -> list[Award]:
    """The awards that this jury decides, those for which it has a film, in their precedence."""
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


def recused_from(account: Account | None, films: list[FilmVersion]) -> set[int]:
    """Ids of those of the films with which somebody has a conflict; all for nobody."""
    if account is None:
        return {film.id for film in films}
    entries = [film.entry_id for film in films]
    barred = Conflict.query.filter_by(account_id=account.id).filter(Conflict.entry_id.in_(entries))
    of = {conflict.entry_id for conflict in barred}
    return {film.id for film in films if film.entry_id in of}


def may_decide(seat: Seat, films: list[FilmVersion]) -> bool:
    """Whether a member takes part in deciding among these films: see `judging.voting`."""
    if not panel.is_living(seat):
        return False
    recused = recused_from(seat.membership.account, films)
    return voting.may_decide(seat.round.rules.deciding, recused, films)


def deciders(round_: Round, films: list[FilmVersion]) -> list[Seat]:
    return [seat for seat in panel.seats(round_) if may_decide(seat, films)]


def chair(round_: Round) -> Seat | None:
    """The member who presides, if one is named and still sits there."""
    return next((s for s in panel.seats(round_) if s.is_chair and panel.is_living(s)), None)


def people(round_: Round) -> dict[str, str]:
    """Names of the members, by the pseudonyms that a frozen record has."""
    found = {seat: seat.membership.account for seat in panel.seats(round_)}
    return {account.pseudonym: name_of(seat) for seat, account in found.items() if account}


def name_of(seat: Seat) -> str:
    return seat.membership.name or seat.membership.email
