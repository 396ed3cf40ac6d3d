"""All tables, by subject. Import names from the module that owns them."""

from plural.models import (
    audit,
    consent,
    entry,
    festival,
    juries,
    media,
    people,
    picks,
    publication,
    round_requests,
    rounds,
    safety,
    scoring,
    sharing,
)

__all__ = [
    "audit",
    "consent",
    "entry",
    "festival",
    "juries",
    "media",
    "people",
    "picks",
    "publication",
    "round_requests",
    "rounds",
    "safety",
    "scoring",
    "sharing",
]
