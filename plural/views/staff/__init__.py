"""The staff desk: everything that people of the festival decide about one edition."""

from plural.views.staff import (
    desk,
    edition,
    entries,
    masters,
    organisations,
    safety,
    screening,
    worries,
)
from plural.views.staff.blueprint import blueprint

__all__ = [
    "blueprint",
    "desk",
    "edition",
    "entries",
    "masters",
    "organisations",
    "safety",
    "screening",
    "worries",
]
