"""One film for one juror, chosen by staff."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from plural.models.entry import FilmVersion
from plural.models.rounds import Seat


class HandForm(FlaskForm):
    film = SelectField(_l("Film"), coerce=int)
    seat = SelectField(_l("Juror"), coerce=int)

    def offer(self, films: list[FilmVersion], seats: list[Seat]) -> None:
        """Fill in what can be chosen; the code tells films of the same title apart."""
        self.film.choices = [
            SelectChoice(film.id, f"{film.entry.title} · {film.entry.code}") for film in films
        ]
        self.seat.choices = [
            SelectChoice(
                seat.id,
                f"{seat.membership.name or seat.membership.email}"
                f" · {seat.membership.organisation.name}",
            )
            for seat in seats
        ]
