"""Forms of the staff desk."""

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext
from flask_wtf import FlaskForm
from wtforms import EmailField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, Email, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from plural import choices, languages
from plural.actions.eligibility import DECISIONS
from plural.forms.instants import InstantField
from plural.labels import label, words_for
from plural.models.consent import Use
from plural.models.entry import EntryState
from plural.models.festival import Edition
from plural.models.people import MembershipRole, OrganisationKind


class CheckboxesField(SelectMultipleField):
    """Several of a few."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class OrganisationForm(FlaskForm):
    name = StringField(lazy_pgettext("organisation", "Name"), [DataRequired(), Length(max=200)])
    kind = SelectField(_l("What it does here"))
    region = StringField(
        _l("Region"),
        [Optional(), Length(max=80)],
        description=_l("Only if it differs from the region of its country."),
    )
    country = SelectField(_l("Country"), [Optional()])

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.kind.choices = words_for(OrganisationKind)
        self.country.choices = choices.countries()


class InvitationForm(FlaskForm):
    name = StringField(lazy_pgettext("person", "Name"), [DataRequired(), Length(max=120)])
    email = EmailField(_l("E-mail address"), [DataRequired(), Email(), Length(max=200)])
    role = SelectField(lazy_pgettext("membership", "Part"))
    language = SelectField(_l("Language of the mail"))
    languages = SelectMultipleField(
        _l("Languages that they understand in films"),
        [Optional()],
        description=_l("For jurors. Nothing chosen means any language."),
    )

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.role.choices = words_for(MembershipRole)
        self.language.choices = list(languages.LANGUAGES.items())
        self.languages.choices = choices.film_languages()


class StaffInvitationForm(FlaskForm):
    email = EmailField(_l("E-mail address"), [DataRequired(), Email(), Length(max=200)])


class EntriesFilter(FlaskForm):
    """Sent by GET, so that a filtered list can be kept as a bookmark."""

    class Meta:
        csrf = False

    q = StringField(_l("Title, name or code"), [Length(max=100)])
    state = SelectField(_l("State"))
    category = SelectField(_l("Age category"))

    def offer(self, edition: Edition) -> None:
        self.state.choices = [("", _("All states")), *words_for(EntryState)]
        named = [
            (c.key, languages.text(edition, f"category.{c.key}.name")) for c in edition.categories
        ]
        self.category.choices = [("", _("All ages")), *named]


class ReasonForm(FlaskForm):
    reason = TextAreaField(_l("Reason"), [DataRequired(), Length(max=2000)])


class ReopeningForm(FlaskForm):
    until = InstantField(_l("Until"), [DataRequired()])
    reason = TextAreaField(
        _l("Reason"),
        [DataRequired(), Length(max=2000)],
        description=_l("The entrant reads this, in a mail and on the page of the film."),
    )

    def until_when(self) -> datetime:
        """The instant of a form that has been validated."""
        until: Any = self.until.data
        return until


class DecisionForm(FlaskForm):
    decision = SelectField(_l("Decision"))
    reason = TextAreaField(
        _l("Reason"),
        [Length(max=2000)],
        description=_l("The entrant reads this. A no needs one; be kind and say what to do."),
    )

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.decision.choices = [(state.value, label(state)) for state in DECISIONS]

    def validate_reason(self, field: TextAreaField) -> None:
        if self.decision.data != EntryState.ELIGIBLE and not (field.data or "").strip():
            raise ValidationError(_("Please tell the entrant why."))


class ClearanceForm(FlaskForm):
    uses = CheckboxesField(_l("Cleared for"))
    territories = SelectMultipleField(
        _l("Countries"), [Optional()], description=_l("Nothing chosen means the whole world.")
    )
    ends_at = InstantField(_l("Until"), [Optional()])

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.uses.choices = [(use.value, label(use)) for use in (Use.WEB, Use.BROADCAST)]
        self.territories.choices = choices.countries()[1:]


class ConflictForm(FlaskForm):
    account_id = SelectField(_l("Juror"), coerce=int)
    reason = StringField(_l("Reason"), [DataRequired(), Length(max=500)])
