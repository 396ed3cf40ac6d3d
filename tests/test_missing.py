"""With CI=true a missing part fails instead of skipping."""

import re
from pathlib import Path

import pytest

from tests.missing import skip_or_fail

SKIPS = re.compile(r"pytest\.(?:skip|importorskip|xfail)\(|mark\.(?:skipif|skip|xfail)\b")


def test_a_missing_part_skips_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="this machine has no trumpet"):
        skip_or_fail("trumpet")


def test_with_ci_a_missing_part_fails_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="CI needs trumpet"):
        skip_or_fail("trumpet")


def test_no_test_skips_in_another_way() -> None:
    """But for what is asked with --all only, and for what depends on who runs the tests."""
    tests = Path(__file__).parent
    found = {
        f"{path.relative_to(tests)}: {line.strip()}"
        for path in tests.rglob("*.py")
        if path != Path(__file__)
        for line in path.read_text().splitlines()
        if SKIPS.search(line)
    }
    assert found == {
        'missing.py: pytest.skip(f"this machine has no {part}")',
        'conftest.py: skip = pytest.mark.skip(reason="only with --all")',
        'media_pipeline/test_sandbox.py: pytest.skip("only root can become somebody else")',
        'media_pipeline/test_sandbox.py: pytest.skip("root is not counted")',
        'plural/test_migrations.py: pytest.skip("PostgreSQL never stops watching them")',
    }
