"""The juror's desk: what is left to watch, the score, the ballot, the pick."""

from plural.views.jury import ballots, desk, picks, scoring, signing, stepping_back
from plural.views.jury.blueprint import blueprint

__all__ = ["ballots", "blueprint", "desk", "picks", "scoring", "signing", "stepping_back"]
