"""Forms of an edition: its dates and limits, texts, categories and awards."""

from typing import Any
from zoneinfo import available_timezones

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import (
    DataRequired,
    Email,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    Regexp,
    ValidationError,
)

from plural import languages
from plural.actions.edition_texts import Written
from plural.forms.instants import InstantField
from plural.labels import words_for
from plural.models.festival import AwardKind, Edition

KEY = Regexp(r"^[a-z0-9][a-z0-9_]*$", message=_l("Small letters, digits and _ only."))
SLUG = Regexp(r"^[a-z0-9][a-z0-9-]*$", message=_l("Small letters, digits and - only."))


def zones() -> list[str]:
    """Names of time zones of places, and UTC."""
    places = (z for z in available_timezones() if "/" in z and not z.startswith("Etc/"))
    return [*sorted(places), "UTC"]


class EditionForm(FlaskForm):
    time_zone = SelectField(
        _l("Time zone"), description=_l("All dates on this page are in this zone.")
    )
    entries_open_at = InstantField(_l("Entries open"), [InputRequired()], zone_in="time_zone")
    entries_close_at = InstantField(_l("Deadline"), [InputRequired()], zone_in="time_zone")
    grace_minutes = IntegerField(
        _l("Grace in minutes"),
        [InputRequired(), NumberRange(0, 7 * 24 * 60)],
        description=_l("An upload that began before the deadline may end this much later."),
    )
    min_duration_s = IntegerField(
        _l("Shortest film in seconds"), [InputRequired(), NumberRange(1, 86400)]
    )
    max_duration_s = IntegerField(
        _l("Longest film in seconds"),
        [InputRequired(), NumberRange(1, 86400)],
        description=_l("Credits included. A film that is too long is flagged, not refused."),
    )
    produced_after = DateField(_l("Made after"), [InputRequired()])
    contact_email = EmailField(_l("Address for questions"), [DataRequired(), Email()])

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.time_zone.choices = [(zone, zone.replace("_", " ")) for zone in zones()]

    def validate_max_duration_s(self, field: IntegerField) -> None:
        shortest = self.min_duration_s.data
        if shortest is not None and field.data is not None and field.data < shortest:
            raise ValidationError(_("The longest film cannot be shorter than the shortest."))


class NewEditionForm(FlaskForm):
    slug = StringField(
        _l("Short name"),
        [DataRequired(), Length(max=40), SLUG],
        description=_l("Stands in the address, usually the year: 2027."),
    )


def texts_form(written: list[Written]) -> FlaskForm:
    """A form with one field per text; the field has the text's key as its name."""
    fields = {
        text.key: StringField(text.key, [Optional(), Length(max=200)])
        if is_short(text.key)
        else TextAreaField(text.key, [Optional(), Length(max=20000)])
        for text in written
    }
    made: FlaskForm = type("TextsForm", (FlaskForm,), fields)(
        data={text.key: text.text for text in written}
    )
    return made


def is_short(key: str) -> bool:
    return key.endswith(".name")


class NamedForm(FlaskForm):
    """A form with one name per language of the portal, in fields `name_<language>`."""

    def names(self) -> dict[str, str]:
        return {code: (self[f"name_{code}"].data or "").strip() for code in languages.LANGUAGES}

    def show_names(self, names: dict[str, str]) -> None:
        for code, name in names.items():
            if f"name_{code}" in self:
                self[f"name_{code}"].data = name

    def name_fields(self) -> list[Any]:
        return [self[f"name_{code}"] for code in languages.LANGUAGES]


for _code, _own_name in languages.LANGUAGES.items():
    setattr(
        NamedForm,
        f"name_{_code}",
        StringField(
            _l("Name in %(language)s", language=_own_name), [DataRequired(), Length(max=200)]
        ),
    )


class CategoryForm(NamedForm):
    key = StringField(
        _l("Key"),
        [DataRequired(), Length(max=40), KEY],
        description=_l("A short word for addresses and records, such as teen. It stays."),
    )
    age_min = IntegerField(_l("Youngest age"), [InputRequired(), NumberRange(0, 120)])
    age_max = IntegerField(_l("Oldest age"), [InputRequired(), NumberRange(0, 120)])

    def validate_age_max(self, field: IntegerField) -> None:
        youngest = self.age_min.data
        if youngest is not None and field.data is not None and field.data < youngest:
            raise ValidationError(_("The oldest age cannot be below the youngest."))


class AwardForm(NamedForm):
    key = StringField(
        _l("Key"),
        [DataRequired(), Length(max=40), KEY],
        description=_l("A short word for addresses and records. It stays."),
    )
    kind = SelectField(_l("Who gives it"))
    category_id = SelectField(_l("Age category"), coerce=lambda v: int(v) if v else None)
    organisation_id = SelectField(
        _l("Partner organisation"), coerce=lambda v: int(v) if v else None
    )
    may_be_withheld = BooleanField(_l("The jury may decide not to give it"))

    def offer(self, edition: Edition, organisations: list[tuple[str, str]]) -> None:
        """Fill in what can be chosen."""
        self.kind.choices = words_for(AwardKind)
        named = [
            (str(c.id), languages.text(edition, f"category.{c.key}.name"))
            for c in edition.categories
        ]
        self.category_id.choices = [("", _("All ages")), *named]
        self.organisation_id.choices = [("", "—"), *organisations]

    def validate_organisation_id(self, field: SelectField) -> None:
        if (self.kind.data == AwardKind.PARTNER_RECOGNITION) != bool(field.data):
            raise ValidationError(
                _("A partner's recognition, and nothing else, names its partner.")
            )
