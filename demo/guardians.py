"""Guardians sign by their own links, take everything back, and may sign again."""

from demo import cast, looking
from demo.browser import Browser, api
from demo.entering import USES
from demo.festival import Entered, Festival
from demo.juries import REVIEWS, queue
from demo.recipients import links
from demo.trouble import Trouble

EVERYTHING = "form[action$='/revocation']:not(:has([name=uses]))"


def sign_all(festival: Festival) -> None:
    """Each guardian opens the link of her own mail; before that nobody but the maker sees it."""
    for title, entered in festival.entered.items():
        if entered.maker.guardian:
            require_hidden(festival, entered)
            festival.guardians[title] = sign(festival, entered)
            require_shown_to_staff(festival, entered)
    festival.report.say(
        f"{len(festival.guardians)} guardians signed by their own links; "
        "nobody but the maker could see the film before"
    )


def require_hidden(festival: Festival, entered: Entered) -> None:
    title, staff = entered.maker.title_english, festival.staff[0]
    places = [entered.path, *looking.files(entered)]
    looking.require_seen({entered.maker.name: entered.browser}, places, title)
    others = {"staff": staff, **looking.bystanders(festival, entered)}
    looking.require_refused(others, places, title)
    if has_player(staff, entered):
        raise Trouble(f"Staff can play {title} before its guardian has signed.")


def require_shown_to_staff(festival: Festival, entered: Entered) -> None:
    title, staff = entered.maker.title_english, festival.staff[0]
    looking.require_seen({"staff": staff}, looking.files(entered), title)
    if not has_player(staff, entered):
        raise Trouble(f"Staff cannot play {title} although its guardian has signed.")


def has_player(staff: Browser, entered: Entered) -> bool:
    return bool(staff.open(f"staff/entries/{entered.entry_id}").select("video"))


def sign(festival: Festival, entered: Entered) -> Browser:
    maker = entered.maker
    guardian = festival.browser(maker.guardian, maker.guardian_email, maker.guardian_language)
    guardian.open(festival.mailed_link(maker.guardian_email, "/consent/"))
    guardian.send("/consent/")
    give(guardian)
    return guardian


def give(guardian: Browser) -> None:
    guardian.send("/consents", {"uses": USES, "signed_name": guardian.name})


def take_back(guardian: Browser) -> None:
    guardian.open(guardian.address)
    guardian.send(guardian.one(EVERYTHING))


# ----- while jurors hold the film


def revoke_while_judged(festival: Festival) -> None:
    """One guardian takes everything back; the film is gone from every queue and page at once."""
    entered = next(e for e in festival.entered.values() if e.maker.guardian_revokes)
    title, files = entered.maker.title_english, looking.files(entered)
    queues = {name: queue(festival.jurors[name]) for p in cast.PARTNERS for name in p.jurors}
    holders = {name: held[entered.maker.title] for name, held in queues.items()
               if entered.maker.title in held}  # fmt: skip
    if len(holders) != REVIEWS:
        raise Trouble(f"{len(holders)} jurors hold {title}, not {REVIEWS}.")
    jurors = {name: festival.jurors[name] for name in holders}
    viewers = {"staff": festival.staff[0], **jurors}
    looking.require_seen(viewers, files, title)
    for name, page in holders.items():
        looking.require_seen({name: jurors[name]}, [page], title)
    take_back(festival.guardians[title])
    looking.require_refused(viewers, files, title)
    for name, page in holders.items():
        looking.require_refused({name: jurors[name]}, [page], title)
        if entered.maker.title in queue(jurors[name]):
            raise Trouble(f"{title} is still in the queue of {name} after its guardian's no.")
    if has_player(festival.staff[0], entered):
        raise Trouble(f"Staff can play {title} after its guardian's no.")
    festival.report.say(
        f"the guardian of {title} takes the consent back: gone at once from "
        f"{len(holders)} jurors' queues and the staff's desk"
    )


# ----- once everybody has seen it


def revoke_when_public(festival: Festival) -> None:
    """A guardian takes a published, licensed film back from everybody, and then signs again."""
    entered = next(e for e in festival.entered.values() if e.maker.guardian_hesitates)
    title, guardian = entered.maker.title_english, festival.guardians[entered.maker.title_english]
    page = public_page(festival, entered)
    if page is None:
        raise Trouble(f"{title} is not among the recipients.")
    require_everywhere(festival, entered, page)
    take_back(guardian)
    require_nowhere(festival, entered, page)
    give(guardian)
    require_everywhere(festival, entered, page)
    festival.report.say(
        f"the guardian of {title} takes the consent back: gone at once from the recipients and "
        "the distributor's downloads; signed again, it is back"
    )


def public_page(festival: Festival, entered: Entered) -> str | None:
    """The address that the feed for everybody's sites names for a film."""
    feed = festival.browser().get(api(entered.browser, "recipients")).json()
    pages = {film["title"]: str(film["page"]) for film in feed["recipients"]}
    return pages.get(entered.maker.title)


def viewers_of(festival: Festival, entered: Entered) -> dict[str, Browser]:
    return {"staff": festival.staff[0], **looking.bystanders(festival, entered)}


def require_everywhere(festival: Festival, entered: Entered, page: str) -> None:
    title = entered.maker.title_english
    looking.require_seen(viewers_of(festival, entered), [page, *looking.files(entered)], title)
    assert festival.distributor is not None
    looking.require_seen({festival.distributor.name: festival.distributor}, entered.shelf, title)
    if page not in links(festival.browser()) or not on_shelf(festival, entered):
        raise Trouble(f"{title} is not on the pages that list it.")


def require_nowhere(festival: Festival, entered: Entered, page: str) -> None:
    title = entered.maker.title_english
    looking.require_refused(viewers_of(festival, entered), [page, *looking.files(entered)], title)
    assert festival.distributor is not None
    looking.require_refused({festival.distributor.name: festival.distributor}, entered.shelf, title)
    if public_page(festival, entered) or page in links(festival.browser()):
        raise Trouble(f"{title} is still listed among the recipients after its guardian's no.")
    if on_shelf(festival, entered):
        raise Trouble(f"{title} is still in the catalogue after its guardian's no.")


def on_shelf(festival: Festival, entered: Entered) -> bool:
    assert festival.distributor is not None
    shelf = festival.distributor.open("catalogue")
    return bool(shelf.select(f'a[href$="{entered.shelf[0]}"]'))
