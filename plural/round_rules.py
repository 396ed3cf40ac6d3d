"""What a round declares beside its rubric: who sees what, what must be said, how a jury decides."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any, Self

from judging.sitting import Deciding as Deciding


class Sight(StrEnum):
    """When a juror may see what others gave."""

    NEVER = "never"
    AFTER_OWN = "after_own"
    AFTER_CLOSE = "after_close"


@dataclass(frozen=True)
class RoundRules:
    """Rules of one round; what is not said has the value that most festivals want.

    Without `may_comment` no comment is asked for, whatever else says that one is required.
    `jury_comments_shown`: jurors read each other's comments for the jury once the round is over,
    also where they do not see what others gave.
    `slopes` allows for jurors who spread films further apart than others, where that predicts
    scores better. `outside_region` asks for one review of each film from outside its region, and
    `young_jurors` for so many from young jurors; neither ever costs a review. `quorum` is how many
    members must take part in deciding an award, 0 for no such rule.
    """

    shows_names: bool = True
    others_scores: Sight = Sight.NEVER
    may_comment: bool = True
    maker_comment_required: bool = False
    jury_comment_required: bool = False
    jury_comments_shown: bool = False
    slopes: bool = False
    outside_region: bool = True
    young_jurors: int = 0
    deciding: Deciding = Deciding.RANKING
    quorum: int = 0
    casting_vote: bool = False
    ex_aequo: bool = True
    one_prize_per_film: bool = False

    @classmethod
    def of(cls, written: Mapping[str, Any]) -> Self:
        """The rules that a round's row says; raises ValueError for a value that is none."""
        known: dict[str, Any] = {f.name: written[f.name] for f in fields(cls) if f.name in written}
        for name, kind in (("others_scores", Sight), ("deciding", Deciding)):
            if name in known:
                known[name] = kind(known[name])
        return cls(**known)

    def written(self) -> dict[str, Any]:
        """The rules as JSON."""
        return asdict(self)
