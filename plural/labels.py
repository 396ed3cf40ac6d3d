"""What the fixed words of the domain are called, in the visitor's language."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from plural.models.consent import Guardianship, Use
from plural.models.entry import (
    EntryState,
    FilmState,
    PersonRole,
    Theme,
    TrackKind,
    TrackOrigin,
    TrackState,
)
from plural.models.festival import AwardKind, EditionState
from plural.models.people import MembershipRole, OrganisationKind
from plural.models.publication import Audience
from plural.models.rounds import RoundKind, RoundState
from plural.models.safety import Outcome, WorryState


class ByKind:
    """Something for each value of several enums, one dict per enum.

    Values of different StrEnums with the same text are equal, so one dict would mix them up.
    """

    def __init__(self, *kinds: dict[Any, Any]) -> None:
        self.kinds = {type(next(iter(words))): words for words in kinds}

    def __getitem__(self, value: StrEnum) -> Any:
        return self.kinds[type(value)][value]

    def get(self, value: StrEnum, default: Any) -> Any:
        return self.kinds.get(type(value), {}).get(value, default)


LABELS = ByKind(
    {
        EntryState.DRAFT: _l("Not sent yet"),
        EntryState.SUBMITTED: _l("Submitted"),
        EntryState.ELIGIBLE: _l("Accepted for judging"),
        EntryState.INELIGIBLE: _l("Not accepted"),
        EntryState.WITHDRAWN: _l("Withdrawn"),
        EntryState.DISQUALIFIED: _l("Excluded"),
    },
    {
        FilmState.AWAITED: _l("We are waiting for your film"),
        FilmState.RECEIVED: _l("Your film has arrived and is being checked"),
        FilmState.ACCEPTED: _l("Your film is fine and is being made ready to watch"),
        FilmState.PLAYABLE: _l("Your film can be watched"),
        FilmState.COMPLETE: _l("Your film can be watched in all qualities"),
        FilmState.REFUSED: _l("We cannot use this file"),
        FilmState.FAILED: _l("Something went wrong on our side; we are looking into it"),
    },
    {
        Theme.MIGRATION: _l("Migration"),
        Theme.DIVERSITY: _l("Diversity"),
        Theme.SOCIAL_INCLUSION: _l("Social inclusion"),
        Theme.PREVENTION_OF_XENOPHOBIA: _l("Prevention of xenophobia"),
    },
    {
        Guardianship.PARENT: _l("Parent"),
        Guardianship.LEGAL_GUARDIAN: _l("Legal guardian"),
        Guardianship.INSTITUTION: _l("Institution that has custody"),
        Guardianship.CASEWORKER: _l("Caseworker"),
    },
    {
        PersonRole.MAKER: _l("Made most of the film"),
        PersonRole.CREW: _l("Helped to make the film"),
        PersonRole.APPEARING: _l("Is seen or heard in the film"),
    },
    {
        TrackKind.SOUND: _l("Sound"),
        TrackKind.SUBTITLES: _l("Subtitles: what is said, translated"),
        TrackKind.CAPTIONS: _l("Captions: what is said and heard, for people who cannot hear"),
        TrackKind.AUDIO_DESCRIPTION: _l("Audio description"),
        TrackKind.SIGN_LANGUAGE: _l("Sign language"),
    },
    {
        TrackState.UNREVIEWED: _l("Not looked at yet"),
        TrackState.REVIEWED: _l("Looked at"),
        TrackState.RETIRED: _l("Removed"),
    },
    {
        MembershipRole.JUROR: _l("Juror"),
        MembershipRole.FOCAL_POINT: _l("Contact person"),
        MembershipRole.DISTRIBUTOR: _l("Distributor"),
    },
    {
        Use.JURY: _l("Judging"),
        Use.NAME: lazy_pgettext("consent", "Name"),
        Use.FACE: _l("Face and voice"),
        Use.WEB: _l("The festival's website"),
        Use.BROADCAST: _l("Television and screenings"),
    },
    {
        AwardKind.JURY_DISTINCTION: _l("International jury"),
        AwardKind.SPECIAL_RECOGNITION: _l("Special recognition of the jury"),
        AwardKind.PARTNER_RECOGNITION: _l("Partner organisation"),
    },
    {
        OrganisationKind.PARTNER: _l("Partner"),
        OrganisationKind.JURY: _l("International jury"),
        OrganisationKind.DISTRIBUTOR: _l("Distributor"),
    },
    {
        Audience.RECIPIENTS: _l("Recipients and their guardians"),
        Audience.PARTNERS: _l("Partners and press"),
        Audience.ENTRANTS: _l("Everybody who has entered a film"),
        Audience.PUBLIC: _l("The public"),
    },
    {
        TrackOrigin.MAKER: _l("From the maker"),
        TrackOrigin.VOLUNTEER: _l("From a volunteer"),
        TrackOrigin.MACHINE: _l("From a machine"),
    },
    {
        EditionState.PREPARED: lazy_pgettext("edition", "Being prepared"),
        EditionState.OPEN: lazy_pgettext("edition", "Open"),
        EditionState.ARCHIVED: lazy_pgettext("edition", "Archived"),
    },
    {
        RoundKind.PRESELECTION: _l("Preselection"),
        RoundKind.INTERNATIONAL_JURY: _l("International jury"),
        RoundKind.PARTNER_PICKS: _l("Partners' own recognitions"),
    },
    {
        RoundState.DRAFT: lazy_pgettext("round", "Draft"),
        RoundState.OPEN: lazy_pgettext("round", "Open"),
        RoundState.CLOSED: lazy_pgettext("round", "Closed, not frozen yet"),
        RoundState.FROZEN: lazy_pgettext("round", "Frozen"),
    },
    {
        WorryState.OPEN: lazy_pgettext("worry", "Nobody has it in hand yet"),
        WorryState.IN_HAND: lazy_pgettext("worry", "Somebody has it in hand"),
        WorryState.ANSWERED: lazy_pgettext("worry", "Answered"),
    },
    {
        Outcome.NOTHING_FOUND: _l("No danger to a child was found"),
        Outcome.HELPED: _l("The festival has helped"),
        Outcome.PASSED_ON: _l("Passed on to those who protect children there"),
    },
)

TONES = ByKind(
    {
        EntryState.DRAFT: "waiting",
        EntryState.SUBMITTED: "info",
        EntryState.ELIGIBLE: "good",
        EntryState.INELIGIBLE: "bad",
        EntryState.WITHDRAWN: "neutral",
        EntryState.DISQUALIFIED: "bad",
    },
    {
        TrackState.UNREVIEWED: "waiting",
        TrackState.REVIEWED: "good",
        TrackState.RETIRED: "neutral",
    },
    {
        RoundState.DRAFT: "waiting",
        RoundState.OPEN: "good",
        RoundState.CLOSED: "waiting",
        RoundState.FROZEN: "neutral",
    },
    {
        WorryState.OPEN: "bad",
        WorryState.IN_HAND: "waiting",
        WorryState.ANSWERED: "good",
    },
)


def label(value: StrEnum) -> str:
    """The words for a value of the domain, translated now."""
    return str(LABELS[value])


def tone(value: StrEnum) -> str:
    """The tone in which a badge says it."""
    found: str = TONES.get(value, "neutral")
    return found


def words_for(kind: Iterable[StrEnum]) -> list[tuple[str, str]]:
    """Values with their words, to choose from in a form."""
    return [(value.value, label(value)) for value in kind]


REGION_LABELS = {
    "Africa": _l("Africa"),
    "Americas": _l("Americas"),
    "Asia": _l("Asia"),
    "Europe": _l("Europe"),
    "Oceania": _l("Oceania"),
}


def region_label(region: str) -> str:
    return str(REGION_LABELS[region])
