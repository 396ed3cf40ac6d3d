"""Act five: a licence, and a distributor who downloads a film and its subtitles."""

import hashlib
import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from demo import cast, looking
from demo.browser import Browser
from demo.clock import written
from demo.festival import Entered, Festival
from demo.footage import plays
from demo.trouble import Trouble

TEXTS = (".vtt", ".srt")


def distribute(festival: Festival) -> None:
    """Licences begin a day later; before that the distributor gets nothing."""
    festival.report.act("A distributor downloads what it is licensed to show")
    distributor = festival.distributor
    assert distributor is not None
    licensed = [e for e in festival.entered.values() if e.maker.licensed]
    require_on_shelf(distributor, [])
    begins_at = festival.clock.in_days(1)
    for entered in licensed:
        grant(festival, entered, written(begins_at))
        looking.require_refused(
            {distributor.name: distributor}, entered.shelf, "a film before its licence"
        )
    festival.clock.jump_to(begins_at + timedelta(seconds=1))
    require_on_shelf(distributor, licensed)
    for entered in licensed:
        looking.require_seen({distributor.name: distributor}, entered.shelf, "its licensed film")
        others = looking.bystanders(festival, entered)
        del others[cast.DISTRIBUTOR[0]]
        looking.require_refused(others, entered.shelf, "the distributor's film")
        fetch_all(festival, distributor, entered.shelf[0])


def require_on_shelf(distributor: Browser, licensed: list[Entered]) -> None:
    page = distributor.open("catalogue")
    listed = {str(a["href"]) for a in page.find_all("a", href=re.compile(r"/catalogue/\d+$"))}
    wanted = {entered.shelf[0] for entered in licensed}
    if listed != wanted:
        raise Trouble(f"The catalogue lists {sorted(listed)}, not {sorted(wanted)}.")


def grant(festival: Festival, entered: Entered, starts_at: str) -> None:
    """Grant a licence, and note where the distributor will find the film."""
    staff = festival.staff[0]
    staff.open("staff/licences")
    before = licences(staff)
    staff.send(
        "staff/licences",
        {
            "organisation_id": staff.option("organisation_id", cast.DISTRIBUTOR[0]),
            "film_id": entered.film_id,
            "use": "broadcast",
            "starts_at": starts_at,
            "ends_at": written(festival.clock.in_days(365)),
        },
    )
    staff.open("staff/licences")
    new = licences(staff) - before
    if len(new) != 1:
        raise Trouble(f"A licence for {entered.maker.title_english} was not granted.")
    page = f"{urlsplit(festival.place).path}/catalogue/{new.pop()}"
    entered.shelf = [page, f"{page}/files/poster.jpg"]


def licences(staff: Browser) -> set[str]:
    """The numbers of the licences that staff can end."""
    return set(re.findall(r"/licences/(\d+)/", str(staff.page)))


def digest_on(distributor: Browser, link: str) -> str:
    """The SHA-256 in the row of a file on the distributor's page."""
    row = distributor.one(f'tr:has(a[href="{link}"])')
    code = row.select_one(".code")
    return code.get_text(strip=True) if code else ""


def fetch_all(festival: Festival, distributor: Browser, path: str) -> None:
    """The largest rendition and every subtitle file, each checked against its digest."""
    page = distributor.open(path)
    links = [str(a["href"]) for a in page.find_all("a", href=re.compile(r"/files/"))]
    films = [link for link in links if re.search(r"/\d+\.mp4$", link)]
    texts = [link for link in links if link.endswith(TEXTS)]
    largest = max(films, key=lambda link: int(re.findall(r"(\d+)\.mp4$", link)[0]))
    film = fetch(festival, distributor, largest)
    if not plays(film):
        raise Trouble(f"{film.name} was downloaded and does not play.")
    for link in texts:
        text = fetch(festival, distributor, link).read_text()
        if "-->" not in text:
            raise Trouble(f"{link} is no subtitle file.")
    if not texts:
        raise Trouble(f"{path} offers no subtitles.")


def fetch(festival: Festival, distributor: Browser, link: str) -> Path:
    """Download one file and compare its SHA-256 with the page's and with the answer's ETag."""
    answer = distributor.get(link)
    if answer.status_code != 200:
        raise Trouble(f"{link} answered {answer.status_code}.")
    named = {
        "its bytes": hashlib.sha256(answer.content).hexdigest(),
        "its page": digest_on(distributor, link),
        "its ETag": answer.headers.get("ETag", "").strip('"'),
    }
    if len(set(named.values())) != 1:
        raise Trouble(f"{link} does not have the digest that its page names: {named}")
    file = festival.folder / "downloads" / link.strip("/").replace("/", "-")
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(answer.content)
    festival.report.counts.downloads += 1
    festival.report.say(f"{link.rsplit('/', 1)[1]}, {len(answer.content):,} bytes, digest right")
    return file
