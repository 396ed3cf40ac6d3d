"""Where hostile files are made: sound films to spoil, and canaries that nobody is to read."""

import hashlib
import random
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

CANARY = b"canary-that-must-stay-in-its-cage"
CANARY_SIZE = (444, 250)
CANARY_COLOUR = (255, 0, 255)


@dataclass(frozen=True)
class Lab:
    """What a maker of hostile files may use.

    `folder` holds `canary.txt`, `canary.png` and `canary.mp4`; `port` is a loopback port on which
    somebody waits for whoever comes; `sound(kind)` gives the bytes of a sound film.
    """

    folder: Path
    port: int
    sound: Callable[[str], bytes]

    @property
    def film(self) -> Path:
        """The file to be made, unless the case needs another name."""
        return self.folder / "film.mp4"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/canary.mp4"

    def canary(self, suffix: str = "mp4") -> Path:
        return self.folder / f"canary.{suffix}"

    def write(self, data: bytes | str) -> Path:
        self.film.write_bytes(data.encode() if isinstance(data, str) else data)
        return self.film


Maker = Callable[[Lab], Path]


@dataclass(frozen=True)
class Case:
    """One hostile file.

    `codes` are all that may be found, None leaves it to the pipeline. Outputs are made of those
    that are accepted, in every run if `worth_making`, else only with --all.
    """

    name: str
    make: Maker
    codes: frozenset[str] | None = None
    worth_making: bool = True


def flipped(data: bytes, seed: str, begin: float, end: float, count: int = 12) -> bytes:
    """The same bytes but for some bits between two shares of their length."""
    chance = random.Random(hashlib.sha256(seed.encode()).digest())
    spoilt = bytearray(data)
    for _ in range(count):
        at = chance.randrange(int(len(data) * begin), max(1, int(len(data) * end)))
        spoilt[at] ^= 1 << chance.randrange(8)
    return bytes(spoilt)


def box(kind: bytes, payload: bytes = b"") -> bytes:
    """A box of ISO/IEC 14496-12."""
    return struct.pack(">I4s", len(payload) + 8, kind) + payload


def wide_box(kind: bytes, size: int, payload: bytes = b"") -> bytes:
    """A box whose size takes 64 bits and need not be true."""
    return struct.pack(">I4sQ", 1, kind, size & (2**64 - 1)) + payload


def element(number: int, payload: bytes = b"", size: int | None = None) -> bytes:
    """An element of EBML (RFC 8794) with an eight-byte size that need not be true."""
    name = number.to_bytes((number.bit_length() + 7) // 8, "big")
    length = len(payload) if size is None else size
    return name + ((1 << 56) | length).to_bytes(8, "big") + payload
