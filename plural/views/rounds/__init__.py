"""Staff's side of a round: make it, open it, give out the films, close it, read what came of it."""

from plural.views.rounds import (
    assigning,
    comments,
    drafting,
    exports,
    handing,
    juries,
    namesakes,
    preview,
    running,
    settling,
    shortlisting,
    terms,
    verdict,
)
from plural.views.rounds.blueprint import blueprint

__all__ = [
    "assigning",
    "blueprint",
    "comments",
    "drafting",
    "exports",
    "handing",
    "juries",
    "namesakes",
    "preview",
    "running",
    "settling",
    "shortlisting",
    "terms",
    "verdict",
]
