"""How pages for staff and distributors call things."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from plural import languages
from plural.choices import country_name
from plural.labels import label
from plural.models.consent import Use
from plural.models.entry import FilmState, Theme

FILM_STATES = {
    FilmState.AWAITED: _l("Not here yet"),
    FilmState.RECEIVED: _l("Being checked"),
    FilmState.ACCEPTED: _l("Being made ready"),
    FilmState.PLAYABLE: _l("Ready to watch, more to come"),
    FilmState.COMPLETE: _l("Ready"),
    FilmState.REFUSED: lazy_pgettext("film", "Refused"),
    FilmState.FAILED: lazy_pgettext("film", "Failed"),
}


def film_word(state: FilmState) -> str:
    return str(FILM_STATES[state])


def theme_word(theme: str) -> str:
    return label(Theme(theme)) if theme in set(Theme) else ""


def use_words(uses: Sequence[str]) -> str:
    return languages.listed(label(Use(use)) for use in uses)


def territory_words(territories: Sequence[str]) -> str:
    """Countries by name; none means the world."""
    return languages.listed(country_name(code) for code in territories) or _("the whole world")


WORDS = {
    "country_name": country_name,
    "film_word": film_word,
    "theme_word": theme_word,
    "use_words": use_words,
    "territory_words": territory_words,
}
