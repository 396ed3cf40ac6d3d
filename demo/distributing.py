"""Act five: a licence, and a distributor who downloads a film and its subtitles."""

import hashlib
import re
from pathlib import Path

from demo import cast
from demo.browser import Browser
from demo.clock import written
from demo.festival import Entered, Festival
from demo.footage import plays
from demo.trouble import Trouble

FILMS = 2


def distribute(festival: Festival) -> None:
    festival.report.act("A distributor downloads what it is licensed to show")
    assert festival.distributor is not None
    for entered in licensed(festival):
        grant(festival, entered)
    shelf = festival.distributor.open("catalogue")
    pages = {str(a["href"]) for a in shelf.find_all("a", href=re.compile(r"/catalogue/\d+$"))}
    if len(pages) != FILMS:
        raise Trouble(f"The catalogue lists {len(pages)} films, not {FILMS}.")
    for page in sorted(pages):
        fetch_all(festival, festival.distributor, page)


def licensed(festival: Festival) -> list[Entered]:
    """The first films that nobody has taken back."""
    willing = [e for e in festival.entered.values() if not e.maker.guardian_revokes]
    return willing[:FILMS]


def grant(festival: Festival, entered: Entered) -> None:
    staff = festival.staff[0]
    staff.open("staff/licences")
    staff.send(
        "staff/licences",
        {
            "organisation_id": staff.option("organisation_id", cast.DISTRIBUTOR[0]),
            "film_id": entered.film_id,
            "use": "broadcast",
            "starts_at": written(festival.clock.in_days(-1)),
            "ends_at": written(festival.clock.in_days(365)),
        },
    )


def fetch_all(festival: Festival, distributor: Browser, path: str) -> None:
    """The largest rendition and every subtitle file, each checked against its digest."""
    page = distributor.open(path)
    links = [str(a["href"]) for a in page.find_all("a", href=re.compile(r"/files/"))]
    films = [link for link in links if re.search(r"/\d+\.mp4$", link)]
    texts = [link for link in links if link.endswith((".vtt", ".srt"))]
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
    """Download one file and compare its SHA-256 with the one that the page names."""
    answer = distributor.get(link)
    if answer.status_code != 200:
        raise Trouble(f"{link} answered {answer.status_code}.")
    digest = hashlib.sha256(answer.content).hexdigest()
    if digest not in str(distributor.page) and digest not in answer.headers.get("ETag", ""):
        raise Trouble(f"{link} does not have the digest that its page names.")
    file = festival.folder / "downloads" / link.strip("/").replace("/", "-")
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(answer.content)
    festival.report.counts.downloads += 1
    festival.report.say(f"{link.rsplit('/', 1)[1]}, {len(answer.content):,} bytes, digest right")
    return file
