"""The ballot of one award: a place per film, or a grade."""

from typing import Any

from flask_babel import format_decimal, lazy_pgettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import HiddenInput

from plural.actions.ballots import BEST
from plural.models.entry import FilmVersion
from plural.models.juries import Ballot
from plural.round_rules import Deciding

NO_AWARD = _l("No award")
RANK, GRADE = "rank_", "grade_"
# Majority judgement in words, the best first.
GRADES = {
    5: lazy_pgettext("grade", "Excellent"),
    4: lazy_pgettext("grade", "Very good"),
    3: lazy_pgettext("grade", "Good"),
    2: lazy_pgettext("grade", "Acceptable"),
    1: lazy_pgettext("grade", "Poor"),
    0: lazy_pgettext("grade", "To reject"),
}


class BallotForm(FlaskForm):
    """A field per film; `ballot_form` adds them. `turn` is the ballot that the page was about."""

    revision = IntegerField(widget=HiddenInput(), default=0, validators=[InputRequired()])
    turn = IntegerField(widget=HiddenInput(), default=1, validators=[Optional()])

    def ranking(self) -> list[list[int]]:
        """Ranks from best to worst without gaps, films of one rank together."""
        tiers: dict[int, list[int]] = {}
        for film_id, place in self.given(RANK).items():
            tiers.setdefault(place, []).append(film_id)
        return [sorted(tiers[place]) for place in sorted(tiers)]

    def grades(self) -> dict[int, int]:
        return self.given(GRADE)

    def given(self, prefix: str) -> dict[int, int]:
        return {
            int(field.name.removeprefix(prefix)): int(field.data)
            for field in self
            if field.name.startswith(prefix) and field.data not in (None, "")
        }


def ballot_form(
    deciding: Deciding,
    films: list[FilmVersion],
    withholds: bool,
    ballot: Ballot | None,
    **sent: Any,
) -> Any:
    """The ballot of one award, filled with what has been given before. Id 0 is no award."""
    names: dict[int, Any] = {film.id: film.entry.title for film in films}
    names |= {0: NO_AWARD} if withholds else {}
    if deciding is Deciding.RANKING:
        fields = {f"{RANK}{i}": place_field(name, len(names)) for i, name in names.items()}
    else:
        fields = {f"{GRADE}{i}": grade_field(name, deciding) for i, name in names.items()}
    return type("VoteForm", (BallotForm,), fields)(data=values_of(ballot), **sent)


def place_field(name: Any, places: int) -> SelectField:
    choices = [SelectChoice(str(n), format_decimal(n)) for n in range(1, places + 1)]
    return SelectField(
        name, choices=[SelectChoice("", "–"), *choices], default="", validators=[Optional()]
    )


def grade_field(name: Any, deciding: Deciding) -> RadioField:
    points = range(BEST[deciding], -1, -1)
    if deciding is Deciding.MAJORITY_JUDGEMENT:
        choices = [SelectChoice(str(n), GRADES[n]) for n in points]
    else:
        choices = [SelectChoice(str(n), format_decimal(n)) for n in reversed(points)]
    return RadioField(name, choices=choices, validators=[Optional()])


def values_of(ballot: Ballot | None) -> dict[str, Any]:
    if ballot is None:
        return {}
    ranks = {
        f"{RANK}{film_id}": str(place)
        for place, tier in enumerate(ballot.ranking, 1)
        for film_id in tier
    }
    grades = {f"{GRADE}{film_id}": str(grade) for film_id, grade in ballot.grades.items()}
    return {**ranks, **grades, "revision": ballot.revision}
