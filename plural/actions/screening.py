"""What staff note while they screen an entry: tracks read, rights cleared, conflicts known."""

from datetime import datetime

from plural import lifecycle
from plural.actions import conflicts
from plural.actions.eligibility import note
from plural.errors import Refused
from plural.models.consent import Use
from plural.models.entry import Entry, Track, TrackState, Work
from plural.models.people import Account
from plural.models.scoring import Conflict


def review_track(track: Track, by: Account) -> None:
    """Somebody who knows the language confirms that the track says what the film says."""
    lifecycle.move(track, TrackState.REVIEWED, by)


def clear_work(
    work: Work, uses: list[Use], territories: list[str], ends_at: datetime | None, by: Account
) -> None:
    """Note what a work of others may be used for; an empty list of territories is the world."""
    work.uses = [use.value for use in uses]
    work.territories = sorted(set(territories))
    work.ends_at = ends_at
    note(work, "work.cleared", by, uses=work.uses, territories=work.territories)


def set_conflict(entry: Entry, account: Account, reason: str, by: Account) -> Conflict:
    """Keep a person from judging an entry; scores they gave in open rounds are voided."""
    if not reason:
        raise Refused("reason_wanted")
    return conflicts.set_by_staff(account, entry, reason, by)
