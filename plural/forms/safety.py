"""What is told of a worry, and what those who look after the safety of children do about it."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, TextAreaField
from wtforms.validators import DataRequired, Length

from plural.forms.jury import FEW_WORDS
from plural.labels import words_for
from plural.models.people import Account
from plural.models.safety import Outcome


class WorryForm(FlaskForm):
    words = TextAreaField(
        _l("What worries you"),
        validators=[DataRequired(FEW_WORDS), Length(max=4000)],
    )


class StepForm(FlaskForm):
    """What was done about a case."""

    words = TextAreaField(
        _l("What was done"),
        validators=[DataRequired(FEW_WORDS), Length(max=4000)],
        description=_l("It stays as it is written and cannot be changed afterwards."),
    )


class SealForm(FlaskForm):
    """Why a film is sealed, or its seal is lifted."""

    reason = TextAreaField(
        _l("Reason"),
        validators=[DataRequired(FEW_WORDS), Length(max=4000)],
        description=_l("Only those who look after the safety of children read it."),
    )


class WorryAnswerForm(FlaskForm):
    """How a case ended, for the festival's own record."""

    outcome = SelectField(_l("What came of it"))
    answer = TextAreaField(
        _l("In your own words"),
        validators=[DataRequired(FEW_WORDS), Length(max=4000)],
        description=_l("For the festival's record. The filmmaker and who told you do not read it."),
    )

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.outcome.choices = words_for(Outcome)


class NamingForm(FlaskForm):
    """Which member of the staff is to look after the safety of children."""

    account_id = SelectField(_l("Member of the staff"), coerce=int)

    def offer(self, accounts: list[Account]) -> None:
        self.account_id.choices = [(a.id, a.name or a.email) for a in accounts]
