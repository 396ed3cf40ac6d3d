"""Chance that replays on every machine: hashes and integer arithmetic, no generator's stream."""

from collections.abc import Iterable, Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

MULTIPLIERS = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
SHIFTS = (np.uint64(30), np.uint64(27), np.uint64(31))


def number(seed: str, *parts: str) -> int:
    """A whole number below 2**64 that looks random and depends on every part."""
    hashed = blake2b(digest_size=8)
    for part in (seed, *parts):
        text = part.encode()
        hashed.update(len(text).to_bytes(8, "big") + text)
    return int.from_bytes(hashed.digest(), "big")


def shuffled(seed: str, juror_id: str, film_ids: Iterable[str]) -> tuple[str, ...]:
    """A juror's queue: an order of the juror's own, so that no film is always seen last.

    A film that is added or taken away moves no other.
    """
    return tuple(sorted(film_ids, key=lambda film_id: number(seed, "queue", juror_id, film_id)))


def table(seed: str, rows: Sequence[str], columns: Sequence[str]) -> NDArray[np.uint64]:
    """One such number for each row and column.

    The finaliser is that of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014), exact in 64-bit integers.
    """
    row_numbers = np.array([number(seed, "row", row) for row in rows], np.uint64)
    column_numbers = np.array([number(seed, "column", column) for column in columns], np.uint64)
    mixed = row_numbers[:, None] + column_numbers[None, :]
    mixed = (mixed ^ (mixed >> SHIFTS[0])) * MULTIPLIERS[0]
    mixed = (mixed ^ (mixed >> SHIFTS[1])) * MULTIPLIERS[1]
    result: NDArray[np.uint64] = mixed ^ (mixed >> SHIFTS[2])
    return result
