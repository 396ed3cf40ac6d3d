"""The form of a score, by the round's rubric."""

from typing import Any

from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import FloatField, IntegerField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput, NumberInput

from plural.actions.scores import Sheet, revision_of
from plural.languages import text
from plural.models.festival import Edition
from plural.models.rounds import Criterion, Round
from plural.models.scoring import Assignment, Score
from plural.round_rules import RoundRules, Sight

POINTS_AT_MOST = 20
ROUNDING = 9
DOES_NOT_APPLY = ""
VALUE_MISSING = _l("Please choose a value.")
COMMENT_MISSING = _l("Please write a few words.")
COMMENT_LONGEST = 2000


def comment(label: Any, hint: Any, required: bool) -> TextAreaField:
    needed = DataRequired(COMMENT_MISSING) if required else Optional()
    return TextAreaField(label, description=hint, validators=[needed, Length(max=COMMENT_LONGEST)])


class ScoreForm(FlaskForm):
    """The revision; `score_form` adds the comments and a field for each criterion of the round."""

    revision = IntegerField(widget=HiddenInput(), default=0, validators=[InputRequired()])

    def sheet(self, assignment: Assignment) -> Sheet:
        criteria = assignment.round.criteria_for(assignment.film)
        values = {c.key: self[field_name(c)].data for c in criteria}
        return Sheet(
            values={k: float(v) for k, v in values.items() if v not in (None, DOES_NOT_APPLY)},
            comment_for_jury=self.words(assignment, "comment_for_jury"),
            comment_for_maker=self.words(assignment, "comment_for_maker"),
        )

    def words(self, assignment: Assignment, name: str) -> str:
        """A comment; where the round wants none, what an older version of it has got stays."""
        if name in self:
            return (self[name].data or "").strip()
        return str(getattr(assignment.score, name, ""))


def field_name(criterion: Criterion) -> str:
    return f"criterion_{criterion.key}"


def score_form(assignment: Assignment, filled: bool = True) -> Any:
    """The form of one score; `filled` with what has been given before."""
    round_ = assignment.round
    fields: dict[str, Any] = {
        field_name(c): criterion_field(round_.edition, c)
        for c in round_.criteria_for(assignment.film)
    }
    fields |= comment_fields(round_)
    return type("RubricForm", (ScoreForm,), fields)(data=values_of(assignment) if filled else {})


def comment_fields(round_: Round) -> dict[str, Any]:
    if not round_.rules.may_comment:
        return {}
    return {
        "comment_for_maker": comment(
            _l("For the filmmaker"),
            _l(
                "Kind words that help somebody young with the next film. The festival reads them "
                "first; the filmmaker then sees them without your name."
            ),
            round_.rules.maker_comment_required,
        ),
        "comment_for_jury": comment(
            _l("For the jury"),
            jury_hint(round_.rules),
            round_.rules.jury_comment_required,
        ),
    }


def jury_hint(rules: RoundRules) -> Any:
    """Who reads a comment for the jury, by what the round declares."""
    if rules.others_scores is Sight.AFTER_OWN:
        return _l(
            "Never shown to the filmmaker. Other jurors of this film read it, without your name, "
            "once their own score is final. Staff read it after the round has closed."
        )
    if rules.others_scores is Sight.AFTER_CLOSE or rules.jury_comments_shown:
        return _l(
            "Never shown to the filmmaker. After the round has closed, staff read it, and other "
            "jurors of this film do without your name."
        )
    return _l("Never shown to the filmmaker. Only staff read it, after the round has closed.")


def values_of(assignment: Assignment) -> dict[str, Any]:
    score = assignment.score
    if score is None:
        return {"revision": revision_of(assignment)}
    criteria = assignment.round.criteria_for(assignment.film)
    given = {field_name(c): shown_value(score, c) for c in criteria}
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
        words = " ".join(filter(None, [hint, range_in_words(criterion)]))
        return FloatField(
            label,
            description=words,
            validators=[needed, bounds],
            widget=NumberInput(step=written(criterion.step) if criterion.step else "any"),
        )
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


def range_in_words(criterion: Criterion) -> str:
    """Which values there are, for a field that does not show them all."""
    lowest, highest = format_decimal(criterion.minimum), format_decimal(criterion.maximum)
    if not criterion.step:
        return _("A number from %(lowest)s to %(highest)s.", lowest=lowest, highest=highest)
    return _(
        "A number from %(lowest)s to %(highest)s, in steps of %(step)s.",
        lowest=lowest,
        highest=highest,
        step=format_decimal(criterion.step),
    )


def anchors(criterion: Criterion) -> dict[str, str]:
    """What the steps of a criterion mean, by their written values, where the edition says so."""
    prefix, edition = f"criterion.{criterion.key}.anchor", criterion.round.edition
    steps = [written(step) for step in points(criterion) or []]
    found = {step: text(edition, f"{prefix}.{step}") for step in steps}
    return {step: words for step, words in found.items() if words}


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
