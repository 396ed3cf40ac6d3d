"""Staff look at every entry, admit what is too long with a reason, and decide."""

from demo.browser import Browser
from demo.festival import Entered, Festival
from demo.preparing import MAX_DURATION_S
from demo.trouble import Trouble

TOO_LONG = f"The rules allow 0:{MAX_DURATION_S}, credits included."
# Marks that keep numbers in their own direction.
ISOLATES = str.maketrans("", "", "\u2066\u2067\u2068\u2069")


def find_eligible(festival: Festival) -> None:
    festival.report.act("Staff decide which films are eligible")
    staff = festival.staff[0]
    for entered in festival.entered.values():
        staff.open(f"staff/entries/{entered.entry_id}")
        require_findings(staff, entered)
        if entered.maker.too_long:
            admit(festival, staff, entered)
        staff.send("/eligibility", {"decision": "eligible", "reason": "Welcome to the festival."})
    festival.moment("films eligible")


def require_findings(staff: Browser, entered: Entered) -> None:
    """One finding on the film that is too long, and none to decide on any other."""
    forms = staff.page.select("form[action$='/admission']")
    said = [form.parent.get_text(" ").translate(ISOLATES) for form in forms if form.parent]
    wanted = 1 if entered.maker.too_long else 0
    if len(said) != wanted or not all(TOO_LONG in words for words in said):
        raise Trouble(
            f"{entered.maker.title_english} must have {wanted} findings that it is too long, "
            f"and has {said}."
        )


def admit(festival: Festival, staff: Browser, entered: Entered) -> None:
    staff.send("/admission", {"reason": "The jury wants to see the whole table."})
    festival.report.say(f"too long, and admitted with a reason: {entered.maker.title_english}")
    staff.open(f"staff/entries/{entered.entry_id}")
    staff.expect("The jury wants to see the whole table.")
    if staff.page.select("form[action$='/admission']"):
        raise Trouble(f"The finding on {entered.maker.title_english} is still to be decided.")
