"""Forms around accounts: signing in, making one, accepting an invitation, settings, passwords."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_security import LoginForm, RegisterFormV2
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    EmailField,
    Field,
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
    ValidationError,
)
from wtforms.validators import DataRequired, Email, Length

from plural import attempts, choices, languages
from plural.extensions import security


def stripped(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def name_field() -> StringField:
    return StringField(
        _l("Your name"),
        [DataRequired(_l("What is your name?")), Length(max=120)],
        filters=[stripped],
        render_kw={"autocomplete": "name"},
    )


def new_password_field() -> PasswordField:
    return PasswordField(
        _l("Password"),
        [DataRequired(_l("Please choose a password."))],
        description=_l("At least 10 characters. Three words that you remember are a good one."),
        render_kw={"autocomplete": "new-password"},
    )


def email_field() -> EmailField:
    return EmailField(
        _l("E-mail address"),
        [
            DataRequired(_l("Please type your e-mail address.")),
            Email(_l("This does not look like an e-mail address.")),
        ],
        filters=[stripped],
        render_kw={"autocomplete": "email"},
    )


class SignInForm(LoginForm):
    email = email_field()
    password = PasswordField(
        _l("Password"),
        [DataRequired(_l("Please type your password."))],
        render_kw={"autocomplete": "current-password"},
    )
    remember = BooleanField(_l("Keep me signed in on this device"))


class RegisterForm(RegisterFormV2):
    name = name_field()
    email = email_field()
    password = new_password_field()

    def validate_email(self, field: Field) -> None:
        if security.datastore.find_user(case_insensitive=True, email=field.data):
            # Whoever looks up addresses here gets only few answers.
            attempts.take(attempts.TAKEN_ADDRESS, attempts.network())
            raise ValidationError(
                _l("You cannot use this address here. If you have an account already, sign in.")
            )


class NewPasswordForm(FlaskForm):
    """Sets a password that fits the rules."""

    password = new_password_field()

    def validate_password(self, field: Field) -> None:
        problems, field.data = security.password_util.validate(field.data or "", True)
        if problems:
            raise ValidationError(problems[0])


class AcceptForm(NewPasswordForm):
    """Accepts an invitation with a new account."""

    name = name_field()


class ForgottenForm(FlaskForm):
    email = email_field()


class OwnPasswordForm(NewPasswordForm):
    """Changes the password of somebody who knows it."""

    old = PasswordField(
        _l("Your password until now"),
        [DataRequired(_l("Please type your password."))],
        render_kw={"autocomplete": "current-password"},
    )


class SettingsForm(FlaskForm):
    """What somebody says of themselves; `watched` is for those who judge."""

    name = name_field()
    language = SelectField(_l("Language of our mails"))
    watched = SelectMultipleField(
        _l("Languages that you understand in films"),
        description=_l(
            "You are given films in these languages. Nothing chosen means any language."
        ),
    )

    def __init__(self, judges: bool, **options: Any) -> None:
        super().__init__(**options)
        self.language.choices = list(languages.LANGUAGES.items())
        self.watched.choices = choices.film_languages()
        if not judges:
            del self.watched
