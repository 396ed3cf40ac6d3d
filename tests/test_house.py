"""Rules of the house that no linter knows."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("plural", "judging", "media_pipeline")
STARTS_PROCESSES = re.compile(
    r"\bsubprocess\b|\bos\.(?:system|popen|exec\w+|spawn\w+|posix_spawn)\b"
)


def sources() -> list[Path]:
    return [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]


def test_processes_are_started_in_the_sandbox_only() -> None:
    found = {str(p.relative_to(ROOT)) for p in sources() if STARTS_PROCESSES.search(p.read_text())}
    assert found <= {
        "media_pipeline/sandbox.py",
        "media_pipeline/ending.py",
        "media_pipeline/launcher.py",
        "media_pipeline/isolation.py",
    }


def test_the_time_is_asked_from_the_one_clock_only() -> None:
    asks = re.compile(r"datetime\.(?:now|utcnow|today)\(|date\.today\(")
    found = {str(p.relative_to(ROOT)) for p in sources() if asks.search(p.read_text())}
    # Unfinished uploads in a bucket carry the host's time, not the festival's.
    assert found == {"plural/clock.py", "media_pipeline/s3.py"}


def test_no_lock_file_names_a_registry() -> None:
    for lock in ROOT.glob("requirements*.txt"):
        assert "://" not in lock.read_text(), lock.name
        assert "--hash=sha256:" in lock.read_text(), lock.name
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()
