"""Floors and ceilings of a shortlist."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    IntegerField,
    SelectField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, NumberRange, Optional

from plural import languages
from plural.choices import film_languages
from plural.labels import region_label
from plural.models.festival import Edition
from plural.regions import REGIONS

LINES = 6
MARK = ":"


class BoundForm(Form):
    """At least and at most so many films of one kind; a line without a kind is passed over."""

    kind = SelectField(_l("Films from or in"), default="", validators=[Optional()])
    floor = IntegerField(_l("At least"), validators=[Optional(), NumberRange(0, 1000)])
    ceiling = IntegerField(_l("At most"), validators=[Optional(), NumberRange(0, 1000)])

    def written(self) -> dict[str, Any]:
        trait, _mark, value = self.kind.data.partition(MARK)
        return {
            "trait": trait,
            "value": value,
            "floor": self.floor.data or None,
            "ceiling": self.ceiling.data,
        }


def bound_lines() -> FieldList:
    return FieldList(FormField(BoundForm), min_entries=LINES)


def written_bounds(lines: Any) -> list[dict[str, Any]]:
    found = [line.form.written() for line in lines if line.form.kind.data]
    return [b for b in found if b["floor"] is not None or b["ceiling"] is not None]


def offer_kinds(lines: Any, edition: Edition) -> None:
    offered = [SelectChoice(*kind) for kind in kinds(edition)]
    for line in lines:
        line.form.kind.choices = offered


def kinds(edition: Edition) -> list[tuple[str, str]]:
    """Everything that a floor or ceiling may be about, with its words."""
    categories = [
        (f"category{MARK}{c.key}", languages.text(edition, f"category.{c.key}.name") or c.key)
        for c in edition.categories
    ]
    regions = [(f"region{MARK}{name}", region_label(name)) for name in REGIONS]
    spoken = [
        (f"language{MARK}{code}", _("Language: %(name)s", name=name))
        for code, name in film_languages()
    ]
    return [("", "–"), *categories, *regions, *spoken]


def bound_values(bounds: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Bounds as their lines show them."""
    return [
        {"kind": f"{b['trait']}{MARK}{b['value']}", "floor": b["floor"], "ceiling": b["ceiling"]}
        for b in bounds
    ]


class BoundsForm(FlaskForm):
    """Bounds to try on a frozen ranking, or to make the shortlist with."""

    bounds = bound_lines()
    take = BooleanField()
    reason = TextAreaField(_l("Reason for what differs"), validators=[Optional(), Length(max=2000)])
