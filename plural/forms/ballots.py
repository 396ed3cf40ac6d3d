"""The ballot of one award, and the pick of a partner."""

from typing import Any

from flask_babel import format_decimal
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from plural.models.entry import FilmVersion
from plural.models.festival import Award
from plural.models.juries import Ballot


class BallotForm(FlaskForm):
    """A rank per film; `ballot_form` adds the fields."""

    revision = IntegerField(widget=HiddenInput(), default=0, validators=[InputRequired()])

    def ranking(self) -> list[list[int]]:
        """Ranks from best to worst without gaps, films of one rank together."""
        tiers: dict[int, list[int]] = {}
        for field in self:
            if field.name.startswith(RANK) and field.data:
                tiers.setdefault(int(field.data), []).append(int(field.name.removeprefix(RANK)))
        return [sorted(tiers[rank]) for rank in sorted(tiers)]


RANK = "rank_"


def ballot_form(
    award: Award, films: list[FilmVersion], ballot: Ballot | None, **source: Any
) -> Any:
    """The ballot of one award, filled with what has been ranked before. Id 0 is no award."""
    ids = [film.id for film in films] + ([0] if award.may_be_withheld else [])
    titles = {film.id: film.entry.title for film in films}
    places = [SelectChoice(str(n), format_decimal(n)) for n in range(1, len(ids) + 1)]
    choices = [SelectChoice("", "–"), *places]
    fields = {
        f"{RANK}{i}": SelectField(
            titles.get(i, _l("No award")),
            id=f"award{award.id}-{RANK}{i}",
            choices=choices,
            default="",
            validators=[Optional()],
        )
        for i in ids
    }
    return type("RankForm", (BallotForm,), fields)(data=ranks_of(ballot), **source)


def ranks_of(ballot: Ballot | None) -> dict[str, Any]:
    if ballot is None:
        return {}
    ranks = {
        f"{RANK}{film_id}": str(rank)
        for rank, tier in enumerate(ballot.ranking, 1)
        for film_id in tier
    }
    return {**ranks, "revision": ballot.revision}


class PickForm(FlaskForm):
    """One film, or none, for the recognition of a partner."""

    revision = IntegerField(widget=HiddenInput(), default=0, validators=[InputRequired()])
    film = RadioField(_l("Your choice"), coerce=int, default=0)
    citation = TextAreaField(
        _l("Why this film"),
        description=_l("One or two sentences that may be read out and printed."),
        validators=[Optional(), Length(max=1000)],
    )
