"""Accounts by Flask-Security, each belonging to one festival."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, cast

from flask import Flask, g, request
from flask_babel import lazy_gettext as _l
from flask_security import SQLAlchemyUserDatastore, current_user

from plural import attempts, clock, languages
from plural.extensions import db, security
from plural.forms.account import RegisterForm, SignInForm
from plural.models.people import Account, Role


class FestivalAccounts(SQLAlchemyUserDatastore):
    """Finds and makes accounts of the festival in the address only."""

    def find_user(self, case_insensitive: bool = False, **kwargs: Any) -> Account | None:
        edition = g.get("edition")
        if "fs_uniquifier" not in kwargs and edition is not None:
            kwargs["festival_id"] = edition.festival_id
        if case_insensitive and "email" in kwargs:
            kwargs["email"] = kwargs["email"].lower()
        found: Account | None = Account.query.filter_by(**kwargs).first()
        return found

    def create_user(self, **kwargs: Any) -> Account:
        kwargs.setdefault("festival_id", g.edition.festival_id)
        kwargs.setdefault("created_at", clock.now())
        kwargs.setdefault("language", languages.current())
        kwargs["email"] = kwargs["email"].lower()
        return cast("Account", super().create_user(**kwargs))


CONFIG = {
    "SECURITY_STATIC_FOLDER": None,
    "SECURITY_URL_PREFIX": "/<language>/<festival>/<edition>/account",
    "SECURITY_LOGIN_URL": "/sign-in",
    "SECURITY_LOGOUT_URL": "/sign-out",
    "SECURITY_REGISTER_URL": "/new",
    "SECURITY_LOGOUT_METHODS": ["POST"],
    "SECURITY_REGISTERABLE": True,
    "SECURITY_USE_REGISTER_V2": True,
    "SECURITY_SEND_REGISTER_EMAIL": False,
    "SECURITY_PASSWORD_CONFIRM_REQUIRED": False,
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_PASSWORD_LENGTH_MIN": 10,
    "SECURITY_PASSWORD_SCHEMES": ["argon2"],
    "SECURITY_DEPRECATED_PASSWORD_SCHEMES": [],
    "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False, "test_environment": True},
    "SECURITY_POST_LOGIN_VIEW": "site.after_sign_in",
    "SECURITY_POST_REGISTER_VIEW": "site.after_sign_in",
    "SECURITY_POST_LOGOUT_VIEW": "site.home",
    "SECURITY_CSRF_IGNORE_UNAUTH_ENDPOINTS": False,
    "SECURITY_FRESHNESS": timedelta(minutes=-1),
    "SECURITY_FLASH_MESSAGES": False,
    "SECURITY_RETURN_GENERIC_RESPONSES": True,
    "SECURITY_MSG_GENERIC_AUTHN_FAILED": (
        _l("This address and this password do not belong together. Please try again."),
        "error",
    ),
    "SECURITY_MSG_DISABLED_ACCOUNT": (_l("This account is closed. Please write to us."), "error"),
    "SECURITY_MSG_INVALID_REDIRECT": (_l("This sign-in link leads elsewhere."), "error"),
    "SECURITY_MSG_PASSWORD_INVALID_LENGTH": (
        _l("A password has at least 10 characters; three words you remember are a good one."),
        "error",
    ),
}


def register(app: Flask) -> None:
    for name, value in CONFIG.items():
        app.config.setdefault(name, value)
    security.init_app(
        app,
        FestivalAccounts(db, Account, Role),
        use_register_v2=True,
        register_form=RegisterForm,
        login_form=SignInForm,
    )
    views = app.view_functions
    views["security.login"] = limited_sign_in(views["security.login"])
    views["security.register"] = limited_registration(views["security.register"])


View = Callable[..., Any]


def limited_sign_in(view: View) -> View:
    """Count tries per address and network, and those that failed per network alone.

    A try is counted before the password is looked at, so that many at once are many; whoever
    gets in has their own count back.
    """

    @wraps(view)
    def limited(**arguments: Any) -> Any:
        if request.method != "POST":
            return view(**arguments)
        email, network = typed_email(), attempts.network()
        attempts.require(attempts.SIGN_IN_NETWORK, network)
        attempts.take(attempts.SIGN_IN, g.festival.id, email, network)
        answer = view(**arguments)
        if current_user.is_authenticated and current_user.email == email:
            attempts.forget(attempts.SIGN_IN, g.festival.id, email, network)
        else:
            attempts.take(attempts.SIGN_IN_NETWORK, network)
        return answer

    return limited


def typed_email() -> str:
    return request.form.get("email", "").strip().lower()


def limited_registration(view: View) -> View:
    @wraps(view)
    def limited(**arguments: Any) -> Any:
        if request.method == "POST":
            attempts.take(attempts.REGISTER, attempts.network())
        return view(**arguments)

    return limited
