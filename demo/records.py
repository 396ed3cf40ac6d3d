"""The sealed record of a round, from which anybody can compute its result anew."""

import subprocess
import sys
from pathlib import Path

from demo.browser import Browser
from demo.festival import Festival
from demo.trouble import Trouble

ROOT = Path(__file__).resolve().parent.parent


def file_of(festival: Festival, key: str) -> Path:
    """Where the record of a round lies once it has been fetched."""
    return festival.folder / f"{key}.json"


def recompute(festival: Festival, staff: Browser, key: str) -> None:
    """Fetch the frozen record and compute it anew without the portal. Raises Trouble."""
    file = file_of(festival, key)
    file.write_bytes(staff.get(f"{festival.rounds[key]}/snapshot.json").content)
    done = subprocess.run(
        [sys.executable, "-m", "judging", "recompute", str(file)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise Trouble(f"The record of {key} does not recompute: {done.stdout} {done.stderr}")
    festival.report.say(f"{key}: the frozen record recomputes to the same digest")
