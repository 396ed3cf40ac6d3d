"""Forms by which somebody allows uses of a film, or takes that back."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from plural.labels import LABELS
from plural.models.consent import Use

USES = [SelectChoice(use.value, LABELS[use]) for use in Use]
# What a yes to each use means, to the maker and to a guardian.
EXPLAINED: dict[str, dict[Use, Any]] = {
    "maker": {
        Use.JURY: _l(
            "Jurors and the festival's staff may watch my film. Without this it cannot take part."
        ),
        Use.NAME: _l("My name may stand beside my film. Without this it is shown without a name."),
        Use.FACE: _l("My face and voice in the film may be shown to others than the jury."),
        Use.WEB: _l("The festival may show my film on its website, if it receives something."),
        Use.BROADCAST: _l("Television channels, festivals and schools may show my film."),
    },
    "guardian": {
        Use.JURY: _l(
            "Jurors and the festival's staff may watch the film. Without this it cannot take part."
        ),
        Use.NAME: _l(
            "The name may stand beside the film. Without this it is shown without a name."
        ),
        Use.FACE: _l("Face and voice in the film may be shown to others than the jury."),
        Use.WEB: _l("The festival may show the film on its website, if it receives something."),
        Use.BROADCAST: _l("Television channels, festivals and schools may show the film."),
    },
}


class ConsentForm(FlaskForm):
    """Which uses are allowed, and the typed name that signs it."""

    uses = SelectMultipleField(
        _l("I allow"),
        choices=USES,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    signed_name = StringField(
        _l("Type your full name to sign"),
        [DataRequired(_l("Please type your name.")), Length(max=120)],
        filters=[lambda value: (value or "").strip()],
    )

    def chosen(self) -> set[Use]:
        return {Use(value) for value in self.uses.data or ()}


class RevocationForm(FlaskForm):
    """Which uses end; none named means all."""

    uses = SelectMultipleField(choices=USES)

    def chosen(self) -> set[Use]:
        return {Use(value) for value in self.uses.data or ()} or set(Use)


class RevocationCodeForm(FlaskForm):
    code = StringField(
        _l("Your code"),
        [DataRequired(_l("Please type the code."))],
        description=_l("Four groups of four letters and digits, from our mail."),
        filters=[lambda value: (value or "").strip()],
    )
