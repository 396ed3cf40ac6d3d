"""The lines of a rubric, with words for their values."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    FloatField,
    Form,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, NumberRange, Optional, Regexp
from wtforms.widgets import CheckboxInput

from plural.forms.keys import KEY, KEY_WORDS
from plural.languages import LANGUAGES, text
from plural.models.festival import Edition
from plural.models.rounds import Criterion

ANCHORS_WORDS = _l("One line for each value that has words, for example: 1: It leaves me cold.")
ANCHORS_WRONG = _l("Each line begins with a number and a colon, for example: 1: It leaves me cold.")


def optional_text(label: Any, longest: int = 120) -> StringField:
    return StringField(label, validators=[Optional(), Length(max=longest)])


def anchors_readable(_form: Any, field: Any) -> None:
    try:
        anchors(field.data)
    except ValueError as error:
        raise ValidationError(str(ANCHORS_WRONG)) from error


def anchors(written: str | None) -> dict[float, str]:
    """Words by value, from lines such as "1: It leaves me cold."; raises ValueError."""
    found = {}
    for line in filter(None, map(str.strip, (written or "").splitlines())):
        value, _colon, words = line.partition(":")
        if not words.strip():
            raise ValueError(line)
        found[float(value.replace(",", "."))] = words.strip()[:200]
    return found


def anchor_lines(words: Mapping[float, str]) -> str:
    return "\n".join(f"{value:g}: {words[value]}" for value in sorted(words))


class CriterionForm(Form):
    """One line of the rubric; a line without a key is passed over."""

    key = StringField(_l("Key"), validators=[Optional(), Length(max=40), Regexp(KEY, 0, KEY_WORDS)])
    weight = FloatField(
        _l("Weight"),
        description=_l("1 if it is empty. With 0 it is asked and does not count."),
        default=1.0,
        validators=[Optional(), NumberRange(0, 1000)],
    )
    minimum = FloatField(_l("From"), default=1.0, validators=[Optional()])
    maximum = FloatField(_l("To"), default=5.0, validators=[Optional()])
    step = FloatField(_l("Step"), default=1.0, validators=[Optional(), NumberRange(0)])
    optional = BooleanField(_l("May be left out where it does not apply"))
    categories = SelectMultipleField(
        _l("Only for films of these age categories"),
        description=_l("Without a tick it applies to all films."),
        validators=[Optional()],
        option_widget=CheckboxInput(),
    )

    def columns(self) -> dict[str, Any]:
        defaults = {"weight": 1.0, "minimum": 1.0, "maximum": 5.0, "step": 1.0}
        given = {name: self[name].data for name in defaults if self[name].data is not None}
        return {
            **defaults,
            **given,
            "key": self.key.data,
            "optional": self.optional.data,
            "categories": self.categories.data or [],
        }

    def texts(self) -> dict[tuple[str, str], str]:
        """Its words as texts of the edition, by key and language."""
        found = {}
        for code in LANGUAGES:
            key = f"criterion.{self.key.data}"
            found[f"{key}.name", code] = (self[f"name_{code}"].data or "").strip()
            found[f"{key}.hint", code] = (self[f"hint_{code}"].data or "").strip()
            for value, words in anchors(self[f"anchors_{code}"].data).items():
                found[f"{key}.anchor.{value:g}", code] = words
        return found


for _code, _name in LANGUAGES.items():
    setattr(
        CriterionForm, f"name_{_code}", optional_text(_l("Name (%(language)s)", language=_name))
    )
    setattr(
        CriterionForm,
        f"hint_{_code}",
        optional_text(_l("Help (%(language)s)", language=_name), longest=300),
    )
    setattr(
        CriterionForm,
        f"anchors_{_code}",
        TextAreaField(
            _l("What the values mean (%(language)s)", language=_name),
            description=ANCHORS_WORDS,
            validators=[Optional(), Length(max=3000), anchors_readable],
        ),
    )


def offer_categories(lines: Any, edition: Edition) -> None:
    offered = [
        SelectChoice(c.key, text(edition, f"category.{c.key}.name") or c.key)
        for c in edition.categories
    ]
    for line in lines:
        line.form.categories.choices = offered


def criterion_values(edition: Edition, criterion: Criterion) -> dict[str, Any]:
    """A criterion as its form shows it, with the words that the edition has for it."""
    columns = ("key", "weight", "minimum", "maximum", "step", "optional", "categories")
    values = {name: getattr(criterion, name) for name in columns}
    return values | words_of(edition, criterion.key)


def words_of(edition: Edition, key: str) -> dict[str, str]:
    found: dict[str, str] = {}
    lines: dict[str, dict[float, str]] = {}
    start = f"criterion.{key}."
    for written in edition.texts:
        kind, _dot, value = written.key.removeprefix(start).partition(".")
        if not written.key.startswith(start):
            continue
        if kind == "anchor":
            lines.setdefault(f"anchors_{written.language}", {})[float(value)] = written.text
        else:
            found[f"{kind}_{written.language}"] = written.text
    return found | {name: anchor_lines(words) for name, words in lines.items()}
