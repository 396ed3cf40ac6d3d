"""What can be wrong with a question put to this package; every error carries data, not prose."""

from dataclasses import dataclass


class JudgingError(Exception):
    """The root of every error raised on purpose by this package."""


@dataclass(eq=False)
class RubricInvalid(JudgingError):
    """A rubric that cannot be scored: which criterion, and what about it."""

    key: str
    problem: str


@dataclass(eq=False)
class ScoreOutsideRubric(JudgingError):
    """A value that the rubric does not allow.

    `problem` is one of "unknown", "missing", "below", "above", "step", "not a number".
    """

    key: str
    problem: str
    value: float | None = None


@dataclass(eq=False)
class NothingScored(JudgingError):
    """No criterion that carries weight has a value: an abstention, not a zero."""


@dataclass(eq=False)
class UnknownFilm(JudgingError):
    film_id: str


@dataclass(eq=False)
class UnknownJuror(JudgingError):
    juror_id: str


@dataclass(eq=False)
class DuplicateId(JudgingError):
    """One identifier was given twice where it must be given once."""

    id: str


@dataclass(eq=False)
class DuplicateScore(JudgingError):
    film_id: str
    juror_id: str


@dataclass(eq=False)
class NotANumber(JudgingError):
    """A score that is NaN or infinite."""

    film_id: str
    juror_id: str


@dataclass(eq=False)
class LoadsImpossible(JudgingError):
    juror_id: str
    load_min: int
    load_max: int


@dataclass(eq=False)
class InvalidBallot(JudgingError):
    """`problem` is one of "unknown", "repeated", "second ballot", "other method" (grades where
    rankings are asked, or the other way round), "not a number", "recused" (it names a candidate
    that its juror stepped back from, or grades others beside it)."""

    juror_id: str
    problem: str
    candidate: str | None = None


@dataclass(eq=False)
class QuorumNotMet(JudgingError):
    present: int
    quorum: int


@dataclass(eq=False)
class NotRecused(JudgingError):
    """A juror with a conflict took part in deciding about that film."""

    film_id: str
    juror_id: str


@dataclass(eq=False)
class NotConfirmed(JudgingError):
    """Jurors who took part and have not confirmed the minutes."""

    juror_ids: tuple[str, ...]


@dataclass(eq=False)
class UnknownTrait(JudgingError):
    """A floor or ceiling on something that films do not have."""

    trait: str


@dataclass(eq=False)
class SnapshotUnreadable(JudgingError):
    """A document that is no frozen round of a known method; `problem` names the first fault."""

    problem: str
