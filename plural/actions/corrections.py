"""What a round that was frozen anew after the publication decides otherwise, and setting it right.

Two people have reopened the round and two have frozen it; carrying that into the publication is
then the deed of one, as taking a result out is. Nothing happens by itself: somebody may have heard.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from plural.actions import results
from plural.actions.announcing import tell_of_addition
from plural.actions.locks import hold_alone
from plural.actions.publishing import Line, distinction, line_of, note
from plural.actions.results import Decided
from plural.errors import Refused, StaleState
from plural.extensions import db
from plural.models.festival import Award
from plural.models.people import Account
from plural.models.publication import Distinction, Publication, PublicationState
from plural.models.rounds import RoundResult


@dataclass(frozen=True)
class Difference:
    """An award that is published otherwise than it is decided now: distinctions that stand and are
    not decided any more, and what is decided anew and not published."""

    award: Award
    gone: tuple[Distinction, ...]
    new: tuple[Line, ...]


def frozen_since(publication: Publication) -> list[RoundResult]:
    """The results that count and were frozen after the publication had been confirmed."""
    if publication.state is not PublicationState.CONFIRMED or publication.confirmed_at is None:
        return []
    counting = results.deciding_results(publication.edition)
    return [r for r in counting if r.frozen_at and r.frozen_at > publication.confirmed_at]


def differences(publication: Publication) -> list[Difference]:
    """What has not been set right yet, by award in their order; none where nothing was frozen."""
    if not frozen_since(publication):
        return []
    now = results.decided(publication.edition)
    then = results.decided(publication.edition, until=publication.confirmed_at)
    before, after = films_by_award(then), films_by_award(now)
    found = []
    for award in publication.edition.awards:
        told = {d.film_version_id for d in publication.distinctions if d.award_id == award.id}
        added = after[award.id] - before[award.id] - told
        gone = [d for d in standing(publication, award) if d.film_version_id not in after[award.id]]
        new = [
            line_of(one) for one in now if one.award_id == award.id and one.film_version_id in added
        ]
        if gone or new:
            found.append(Difference(award, tuple(gone), tuple(new)))
    return found


def standing(publication: Publication, award: Award) -> list[Distinction]:
    rows = [d for d in publication.distinctions if d.withdrawn_at is None]
    return [d for d in rows if d.award_id == award.id]


def films_by_award(decided: Iterable[Decided]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for one in decided:
        found[one.award_id].add(one.film_version_id)
    return found


def take_in(
    publication: Publication, award_id: int, film_version_id: int, by: Account
) -> Distinction:
    """Publish what a round that was frozen anew has decided; its consent is read here again.

    Each audience hears of it at its instant; recipients whose instant has passed are written to.
    Raises StaleState when it is not decided so or has been published, Refused for a film that may
    not go out.
    """
    hold_alone(publication)
    db.session.expire(publication, ["distinctions"])
    new = [one for difference in differences(publication) for one in difference.new]
    wanted = (award_id, film_version_id)
    found = next(
        (n for n in new if (n.decided.award_id, n.decided.film_version_id) == wanted), None
    )
    if found is None:
        raise StaleState("results_changed")
    if found.hindrance:
        raise Refused(found.hindrance)
    added = distinction(found.decided)
    publication.distinctions.append(added)
    note(added, "distinction.added", by, {"film": film_version_id, "award": added.award_id})
    tell_of_addition(added)
    return added
