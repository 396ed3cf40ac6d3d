"""Forms of licences."""

from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, SelectMultipleField
from wtforms.validators import InputRequired, Optional, ValidationError

from plural import choices
from plural.actions.licences import LICENSED_USES
from plural.forms.instants import InstantField
from plural.labels import label
from plural.models.entry import FilmVersion
from plural.models.people import Organisation

USUAL_TERM = timedelta(days=3 * 365)


class LicenceForm(FlaskForm):
    organisation_id = SelectField(_l("Distributor"), coerce=int)
    film_id = SelectField(_l("Film"), coerce=int)
    use = SelectField(_l("Use"))
    territories = SelectMultipleField(
        _l("Countries"), [Optional()], description=_l("Nothing chosen means the whole world.")
    )
    starts_at = InstantField(_l("From"), [InputRequired()])
    ends_at = InstantField(_l("Until"), [InputRequired()])

    def offer(self, organisations: list[Organisation], films: list[FilmVersion]) -> None:
        """Fill in what can be chosen."""
        self.organisation_id.choices = [(o.id, o.name) for o in organisations]
        self.film_id.choices = [
            (
                film.id,
                _("%(title)s, version %(number)s", title=film.entry.title, number=film.number),
            )
            for film in films
        ]
        self.use.choices = [(use.value, label(use)) for use in LICENSED_USES]
        self.territories.choices = choices.countries()[1:]

    def term(self) -> tuple[datetime, datetime]:
        """From and until, of a form that has been validated."""
        starts_at: Any = self.starts_at.data
        ends_at: Any = self.ends_at.data
        return starts_at, ends_at

    def validate_ends_at(self, field: InstantField) -> None:
        if self.starts_at.data and field.data and field.data <= self.starts_at.data:
            raise ValidationError(_("The licence has to end after it begins."))
