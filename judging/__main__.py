"""`python -m judging recompute FILE`: the result of a frozen round, from its scores alone."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from judging.errors import SnapshotUnreadable
from judging.snapshot import Recomputed, recompute

SAME, DIFFERS, UNREADABLE = 0, 1, 2


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
    _print(recomputed)
    if recomputed.differences:
        print(f"{path}: differs: {', '.join(recomputed.differences)}", file=sys.stderr)
        return DIFFERS
    return SAME


def _read(path: Path) -> Any:
    return json.loads(path.read_bytes())


def _print(recomputed: Recomputed) -> None:
    for row in recomputed.result["order"]:
        scores = (
            f"{row[key]:.9f}" if row[key] is not None else "-" for key in ("official", "raw_mean")
        )
        print(row["group"], row["rank"], row["film_id"], *scores, row["reviews"], sep="\t")
    if slopes := recomputed.result.get("slopes"):
        print("slopes", "used" if slopes["used"] else "not used", sep="\t")
    print("digest", recomputed.digest, sep="\t")


if __name__ == "__main__":
    sys.exit(main())
