"""Forms of publication: when each audience hears, and the second person's yes."""

from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, IntegerField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError
from wtforms.widgets import HiddenInput

from plural.forms.instants import InstantField
from plural.models.publication import Audience


class ProposalForm(FlaskForm):
    recipients = InstantField(_l("Recipients and their guardians"), [InputRequired()])
    partners = InstantField(_l("Partners and press"), [InputRequired()])
    entrants = InstantField(_l("Everybody who has entered a film"), [InputRequired()])
    public = InstantField(_l("The public"), [InputRequired()])

    def instants(self) -> dict[Audience, datetime]:
        return {audience: self[audience.value].data for audience in Audience}

    def validate(self, extra_validators: object = None) -> bool:
        if not super().validate(extra_validators):
            return False
        ordered = list(self.instants().values())
        if ordered != sorted(ordered):
            self.form_errors.append(
                _("Recipients hear no later than partners, partners no later than entrants, and"
                  " entrants no later than the public.")
            )  # fmt: skip
            return False
        return True


class ConfirmationForm(FlaskForm):
    """`seen` is the digest of the results that stood on the page."""

    seen = HiddenField(validators=[DataRequired()])
    leave_out = BooleanField(_l("Publish without the films that are held back"))


class RescheduleForm(FlaskForm):
    """Another instant, or `now`."""

    at = InstantField(_l("New instant"))
    now = BooleanField(_l("Publish now"))

    def validate_at(self, field: InstantField) -> None:
        if not self.now.data and field.data is None:
            raise ValidationError(_("Please give a date and a time."))


class AdditionForm(FlaskForm):
    """The award and the film version that the button stood beside."""

    award = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
    film = IntegerField(widget=HiddenInput(), validators=[InputRequired()])


class WithdrawalForm(FlaskForm):
    reason = TextAreaField(
        _l("Reason"),
        [DataRequired(), Length(max=2000)],
        description=_l("For the record of the festival; nobody outside reads it."),
    )
