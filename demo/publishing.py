"""Act four: a second person confirms, each audience learns at its own instant, films are shown."""

import re
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from demo import cast
from demo.browser import Browser
from demo.clock import written
from demo.entering import api
from demo.festival import Festival
from demo.trouble import Trouble

AUDIENCES = ("recipients", "partners", "entrants", "public")


def publish(festival: Festival) -> None:
    festival.report.act("Two people publish, each audience learns at its own instant")
    first, second = festival.staff
    instants = propose(festival, first)
    second.open("staff/publication")
    second.send("/confirmation")
    festival.report.say(f"{first.name} proposed, {second.name} confirmed")
    visitor = festival.browser()
    for audience, at in instants.items():
        if recipients_links(visitor):
            raise Trouble("The public sees recipients before its instant.")
        mails = festival.mailbox.count()
        festival.clock.jump_to(at + timedelta(seconds=1))
        told = tell(festival, audience, mails)
        festival.report.say(f"{audience}: {told}")
        festival.moment(f"disclosed to {audience}")
    read_results(festival)
    visit_recipients(festival, visitor)


def propose(festival: Festival, staff: Browser) -> dict[str, datetime]:
    start = festival.clock.in_days(1).replace(second=0, microsecond=0)
    instants = {name: start + timedelta(days=2 * n) for n, name in enumerate(AUDIENCES)}
    staff.open("staff/publication")
    staff.send("/proposal", {name: written(at) for name, at in instants.items()})
    return instants


def tell(festival: Festival, audience: str, before: int) -> str:
    if audience == "public":
        return "the recipients' page opens"
    count = festival.wait_for(
        f"mails to {audience}",
        lambda: c - before if (c := festival.mailbox.count()) > before else None,
    )
    return f"{count} mails so far" if count else ""


def recipients_links(visitor: Browser) -> list[str]:
    page = visitor.open("recipients")
    found = [a["href"] for a in page.find_all("a", href=re.compile(r"/recipients/\w+$"))]
    return list(dict.fromkeys(str(href) for href in found))


def read_results(festival: Festival) -> None:
    for entered in festival.entered.values():
        if not entered.maker.guardian_revokes:
            entered.browser.open(f"{entered.path}/result")


def visit_recipients(festival: Festival, visitor: Browser) -> None:
    """Every shown film has a page, plays from its start, and has its playlists and subtitles."""
    feed = visitor.get(api(visitor, "recipients")).json()
    kinds = [d["kind"] for film in feed["recipients"] for d in film["distinctions"]]
    counts = festival.report.counts
    counts.distinctions = kinds.count("jury_distinction")
    counts.recognitions = len(kinds) - counts.distinctions
    for path in recipients_links(visitor):
        page = visitor.open(path)
        source = str(visitor.one("video source")["src"])
        answer = visitor.get(source, headers={"Range": "bytes=0-1023"})
        if answer.status_code != 206 or len(answer.content) != 1024:
            raise Trouble(f"{source} does not answer a range: {answer.status_code}")
        if not page.select("video track"):
            raise Trouble(f"{path} shows no subtitles.")
    count_films(festival)


def count_films(festival: Festival) -> None:
    """Films and renditions that can really be played, as each maker's browser would find them."""
    rows = []
    for title, entered in festival.entered.items():
        if entered.maker.guardian_revokes:
            rows.append((title, entered.maker.name, "taken back by the guardian", "0"))
            continue
        playlist = entered.browser.get(
            api(entered.browser, f"films/{entered.film_id}/master.m3u8")
        ).text
        sides = re.findall(r"^(?!#).*hls-(\d+)\.m3u8", playlist, re.MULTILINE)
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
    """Who can look at what in the server that stays up."""
    place = festival.place
    name, _country, distributor = cast.DISTRIBUTOR
    juror = cast.PARTNERS[0].jurors[0]
    maker = cast.MAKERS[0]
    path = urlsplit(place).path
    return [
        ("everybody", f"{place}/recipients", ""),
        ("in Arabic", f"{festival.origin}{path.replace('/en/', '/ar/')}/recipients", ""),
        (f"filmmaker {maker.name}", f"{place}/entries", maker.email),
        (f"juror {juror}", f"{place}/jury", cast.email(juror)),
        (f"staff {cast.STAFF[0]}", f"{place}/staff", cast.email(cast.STAFF[0])),
        (f"staff {cast.STAFF[1]}", f"{place}/staff", cast.email(cast.STAFF[1])),
        (f"{name}", f"{place}/catalogue", cast.email(distributor)),
        ("enter a film yourself", f"{festival.next_place}/", ""),
    ]
