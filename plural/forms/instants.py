"""Instants in forms: written and shown in the zone of the edition."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import get_timezone
from flask_babel import lazy_gettext as _l
from wtforms import ValidationError
from wtforms.fields import DateTimeLocalField

FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
COMES_TWICE = _l(
    "On that day the clocks go back, and this time comes twice. Please choose another."
)
NEVER_COMES = _l(
    "On that day the clocks go forward, and this time does not exist. Please choose another."
)


class InstantField(DateTimeLocalField):
    """Its `data` is an aware instant in UTC; people see and write the edition's own time.

    `zone_in` names a field of the same form that says in which zone people have written.
    """

    def __init__(
        self, label: Any = None, validators: Any = None, *, zone_in: str = "", **options: Any
    ) -> None:
        super().__init__(label, validators, format=FORMATS, **options)
        self.zone_in = zone_in
        self.written: datetime | None = None

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
        self.written = self.data
        self.data = earliest(self.written, get_timezone())

    def pre_validate(self, form: Any) -> None:
        """Refuse a time that clocks of the zone never show, or show twice."""
        if self.written is None:
            return
        zone = get_timezone()
        if self.zone_in and not form[self.zone_in].errors:
            zone = ZoneInfo(form[self.zone_in].data)
        self.data = in_zone(self.written, zone)


def earliest(written: Any, zone: Any) -> datetime:
    return written.replace(tzinfo=ZoneInfo(str(zone))).astimezone(UTC)


def in_zone(written: datetime, zone: Any) -> datetime:
    """The one instant at which clocks of the zone show this; raises ValidationError without one."""
    zone = ZoneInfo(str(zone))
    first, second = (written.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    instant = first.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) != written:
        raise ValidationError(str(NEVER_COMES))
    if second.utcoffset() != first.utcoffset():
        raise ValidationError(str(COMES_TWICE))
    return instant
