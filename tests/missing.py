"""What a test does where a part of this machine is missing."""

import os
from typing import NoReturn

import pytest


def skip_or_fail(part: str) -> NoReturn:
    """Pass over the test that needs `part`; with CI=true fail it, as there every part must be."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI needs {part}: see .ci/apt.txt", pytrace=False)
    pytest.skip(f"this machine has no {part}")
