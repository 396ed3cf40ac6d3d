"""Act four: a second person confirms, each audience learns at its own instant, films are shown."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from demo import cast, disclosing, looking, two_people
from demo.browser import Browser, api
from demo.clock import written
from demo.festival import Festival
from demo.recipients import links
from demo.trouble import Trouble

AUDIENCES = ("recipients", "partners", "entrants", "public")


def publish(festival: Festival) -> None:
    festival.report.act("Two people publish, each audience learns at its own instant")
    first, second = festival.staff
    instants = propose(festival, first)
    second.open("staff/publication")
    seen = str(second.one("[name=seen]")["value"])
    two_people.require_second(first, "staff/publication/confirmation", {"seen": seen})
    chosen = {head.get_text(strip=True) for head in second.page.select("table th[scope=row]")}
    second.send("/confirmation")
    festival.report.say(f"{first.name} proposed and could not confirm it, {second.name} confirmed")
    disclosing.disclose(festival, chosen, instants)
    visit_recipients(festival, festival.browser())
    count_films(festival)


def propose(festival: Festival, staff: Browser) -> dict[str, datetime]:
    start = festival.clock.in_days(1).replace(second=0, microsecond=0)
    instants = {name: start + timedelta(days=2 * n) for n, name in enumerate(AUDIENCES)}
    staff.open("staff/publication")
    staff.send("/proposal", {name: written(at) for name, at in instants.items()})
    return instants


def visit_recipients(festival: Festival, visitor: Browser) -> None:
    """Every shown film has a page, plays from its start, and has its subtitles."""
    feed = visitor.get(api(visitor, "recipients")).json()["recipients"]
    kinds = [d["kind"] for film in feed for d in film["distinctions"]]
    counts = festival.report.counts
    counts.distinctions = kinds.count("jury_distinction")
    counts.recognitions = len(kinds) - counts.distinctions
    listed = links(visitor)
    if {film["page"] for film in feed} != set(listed):
        raise Trouble(f"The feed and the page of recipients differ: {feed} and {listed}.")
    for path in listed:
        page = visitor.open(path)
        source = str(visitor.one("video source")["src"])
        answer = visitor.get(source, headers={"Range": "bytes=0-1023"})
        if answer.status_code != 206 or len(answer.content) != 1024:
            raise Trouble(f"{source} does not answer a range: {answer.status_code}")
        if not page.select("video track"):
            raise Trouble(f"{path} shows no subtitles.")


def count_films(festival: Festival) -> None:
    """Films and renditions that can really be played, as each maker's browser would find them."""
    rows = []
    for title, entered in festival.entered.items():
        if entered.maker.guardian_revokes:
            rows.append((title, entered.maker.name, "taken back by the guardian", "0"))
            continue
        sides = looking.sides(entered)
        if not sides:
            raise Trouble(f"{title} has no rendition.")
        for side in sides:
            check_rendition(entered.browser, entered.film_id, side)
        festival.report.counts.films += 1
        festival.report.counts.renditions += len(sides)
        rows.append((title, entered.maker.name, " ".join(sides), str(len(sides))))
    festival.report.table("Films", ("film", "maker", "renditions", "count"), rows)


def check_rendition(browser: Browser, film_id: str, side: str) -> None:
    for name in (f"{side}.mp4", f"hls-{side}.m3u8"):
        answer = browser.session.head(browser.absolute(api(browser, f"films/{film_id}/{name}")))
        if answer.status_code != 200:
            raise Trouble(f"film {film_id} has no {name}: {answer.status_code}")


def addresses(festival: Festival) -> list[tuple[str, str, str]]:
    """Who can look at what in the server that stays up: who, their mail address, where."""
    place = festival.place
    name, _country, distributor = cast.DISTRIBUTOR
    juror = cast.PARTNERS[0].jurors[0]
    maker = cast.MAKERS[0]
    path = urlsplit(place).path
    return [
        ("everybody", "", f"{place}/recipients"),
        ("in Arabic", "", f"{festival.origin}{path.replace('/en/', '/ar/')}/recipients"),
        (f"filmmaker {maker.name}", maker.email, f"{place}/entries"),
        (f"juror {juror}", cast.email(juror), f"{place}/jury"),
        *((f"staff {one}", cast.email(one), f"{place}/staff") for one in cast.STAFF),
        (name, cast.email(distributor), f"{place}/catalogue"),
        ("enter a film yourself", "", f"{festival.next_place}/"),
    ]
