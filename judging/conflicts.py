"""Who must not judge which film, and why."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from unicodedata import normalize

MAIL_TAG = re.compile(r"(?<=.)\+[^@]*@")


class Source(StrEnum):
    DECLARED = "declared"
    DERIVED = "derived"
    STAFF = "staff"


@dataclass(frozen=True, slots=True, order=True)
class Conflict:
    film_id: str
    juror_id: str
    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class Ties:
    """What links a film (its makers, teacher, contact, co-authors) or a juror to others.

    `addresses` are e-mail addresses; all of them, a second account's too.
    """

    id: str
    organisation_ids: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()
    family_names: frozenset[str] = frozenset()


def derive(
    films: Iterable[Ties], jurors: Iterable[Ties], *, free_mail: Collection[str] = ()
) -> tuple[Conflict, ...]:
    """Every conflict that follows from the ties, sorted; one per film, juror and reason.

    Reasons are "same organisation", "same address", "same domain" (domains in `free_mail` say
    nothing about people and are skipped) and "same family name". Case, spaces and the ways to write
    one letter in Unicode are ignored, and so is what follows a "+" before the "@" of an address.
    """
    says_nothing = _plain(free_mail)
    readers: dict[str, Callable[[Ties], set[str]]] = {
        "same organisation": lambda ties: set(ties.organisation_ids),
        "same address": lambda ties: _mailboxes(ties.addresses),
        "same domain": lambda ties: domains(ties) - says_nothing,
        "same family name": lambda ties: _plain(ties.family_names),
    }
    known_films, known_jurors = tuple(films), tuple(jurors)
    found = (
        conflict
        for reason, read in readers.items()
        for conflict in _shared(known_films, known_jurors, reason, read)
    )
    return tuple(sorted(set(found)))


def _shared(
    films: Iterable[Ties], jurors: Iterable[Ties], reason: str, read: Callable[[Ties], set[str]]
) -> Iterator[Conflict]:
    holders: dict[str, list[str]] = {}
    for juror in jurors:
        for value in read(juror):
            holders.setdefault(value, []).append(juror.id)
    for film in films:
        for value in read(film):
            for juror_id in holders.get(value, ()):
                yield Conflict(film.id, juror_id, Source.DERIVED, reason)


def plain(value: str) -> str:
    """A name or an address as it is compared: without case, in one way to write each letter."""
    return " ".join(normalize("NFKC", normalize("NFKC", value).casefold()).split())


def _plain(values: Iterable[str]) -> set[str]:
    return {plain(value) for value in values} - {""}


def _mailboxes(addresses: Iterable[str]) -> set[str]:
    """Mail to mia+films@one.example goes to mia@one.example."""
    return {MAIL_TAG.sub("@", address) for address in _plain(addresses)}


def domains(ties: Ties) -> set[str]:
    """What follows the "@" of the addresses, as `derive` compares it."""
    return {address.rpartition("@")[2] for address in _plain(ties.addresses) if "@" in address}
