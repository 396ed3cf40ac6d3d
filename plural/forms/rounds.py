"""The form of a round: what it is about, who sits on it, its rubric, its rules."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    FieldList,
    FormField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from judging.standings import TieRule
from plural.actions.drafts import Plan
from plural.forms.bounds import bound_lines, bound_values, offer_kinds, written_bounds
from plural.forms.instants import InstantField
from plural.forms.keys import KEY, KEY_WORDS
from plural.forms.round_rules import APPLYING, TIES, rule_fields, rules_of, words_for
from plural.forms.rubrics import CriterionForm, criterion_values, offer_categories
from plural.languages import LANGUAGES
from plural.models.festival import Edition
from plural.models.people import Membership
from plural.models.rounds import Round, RoundKind

CRITERIA = 6
ONLY_SCORED = ("reviews_wanted", "shortlist_size", "criteria", "tie_rule", "bounds")


class RoundForm(FlaskForm):
    """A draft. Fields that a kind of round does not have are taken out by `form_for`."""

    key = StringField(
        _l("Short key"),
        description=_l("For files and records, for example preselection."),
        validators=[InputRequired(), Length(max=40), Regexp(KEY, 0, KEY_WORDS)],
    )
    closes_at: Any = InstantField(_l("Closes at"), validators=[InputRequired()])
    reviews_wanted = IntegerField(
        _l("Reviews per film"), default=5, validators=[InputRequired(), NumberRange(1, 50)]
    )
    shortlist_size = IntegerField(
        _l("Films on the shortlist in each age category"),
        default=10,
        validators=[InputRequired(), NumberRange(0, 1000)],
    )
    tie_rule = SelectField(
        _l("Films with equal scores"), choices=words_for(TIES), default=TieRule.SHARED.value
    )
    criteria = FieldList(FormField(CriterionForm), min_entries=CRITERIA)
    bounds = bound_lines()
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

    def plan(self, kind: RoundKind, sources: list[Round], members: list[Membership]) -> Plan:
        """What has been written, with the rounds and people that it names."""
        lines = [line.form for line in self.criteria if line.form.key.data] if self.criteria else []
        texts = {
            (f"round.{self.key.data}.name", code): words(self, f"name_{code}") for code in LANGUAGES
        }
        for line in lines:
            texts |= line.texts()
        return Plan(
            key=self.key.data,
            closes_at=self.closes_at.data,
            reviews_wanted=self.reviews_wanted.data if self.reviews_wanted else 0,
            shortlist_size=self.shortlist_size.data if self.shortlist_size else 0,
            tie_rule=TieRule(self.tie_rule.data) if self.tie_rule else TieRule.SHARED,
            bounds=written_bounds(self.bounds) if self.bounds else [],
            rules=rules_of(self, kind),
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
for _rule, _control in rule_fields().items():
    setattr(RoundForm, _rule, _control)


def words(form: Any, name: str) -> str:
    return (form[name].data or "").strip()


def form_for(
    edition: Edition,
    kind: RoundKind,
    sources: list[tuple[int, str]],
    members: list[Membership],
    **values: Any,
) -> RoundForm:
    """The form of a kind of round, with the rounds and people to choose from."""
    form = RoundForm(**values)
    for rule in set(rule_fields()) - set(APPLYING[kind]):
        del form[rule]
    if kind is RoundKind.PRESELECTION:
        del form.source
        offer_kinds(form.bounds, edition)
        offer_categories(form.criteria, edition)
    else:
        for name in ONLY_SCORED:
            del form[name]
        form.source.choices = [SelectChoice(*source) for source in sources]
    form.members.choices = people(members)
    return form


def people(members: list[Membership]) -> list[SelectChoice]:
    return [SelectChoice(m.id, m.name or m.email) for m in members]


def written_values(round_: Round) -> dict[str, Any]:
    """A draft as its form shows it."""
    return {
        **copied_values(round_),
        "closes_at": round_.closes_at,
        "members": [seat.membership_id for seat in round_.seats],
        "source": round_.source_id,
    }


def copied_values(round_: Round) -> dict[str, Any]:
    """What a round of another year lends to a new one: everything but people, films and dates."""
    lines = [criterion_values(round_.edition, c) for c in round_.criteria]
    return {
        "key": round_.key,
        "reviews_wanted": round_.reviews_wanted,
        "shortlist_size": round_.shortlist_size,
        "tie_rule": round_.tie_rule.value,
        "criteria": filled(lines, CRITERIA),
        "bounds": filled(bound_values(round_.bounds), CRITERIA),
        **round_.rules.written(),
        **names_of(round_),
    }


def filled(lines: list[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    """The lines, with empty ones behind them to write in."""
    return lines + [{}] * max(count - len(lines), 0)


def names_of(round_: Round) -> dict[str, str]:
    key = f"round.{round_.key}.name"
    return {f"name_{t.language}": t.text for t in round_.edition.texts if t.key == key}
