"""The story from its first line to its last."""

from dataclasses import asdict
from pathlib import Path

from demo import (
    cast,
    distributing,
    eligibility,
    entering,
    guardians,
    juries,
    next_year,
    preparing,
    preselection,
    publishing,
)
from demo.festival import Festival
from demo.report import Counts
from demo.story_names import EDITION, SLUG
from demo.trouble import Trouble


def tell(festival: Festival, staff_link: str) -> None:
    """Run the whole festival. Raises Trouble as soon as something is not as it must be."""
    preparing.prepare(festival, staff_link)
    festival.moment("edition open")
    entering.enter_all(festival)
    guardians.sign_all(festival)
    eligibility.find_eligible(festival)
    festival.clock.jump_to(festival.clock.in_days(preparing.ENTRIES_DAYS + 1))
    preselection.preselect(festival)
    juries.decide(festival)
    publishing.publish(festival)
    distributing.distribute(festival)
    festival.moment("downloads verified")
    guardians.revoke_when_public(festival)
    festival.next_place = next_year.open_next(festival)
    require_complete(festival.report.counts)


def expected() -> Counts:
    """What must have happened, as the cast and the edition imply it; a film has one rendition
    at least, how many more follows from its size."""
    texts = sum(len(maker.subtitles) for maker in cast.LICENSED) * len(distributing.TEXTS)
    return Counts(
        films=len(cast.SHOWN),
        renditions=len(cast.SHOWN),
        scores=juries.REVIEWS * len(cast.SHOWN),
        distinctions=len(cast.CATEGORIES),
        recognitions=len(cast.SPECIAL_RECOGNITIONS) + len(cast.PARTNERS),
        downloads=len(cast.LICENSED) + texts,
    )


def require_complete(counts: Counts) -> None:
    """Raises Trouble that names every count that is not as it must be."""
    happened, wanted = asdict(counts), asdict(expected())
    happened["renditions"] = min(happened["renditions"], wanted["renditions"])
    wrong = [
        f"{happened[k]} {k} instead of {wanted[k]}" for k in wanted if happened[k] != wanted[k]
    ]
    if wrong:
        raise Trouble(f"The festival is not complete: {', '.join(wrong)}.")


def edition_place(origin: str) -> str:
    return f"{origin}/en/{SLUG}/{EDITION}"


def mails_of(folder: Path) -> Path:
    return folder / "instance" / "mails"
