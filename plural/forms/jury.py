"""What any juror may say of a film beside judging it."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length


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
