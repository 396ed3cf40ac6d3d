"""The festival's clock, moved through the file that the demo's stack reads it from."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

ZONE = "America/New_York"


class Clock:
    """Moves forward only."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.offset = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def jump_to(self, at: datetime) -> None:
        self.offset = max(self.offset, at - datetime.now(UTC))
        unfinished = self.file.with_suffix(".new")
        unfinished.write_text(str(self.offset.total_seconds()))
        unfinished.replace(self.file)

    def in_days(self, days: float) -> datetime:
        return self.now() + timedelta(days=days)


def written(at: datetime) -> str:
    """An instant as forms want it: the edition's own time, to the minute."""
    return at.astimezone(ZoneInfo(ZONE)).strftime("%Y-%m-%dT%H:%M")
