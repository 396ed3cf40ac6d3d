"""The ranking of a round: calibrated beside raw, and how certain each place is."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from itertools import pairwise

from judging import intervals
from judging.calibration import Calibration, Observation, calibrate
from judging.conflicts import Conflict
from judging.errors import DuplicateId
from judging.rounds import Score
from judging.rubric import Rubric
from judging.slopes import Comparison, calibrate_if_better
from judging.standings import JurorStanding, Standing, TieRule, observe, report, stand


@dataclass(frozen=True, slots=True)
class RankedFilm(Standing):
    """One row of a ranking.

    `rank_low` to `rank_high` holds the true rank with 90 % probability; `probability_shortlisted`
    is that of a true rank within the shortlist's size, None if no size was given.
    """

    rank_low: int
    rank_high: int
    probability_shortlisted: float | None


@dataclass(frozen=True, slots=True)
class JurorReport(JurorStanding):
    """A juror's scoring with the 90 % interval of the severity.

    `slope` is how far the juror spreads films apart, beside 1; 1 where slopes were not used.
    """

    severity_low: float
    severity_high: float
    slope: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """`rows` by group, then rank, then film id; `jurors` by id, those with a counted score.
    `comparison` tells, where slopes were declared, whether they were used and why."""

    rows: tuple[RankedFilm, ...]
    jurors: tuple[JurorReport, ...]
    comparison: Comparison | None = None


def rank(
    rubric: Rubric,
    scores: Iterable[Score],
    *,
    films: Iterable[str],
    seed: str,
    shortlist_size: int | Mapping[str, int] | None = None,
    tie_rule: TieRule = TieRule.SHARED,
    conflicts: Iterable[Conflict] = (),
    groups: Mapping[str, str] | None = None,
    slopes: bool = False,
) -> Ranking:
    """Rank the films of one round.

    `films` are the ids to be ranked, also those nobody scored. With `groups` (film id to, say, age
    category) leniencies are learnt from all scores, but places and `shortlist_size` (one for all or
    one per group) count within the group. With `slopes`, declared before the round opened, jurors
    get a slope each if that predicts unseen scores better. Raises DuplicateId, UnknownFilm,
    DuplicateScore, NotANumber.
    """
    film_ids = sorted(films)
    for first, second in pairwise(film_ids):
        if first == second:
            raise DuplicateId(first)
    group_of = {film_id: (groups or {}).get(film_id, "") for film_id in film_ids}
    observations = observe(rubric, scores, conflicts, films=group_of)
    calibration, comparison = calibrate_as_declared(observations, slopes=slopes, seed=seed)
    certainty = intervals.draw(
        observations,
        calibration,
        film_ids=film_ids,
        groups=group_of,
        sizes=_sizes(shortlist_size, group_of),
        seed=seed,
    )
    rows = stand(observations, calibration, group_of, seed=seed, tie_rule=tie_rule)
    jurors = report(observations, calibration)
    return Ranking(
        rows=tuple(_ranked(row, certainty) for row in rows),
        jurors=tuple(
            _reported(juror, certainty, calibration.slope.get(juror.juror_id, 1.0))
            for juror in jurors
        ),
        comparison=comparison,
    )


def calibrate_as_declared(
    observations: Iterable[Observation], *, slopes: bool, seed: str
) -> tuple[Calibration, Comparison | None]:
    """The calibration of a round that has, or has not, declared slopes."""
    if slopes:
        return calibrate_if_better(observations, seed=seed)
    return calibrate(observations), None


def _sizes(size: int | Mapping[str, int] | None, group_of: Mapping[str, str]) -> Mapping[str, int]:
    if size is None:
        return {}
    return dict.fromkeys(group_of.values(), size) if isinstance(size, int) else size


def _ranked(row: Standing, certainty: intervals.Certainty) -> RankedFilm:
    return RankedFilm(
        **asdict(row),
        rank_low=certainty.rank_low[row.film_id],
        rank_high=certainty.rank_high[row.film_id],
        probability_shortlisted=certainty.probability.get(row.film_id),
    )


def _reported(juror: JurorStanding, certainty: intervals.Certainty, slope: float) -> JurorReport:
    return JurorReport(
        **asdict(juror),
        severity_low=0.0 - certainty.leniency_high[juror.juror_id],
        severity_high=0.0 - certainty.leniency_low[juror.juror_id],
        slope=slope,
    )
