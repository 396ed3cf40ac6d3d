"""What a jury that talks sends: the minutes, and their confirmation."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from plural.actions.juries import name_of
from plural.actions.talks import Draft
from plural.forms.instants import InstantField
from plural.forms.staff import CheckboxesField
from plural.models.entry import FilmVersion
from plural.models.juries import Minutes
from plural.models.rounds import Seat

DISSENT = "dissent_"


class MinutesForm(FlaskForm):
    """What the chair writes; `minutes_form` adds words of dissent for each member."""

    revision = IntegerField(widget=HiddenInput(), default=0, validators=[InputRequired()])
    present = CheckboxesField(_l("Who was there"), coerce=int)
    recused = CheckboxesField(
        _l("Who stepped back"),
        coerce=int,
        description=_l("Whoever has a conflict with one of the films counts as such anyway."),
    )
    winners = CheckboxesField(
        _l("What was decided"), coerce=int, description=_l("Nothing chosen means no award.")
    )
    reasons = TextAreaField(
        _l("Reasons"), [InputRequired(_l("Please write the reasons.")), Length(max=8000)]
    )

    def draft(self) -> Draft:
        return Draft(
            present=frozenset(self.present.data or []),
            recused=frozenset(self.recused.data or []),
            winners=frozenset(self.winners.data or []),
            reasons=(self.reasons.data or "").strip(),
            dissent={
                int(field.name.removeprefix(DISSENT)): field.data.strip()
                for field in self.dissents()
                if (field.data or "").strip()
            },
        )

    def dissents(self) -> list[Any]:
        return [field for field in self if field.name.startswith(DISSENT)]


def minutes_form(
    members: list[Seat], films: list[FilmVersion], minutes: Minutes | None, **sent: Any
) -> Any:
    """The minutes of one award, filled with what has been written before."""
    fields = {
        f"{DISSENT}{seat.id}": TextAreaField(
            _l("%(name)s differs", name=name_of(seat)), [Optional(), Length(max=4000)]
        )
        for seat in members
    }
    form = type("AwardMinutesForm", (MinutesForm,), fields)(data=values_of(minutes), **sent)
    people = [SelectChoice(seat.id, name_of(seat)) for seat in members]
    form.present.choices = form.recused.choices = people
    form.winners.choices = [SelectChoice(film.id, film.entry.title) for film in films]
    return form


def values_of(minutes: Minutes | None) -> dict[str, Any]:
    if minutes is None:
        return {}
    dissent = {f"{DISSENT}{seat_id}": words for seat_id, words in minutes.dissent.items()}
    return {
        **dissent,
        "revision": minutes.revision,
        "present": minutes.present,
        "recused": minutes.recused,
        "winners": minutes.winners,
        "reasons": minutes.reasons,
    }


class ConfirmationForm(FlaskForm):
    revision = IntegerField(widget=HiddenInput(), default=0, validators=[InputRequired()])
    dissent = TextAreaField(_l("I differ, and want this on record"), [Optional(), Length(max=4000)])


class CountForm(FlaskForm):
    second_closes_at = InstantField(
        _l("If there is a tie, the second ballot is open until"), [InputRequired()]
    )
