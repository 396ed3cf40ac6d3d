"""Instants in forms: written and shown in the zone of the edition."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import get_timezone
from wtforms.fields import DateTimeLocalField

FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]


class InstantField(DateTimeLocalField):
    """Its `data` is an aware instant in UTC; people see and write the edition's own time."""

    def __init__(self, label: Any = None, validators: Any = None, **options: Any) -> None:
        super().__init__(label, validators, format=FORMATS, **options)

    def process_data(self, value: datetime | None) -> None:
        self.data = value

    def _value(self) -> str:
        if self.raw_data:
            return " ".join(self.raw_data)
        return self.data.astimezone(get_timezone()).strftime(FORMATS[0]) if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist or not valuelist[0]:
            self.data = None
            return
        super().process_formdata(valuelist)
        written: Any = self.data
        self.data = in_zone(written, get_timezone())


def in_zone(written: datetime, zone: Any) -> datetime:
    """The instant at which clocks of the zone show what was written."""
    zone = ZoneInfo(str(zone))
    return written.replace(tzinfo=zone).astimezone(UTC)
