"""Forms of the jury: a score by the round's rubric, a ballot, a pick, a word of warning."""

from typing import Any

from flask_babel import format_decimal
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import FloatField, IntegerField, RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from plural.actions.scores import Sheet
from plural.languages import text
from plural.models.entry import FilmVersion
from plural.models.festival import Award, Edition
from plural.models.judging import Ballot, Criterion, Round, Score

POINTS_AT_MOST = 20
ROUNDING = 9
DOES_NOT_APPLY = ""
VALUE_MISSING = _l("Please choose a value.")


class ScoreForm(FlaskForm):
    """The comments; `score_form` adds a field for each criterion of the round."""

    revision = IntegerField(widget=HiddenInput(), default=0, validators=[InputRequired()])
    comment_for_maker = TextAreaField(
        _l("For the filmmaker"),
        description=_l("Kind words that help somebody young with the next film."),
        validators=[Optional(), Length(max=2000)],
    )
    comment_for_jury = TextAreaField(
        _l("For the jury"),
        description=_l("Never shown to the filmmaker."),
        validators=[Optional(), Length(max=2000)],
    )

    def sheet(self, round_: Round) -> Sheet:
        values = {c.key: self[field_name(c)].data for c in round_.criteria}
        return Sheet(
            values={k: float(v) for k, v in values.items() if v not in (None, DOES_NOT_APPLY)},
            comment_for_jury=(self.comment_for_jury.data or "").strip(),
            comment_for_maker=(self.comment_for_maker.data or "").strip(),
        )


def field_name(criterion: Criterion) -> str:
    return f"criterion_{criterion.key}"


def score_form(round_: Round, score: Score | None) -> Any:
    """The form of one score, filled with what has been given before."""
    fields = {field_name(c): criterion_field(round_.edition, c) for c in round_.criteria}
    return type("RubricForm", (ScoreForm,), fields)(data=values_of(round_, score))


def values_of(round_: Round, score: Score | None) -> dict[str, Any]:
    if score is None:
        return {}
    given = {field_name(c): shown_value(score, c) for c in round_.criteria}
    return given | {
        "revision": score.revision,
        "comment_for_jury": score.comment_for_jury,
        "comment_for_maker": score.comment_for_maker,
    }


def shown_value(score: Score, criterion: Criterion) -> Any:
    value = score.values.get(criterion.key)
    if points(criterion) is None:
        return value
    return DOES_NOT_APPLY if value is None else written(value)


def criterion_field(edition: Edition, criterion: Criterion) -> Any:
    """A row of buttons where the steps are few, a number field where they are many."""
    label = text(edition, f"criterion.{criterion.key}.name") or criterion.key
    hint = text(edition, f"criterion.{criterion.key}.hint")
    steps = points(criterion)
    if steps is None:
        needed = Optional() if criterion.optional else InputRequired(VALUE_MISSING)
        bounds = NumberRange(criterion.minimum, criterion.maximum)
        return FloatField(label, description=hint, validators=[needed, bounds])
    choices = [SelectChoice(written(step), format_decimal(step)) for step in steps]
    if criterion.optional:
        return RadioField(
            label,
            description=hint,
            choices=[*choices, SelectChoice(DOES_NOT_APPLY, "–")],
            default=DOES_NOT_APPLY,
            validators=[Optional()],
        )
    return RadioField(
        label, description=hint, choices=choices, validators=[InputRequired(VALUE_MISSING)]
    )


def points(criterion: Criterion) -> list[float] | None:
    """Every value that a criterion allows, or None when they are too many to be shown."""
    if not criterion.step:
        return None
    count = int((criterion.maximum - criterion.minimum) / criterion.step + 1e-9) + 1
    if count > POINTS_AT_MOST:
        return None
    return [round(criterion.minimum + n * criterion.step, ROUNDING) for n in range(count)]


def written(value: float) -> str:
    """One way to write a value, so that 4 and 4.0 are the same button."""
    return f"{value:g}"


class ConflictForm(FlaskForm):
    reason = TextAreaField(
        _l("Why you should not judge this film"),
        validators=[InputRequired(_l("Please say why.")), Length(max=1000)],
    )


class WorryForm(FlaskForm):
    words = TextAreaField(
        _l("What worries you"),
        validators=[InputRequired(_l("Please write a few words.")), Length(max=4000)],
    )


class BallotForm(FlaskForm):
    """A rank per film; `ballot_form` adds the fields."""

    revision = IntegerField(widget=HiddenInput(), default=0, validators=[InputRequired()])

    def ranking(self) -> list[list[int]]:
        """Ranks from best to worst without gaps, films of one rank together."""
        tiers: dict[int, list[int]] = {}
        for field in self:
            if field.name.startswith(RANK) and field.data:
                tiers.setdefault(int(field.data), []).append(int(field.name.removeprefix(RANK)))
        return [sorted(tiers[rank]) for rank in sorted(tiers)]


RANK = "rank_"


def ballot_form(
    award: Award, films: list[FilmVersion], ballot: Ballot | None, **source: Any
) -> Any:
    """The ballot of one award, filled with what has been ranked before. Id 0 is no award."""
    ids = [film.id for film in films] + ([0] if award.may_be_withheld else [])
    titles = {film.id: film.entry.title for film in films}
    places = [SelectChoice(str(n), format_decimal(n)) for n in range(1, len(ids) + 1)]
    choices = [SelectChoice("", "–"), *places]
    fields = {
        f"{RANK}{i}": SelectField(
            titles.get(i, _l("No award")),
            id=f"award{award.id}-{RANK}{i}",
            choices=choices,
            default="",
            validators=[Optional()],
        )
        for i in ids
    }
    return type("RankForm", (BallotForm,), fields)(data=ranks_of(ballot), **source)


def ranks_of(ballot: Ballot | None) -> dict[str, Any]:
    if ballot is None:
        return {}
    ranks = {
        f"{RANK}{film_id}": str(rank)
        for rank, tier in enumerate(ballot.ranking, 1)
        for film_id in tier
    }
    return {**ranks, "revision": ballot.revision}


class PickForm(FlaskForm):
    """One film, or none, for the recognition of a partner."""

    revision = IntegerField(widget=HiddenInput(), default=0, validators=[InputRequired()])
    film = RadioField(_l("Your choice"), coerce=int, default=0)
    citation = TextAreaField(
        _l("Why this film"),
        description=_l("One or two sentences that may be read out and printed."),
        validators=[Optional(), Length(max=1000)],
    )
