"""Forms around accounts: signing in, making one, accepting an invitation."""

from flask_babel import lazy_gettext as _l
from flask_security import LoginForm, RegisterFormV2
from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, Field, PasswordField, StringField, ValidationError
from wtforms.validators import DataRequired, Email, Length

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
            raise ValidationError(
                _l("You cannot use this address here. If you have an account already, sign in.")
            )


class AcceptForm(FlaskForm):
    """Accepts an invitation with a new account."""

    name = name_field()
    password = new_password_field()

    def validate_password(self, field: Field) -> None:
        problems, field.data = security.password_util.validate(field.data or "", True)
        if problems:
            raise ValidationError(problems[0])
