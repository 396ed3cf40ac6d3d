"""Last act: next year's edition opens, so that whoever looks around can enter a film."""

from demo import story_names
from demo.browser import Browser
from demo.clock import written
from demo.festival import Festival
from demo.preparing import ENTRIES_DAYS


def open_next(festival: Festival) -> str:
    """Copy the edition, write the new year into its texts, and open it; returns its address."""
    festival.report.act("Next year's edition opens")
    staff = festival.staff[0]
    staff.open("staff/edition")
    staff.send("/staff/editions", {"slug": story_names.NEXT_EDITION})
    place = festival.place.replace(story_names.EDITION, story_names.NEXT_EDITION)
    there = Browser(place, staff.name, staff.email).sign_in()
    for language in ("en", "ar"):
        rename(there, language)
    set_dates(festival, there)
    there.open("staff/edition")
    there.send("staff/edition/opening")
    festival.report.say(f"open for films: {place}/")
    return place


def rename(staff: Browser, language: str) -> None:
    """Write the new year wherever a text names the old one."""
    staff.open(f"staff/texts/{language}")
    form = staff.find_form(f"staff/texts/{language}")
    old, new = story_names.EDITION, story_names.NEXT_EDITION
    fields = {}
    for field in form.select("textarea, input[type=text], input:not([type])"):
        text = str(field.get("value") or field.get_text())
        if old in text:
            fields[str(field["name"])] = text.strip().replace(old, new)
    staff.send(form, fields)


def set_dates(festival: Festival, staff: Browser) -> None:
    staff.open("staff/edition")
    staff.send(
        "staff/edition",
        {
            "entries_open_at": written(festival.clock.in_days(-1)),
            "entries_close_at": written(festival.clock.in_days(ENTRIES_DAYS)),
            "produced_after": f"{festival.clock.now().year - 3}-01-01",
        },
    )
