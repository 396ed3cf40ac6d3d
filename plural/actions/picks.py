"""Partners' own recognitions: each organisation picks in private, by its own criteria."""

from typing import Any

from plural import audit, clock
from plural.access import Who, in_conflict
from plural.actions import panel
from plural.actions.locks import hold_alone, hold_open
from plural.errors import NotFound, Refused, StaleState
from plural.extensions import db
from plural.models.entry import FilmVersion
from plural.models.festival import Award, AwardKind
from plural.models.juries import Pick
from plural.models.people import Account, Organisation
from plural.models.rounds import Round, Seat

METHOD = "each partner's own choice"


def awards(round_: Round) -> list[Award]:
    """The recognitions of the organisations that sit on the round."""
    seated = {seat.membership.organisation_id for seat in round_.seats}
    return [
        award
        for award in round_.edition.awards
        if award.kind is AwardKind.PARTNER_RECOGNITION and award.organisation_id in seated
    ]


def award_of(seat: Seat) -> Award | None:
    """What the seat's organisation may give."""
    mine = seat.membership.organisation_id
    return next((a for a in awards(seat.round) if a.organisation_id == mine), None)


def choices(seat: Seat, account: Account) -> list[FilmVersion]:
    """The films that this person may pick for the organisation."""
    films = panel.films(seat.round, clock.now())
    return [film for film in films if not in_conflict(account, film.entry)]


def current(seat: Seat) -> Pick | None:
    """What the organisation has picked so far, whoever of its people did."""
    found: Pick | None = (
        Pick.query.filter_by(
            round_id=seat.round_id, organisation_id=seat.membership.organisation_id, position=1
        )
        .populate_existing()
        .first()
    )
    return found


def pick(
    who: Who, seat: Seat, film: FilmVersion | None, citation: str, revision: int
) -> Pick | None:
    """Keep the organisation's choice; None takes it back: no recognition.

    Raises Refused when the round has closed or the film is not to be picked, StaleState when a
    colleague or another tab was faster, NotFound when the organisation gives nothing.
    """
    round_ = hold_open(seat.round)
    hold_alone(seat.membership.organisation)
    award, account, found = award_of(seat), who.account, current(seat)
    if award is None or account is None:
        raise NotFound()
    if film is not None and film not in choices(seat, account):
        raise Refused("film_not_before_you")
    if says_the_same(found, film, citation):
        return found
    if revision != (found.revision if found else 0):
        raise StaleState(revision=found.revision if found else 0)
    if film is None:
        db.session.delete(found)
        found = None
    else:
        found = found or Pick(
            round=round_, organisation=seat.membership.organisation, award=award, revision=0
        )
        write(found, film, citation, account)
    subject = f"organisation:{seat.membership.organisation_id}"
    audit.append(round_.edition.festival, "pick.changed", subject, account)
    return found


def says_the_same(found: Pick | None, film: FilmVersion | None, citation: str) -> bool:
    if found is None or film is None:
        return found is None and film is None
    return (found.film_version_id, found.citation) == (film.id, citation)


def write(found: Pick, film: FilmVersion, citation: str, account: Account) -> None:
    found.film, found.citation = film, citation
    found.picked_by_id, found.picked_at = account.id, clock.now()
    found.revision += 1
    db.session.add(found)
    db.session.flush()


# ----- at the close


def silent_partners(round_: Round) -> list[str]:
    """Names of organisations that have picked nothing; whether they want to is theirs."""
    spoken = {p.organisation_id for p in picks_of(round_)}
    return sorted(giver(a).name for a in awards(round_) if a.organisation_id not in spoken)


def giver(award: Award) -> Organisation:
    return db.session.get_one(Organisation, award.organisation_id)


def picks_of(round_: Round) -> list[Pick]:
    rows: list[Pick] = Pick.query.filter_by(round_id=round_.id, position=1).all()
    return rows


def gather(round_: Round) -> list[dict[str, Any]]:
    """Per recognition the film and the citation; an organisation that was silent gives none.

    A pick counts if the film may still be judged and whoever picked it has no conflict with it.
    """
    films = {film.id for film in panel.films(round_, clock.now())}
    counted = {p.award_id: p for p in picks_of(round_) if p.film_version_id in films and stands(p)}
    return [award_row(award, counted.get(award.id)) for award in awards(round_)]


def stands(found: Pick) -> bool:
    picker = db.session.get_one(Account, found.picked_by_id)
    return not in_conflict(picker, found.film.entry)


def award_row(award: Award, found: Pick | None) -> dict[str, Any]:
    return {
        "award": award.key,
        "winners": [panel.pseudonym(found.film)] if found else [],
        "citation": found.citation if found else "",
    }
