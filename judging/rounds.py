"""The people, films and scores of one round."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Juror:
    """Somebody who scores.

    An empty `languages` or `categories` means every language or category. An empty `region` is
    unknown. `load_min` and `load_max` count films, finished ones included; a juror who dropped out
    stays in the list with both at 0, so that finished work keeps its organisation. A juror of
    several partners names the further ones in `other_organisation_ids`. A juror in `reserve` gets a
    film only where the others do not suffice.
    """

    id: str
    organisation_id: str
    region: str = ""
    languages: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    load_min: int = 0
    load_max: int = 1_000_000
    other_organisation_ids: frozenset[str] = frozenset()
    reserve: bool = False

    @property
    def organisation_ids(self) -> frozenset[str]:
        return self.other_organisation_ids | {self.organisation_id}


@dataclass(frozen=True, slots=True)
class Film:
    """Something to be scored by `reviews_wanted` jurors.

    Whoever knows `language` or one of `subtitles` can follow it; an empty `language` is followed
    by everybody. An empty `region` is unknown.
    """

    id: str
    category: str = ""
    language: str = ""
    region: str = ""
    reviews_wanted: int = 5
    subtitles: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, order=True)
class Pair:
    film_id: str
    juror_id: str


@dataclass(frozen=True, slots=True)
class Side:
    """A wish for each film: at least `count` reviews from these jurors, the young ones say."""

    name: str
    juror_ids: frozenset[str]
    count: int = 1


@dataclass(frozen=True, slots=True)
class Score:
    """One juror's values for one film by criterion key; None or absent is missing, never zero.

    `receipt` is whatever the juror was given as proof; it is only carried along.
    """

    film_id: str
    juror_id: str
    values: Mapping[str, float | None] = field(default_factory=dict)
    receipt: str = ""
