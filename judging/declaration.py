"""What a round declared when it opened, and whether its frozen record keeps to it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from judging.sealing import Document, sha256_of

Said = tuple[str, bool]
"""Something declared, and whether the record says the same."""


@dataclass(frozen=True, slots=True)
class Declared:
    """A declaration and the digest that sealed it at the opening; it names no person."""

    content: Mapping[str, Any]
    sha256: str

    def parts(self) -> Document:
        """As a frozen record holds it."""
        return {"declaration": dict(self.content), "declared_sha256": self.sha256}


@dataclass(frozen=True, slots=True)
class Checked:
    """A record held against its declaration.

    `sha256` is the declaration's own digest, None where the record holds none. `only_declared`
    names the films and awards that the record does not have: they may have left the round since.
    """

    sha256: str | None = None
    only_declared: tuple[str, ...] = ()
    differences: tuple[str, ...] = ()


def check(document: Mapping[str, Any]) -> Checked:
    """Hold a frozen record of either kind against the declaration in it, if there is one."""
    declaration = document.get("declaration")
    if declaration is None:
        return Checked()
    digest = sha256_of(declaration)
    said = [
        ("digest", digest == document.get("declared_sha256")),
        *_same(declaration, document, ("round", "version", "method")),
        *(_scored if "rubric" in document else _decided)(declaration, document),
    ]
    return Checked(
        digest,
        tuple(_only_declared(declaration, document)),
        tuple(f"declared {name}" for name, kept in said if not kept),
    )


def _same(
    declaration: Mapping[str, Any], document: Mapping[str, Any], keys: Iterable[str]
) -> Iterator[Said]:
    for key in keys:
        yield key, key in declaration and declaration[key] == document[key]


# ----- scores


def _scored(declaration: Mapping[str, Any], document: Mapping[str, Any]) -> Iterator[Said]:
    yield from _same(declaration, document, ("tie_rule", "rubric"))
    size = declaration.get("shortlist_size") or None
    yield "shortlist_size", size == document["shortlist_size"]
    seed = sha256(document["seed"].encode()).hexdigest()
    yield "seed", declaration.get("seed_sha256") == seed
    extra = declaration.get("extra_reviews", {})
    for film in document["films"]:
        name = film["id"]
        wanted = declaration.get("reviews_wanted", 0) + extra.get(name, 0)
        yield f"film {name}", name in declaration.get("films", ())
        yield f"reviews of {name}", film["reviews_wanted"] == wanted


# ----- ballots, minutes and picks


def _decided(declaration: Mapping[str, Any], document: Mapping[str, Any]) -> Iterator[Said]:
    yield from _same(declaration, document, ("kind",))
    rules = declaration.get("rules", {})
    for key, value in document["rules"].items():
        yield key, _is_declared_rule(key, value, rules)
    for name in sorted(_films(document)):
        yield f"film {name}", name in declaration.get("films", ())
    declared = {row["award"]: row for row in declaration.get("awards", ())}
    done = [row["award"] for row in document["precedence"]]
    for row in document["precedence"]:
        yield f"award {row['award']}", row.items() <= declared.get(row["award"], {}).items()
    in_order = [name for name in declared if name in done]
    yield "order of awards", in_order == [name for name in done if name in declared]


def _is_declared_rule(key: str, value: object, rules: Mapping[str, Any]) -> bool:
    """The record names who had the casting vote; the declaration says whether anybody has it."""
    if key == "casting_vote":
        return value is None or rules.get(key) is True
    return key in rules and rules[key] == value


# ----- what has left


def _only_declared(declaration: Mapping[str, Any], document: Mapping[str, Any]) -> Iterator[str]:
    judged = _films(document)
    for name in declaration.get("films", ()):
        if name not in judged:
            yield f"film {name}"
    decided = {row["award"] for row in document.get("precedence", ())}
    for row in declaration.get("awards", ()):
        if row["award"] not in decided:
            yield f"award {row['award']}"


def _films(document: Mapping[str, Any]) -> set[str]:
    if "candidates" in document:
        return {row["film_id"] for row in document["candidates"]}
    return {row["id"] for row in document["films"]}
