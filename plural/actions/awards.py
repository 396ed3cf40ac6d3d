"""The age categories of an edition and what its films can receive."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from plural import audit, lifecycle
from plural.actions.edition_texts import write_text
from plural.errors import Refused
from plural.extensions import db
from plural.models.entry import Entry
from plural.models.festival import Award, Category, Edition
from plural.models.juries import Ballot, Minutes
from plural.models.people import Account
from plural.models.picks import Pick, PickList
from plural.models.publication import Distinction

Names = dict[str, str]


def add_category(edition: Edition, key: str, names: Names, by: Account, **facts: Any) -> Category:
    """`names` has the category's name by language. Raises Refused("key_taken")."""
    category = Category(key=key, **facts)
    add(edition, edition.categories, category, names, by)
    return category


def add_award(edition: Edition, key: str, names: Names, by: Account, **facts: Any) -> Award:
    """`names` has the award's name by language. Raises Refused("key_taken")."""
    award = Award(key=key, position=len(edition.awards) + 1, **facts)
    add(edition, edition.awards, award, names, by)
    return award


def add(edition: Edition, held: list[Any], row: Any, names: Names, by: Account) -> None:
    if any(other.key == row.key for other in held):
        raise Refused("key_taken", key=row.key)
    held.append(row)
    db.session.flush()
    write_names(edition, row, names)
    note(edition, f"{row.__tablename__}.added", row, by)


def change(row: Category | Award, names: Names, by: Account, **facts: Any) -> None:
    """Change everything but the key, by which texts and frozen results name it."""
    for name, value in facts.items():
        setattr(row, name, value)
    db.session.flush()
    write_names(row.edition, row, names)
    note(row.edition, f"{row.__tablename__}.changed", row, by)


def drop(row: Category | Award, by: Account) -> None:
    """Take a category or award away. Raises Refused("still_used") once anything names it."""
    if is_used(row):
        raise Refused("still_used", key=row.key)
    edition = row.edition
    note(edition, f"{row.__tablename__}.dropped", row, by)
    write_names(edition, row, dict.fromkeys(names_of(row), ""))
    db.session.delete(row)
    db.session.flush()
    db.session.expire(edition)


def is_used(row: Category | Award) -> bool:
    columns: list[InstrumentedAttribute[Any]] = (
        [Entry.category_id, Award.category_id]
        if isinstance(row, Category)
        else [
            Entry.special_recognition_id,
            Ballot.award_id,
            Minutes.award_id,
            Pick.award_id,
            PickList.award_id,
            Distinction.award_id,
        ]
    )
    return any(
        db.session.scalar(select(column).where(column == row.id).limit(1)) is not None
        for column in columns
    )


def name_key(row: Category | Award) -> str:
    return f"{row.__tablename__}.{row.key}.name"


def names_of(row: Category | Award) -> Names:
    """The name by language, as far as it is written."""
    return {t.language: t.text for t in row.edition.texts if t.key == name_key(row)}


def write_names(edition: Edition, row: Category | Award, names: Names) -> None:
    for language, name in names.items():
        write_text(edition, language, name_key(row), name)


def note(edition: Edition, action: str, row: Category | Award, by: Account) -> None:
    audit.append(edition.festival, action, lifecycle.subject(row), by, {"key": row.key})
