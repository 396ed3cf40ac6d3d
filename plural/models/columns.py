"""Column types and shorthands that all tables share."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import DateTime, Dialect, Enum, ForeignKey, TypeDecorator
from sqlalchemy.orm import Mapped, MappedColumn, mapped_column


class Instant(TypeDecorator[datetime]):
    """A point in time: aware on the way in, UTC on the way out, on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def choice(kind: type[StrEnum], **options: Any) -> MappedColumn[Any]:
    """A column that holds one value of an enum, as its text, with a CHECK."""
    return mapped_column(
        Enum(
            kind,
            native_enum=False,
            create_constraint=True,
            length=40,
            name=kind.__name__.lower(),
            values_callable=lambda members: [m.value for m in members],
        ),
        **options,
    )


def identifier() -> Mapped[int]:
    return mapped_column(primary_key=True)


def to(target: str, **options: Any) -> MappedColumn[Any]:
    """A foreign key with an index."""
    return mapped_column(ForeignKey(target), index=True, **options)


def instant(**options: Any) -> MappedColumn[Any]:
    return mapped_column(Instant, **options)
