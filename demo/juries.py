"""Rounds of judging: how each is opened, closed and frozen, and the international jury's own."""

import re

from bs4 import BeautifulSoup

from demo import cast, picking, records, two_people
from demo.browser import Browser
from demo.clock import written
from demo.festival import Festival
from demo.trouble import Trouble

REVIEWS = 3
SHORTLIST = 2


def rubric_fields() -> dict[str, object]:
    fields: dict[str, object] = {"reviews_wanted": REVIEWS, "shortlist_size": SHORTLIST}
    for number, (key, weight, english, arabic, hint) in enumerate(cast.CRITERIA):
        line = f"criteria-{number}-"
        fields |= {
            f"{line}key": key,
            f"{line}weight": weight,
            f"{line}name_en": english,
            f"{line}name_ar": arabic,
            f"{line}hint_en": hint,
        }
    return fields


def open_round(
    festival: Festival,
    staff: Browser,
    kind: str,
    key: str,
    members: list[str],
    fields: dict[str, object] | None = None,
) -> None:
    page = staff.open(f"staff/rounds/new?kind={kind}")
    values = [member_value(page, name) for name in members]
    english, arabic = ROUND_NAMES[kind]
    staff.send(
        "staff/rounds/new",
        {
            "key": key,
            "name_en": english,
            "name_ar": arabic,
            "closes_at": written(festival.clock.in_days(ROUND_DAYS)),
            "members": values,
            **(fields or {}),
        },
    )
    found = re.search(r"staff/rounds/\d+", staff.address)
    if not found:
        raise Trouble(f"The round {key} was not made: {staff.complaint()}")
    festival.rounds[key] = found.group(0)
    staff.open(festival.rounds[key])
    staff.send("/opening")


ROUND_DAYS = 10
ROUND_NAMES = {
    "preselection": ("Preselection", "الاختيار الأولي"),
    "international_jury": ("International Jury", "لجنة التحكيم الدولية"),
    "partner_picks": ("Partner recognitions", "تنويهات الشركاء"),
}


def member_value(page: BeautifulSoup, name: str) -> str:
    for box in page.select("input[name=members]"):
        label = page.select_one(f"label[for={box.get('id')}]") or box.find_parent("label")
        if label is not None and name in label.get_text():
            return str(box["value"])
    raise Trouble(f"{name} is not offered as a member.")


def queue(juror: Browser) -> dict[str, str]:
    """Titles and addresses of what a juror has been assigned."""
    juror.open("jury")
    page = juror.open(juror.link(r"/jury/\d+$"))
    cards = page.select(".film-card h3 a")
    return {card.get_text(strip=True): str(card["href"]) for card in cards}


def open_queue(juror: Browser) -> list[str]:
    """Addresses of what a juror has been assigned."""
    return list(queue(juror).values())


def score_all(juror: Browser, number: int) -> int:
    """Score every assigned film; jurors differ in how strict they are. Returns how many."""
    count = 0
    for path in open_queue(juror):
        juror.open(path)
        title = juror.one("h1").get_text(strip=True)
        quality = sum(map(ord, title)) % 3
        fields: dict[str, object] = {
            f"criterion_{key}": min(5, max(1, 2 + quality + (number + position) % 2))
            for position, (key, *_rest) in enumerate(cast.CRITERIA)
        }
        fields["comment_for_maker"] = "Thank you for showing me this street."
        juror.send("/score", fields)
        count += 1
    return count


def close_round(festival: Festival, staff: Browser, key: str) -> None:
    """Wait for its end on the festival's clock, then close."""
    festival.clock.jump_to(festival.clock.in_days(ROUND_DAYS + 1))
    staff.open(festival.rounds[key])
    staff.send("/closing")
    festival.moment(f"{key} closed")
    freeze_round(festival, key)


def freeze_round(festival: Festival, key: str) -> None:
    """One of the staff asks to freeze the result and cannot confirm it; another looks and does."""
    first, second = festival.staff
    path = festival.rounds[key]
    first.open(f"{path}/result")
    still_open = first.find_form("/freezing").select("[name=reason]")
    words = {"reason": "The jury has talked about it and leaves it so."} if still_open else {}
    first.send("/freezing", words)
    asked = str(first.one("[name=request]")["value"])
    two_people.require_second(first, f"{path}/freezing/confirmation", {"request": asked})
    second.open(f"{path}/result")
    second.send("/freezing/confirmation")
    festival.report.say(
        f"{key}: {first.name} asked to freeze the result and could not confirm it, "
        f"{second.name} confirmed"
    )
    records.recompute(festival, first, key)


def decide(festival: Festival) -> None:
    """The international jury ranks in ballots; each partner picks in private, in its order."""
    festival.report.act("The international jury decides, each partner picks its own")
    staff = festival.staff[0]
    open_round(festival, staff, "international_jury", "jury", list(cast.JURY))
    recommending = [partner.jurors[0] for partner in cast.PARTNERS]
    open_round(festival, staff, "partner_picks", "picks", recommending)
    for number, name in enumerate(cast.JURY):
        cast_ballots(festival.jurors[name], number)
    picking.pick_all(festival)
    festival.moment("votes cast")
    close_round(festival, staff, "jury")
    staff.open(festival.rounds["picks"])
    staff.send("/closing")
    freeze_round(festival, "picks")
    picking.require_told(festival, staff)
    festival.report.say(f"{len(cast.JURY)} jurors ranked, {len(cast.PARTNERS)} partners picked")


def cast_ballots(juror: Browser, number: int) -> None:
    juror.open("jury")
    page = juror.open(juror.link(r"/jury/\d+/ballots$"))
    actions = [str(f["action"]) for f in page.select("form[action*='/ballots/']")]
    for action in actions:
        form = juror.find_form(action)
        ranks = [str(s["name"]) for s in form.select("select[name^=rank_]")]
        ranks = [name for name in ranks if name != "rank_0"]
        turn = number % 2 if len(ranks) > 1 else 0
        ranks = ranks[turn:] + ranks[:turn]
        juror.send(action, {name: place for place, name in enumerate(ranks, 1)})
