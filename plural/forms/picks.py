"""What a partner sends: its choices, its people, by what it chooses."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext
from flask_wtf import FlaskForm
from wtforms import EmailField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Email, InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from plural import languages
from plural.actions.focal_points import ROLES, Invited
from plural.actions.picks import CHOICES, Choice
from plural.forms.instants import InstantField
from plural.labels import words_for
from plural.models.entry import FilmVersion
from plural.models.people import MembershipRole
from plural.models.picks import Pick

ORDER = (_l("First choice"), _l("Second choice"), _l("Third choice"))


class PickForm(FlaskForm):
    """Up to three films in their order, each with why."""

    revision = IntegerField(widget=HiddenInput(), default=0, validators=[InputRequired()])

    def offer_films(self, films: list[FilmVersion]) -> None:
        """Fill in what can be chosen."""
        titles = [SelectChoice(film.id, film.entry.title) for film in films]
        for field in self.choices():
            field.choices = [SelectChoice(0, _("No film")), *titles]

    def offer(self, films: list[FilmVersion], picked: list[Pick], revision: int) -> None:
        """Fill in what can be chosen, and what has been."""
        self.offer_films(films)
        self.revision.data = revision
        for pick in picked:
            self[f"film_{pick.position}"].data = pick.film_version_id
            self[f"citation_{pick.position}"].data = pick.citation

    def choices(self) -> list[SelectField]:
        return [self[f"film_{n}"] for n in range(1, CHOICES + 1)]

    def chosen(self, films: list[FilmVersion]) -> list[Choice]:
        """The choices in their order, without gaps."""
        by_id = {film.id: film for film in films}
        return [
            Choice(by_id[field.data], (self[f"citation_{n}"].data or "").strip())
            for n, field in enumerate(self.choices(), 1)
            if field.data in by_id
        ]


for _n, _words in enumerate(ORDER, 1):
    setattr(PickForm, f"film_{_n}", SelectField(_words, coerce=int, default=0))
    setattr(
        PickForm,
        f"citation_{_n}",
        TextAreaField(
            _l("Why this film"),
            description=_l("One or two sentences that may be read out and printed."),
            validators=[Optional(), Length(max=1000)],
        ),
    )


class CriteriaForm(FlaskForm):
    """By what a partner chooses, in each language of the portal: fields `criteria_<language>`."""

    def words(self) -> dict[str, str]:
        return {code: (self[f"criteria_{code}"].data or "").strip() for code in languages.LANGUAGES}


for _code, _own_name in languages.LANGUAGES.items():
    setattr(
        CriteriaForm,
        f"criteria_{_code}",
        TextAreaField(
            _l("By what you choose, in %(language)s", language=_own_name),
            validators=[Optional(), Length(max=2000)],
        ),
    )


class ColleagueForm(FlaskForm):
    """Somebody who is to act for the partner; `replaces` names whom they follow, 0 nobody."""

    name = StringField(lazy_pgettext("person", "Name"), [DataRequired(), Length(max=120)])
    email = EmailField(_l("E-mail address"), [DataRequired(), Email(), Length(max=200)])
    role = SelectField(lazy_pgettext("membership", "Part"), default=MembershipRole.JUROR.value)
    language = SelectField(_l("Language of the mail"))
    replaces = SelectField(_l("In the place of"), coerce=int, default=0)

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.role.choices = words_for(ROLES)
        self.language.choices = list(languages.LANGUAGES.items())

    def invited(self) -> Invited:
        return Invited(
            name=self.name.data.strip(),
            email=self.email.data.strip(),
            role=MembershipRole(self.role.data),
            language=self.language.data,
        )


class DeadlineForm(FlaskForm):
    closes_at = InstantField(
        _l("Own deadline"),
        [Optional()],
        description=_l("Empty means that of the round."),
    )
