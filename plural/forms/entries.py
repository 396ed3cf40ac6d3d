"""Forms of the entrant."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import g
from flask_babel import format_date, ngettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    Field,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Email, InputRequired, Length, Optional

from plural import choices, clock, languages
from plural.actions.entries import EntryDetails, MakerDetails, category_for
from plural.actions.guardians import GuardianDetails
from plural.actions.tracks import NewTrack
from plural.errors import Refused
from plural.labels import LABELS
from plural.models.consent import Guardianship
from plural.models.entry import Theme, TrackKind
from plural.models.festival import Award, AwardKind
from plural.problems import sentence

MAX_WORDS = 100
NONE = SelectChoice("", "—")
THEMES = [SelectChoice(theme.value, LABELS[theme]) for theme in Theme]
GUARDIANSHIPS = [SelectChoice(kind.value, LABELS[kind]) for kind in Guardianship]
TEXT_TRACKS = [SelectChoice(k.value, LABELS[k]) for k in (TrackKind.SUBTITLES, TrackKind.CAPTIONS)]
OLDEST = date(1900, 1, 1)


def at_most_words(count: int) -> Callable[[Any, Field], None]:
    def check(_form: Any, field: Field) -> None:
        words = len((field.data or "").split())
        if words > count:
            raise ValidationError(
                ngettext(
                    "This is %(num)s word; at most %(count)s fit.",
                    "These are %(num)s words; at most %(count)s fit.",
                    words,
                    count=count,
                )
            )

    return check


def stripped(value: str | None) -> str:
    return (value or "").strip()


class EntryForm(FlaskForm):
    """Everything about a film. Title, maker and the two dates make a draft; the rest can wait."""

    title = StringField(
        _l("Title of your film"),
        [DataRequired(_l("Your film needs a title.")), Length(max=200)],
        filters=[stripped],
    )
    title_english = StringField(
        _l("Title in English"),
        [Length(max=200)],
        description=_l("The same title again if it is English already."),
        filters=[stripped],
    )
    maker_name = StringField(
        _l("Name of the person who did most"),
        [DataRequired(_l("Who made this film?")), Length(max=120)],
        description=_l("If you are a group, the one with the main part."),
        filters=[stripped],
    )
    maker_birth_date = DateField(
        _l("Their birth date"), [InputRequired(_l("We need the birth date."))]
    )
    produced_on = DateField(
        _l("Day when the film was finished"),
        [InputRequired(_l("We need the day when the film was finished."))],
        description=_l("The age on this day decides the age category."),
    )
    country = SelectField(_l("Country where you live"), default="")
    language = SelectField(_l("Language spoken in the film"))
    theme_primary = SelectField(_l("Main theme"), choices=THEMES)
    theme_secondary = SelectField(_l("Second theme"), [Optional()], choices=[NONE, *THEMES])
    special_recognition = SelectField(_l("Special recognition that you ask for"), [Optional()])
    synopsis = TextAreaField(
        _l("What is your film about?"),
        [at_most_words(MAX_WORDS)],
        description=_l("At most 100 words."),
        filters=[stripped],
    )
    statement = TextAreaField(
        _l("Why did you make it?"),
        [at_most_words(MAX_WORDS)],
        description=_l("At most 100 words."),
        filters=[stripped],
    )
    screening_history = TextAreaField(
        _l("Where has it been shown before?"),
        [Optional(), Length(max=2000)],
        description=_l("Place, year and occasion, one per line."),
        filters=[stripped],
    )
    subtitles_burned_in = BooleanField(_l("English subtitles are in the picture already"))
    uses_generated_footage = BooleanField(_l("Some pictures or sounds are made by a machine (AI)"))
    uses_works_of_others = BooleanField(_l("Some music, pictures or footage belongs to others"))
    disclosure = TextAreaField(
        _l("Which ones?"),
        [Optional(), Length(max=2000)],
        description=_l("Tell us what it is and where in the film. This is no reason to refuse it."),
        filters=[stripped],
    )
    guardian_name = StringField(
        _l("Name of a parent or guardian"), [Length(max=120)], filters=[stripped]
    )
    guardian_email = EmailField(
        _l("Their e-mail address"),
        [Optional(), Email(_l("This does not look like an e-mail address."))],
        description=_l("It must be theirs, not yours: we send them a link to sign with."),
        filters=[stripped],
    )
    guardian_kind = SelectField(_l("They are my"), choices=GUARDIANSHIPS)
    guardian_language = SelectField(_l("Language that we write to them in"))
    declares_no_family_tie = BooleanField(
        _l("Nobody in my family works for the organisers or sits on a jury of this festival")
    )
    declares_releases = BooleanField(
        _l("Everybody who can be seen or heard in the film has agreed to that")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.country.choices = choices.countries()
        self.language.choices = choices.film_languages()
        self.guardian_language.choices = list(languages.LANGUAGES.items())
        self.special_recognition.choices = [("", "—"), *recognitions()]

    def validate_maker_birth_date(self, field: Field) -> None:
        if field.data and not OLDEST < field.data < clock.today():
            raise ValidationError(_l("Please look at the year of the birth date again."))

    def validate_produced_on(self, field: Field) -> None:
        earliest = g.edition.produced_after
        if field.data and field.data > clock.today():
            raise ValidationError(_l("This day is still to come."))
        if field.data and field.data < earliest:
            raise ValidationError(
                _l(
                    "Only films finished since %(date)s can take part.",
                    date=format_date(earliest, "long"),
                )
            )
        if field.data and self.maker_birth_date.data:
            self.validate_category(self.maker_birth_date.data, field.data)

    def validate_category(self, birth_date: date, produced_on: date) -> None:
        try:
            category_for(g.edition, birth_date, produced_on)
        except Refused as error:
            raise ValidationError(sentence(error.code, error.data)) from error

    def validate_guardian_email(self, field: Field) -> None:
        if field.data and field.data.lower() == g.who.account.email:
            raise ValidationError(sentence("guardian_is_entrant"))
        if field.data and not self.guardian_name.data:
            raise ValidationError(_l("Please tell us their name too."))

    def details(self) -> EntryDetails:
        return EntryDetails(
            title=self.title.data,
            title_english=self.title_english.data,
            produced_on=self.produced_on.data,
            country=self.country.data or "",
            language=self.language.data,
            synopsis=self.synopsis.data,
            statement=self.statement.data,
            theme_primary=Theme(self.theme_primary.data),
            theme_secondary=self.theme_secondary.data or "",
            special_recognition_id=int(self.special_recognition.data or 0) or None,
            screening_history=self.screening_history.data,
            uses_generated_footage=self.uses_generated_footage.data,
            uses_works_of_others=self.uses_works_of_others.data,
            disclosure=self.disclosure.data,
            subtitles_burned_in=self.subtitles_burned_in.data,
            declares_no_family_tie=self.declares_no_family_tie.data,
            declares_releases=self.declares_releases.data,
        )

    def maker(self) -> MakerDetails:
        return MakerDetails(name=self.maker_name.data, birth_date=self.maker_birth_date.data)

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


def recognitions() -> list[tuple[str, str]]:
    """Special recognitions of the edition, by id."""
    awards = Award.query.filter_by(edition_id=g.edition.id, kind=AwardKind.SPECIAL_RECOGNITION)
    return [
        (str(a.id), languages.text(g.edition, f"award.{a.key}.name"))
        for a in awards.order_by(Award.position)
    ]


class GuardianForm(FlaskForm):
    """Names one guardian, in the place of another if `replaces` is its id."""

    name = StringField(
        _l("Name of a parent or guardian"),
        [DataRequired(_l("Please tell us their name.")), Length(max=120)],
        filters=[stripped],
    )
    email = EmailField(
        _l("Their e-mail address"),
        [
            DataRequired(_l("We need their e-mail address.")),
            Email(_l("This does not look like an e-mail address.")),
        ],
        filters=[stripped],
    )
    kind = SelectField(_l("They are my"), choices=GUARDIANSHIPS)
    language = SelectField(_l("Language that we write to them in"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language.choices = list(languages.LANGUAGES.items())

    def details(self) -> GuardianDetails:
        return GuardianDetails(
            name=self.name.data,
            email=self.email.data,
            kind=Guardianship(self.kind.data),
            language=self.language.data,
        )


class NewVersionForm(FlaskForm):
    """What the juries and whoever holds the older version are told."""

    changes = TextAreaField(
        _l("What has changed?"),
        [DataRequired(_l("Please say in a few words what has changed.")), Length(max=1000)],
        description=_l("Jurors who have watched your film read this. Name nobody."),
        filters=[stripped],
    )


class TrackForm(FlaskForm):
    file = FileField(
        _l("Subtitle file"),
        [FileRequired(_l("Please choose a file."))],
        description=_l("SRT, WebVTT or ASS: the file that your editing program exports."),
    )
    language = SelectField(_l("Language of the subtitles"))
    kind = SelectField(_l("What is in it"), choices=TEXT_TRACKS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language.choices = choices.track_languages()

    def sent(self) -> NewTrack:
        return NewTrack(
            name=self.file.data.filename or "",
            content=self.file.data.read(),
            kind=TrackKind(self.kind.data),
            language=self.language.data,
        )


class WorkForm(FlaskForm):
    title = StringField(
        _l("What is it?"),
        [DataRequired(_l("Please name it.")), Length(max=200)],
        description=_l("For example the title of the song."),
        filters=[stripped],
    )
    author = StringField(_l("Who made it?"), [Optional(), Length(max=200)], filters=[stripped])


class WithdrawalForm(FlaskForm):
    reason = TextAreaField(
        _l("Why?"),
        [Optional(), Length(max=1000)],
        description=_l("You need not say why."),
        filters=[stripped],
    )
