"""Every permission, in one place: what people may do, and what each route asks first."""

from plural.access.questions import (
    has_undertaken,
    in_conflict,
    is_sealed,
    judges,
    may_be_put_before,
    may_download,
    may_score,
    may_see_film,
)
from plural.access.routes import RULES
from plural.access.rules import anybody, belongs, own_film
from plural.access.who import Who

__all__ = [
    "RULES",
    "Who",
    "anybody",
    "belongs",
    "has_undertaken",
    "in_conflict",
    "is_sealed",
    "judges",
    "may_be_put_before",
    "may_download",
    "may_score",
    "may_see_film",
    "own_film",
]
