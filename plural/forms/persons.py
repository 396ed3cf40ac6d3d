"""Forms about the people in a film beside its maker."""

from typing import Any

from flask import g
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, EmailField, Field, SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Email, InputRequired, Length, Optional

from plural import clock, languages
from plural.actions.guardians import GuardianDetails
from plural.actions.persons import PersonDetails
from plural.forms.entries import GUARDIANSHIPS, OLDEST, stripped
from plural.labels import LABELS
from plural.models.consent import Guardianship
from plural.models.entry import PersonRole
from plural.problems import sentence

ROLES = [SelectChoice(r.value, LABELS[r]) for r in (PersonRole.APPEARING, PersonRole.CREW)]


class PersonForm(FlaskForm):
    """Somebody in the film, and the guardian who signs for them if they are under 18."""

    name = StringField(
        _l("Their name"),
        [DataRequired(_l("What is their name?")), Length(max=120)],
        filters=[stripped],
    )
    role = SelectField(_l("Their part"), choices=ROLES)
    birth_date = DateField(_l("Their birth date"), [InputRequired(_l("We need the birth date."))])
    guardian_name = StringField(
        _l("Name of their parent or guardian"), [Length(max=120)], filters=[stripped]
    )
    guardian_email = EmailField(
        _l("E-mail address of the parent or guardian"),
        [Optional(), Email(_l("This does not look like an e-mail address."))],
        description=_l("It must be theirs, not yours: we send them a link to sign with."),
        filters=[stripped],
    )
    guardian_kind = SelectField(_l("They are their"), choices=GUARDIANSHIPS)
    guardian_language = SelectField(_l("Language that we write to them in"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.guardian_language.choices = list(languages.LANGUAGES.items())

    def validate_birth_date(self, field: Field) -> None:
        if field.data and not OLDEST < field.data < clock.today():
            raise ValidationError(_l("Please look at the year of the birth date again."))

    def validate_guardian_name(self, field: Field) -> None:
        if field.data and not self.guardian_email.data:
            raise ValidationError(_l("Please tell us their e-mail address too."))

    def validate_guardian_email(self, field: Field) -> None:
        if field.data and field.data.lower() == g.who.account.email:
            raise ValidationError(sentence("guardian_is_entrant"))
        if field.data and not self.guardian_name.data:
            raise ValidationError(_l("Please tell us their name too."))

    def details(self) -> PersonDetails:
        return PersonDetails(
            name=self.name.data,
            role=PersonRole(self.role.data),
            birth_date=self.birth_date.data,
        )

    def guardian(self) -> GuardianDetails | None:
        """Who is named as guardian; nobody until name and address are both there."""
        if not (self.guardian_name.data and self.guardian_email.data):
            return None
        return GuardianDetails(
            name=self.guardian_name.data,
            email=self.guardian_email.data,
            kind=Guardianship(self.guardian_kind.data),
            language=self.guardian_language.data,
        )
