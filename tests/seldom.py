"""Cases of a kind that other cases of the same test show already: they run with --all only."""

from collections.abc import Iterable
from typing import Any

import pytest


def seldom(*cases: Any) -> list[Any]:
    """Parameters of a test, each a value or a tuple of values."""
    return [_marked(each if isinstance(each, tuple) else (each,)) for each in cases]


def _marked(values: Iterable[Any]) -> Any:
    return pytest.param(*values, marks=pytest.mark.slow)
