"""What any juror may say of a film beside judging it, and signs before the first."""

import re

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, FloatField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Regexp

FEW_WORDS = _l("Please write a few words.")
MOMENT = re.compile(r"^\s*(?:(\d{1,2}):)?(\d{1,3}):(\d{1,2})\s*$")


class ConflictForm(FlaskForm):
    reason = TextAreaField(
        _l("Why you should not judge this film"),
        validators=[DataRequired(_l("Please say why.")), Length(max=1000)],
    )


class AbstentionForm(FlaskForm):
    reason = TextAreaField(
        _l("Why you give no score"),
        validators=[DataRequired(_l("Please say why.")), Length(max=1000)],
    )


class UndertakingForm(FlaskForm):
    agrees = BooleanField(
        _l("I have read this and keep to it."),
        validators=[InputRequired(_l("Please tick this if you keep to it."))],
    )
    signed_name = StringField(
        _l("Your name"), validators=[DataRequired(_l("Please write your name.")), Length(max=120)]
    )


class NoteForm(FlaskForm):
    """A note at a moment of the film, written as 1:05 or 1:02:05."""

    at = StringField(
        _l("Time"),
        default="0:00",
        validators=[InputRequired(), Regexp(MOMENT, message=_l("Write the time as 1:05."))],
    )
    words = TextAreaField(_l("Your note"), validators=[DataRequired(FEW_WORDS), Length(max=2000)])

    def at_s(self) -> float:
        found = MOMENT.match(self.at.data)
        hours, minutes, seconds = (int(part or 0) for part in found.groups()) if found else (0,) * 3
        return float(3600 * hours + 60 * minutes + seconds)


class WatchedForm(FlaskForm):
    """Sent by a script: how many seconds of a film its player has played in all."""

    seconds = FloatField(validators=[InputRequired(), NumberRange(min=0)])
