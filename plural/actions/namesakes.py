"""Jurors who bear the family name of somebody behind a film: people look whether they are related.

The name alone is too common to keep anybody from a film, and too telling to be passed over.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from judging.namesakes import family_names, namesakes
from plural import audit, clock, lifecycle
from plural.actions import conflicts, panel
from plural.errors import Refused
from plural.extensions import db
from plural.models.entry import Entry
from plural.models.people import Account
from plural.models.rounds import OVER, Round, Seat
from plural.models.scoring import Conflict, Unrelated
from plural.rights import OUTSIDE_STATES

REASON = "same family name"
# A film and a juror, by their pseudonyms.
Pair = tuple[str, str]


@dataclass(frozen=True)
class Finding:
    """A juror, a film, and the names behind it that may be of the juror's family."""

    seat: Seat
    account: Account
    entry: Entry
    names: list[str]


def findings(round_: Round) -> list[Finding]:
    """What nobody has decided on yet, while the round can still heed it; by film, then juror.

    Pairs that are in conflict anyway are left out, and films that are out of the festival.
    """
    if round_.state in OVER:
        return []
    films, accounts = films_in(round_), conflicts.accounts_of(round_)
    behind = conflicts.ties_of_films(films)
    jurors = [conflicts.ties_of(account) for account in accounts.values()]
    shared: dict[Pair, set[str]] = {}
    for one in namesakes(behind, jurors):
        shared.setdefault((one.film_id, one.juror_id), set()).add(one.family_name)
    barred = [*panel.conflicts(round_), *conflicts.following(behind, jurors)]
    settled = {(one.film_id, one.juror_id) for one in barred} | ruled_out(films)
    living = {n: held[0] for n, held in panel.seats_by_person(round_).items() if is_there(held)}
    return [
        Finding(living[juror], accounts[juror], films[film], borne(films[film], families))
        for (film, juror), families in shared.items()
        if juror in living and (film, juror) not in settled
    ]


def films_in(round_: Round) -> dict[str, Entry]:
    films = conflicts.films_of(round_).items()
    return {name: entry for name, entry in films if entry.state not in OUTSIDE_STATES}


def is_there(held: list[Seat]) -> bool:
    return any(panel.is_living(seat) for seat in held)


def borne(entry: Entry, families: set[str]) -> list[str]:
    return sorted(name for name in panel.names(entry) if family_names(name) & families)


def ruled_out(films: Mapping[str, Entry]) -> set[Pair]:
    names = {entry.id: film for film, entry in films.items()}
    rows = Unrelated.query.filter(Unrelated.entry_id.in_(names)).options(
        joinedload(Unrelated.account)
    )
    return {(names[row.entry_id], row.account.pseudonym) for row in rows}


def keep_away(round_: Round, entry: Entry, account: Account, by: Account) -> Conflict:
    """They are related: the juror has a conflict with the film. Raises Refused as `require`."""
    require(round_, entry, account, by)
    return conflicts.set_by_staff(account, entry, REASON, by)


def rule_out(round_: Round, entry: Entry, account: Account, by: Account) -> None:
    """They only share a name: nobody is asked again, in any round. Raises Refused as `require`."""
    require(round_, entry, account, by)
    audit.lock_head(entry.edition.festival)
    found = Unrelated(entry=entry, account=account, noted_by_id=by.id, noted_at=clock.now())
    try:
        with db.session.begin_nested():
            db.session.add(found)
    except IntegrityError as twice:
        raise Refused("namesake_settled") from twice
    audit.append(
        entry.edition.festival,
        "conflict.ruled_out",
        lifecycle.subject(found),
        by,
        {"entry": entry.code, "juror": account.pseudonym},
    )


def require(round_: Round, entry: Entry, account: Account, by: Account) -> None:
    """Raises Refused about oneself, and where there is nothing to decide on, or no more."""
    if account == by:
        raise Refused("about_yourself")
    open_ones = {(one.entry.id, one.account.id) for one in findings(round_)}
    if (entry.id, account.id) not in open_ones:
        raise Refused("namesake_settled")
