"""Countries and languages to choose from, named in the visitor's language."""

import unicodedata
from functools import cache

import pycountry
from babel import Locale

from plural import languages

NO_WORDS = "zxx"
WRITTEN_VARIANTS = ("zh-Hans", "zh-Hant", "pt-BR", "es-419", "fa-AF", "sr-Latn")

Choices = list[tuple[str, str]]


def countries() -> Choices:
    """ISO 3166-1 alpha-2 codes with names, in the order of the visitor's alphabet."""
    return [("", "—"), *_countries(languages.current())]


def film_languages() -> Choices:
    """BCP 47 tags of spoken languages, the UN's first, and one for a film without words."""
    names = dict(_languages(languages.current()))
    first = [(code, names[code]) for code in (*languages.UN_LANGUAGES, NO_WORDS)]
    return [*first, *((c, n) for c, n in names.items() if (c, n) not in first)]


def track_languages() -> Choices:
    """BCP 47 tags that subtitles may be in, the UN's first."""
    spoken = [choice for choice in film_languages() if choice[0] != NO_WORDS]
    return [*spoken, *((code, languages.name_of(code)) for code in WRITTEN_VARIANTS)]


def country_name(code: str) -> str:
    name: str = Locale.parse(languages.current()).territories.get(code, code)
    return name


@cache
def _countries(language: str) -> Choices:
    territories = Locale.parse(language).territories
    named = ((c.alpha_2, territories.get(c.alpha_2, c.name)) for c in pycountry.countries)
    return sorted(named, key=by_letters)


@cache
def _languages(language: str) -> Choices:
    codes = [found.alpha_2 for found in pycountry.languages if hasattr(found, "alpha_2")]
    names = Locale.parse(language).languages
    named = ((code, names[code]) for code in (*codes, NO_WORDS) if code in names)
    return sorted(named, key=by_letters)


def by_letters(choice: tuple[str, str]) -> str:
    """Sorts Åland among the A."""
    return unicodedata.normalize("NFKD", choice[1]).casefold()
