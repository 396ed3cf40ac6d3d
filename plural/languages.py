"""The languages of the portal, and the texts of an edition in them."""

from collections.abc import Iterable

from babel import Locale
from babel.lists import format_list
from flask import g
from flask_babel import get_locale

from plural.models.festival import Edition

# Codes of catalogues that are complete, with the names that their speakers use.
LANGUAGES = {"en": "English", "ar": "العربية"}
# A film may carry text in any of these; any other BCP 47 tag is welcome too.
UN_LANGUAGES = ("ar", "zh", "en", "fr", "ru", "es")


def direction(language: str) -> str:
    return "rtl" if Locale.parse(language, sep="-").text_direction == "rtl" else "ltr"


def current() -> str:
    return str(g.get("language") or get_locale() or "en")


def best(accepted: Iterable[str]) -> str:
    """The first of the visitor's languages that the portal speaks; English otherwise."""
    return next((code for code in accepted if code in LANGUAGES), "en")


def text(edition: Edition, key: str, language: str | None = None) -> str:
    """A text of the edition; in English where it is missing, and empty where there is none."""
    wanted = language or current()
    found = {t.language: t.text for t in edition.texts if t.key == key}
    return found.get(wanted) or found.get("en", "")


def listed(words: Iterable[str]) -> str:
    """Words as the visitor's language lists them: "a, b, and c"; empty without any."""
    return format_list(list(words), locale=current())


def name_of(language: str) -> str:
    """A language's name in the visitor's language."""
    try:
        shown = Locale.parse(language, sep="-").get_display_name(current())
    except (ValueError, LookupError):
        return language
    return shown or language
