"""The story from its first line to its last."""

from pathlib import Path

from demo import distributing, entering, juries, next_year, preparing, publishing
from demo.festival import Festival
from demo.story_names import EDITION, SLUG


def tell(festival: Festival, staff_link: str) -> None:
    """Run the whole festival. Raises Trouble as soon as something is not as it must be."""
    preparing.prepare(festival, staff_link)
    festival.moment("edition open")
    entering.enter_all(festival)
    juries.find_eligible(festival)
    entering.revoke(festival)
    festival.clock.jump_to(festival.clock.in_days(preparing.ENTRIES_DAYS + 1))
    juries.preselect(festival)
    juries.decide(festival)
    publishing.publish(festival)
    distributing.distribute(festival)
    festival.moment("downloads verified")
    festival.next_place = next_year.open_next(festival)


def edition_place(origin: str) -> str:
    return f"{origin}/en/{SLUG}/{EDITION}"


def mails_of(folder: Path) -> Path:
    return folder / "instance" / "mails"
