"""`python -m judging recompute FILE`: the result of a frozen round, from its own rows alone."""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from judging.declaration import Checked
from judging.errors import SnapshotUnreadable
from judging.recomputing import recompute
from judging.records import Recomputed
from judging.sealing import Document

SAME, DIFFERS, UNREADABLE = 0, 1, 2

Line = tuple[object, ...]


def main(arguments: list[str] | None = None) -> int:
    """Exit status 0 when the document says what follows from it, 1 when it differs, 2 when it
    cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m judging")
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("recompute", help="compute a frozen round's result anew")
    command.add_argument("file", type=Path)
    path = parser.parse_args(arguments).file
    try:
        recomputed = recompute(_read(path))
    except (OSError, ValueError, RecursionError, SnapshotUnreadable) as error:
        print(f"{path}: cannot be read: {error}", file=sys.stderr)
        return UNREADABLE
    for line in _lines(recomputed):
        print(*line, sep="\t")
    if recomputed.differences:
        print(f"{path}: differs: {', '.join(recomputed.differences)}", file=sys.stderr)
        return DIFFERS
    return SAME


def _read(path: Path) -> Any:
    return json.loads(path.read_bytes())


def _lines(recomputed: Recomputed) -> Iterator[Line]:
    result = recomputed.result
    if "awards" in result:
        for row in result["awards"]:
            yield from ((row["award"], *line) for line in _award(row))
    else:
        yield from _ranking(result)
    yield from _declaration(recomputed.declaration)
    yield "digest", recomputed.digest


def _declaration(checked: Checked) -> Iterator[Line]:
    """Its digest, to be compared with the one that was made known when the round opened."""
    yield "declaration", checked.sha256 or "not in this record"
    if checked.only_declared:
        yield "only declared", *checked.only_declared


def _ranking(result: Document) -> Iterator[Line]:
    for row in result["order"]:
        scores = (
            f"{row[key]:.9f}" if row[key] is not None else "-" for key in ("official", "raw_mean")
        )
        yield row["group"], row["rank"], row["film_id"], *scores, row["reviews"]
    if slopes := result.get("slopes"):
        yield "slopes", "used" if slopes["used"] else "not used"


def _award(row: Document) -> Iterator[Line]:
    """Who receives it and why; then, of a jury, what its turns or its minutes came to."""
    yield "winners", *(row["winners"] or ["no award" if row.get("no_award") else "-"])
    if "choice" in row:
        yield "choice", row["choice"]
        return
    yield "decided by", row["decided_by"]
    for key in ("tied", "struck"):
        if row[key]:
            yield key, *row[key]
    for number, turn in enumerate(row.get("turns", ()), 1):
        order = " > ".join(" = ".join(tier) for tier in turn["order"])
        yield f"turn {number}", f"{len(turn['ballots'])} ballots", turn["decided_by"], order
    if minutes := row.get("minutes"):
        yield f"minutes {minutes['revision']}", "confirmed by", *minutes["confirmed"]


if __name__ == "__main__":
    sys.exit(main())
