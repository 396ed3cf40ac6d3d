"""The juror's desk: what is left to watch, the score, the ballot, the pick."""

from plural.views.jury import (
    ballots,
    desk,
    people,
    picks,
    scoring,
    signing,
    stepping_back,
    talks,
    watched_time,
)
from plural.views.jury.blueprint import blueprint

__all__ = [
    "ballots",
    "blueprint",
    "desk",
    "people",
    "picks",
    "scoring",
    "signing",
    "stepping_back",
    "talks",
    "watched_time",
]
