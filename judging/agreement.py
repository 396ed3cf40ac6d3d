"""How far the jurors of a round agree, and how much of it has been reviewed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import fsum

from judging.calibration import Observation
from judging.rounds import Film


@dataclass(frozen=True, slots=True)
class Coverage:
    """`share` is that of the wanted reviews that exist, none counted beyond what a film wants."""

    reviews: int
    wanted: int
    share: float
    films_without: tuple[str, ...]
    films_short: tuple[str, ...]


def krippendorff_alpha(observations: Iterable[Observation]) -> float | None:
    """Krippendorff's alpha for interval data (Content Analysis, 4th ed., chapter 12).

    1 is perfect agreement, 0 what chance gives. None if no film has two scores or all are equal.
    """
    by_film: dict[str, list[float]] = {}
    for observation in observations:
        by_film.setdefault(observation.film_id, []).append(observation.value)
    units = [values for values in by_film.values() if len(values) > 1]
    every = [value for values in units for value in values]
    expected = _squared_differences(every)
    if not expected:
        return None
    observed = fsum(_squared_differences(values) / (len(values) - 1) for values in units)
    return 1.0 - (len(every) - 1) * observed / expected


def _squared_differences(values: Sequence[float]) -> float:
    """The sum over unordered pairs, by way of the mean."""
    if len(set(values)) < 2:
        return 0.0
    mean = fsum(values) / len(values)
    return len(values) * fsum((value - mean) * (value - mean) for value in values)


def coverage(films: Iterable[Film], observations: Iterable[Observation]) -> Coverage:
    """Count reviews against what each film wants."""
    reviews: dict[str, int] = {}
    for observation in observations:
        reviews[observation.film_id] = reviews.get(observation.film_id, 0) + 1
    wanted = {film.id: film.reviews_wanted for film in films}
    counted = {film_id: min(reviews.get(film_id, 0), count) for film_id, count in wanted.items()}
    total = sum(wanted.values())
    return Coverage(
        reviews=sum(reviews.get(film_id, 0) for film_id in wanted),
        wanted=total,
        share=sum(counted.values()) / total if total else 1.0,
        films_without=tuple(sorted(film_id for film_id in wanted if not reviews.get(film_id))),
        films_short=tuple(
            sorted(film_id for film_id, count in wanted.items() if 0 < counted[film_id] < count)
        ),
    )
