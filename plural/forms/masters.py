"""Which master is wanted."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField

from media_pipeline.delivery import PROFILES, Profile
from plural import languages
from plural.actions.masters import texts_of
from plural.labels import label
from plural.master_words import profile_word
from plural.models.entry import FilmVersion, Track


class MasterForm(FlaskForm):
    profile = SelectField(_l("What it is for"))
    text = SelectField(_l("Subtitles in the picture"))

    def __init__(self, film: FilmVersion, **options: Any) -> None:
        super().__init__(**options)
        self._texts = texts_of(film)
        self.profile.choices = [(name, profile_word(name)) for name in PROFILES]
        self.text.choices = [("", _("None")), *((str(t.id), text_word(t)) for t in self._texts)]

    def wanted(self) -> tuple[Profile, Track | None]:
        """The profile, and the track that is to be burned in."""
        track = next((t for t in self._texts if str(t.id) == self.text.data), None)
        return PROFILES[self.profile.data], track


def text_word(track: Track) -> str:
    return _(
        "%(language)s (%(kind)s)",
        language=languages.name_of(track.language),
        kind=label(track.kind),
    )
