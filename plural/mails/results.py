"""Mails about results. Each asks again, as it leaves, whether its reader may know by now."""

from typing import Any

from plural import clock, languages, rights
from plural.extensions import db
from plural.mailing import FreshLink, Mail, composer
from plural.models.consent import Guardian
from plural.models.entry import Entry, PersonRole
from plural.models.festival import Edition
from plural.models.people import Account, LinkPurpose
from plural.models.publication import Audience, Distinction, Publication
from plural.rights import Knower


def known(entry: Entry, person: Knower) -> list[Distinction]:
    """The distinctions of an entry that this person may know of and that stand.

    Nobody is congratulated on a film that is sealed.
    """
    if entry.sealed_at is not None or entry.state in rights.OUTSIDE_STATES:
        return []
    publication = entry.edition.publication
    held = publication.distinctions if publication else []
    return [
        d
        for d in held
        if d.film.entry_id == entry.id
        and d.withdrawn_at is None
        and rights.may_know(person, d, clock.now())
    ]


def about(entry: Entry, distinctions: list[Distinction], language: str) -> dict[str, Any]:
    """What the templates say of an entry's awards."""
    return {
        "title": entry.title,
        "entry_id": entry.id,
        "awards": [named(d, language) for d in distinctions],
        "public_at": public_at(entry.edition),
    }


def named(distinction: Distinction, language: str) -> dict[str, str]:
    key = f"award.{distinction.award.key}.name"
    edition = distinction.publication.edition
    return {
        "name": languages.text(edition, key, language),
        "organisation": distinction.organisation.name if distinction.organisation else "",
        "citation": distinction.citation,
    }


def public_at(edition: Edition) -> Any:
    disclosures = edition.publication.disclosures if edition.publication else []
    return next((d.at for d in disclosures if d.audience is Audience.PUBLIC), None)


@composer("result_recipient")
def to_recipient(entry_id: int) -> Mail | None:
    entry = db.session.get_one(Entry, entry_id)
    account = entry.account
    held = known(entry, account)
    if not held:
        return None
    return Mail(
        edition=entry.edition,
        to=account.email,
        language=account.language,
        template="result_recipient",
        context=about(entry, held, account.language) | {"name": account.name},
    )


@composer("result_guardian")
def to_guardian(guardian_id: int) -> Mail | None:
    guardian = db.session.get_one(Guardian, guardian_id)
    entry = guardian.person.entry
    held = known(entry, guardian)
    if not held or guardian.ended_at is not None:
        return None
    return to_guardian_with_link(guardian, "result_guardian", about(entry, held, guardian.language))


def to_guardian_with_link(guardian: Guardian, template: str, context: dict[str, Any]) -> Mail:
    return Mail(
        edition=guardian.person.entry.edition,
        to=guardian.email,
        language=guardian.language,
        template=template,
        context=context | {"name": guardian.name, "person": maker_of(guardian.person.entry)},
        link=FreshLink(
            purpose=LinkPurpose.CONSENT,
            endpoint="guardian.link",
            about={"guardian_id": guardian.id},
        ),
    )


def maker_of(entry: Entry) -> str:
    """The name of whoever made the film; a guardian may be that of somebody else in it."""
    return next(p.name for p in entry.persons if p.role is PersonRole.MAKER)


@composer("result_partner")
def to_partner(account_id: int, publication_id: int) -> Mail | None:
    account, publication = both(account_id, publication_id)
    standing = [d for d in publication.distinctions if d.withdrawn_at is None]
    if not any(rights.may_know(account, d, clock.now()) for d in standing):
        return None
    return to_account(account, publication, "result_partner")


@composer("result_entrant")
def to_entrant(account_id: int, publication_id: int) -> Mail | None:
    account, publication = both(account_id, publication_id)
    if not rights.disclosed(publication, Audience.ENTRANTS, clock.now()):
        return None
    return to_account(account, publication, "result_entrant")


def both(account_id: int, publication_id: int) -> tuple[Account, Publication]:
    account = db.session.get_one(Account, account_id)
    return account, db.session.get_one(Publication, publication_id)


def to_account(account: Account, publication: Publication, template: str) -> Mail:
    edition = publication.edition
    return Mail(
        edition=edition,
        to=account.email,
        language=account.language,
        template=template,
        context={"name": account.name, "public_at": public_at(edition)},
    )


@composer("result_withdrawn")
def of_withdrawal(distinction_id: int) -> Mail:
    distinction = db.session.get_one(Distinction, distinction_id)
    entry = distinction.film.entry
    return Mail(
        edition=entry.edition,
        to=entry.account.email,
        language=entry.account.language,
        template="result_withdrawn",
        context=about(entry, [distinction], entry.account.language) | {"name": entry.account.name},
    )


@composer("result_withdrawn_guardian")
def of_withdrawal_to_guardian(guardian_id: int, distinction_id: int) -> Mail | None:
    guardian = db.session.get_one(Guardian, guardian_id)
    if guardian.ended_at is not None:
        return None
    distinction = db.session.get_one(Distinction, distinction_id)
    context = about(distinction.film.entry, [distinction], guardian.language)
    return to_guardian_with_link(guardian, "result_withdrawn_guardian", context)
