"""What one juror takes on in a round; a page has this form once for each seat."""

from typing import Any, Self

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange, Optional
from wtforms.widgets import CheckboxInput

from plural.actions.seat_terms import Terms
from plural.languages import text
from plural.models.rounds import Seat

MOST = 100_000


class TermsForm(FlaskForm):
    fewest_films = IntegerField(_l("Fewest films"), validators=[Optional(), NumberRange(0, MOST)])
    most_films = IntegerField(_l("Most films"), validators=[Optional(), NumberRange(0, MOST)])
    is_reserve = BooleanField(_l("Reserve: gets films only where the others do not suffice"))
    is_young = BooleanField(_l("Young juror"))
    categories = SelectMultipleField(
        _l("Only films of these age categories"),
        description=_l("Without a tick all of them."),
        validators=[Optional()],
        option_widget=CheckboxInput(),
    )

    @classmethod
    def of(cls, seat: Seat, **options: Any) -> Self:
        """The form of one seat, as it stands or as it has been sent."""
        form = cls(obj=seat, prefix=f"seat{seat.id}-", **options)
        edition = seat.round.edition
        form.categories.choices = [
            SelectChoice(c.key, text(edition, f"category.{c.key}.name") or c.key)
            for c in edition.categories
        ]
        return form

    def terms(self) -> Terms:
        return Terms(
            fewest_films=self.fewest_films.data,
            most_films=self.most_films.data,
            is_reserve=bool(self.is_reserve.data),
            is_young=bool(self.is_young.data),
            categories=tuple(self.categories.data or ()),
        )
