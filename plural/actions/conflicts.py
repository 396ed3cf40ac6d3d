"""Who must not judge what: declared, set by staff, or plain from the rows."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from judging.conflicts import Conflict as Barred
from judging.conflicts import Ties, derive, domains
from plural import audit, clock, lifecycle, mail_hosts
from plural.actions import panel
from plural.actions.locks import hold_alone, hold_round
from plural.extensions import db
from plural.models.entry import Entry, FilmVersion, Person
from plural.models.people import Account, Membership, Organisation
from plural.models.rounds import Round, RoundFilm, RoundState, Seat
from plural.models.scoring import (
    BEFORE_JUROR,
    Assignment,
    AssignmentState,
    Conflict,
    ConflictSource,
)

REASONS = {
    "same address": "same address",
    "same domain": "same mail domain",
    "same family name": "same name",
    "same organisation": "same organisation",
}
HOST_OF_ORGANISATIONS = 3


def declare(account: Account, entry: Entry, reason: str) -> Conflict:
    """The juror says so, before or after scoring. The score is voided and stays on record."""
    return record(account, entry, ConflictSource.DECLARED, reason, by=account)


def set_by_staff(account: Account, entry: Entry, reason: str, by: Account) -> Conflict:
    return record(account, entry, ConflictSource.SET_BY_STAFF, reason, by)


def record(
    account: Account, entry: Entry, source: ConflictSource, reason: str, by: Account | None
) -> Conflict:
    """Keep the first record of a conflict and take the entry from the person in rounds that are
    not frozen; a frozen one takes it when it is reopened.

    Rounds and assignments are locked before the audit chain, as everywhere: else two deeds could
    wait for each other.
    """
    held = held_assignments(account, entry)
    found: Conflict | None = same(account, entry).first()
    if found is None:
        conflict = Conflict(
            entry=entry, account=account, source=source, reason=reason, declared_at=clock.now()
        )
        found = keep_first(conflict, by)
    for assignment in held:
        step_back(assignment, reason, by)
    return found


def same(account: Account, entry: Entry) -> Any:
    return Conflict.query.filter_by(entry_id=entry.id, account_id=account.id)


def keep_first(conflict: Conflict, by: Account | None) -> Conflict:
    """Write a conflict down, unless somebody has at the same moment: then the one that is there.

    The audit chain is locked before: two who write down several would else wait for each other.
    """
    audit.lock_head(conflict.entry.edition.festival)
    try:
        with db.session.begin_nested():
            db.session.add(conflict)
    except IntegrityError:
        there: Conflict = same(conflict.account, conflict.entry).one()
        return there
    audit.append(
        conflict.entry.edition.festival,
        f"conflict.{conflict.source.value}",
        lifecycle.subject(conflict),
        by,
        {"entry": conflict.entry.code, "juror": conflict.account.pseudonym},
    )
    return conflict


def held_assignments(account: Account, entry: Entry) -> list[Assignment]:
    """The person's assignments to any version of the entry, in rounds that are not frozen.

    Rounds and assignments stay as they are until this transaction ends.
    """
    rows: list[Assignment] = (
        Assignment.query.join(Seat, Assignment.seat_id == Seat.id)
        .join(Membership, Seat.membership_id == Membership.id)
        .join(FilmVersion, Assignment.film_version_id == FilmVersion.id)
        .filter(Membership.account_id == account.id, FilmVersion.entry_id == entry.id)
        .filter(Assignment.state.in_(BEFORE_JUROR))
        .order_by(Assignment.id)
        .all()
    )
    held = [row for row in rows if hold_round(row.round).state is not RoundState.FROZEN]
    for row in held:
        hold_alone(row)
    return [row for row in held if row.state in BEFORE_JUROR]


def step_back_since_frozen(round_: Round) -> None:
    """Take from people what they have had a conflict with since the round was frozen."""
    recorded = (
        db.session.query(Assignment, Conflict)
        .join(Seat, Assignment.seat_id == Seat.id)
        .join(Membership, Seat.membership_id == Membership.id)
        .join(FilmVersion, Assignment.film_version_id == FilmVersion.id)
        .join(
            Conflict,
            (Conflict.account_id == Membership.account_id)
            & (Conflict.entry_id == FilmVersion.entry_id),
        )
        .filter(Assignment.round_id == round_.id, Assignment.state.in_(BEFORE_JUROR))
        .order_by(Assignment.id)
    )
    for assignment, conflict in recorded.all():
        step_back(assignment, conflict.reason, by=None)


def step_back(assignment: Assignment, reason: str, by: Account | None) -> None:
    lifecycle.move(assignment, AssignmentState.CONFLICTED, by, abstention_reason="")
    if assignment.score is not None:
        assignment.score.voided_at = clock.now()
        assignment.score.void_reason = reason
        db.session.flush()


def note_derived(round_: Round) -> None:
    """Record every conflict of the round that follows from addresses and names.

    What all of them touch is locked first, in one order: the first record locks the audit chain.
    """
    found = derived(round_)
    if not found:
        return
    films, accounts = films_of(round_), accounts_of(round_)
    pairs = [(accounts[c.juror_id], films[c.film_id], REASONS[c.reason]) for c in found]
    pairs.sort(key=lambda pair: (pair[1].id, pair[0].id))
    for account, entry, _reason in pairs:
        held_assignments(account, entry)
    for account, entry, reason in pairs:
        record(account, entry, ConflictSource.DERIVED, reason, by=None)


def derived(round_: Round) -> list[Barred]:
    """Conflicts that follow from addresses and names and are not on record yet.

    Whoever entered a film, whoever signs for its maker, whoever bears a name declared in it, and
    whoever acts for an organisation of theirs or has an address at their mail domain does not judge
    it. Domains at which anybody may have an address say nothing.
    """
    behind = ties_of_films(films_of(round_))
    jurors = [ties_of(account) for account in accounts_of(round_).values()]
    noted = {(barred.film_id, barred.juror_id) for barred in panel.conflicts(round_)}
    found: dict[tuple[str, str], Barred] = {}
    for conflict in following(behind, jurors):
        place = (conflict.film_id, conflict.juror_id)
        if place not in noted:
            found.setdefault(place, conflict)
    return list(found.values())


def following(behind: Iterable[Ties], jurors: Collection[Ties]) -> tuple[Barred, ...]:
    return derive(behind, jurors, free_mail=mail_hosts.PUBLIC | shared_domains(jurors))


def films_of(round_: Round) -> dict[str, Entry]:
    """The entries of the round's films with everybody behind them, by the film's pseudonym."""
    rows = RoundFilm.query.filter_by(round_id=round_.id).options(
        selectinload(RoundFilm.film).joinedload(FilmVersion.entry).options(*behind_entry())
    )
    return {panel.pseudonym(row.film): row.film.entry for row in rows}


def behind_entry() -> list[Any]:
    return [
        joinedload(Entry.account),
        selectinload(Entry.persons).selectinload(Person.guardians),
    ]


def accounts_of(round_: Round) -> dict[str, Account]:
    people = (held[0].membership.account for held in panel.seats_by_person(round_).values())
    return {account.pseudonym: account for account in people if account is not None}


def shared_domains(jurors: Iterable[Ties]) -> set[str]:
    """Mail domains of jurors of many organisations: hosts that no list knows.

    Organisations that share a juror there count as one; who acts for none any more says nothing.
    """
    held: dict[str, list[frozenset[str]]] = {}
    for juror in jurors:
        if juror.organisation_ids:
            for domain in domains(juror):
                held[domain] = joined(held.get(domain, []), juror.organisation_ids)
    return {domain for domain, apart in held.items() if len(apart) >= HOST_OF_ORGANISATIONS}


def joined(apart: list[frozenset[str]], one: frozenset[str]) -> list[frozenset[str]]:
    """The groups with one more, which makes one group of all that it overlaps."""
    overlapping = [group for group in apart if group & one]
    others = [group for group in apart if not group & one]
    return [*others, one.union(*overlapping)]


def ties_of_films(films: Mapping[str, Entry]) -> list[Ties]:
    """By what each film's people could be known, the rows behind all of them read at once."""
    accounts = {a for entry in films.values() for a in accounts_behind(entry)}
    addresses = {a for entry in films.values() for a in panel.addresses(entry)}
    emails = {a.id: a.email for a in Account.query.filter(Account.id.in_(accounts))}
    acting = members_among(films.values(), accounts, addresses)
    return [ties_of_film(key, entry, emails, acting) for key, entry in films.items()]


