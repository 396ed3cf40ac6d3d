"""Digests of a frozen round.

The digest is SHA-256 over the canonical JSON (RFC 8785) of everything but `intervals`, `parts` and
the `digest` itself: settings, films, jurors, scores or ballots, and what follows from them. The
parts in `SORTED_BY` are sets: they stand sorted, and a file whose rows were shuffled has the same
digest. `parts` has a digest for each part, so that a part that was changed can be named.
"""

from collections.abc import Callable, Mapping
from hashlib import sha256
from operator import itemgetter
from typing import Any

import rfc8785

OUTSIDE_DIGEST = frozenset({"intervals", "parts", "digest"})
OUTSIDE_PARTS = frozenset({"parts", "digest"})
SORTED_BY: Mapping[str, Callable[[Any], Any]] = {
    "films": itemgetter("id"),
    "jurors": itemgetter("id"),
    "assignments": tuple,
    "conflicts": itemgetter("film_id", "juror_id", "source"),
    "scores": itemgetter("film_id", "juror_id"),
    "members": itemgetter("id"),
    "candidates": itemgetter("award", "turn", "film_id"),
    "ballots": itemgetter("award", "turn", "juror_id"),
    "minutes": itemgetter("award"),
    "confirmations": itemgetter("award", "juror_id", "revision"),
    "picks": itemgetter("award", "choice"),
    "held": str,
}

Document = dict[str, Any]


def canonical(document: Mapping[str, Any]) -> bytes:
    """RFC 8785: one byte sequence for one content."""
    return rfc8785.dumps(dict(document))


def digest(document: Mapping[str, Any]) -> str:
    """SHA-256 in hexadecimal over what a document vouches for."""
    kept = {key: value for key, value in document.items() if key not in OUTSIDE_DIGEST}
    return sha256_of(_in_order(kept))


def _in_order(document: Mapping[str, Any]) -> Document:
    """The document with its sets of rows sorted as `freeze` sorts them."""
    return {
        key: sorted(value, key=SORTED_BY[key]) if key in SORTED_BY else value
        for key, value in document.items()
    }


def part_digests(document: Mapping[str, Any]) -> dict[str, str]:
    """The digest of each part."""
    parts = _in_order(document)
    return {key: sha256_of({key: parts[key]}) for key in sorted(set(parts) - OUTSIDE_PARTS)}


def sha256_of(document: Mapping[str, Any]) -> str:
    """SHA-256 in hexadecimal over the canonical JSON."""
    return sha256(canonical(document)).hexdigest()
