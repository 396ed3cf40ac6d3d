"""All tables, by subject. Import names from the module that owns them."""

from plural.models import (
    audit,
    consent,
    entry,
    festival,
    judging,
    media,
    people,
    publication,
    sharing,
)

__all__ = [
    "audit",
    "consent",
    "entry",
    "festival",
    "judging",
    "media",
    "people",
    "publication",
    "sharing",
]
