"""What all frozen records share: how they are sealed, and how one is held against what follows."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from judging.declaration import Checked
from judging.errors import JudgingError, SnapshotUnreadable
from judging.sealing import Document, canonical, digest, part_digests

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

UNREADABLE = (
    JudgingError,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)
"""What computing with a document of another shape may raise."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`document` is JSON, its `digest` included; write `canonical(document)` to keep it."""

    document: Document
    digest: str


@dataclass(frozen=True, slots=True)
class Recomputed:
    """What follows from a document's own rows. `differences` is empty if that is what it says:
    else it names what of the result differs, each row that cannot be, each changed part, "digest",
    and what was declared otherwise."""

    result: Document
    digest: str
    differences: tuple[str, ...]
    declaration: Checked


def seal(document: Document) -> Snapshot:
    """The document as JSON, with a digest for each part and one over all of it."""
    document = json.loads(canonical(document))
    document["parts"] = part_digests(document)
    document["digest"] = digest(document)
    return Snapshot(document, document["digest"])


def check_name(document: Any, key: str, known: Iterable[str]) -> None:
    """Raises SnapshotUnreadable, with both names, unless the document's `key` is a `known` one."""
    names = list(known)
    if not isinstance(document, Mapping):
        raise SnapshotUnreadable("it is no frozen round")
    if document.get(key) not in names:
        read = " or ".join(repr(name) for name in names)
        raise SnapshotUnreadable(
            f"its {key} is {document.get(key)!r}, and this version reads {read}"
        )


def check_parts(document: Mapping[str, Any], wanted: Iterable[str]) -> None:
    """Raises SnapshotUnreadable, naming them, when parts of a record are not there."""
    if missing := [key for key in wanted if key not in document]:
        raise SnapshotUnreadable(f"it lacks {', '.join(missing)}")


def changed(document: Mapping[str, Any], found: str) -> tuple[str, ...]:
    """The parts that are not as they were sealed, and "digest" if it is not the one `found`."""
    parts, sealed = part_digests(document), dict(document["parts"])
    if "declaration" not in document:
        # Records that hold no declaration sealed its digest in no part of its own.
        sealed = {"declared_sha256": parts.get("declared_sha256"), **sealed}
    names = [f"part {key}" for key in {**sealed, **parts} if parts.get(key) != sealed.get(key)]
    return tuple(names) if found == document["digest"] else (*names, "digest")


def as_row(instance: "DataclassInstance", of: "type[DataclassInstance] | None" = None) -> Document:
    """The fields of an instance, or of the dataclass it extends, as JSON."""
    return {field.name: as_plain(getattr(instance, field.name)) for field in fields(of or instance)}


def as_plain(value: Any) -> Any:
    """Sets as sorted lists, sequences as lists, mappings as dictionaries."""
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [as_plain(one) for one in value]
    return dict(value) if isinstance(value, Mapping) else value


def without_reason(conflict: "DataclassInstance") -> Document:
    """A conflict as a record holds it: reasons may tell of persons."""
    kept = as_row(conflict)
    del kept["reason"]
    return kept
