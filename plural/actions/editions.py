"""An edition's dates and limits, its opening, and next year's edition."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from plural import audit, clock, lifecycle
from plural.actions import edition_texts
from plural.errors import Refused
from plural.extensions import db
from plural.languages import LANGUAGES
from plural.models.festival import Award, Category, Edition, EditionState
from plural.models.people import Account

DATES = ("entries_open_at", "entries_close_at", "produced_after")
YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")


@dataclass(frozen=True)
class Missing:
    """One thing without which an edition cannot open; `data` says which."""

    code: str
    data: dict[str, str] = field(default_factory=dict)


def change_edition(edition: Edition, by: Account, **facts: Any) -> None:
    """Set columns of the edition: dates, zone, limits, contact."""
    changed = {name: value for name, value in facts.items() if getattr(edition, name) != value}
    for name, value in changed.items():
        setattr(edition, name, value)
    if changed:
        payload = {name: written(value) for name, value in changed.items()}
        audit.append(edition.festival, "edition.changed", lifecycle.subject(edition), by, payload)


def written(value: Any) -> str | int:
    return value.isoformat() if isinstance(value, date) else value


def open_edition(edition: Edition, by: Account) -> None:
    """Let entries in from the edition's first date on.

    Raises Refused("edition_not_ready") with `missing`, everything that is not there yet.
    """
    lacking = missing(edition)
    if lacking:
        raise Refused("edition_not_ready", missing=lacking, count=len(lacking))
    lifecycle.move(edition, EditionState.OPEN, by)


def missing(edition: Edition) -> list[Missing]:
    """Everything that keeps a prepared edition from opening."""
    found = []
    if not edition.categories:
        found.append(Missing("category_missing"))
    if not edition.awards:
        found.append(Missing("award_missing"))
    if not edition.contact_email:
        found.append(Missing("contact_missing"))
    if not edition.produced_after < edition.entries_open_at.date():
        found.append(Missing("produced_after_opening"))
    if not edition.entries_open_at < edition.entries_close_at:
        found.append(Missing("dates_out_of_order"))
    if edition.entries_close_at <= clock.now():
        found.append(Missing("deadline_has_passed"))
    return [*found, *missing_texts(edition), *texts_of_old_year(edition)]


def missing_texts(edition: Edition) -> Iterator[Missing]:
    for language in LANGUAGES:
        held = edition_texts.texts_of(edition, language)
        for key in edition_texts.required_keys(edition):
            if not held.get(key):
                yield Missing("text_missing", {"key": key, "language": language})


def texts_of_old_year(edition: Edition) -> Iterator[Missing]:
    """Texts that still name the year of the edition before this one, in any digits."""
    old = year_before(edition)
    if old is None:
        return
    for language in LANGUAGES:
        for key, text in edition_texts.texts_of(edition, language).items():
            if old in (int(year) for year in YEAR.findall(text)):
                data = {"key": key, "language": language, "year": str(old)}
                yield Missing("names_old_year", data)


def year_before(edition: Edition) -> int | None:
    slugs = [e.slug for e in edition.festival.editions if e.slug < edition.slug]
    year = YEAR.search(max(slugs, default=""))
    if year is None or year.group() in YEAR.findall(edition.slug):
        return None
    return int(year.group())


def new_edition(source: Edition, slug: str, by: Account) -> Edition:
    """Next year's edition, prepared: categories, awards and texts copied, dates a year later.

    No people, entries, rounds, consents or licences come along. Raises Refused("slug_taken").
    """
    if Edition.query.filter_by(festival_id=source.festival_id, slug=slug).first():
        raise Refused("slug_taken", slug=slug)
    copy = Edition(
        festival=source.festival,
        slug=slug,
        time_zone=source.time_zone,
        grace_s=source.grace_s,
        min_duration_s=source.min_duration_s,
        max_duration_s=source.max_duration_s,
        contact_email=source.contact_email,
        created_at=clock.now(),
        **{name: a_year_later(getattr(source, name), source.time_zone) for name in DATES},
    )
    db.session.add(copy)
    db.session.flush()
    copy_awards(source, copy)
    edition_texts.copy_texts(source, copy)
    audit.append(
        source.festival, "edition.prepared", lifecycle.subject(copy), by, {"from": source.slug}
    )
    return copy


def a_year_later(day: date, zone: str) -> date:
    """The same day, and for an instant the same time on the wall, a year later."""
    if isinstance(day, datetime):
        day = day.astimezone(ZoneInfo(zone))
    leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + 1, day=28 if leap_day else day.day)


def copy_awards(source: Edition, target: Edition) -> None:
    categories = {}
    for old in source.categories:
        new = Category(key=old.key, age_min=old.age_min, age_max=old.age_max)
        target.categories.append(new)
        categories[old.id] = new
    for award in source.awards:
        target.awards.append(
            Award(
                key=award.key,
                kind=award.kind,
                category=categories.get(award.category_id) if award.category_id else None,
                organisation_id=award.organisation_id,
                may_be_withheld=award.may_be_withheld,
                position=award.position,
            )
        )
    db.session.flush()