def ties_of_film(
    key: str, entry: Entry, emails: Mapping[int, str], acting: Iterable[Membership]
) -> Ties:
    own, addresses = accounts_behind(entry), panel.addresses(entry)
    theirs = [m for m in acting if m.account_id in own or m.email in addresses]
    return Ties(
        key,
        organisation_ids=frozenset(panel.organisation_key(m.organisation) for m in theirs),
        addresses=addresses | {emails[account] for account in own},
        family_names=panel.names(entry),
    )


def accounts_behind(entry: Entry) -> set[int]:
    return {entry.account_id, *(p.account_id for p in entry.persons if p.account_id)}


def members_among(
    entries: Iterable[Entry], accounts: set[int], addresses: set[str]
) -> list[Membership]:
    """Living memberships of these accounts or addresses, in the festival of the entries."""
    festivals = {entry.edition.festival_id for entry in entries}
    found: list[Membership] = (
        Membership.query.join(Organisation)
        .filter(
            Organisation.festival_id.in_(festivals),
            Membership.ended_at.is_(None),
            Membership.account_id.in_(accounts) | Membership.email.in_(addresses),
        )
        .options(contains_eager(Membership.organisation))
        .all()
    )
    return found


def ties_of(account: Account) -> Ties:
    addresses = {account.email, *(m.email for m in account.memberships)}
    acted_for = {panel.organisation_key(m.organisation) for m in panel.acted_for(account)}
    return Ties(
        account.pseudonym,
        organisation_ids=frozenset(acted_for),
        addresses=frozenset(addresses),
        family_names=frozenset({account.name} - {""}),
    )
