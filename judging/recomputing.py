"""Any frozen record: what follows from it, whatever kind of round it is of."""

from collections.abc import Mapping
from typing import Any

from judging import decided, records, snapshot
from judging.errors import SnapshotUnreadable
from judging.records import Recomputed


def recompute(document: Mapping[str, Any]) -> Recomputed:
    """Compute the result of a frozen round anew; raises SnapshotUnreadable."""
    records.check_name(document, "format", [snapshot.FORMAT, decided.FORMAT])
    if document["format"] == decided.FORMAT:
        return decided.recompute(document)
    return snapshot.recompute(document)


def is_known(document: Mapping[str, Any]) -> bool:
    """Whether a frozen record is of a format and a method that `recompute` reads."""
    of = decided if document.get("format") == decided.FORMAT else snapshot
    try:
        of.check_version(document)
    except SnapshotUnreadable:
        return False
    return True
