"""Small forms of one deed on a round each."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, HiddenInput

from plural.forms.instants import InstantField


class ReschedulingForm(FlaskForm):
    closes_at: Any = InstantField(_l("Closes at"), validators=[InputRequired()])


class SeatsForm(FlaskForm):
    """More people for a round that is open."""

    members = SelectMultipleField(_l("Members"), coerce=int, option_widget=CheckboxInput())


class ClosingForm(FlaskForm):
    anyway = BooleanField(_l("Close it anyway"))


class FreezingForm(FlaskForm):
    """A reason is needed only for what is still open."""

    reason = TextAreaField(_l("Why it stays as it is"), validators=[Optional(), Length(max=2000)])


class ReopeningForm(FlaskForm):
    closes_at: Any = InstantField(_l("Closes at"), validators=[InputRequired()])
    reason = TextAreaField(_l("Reason"), validators=[InputRequired(), Length(max=2000)])
    more_reviews = BooleanField(_l("Ask for more reviews of the films that cannot be told apart"))
    as_draft = BooleanField(_l("Change the criteria or rules first"))


class SettlingForm(FlaskForm):
    """Which request a second person has looked at."""

    request = IntegerField(widget=HiddenInput())

    def request_id(self) -> int:
        return self.request.data or 0


class ShortlistForm(FlaskForm):
    """Either the plain top of the ranking, or the films ticked with a reason for what differs."""

    top = BooleanField()
    films = SelectMultipleField(coerce=int, validate_choice=False)
    reason = TextAreaField(_l("Reason for what differs"), validators=[Length(max=2000)])
