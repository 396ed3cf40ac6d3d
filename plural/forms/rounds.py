"""Forms of a round: what it is about, who sits on it, its rubric."""

import re
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    FieldList,
    FloatField,
    Form,
    FormField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from plural.actions.drafts import Plan
from plural.forms.instants import InstantField
from plural.languages import LANGUAGES
from plural.models.people import Membership
from plural.models.rounds import Criterion, Round, RoundKind

KEY = re.compile(r"^[a-z][a-z0-9_-]*$")
KEY_WORDS = _l("Small letters, digits, - and _ only; it begins with a letter.")
CRITERIA = 6


def optional_text(label: Any, longest: int = 120) -> StringField:
    return StringField(label, validators=[Optional(), Length(max=longest)])


class CriterionForm(Form):
    """One line of the rubric; a line without a key is passed over."""

    key = StringField(_l("Key"), validators=[Optional(), Length(max=40), Regexp(KEY, 0, KEY_WORDS)])
    weight = FloatField(_l("Weight"), default=1.0, validators=[Optional(), NumberRange(0, 1000)])
    minimum = FloatField(_l("From"), default=1.0, validators=[Optional()])
    maximum = FloatField(_l("To"), default=5.0, validators=[Optional()])
    step = FloatField(_l("Step"), default=1.0, validators=[Optional(), NumberRange(0)])
    optional = BooleanField(_l("May be left out where it does not apply"))

    def columns(self) -> dict[str, Any]:
        defaults = {"weight": 1.0, "minimum": 1.0, "maximum": 5.0, "step": 1.0}
        given = {name: self[name].data for name in defaults if self[name].data is not None}
        return {**defaults, **given, "key": self.key.data, "optional": self.optional.data}


for _code, _name in LANGUAGES.items():
    setattr(
        CriterionForm, f"name_{_code}", optional_text(_l("Name (%(language)s)", language=_name))
    )
    setattr(
        CriterionForm,
        f"hint_{_code}",
        optional_text(_l("Help (%(language)s)", language=_name), longest=300),
    )


class RoundForm(FlaskForm):
    """A draft. Fields that a kind of round does not have are taken out by `form_for`."""

    key = StringField(
        _l("Short key"),
        description=_l("For files and records, for example preselection."),
        validators=[InputRequired(), Length(max=40), Regexp(KEY, 0, KEY_WORDS)],
    )
    closes_at: Any = InstantField(_l("Closes at"), validators=[InputRequired()])
    reviews_wanted = IntegerField(
        _l("Reviews per film"), default=3, validators=[InputRequired(), NumberRange(1, 50)]
    )
    shortlist_size = IntegerField(
        _l("Films on the shortlist in each age category"),
        default=10,
        validators=[InputRequired(), NumberRange(0, 1000)],
    )
    criteria = FieldList(FormField(CriterionForm), min_entries=CRITERIA)
    source = SelectField(
        _l("Films"),
        description=_l("The shortlist of this round."),
        coerce=int,
        validators=[InputRequired()],
    )
    members = SelectMultipleField(
        _l("Members"),
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def plan(self, sources: list[Round], members: list[Membership]) -> Plan:
        """What has been written, with the rounds and people that it names."""
        lines = [line.form for line in self.criteria if line.form.key.data] if self.criteria else []
        texts = {
            (f"round.{self.key.data}.name", code): words(self, f"name_{code}") for code in LANGUAGES
        }
        for line in lines:
            for code in LANGUAGES:
                key = f"criterion.{line.key.data}"
                texts[f"{key}.name", code] = words(line, f"name_{code}")
                texts[f"{key}.hint", code] = words(line, f"hint_{code}")
        return Plan(
            key=self.key.data,
            closes_at=self.closes_at.data,
            reviews_wanted=self.reviews_wanted.data if self.reviews_wanted else 0,
            shortlist_size=self.shortlist_size.data if self.shortlist_size else 0,
            criteria=[line.columns() for line in lines],
            texts=texts,
            members=[m for m in members if m.id in (self.members.data or [])],
            source=next((r for r in sources if self.source and r.id == self.source.data), None),
        )


for _code, _name in LANGUAGES.items():
    setattr(
        RoundForm,
        f"name_{_code}",
        StringField(
            _l("Name (%(language)s)", language=_name),
            validators=[InputRequired() if _code == "en" else Optional(), Length(max=120)],
        ),
    )


def words(form: Any, name: str) -> str:
    return (form[name].data or "").strip()


def form_for(
    kind: RoundKind,
    sources: list[tuple[int, str]],
    members: list[Membership],
    **values: Any,
) -> RoundForm:
    """The form of a kind of round, with the rounds and people to choose from."""
    form = RoundForm(**values)
    if kind is RoundKind.PRESELECTION:
        del form.source
    else:
        del form.reviews_wanted, form.shortlist_size, form.criteria
        form.source.choices = [SelectChoice(*source) for source in sources]
    form.members.choices = people(members)
    return form


def people(members: list[Membership]) -> list[SelectChoice]:
    return [SelectChoice(m.id, m.name or m.email) for m in members]


class ReschedulingForm(FlaskForm):
    closes_at: Any = InstantField(_l("Closes at"), validators=[InputRequired()])


class SeatsForm(FlaskForm):
    """More people for a round that is open."""

    members = SelectMultipleField(_l("Members"), coerce=int, option_widget=CheckboxInput())


class ClosingForm(FlaskForm):
    anyway = BooleanField(_l("Close it anyway"))


class FreezingForm(FlaskForm):
    """A reason is needed only for what is still open."""

    reason = TextAreaField(_l("Why it stays as it is"), validators=[Optional(), Length(max=2000)])


class ReopeningForm(FlaskForm):
    closes_at: Any = InstantField(_l("Closes at"), validators=[InputRequired()])
    reason = TextAreaField(_l("Reason"), validators=[InputRequired(), Length(max=2000)])
    more_reviews = BooleanField(_l("Ask for more reviews of the films that cannot be told apart"))
    as_draft = BooleanField(_l("Change the criteria or rules first"))


class SettlingForm(FlaskForm):
    """Which request a second person has looked at."""

    request = IntegerField(widget=HiddenInput())

    def request_id(self) -> int:
        return self.request.data or 0


class ShortlistForm(FlaskForm):
    """Either the plain top of the ranking, or the films ticked with a reason for what differs."""

    top = BooleanField()
    films = SelectMultipleField(coerce=int, validate_choice=False)
    reason = TextAreaField(_l("Reason for what differs"), validators=[Length(max=2000)])


def written_values(round_: Round) -> dict[str, Any]:
    """A draft as its form shows it."""
    lines = [criterion_values(c) for c in round_.criteria]
    return {
        "key": round_.key,
        "closes_at": round_.closes_at,
        "reviews_wanted": round_.reviews_wanted,
        "shortlist_size": round_.shortlist_size,
        "criteria": lines + [{}] * max(CRITERIA - len(lines), 0),
        "members": [seat.membership_id for seat in round_.seats],
        **names_of(round_, f"round.{round_.key}.name", "name"),
    }


def criterion_values(criterion: Criterion) -> dict[str, Any]:
    columns = ("key", "weight", "minimum", "maximum", "step", "optional")
    texts = f"criterion.{criterion.key}"
    return {
        **{name: getattr(criterion, name) for name in columns},
        **names_of(criterion.round, f"{texts}.name", "name"),
        **names_of(criterion.round, f"{texts}.hint", "hint"),
    }


def names_of(round_: Round, key: str, field: str) -> dict[str, str]:
    return {f"{field}_{t.language}": t.text for t in round_.edition.texts if t.key == key}
