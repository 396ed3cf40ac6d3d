"""A whole festival in Chromium: from a telephone in a kitchen to the distributor's download."""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from demo import cast, juries, preparing
from demo.clock import written
from demo.festival import Festival
from tests.browser import playing
from tests.browser.entering import PHONE, Maker, choose_film, entry_path, fill_in, register
from tests.browser.visiting import Person

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
MAKING_MS = 120_000
TITLE = "نافذتي"
USES = ["jury", "name", "face", "web", "broadcast"]
GUARDIAN = {
    "guardian_name": "Rana Haddad",
    "guardian_email": "rana@example.org",
    "guardian_language": "ar",
}
FIRST_WORDS = "This is my window."
MAKER = Maker("Lina Haddad", "lina@example.org", 15, TITLE)
CLASSMATE = Maker("Tomas Silva", "tomas@example.org", 20, "Duas rodas")
NOTE_LARGEST_BAR = """() => {
  const bar = document.querySelector("[data-upload-bar]");
  const note = () => (sessionStorage.seen = Math.max(bar.value, sessionStorage.seen ?? 0));
  new MutationObserver(note).observe(bar, { attributes: true });
}"""


def test_a_film_goes_all_the_way_from_a_telephone_to_a_distributor(
    festival: Festival, person: Callable[..., Person], film_file: Path, tmp_path: Path
) -> None:
    subtitles = tmp_path / "subtitles.srt"
    subtitles.write_text(cast.SUBTITLES.format(first=FIRST_WORDS))
    maker, classmate = person(festival.place, **PHONE), person(festival.place)
    film_id = enter(festival, maker, MAKER, film_file, **GUARDIAN)
    enter(festival, classmate, CLASSMATE, film_file)
    for one, known in ((maker, MAKER), (classmate, CLASSMATE)):
        watch_until_made(one)
        add_subtitles(one, subtitles)
        submit(one, known)
    sign_as_guardian(festival, person)

    staff = person(festival.place)
    staff.sign_in(cast.email(cast.STAFF[0]))
    for known in (MAKER, CLASSMATE):
        find_eligible(staff, known)
    score(festival, person, staff)
    juries.decide(festival)
    publish(festival, person, staff)
    watch_as_visitor(festival, person)
    grant(staff, festival, film_id)
    download(festival, person)


def enter(festival: Festival, maker: Person, known: Maker, film: Path, **guardian: str) -> str:
    """Register, fill in the form, send the film and see all of it arrive; the film's id."""
    register(maker, known)
    fill_in(maker, festival.clock, known, **guardian)
    path = entry_path(maker)
    maker.open(f"{path}/film")
    metadata = maker.page.locator("[data-upload]").get_attribute("data-metadata")
    maker.page.evaluate(NOTE_LARGEST_BAR)
    choose_film(maker, film)
    maker.page.wait_for_url(f"**/{path}")
    assert maker.page.evaluate("sessionStorage.seen") == "100"
    maker.look("status-after-upload")
    return str(json.loads(str(metadata))["film"])


def watch_until_made(maker: Person) -> None:
    """Nobody touches the page: it shows the film by itself, and the end of the work."""
    page = maker.page
    page.locator("[data-player]").wait_for(timeout=MAKING_MS)
    maker.look("status-playable")
    page.locator('progress[data-field="film.percent"]').wait_for(
        state="detached", timeout=MAKING_MS
    )
    maker.look("status-complete")


def add_subtitles(maker: Person, subtitles: Path) -> None:
    path = entry_path(maker)
    maker.open(f"{path}/subtitles")
    maker.send("/subtitles", {"file": subtitles, "language": "en", "kind": "subtitles"})
    maker.open(f"{path}/subtitles")
    assert FIRST_WORDS in maker.page.locator("main").inner_text()
    maker.open(path)


def submit(maker: Person, known: Maker) -> None:
    path = entry_path(maker)
    maker.open(f"{path}/submission")
    maker.send("/submission", {"uses": USES, "signed_name": known.name})
    maker.look("submitted")


def sign_as_guardian(festival: Festival, person: Callable[..., Person]) -> None:
    guardian = person(festival.place.replace("/en/", "/ar/"), **PHONE)
    guardian.open(festival.mailed_link(GUARDIAN["guardian_email"], "/consent/"))
    page = guardian.page
    assert page.locator("html").get_attribute("dir") == "rtl"
    guardian.look("guardian-invited")
    path = page.url.removeprefix(festival.origin)
    guardian.send(path)
    assert TITLE in page.locator("main").inner_text()
    playing.start(page)
    guardian.send("/consents", {"uses": USES, "signed_name": "رنا حداد"})
    assert page.locator('form[action$="/revocation"]').count() > 0
    guardian.look("guardian-signed")


def find_eligible(staff: Person, known: Maker) -> None:
    staff.open("staff")
    staff.look("staff-desk")
    staff.open("staff/entries?state=submitted")
    staff.page.get_by_role("link", name=known.title).first.click()
    staff.page.wait_for_url("**/staff/entries/*")
    decision = {"decision": "eligible", "reason": "Welcome to the festival."}
    staff.send("/eligibility", decision)
    staff.look("staff-entry")


def score(festival: Festival, person: Callable[..., Person], staff: Person) -> None:
    """One juror scores in Chromium, the others by HTTP; staff give out, close and shortlist."""
    festival.clock.jump_to(festival.clock.in_days(preparing.ENTRIES_DAYS + 1))
    by_http = festival.staff[0]
    jurors = [name for partner in cast.PARTNERS for name in partner.jurors]
    fields = juries.rubric_fields()
    juries.open_round(festival, by_http, "preselection", "preselection", jurors, fields)
    path = festival.rounds["preselection"]
    staff.open(f"{path}/assignment")
    staff.look("assignment")
    staff.send("/assignment")
    watching = next(name for name in jurors if TITLE in queue_of(festival, name))
    score_in_browser(festival, person, watching)
    for number, name in enumerate(jurors):
        if name != watching:
            juries.score_all(festival.jurors[name], number)
    festival.clock.jump_to(festival.clock.in_days(juries.ROUND_DAYS + 1))
    staff.open(path)
    staff.send("/closing")
    juries.freeze_round(festival, "preselection")
    staff.open(f"{path}/result")
    staff.look("ranking")
    staff.send("/shortlist")


def queue_of(festival: Festival, juror: str) -> str:
    juries.open_queue(festival.jurors[juror])
    return festival.jurors[juror].text()


def score_in_browser(festival: Festival, person: Callable[..., Person], name: str) -> None:
    juror = person(festival.place)
    juror.sign_in(cast.email(name))
    paths = juries.open_queue(festival.jurors[name])
    for path in paths:
        juror.open(f"{festival.origin}{path}")
        playing.start(juror.page)
        marks = {f"criterion_{key}": ["4"] for key, *_rest in cast.CRITERIA}
        juror.send("/score", {**marks, "comment_for_maker": "I saw your street."})
    juror.look("juror-has-scored")


def publish(festival: Festival, person: Callable[..., Person], first: Person) -> None:
    """One person proposes, another confirms, and the public hears at its instant."""
    start = festival.clock.in_days(1).replace(second=0, microsecond=0)
    audiences = ("recipients", "partners", "entrants", "public")
    instants = {name: start + timedelta(hours=n) for n, name in enumerate(audiences)}
    first.open("staff/publication")
    first.send("/proposal", {name: written(at) for name, at in instants.items()})
    second = person(festival.place)
    second.sign_in(cast.email(cast.STAFF[1]))
    second.open("staff/publication")
    second.look("publication-proposed")
    second.send("/confirmation")
    festival.clock.jump_to(instants["public"] + timedelta(seconds=1))
    second.open("staff/publication")
    second.look("publication-disclosed")


def watch_as_visitor(festival: Festival, person: Callable[..., Person]) -> None:
    """With the browser's own streaming, and with that of the page."""
    for has_hls in (True, False):
        visitor = person(festival.place)
        page = visitor.page
        if not has_hls:
            page.add_init_script(playing.WITHOUT_HLS_OF_ITS_OWN)
        visitor.open("recipients")
        visitor.look("recipients")
        page.get_by_role("link", name=TITLE).click()
        page.wait_for_url("**/recipients/*")
        playing.start(page)
        assert playing.read_captions(page) == FIRST_WORDS
        streams_itself = has_hls and playing.source(page).endswith(".m3u8")
        assert streams_itself or playing.source(page).startswith("blob:")
        visitor.look("recipient-playing")
        playing.seek(page, 5)


def grant(staff: Person, festival: Festival, film_id: str) -> None:
    staff.open("staff/licences")
    words = cast.DISTRIBUTOR[0]
    organisation = staff.page.locator("[name=organisation_id] option", has_text=words)
    fields = {
        "organisation_id": str(organisation.get_attribute("value")),
        "film_id": film_id,
        "use": "broadcast",
        "starts_at": written(festival.clock.in_days(-1)),
        "ends_at": written(festival.clock.in_days(365)),
    }
    staff.send("/licences", fields)
    staff.look("licences")


def download(festival: Festival, person: Callable[..., Person]) -> None:
    distributor = person(festival.place)
    distributor.sign_in(cast.email(cast.DISTRIBUTOR[2]))
    distributor.open("catalogue")
    distributor.page.get_by_role("link", name=TITLE).click()
    files = distributor.page.locator("tr", has=distributor.page.locator("a[download]"))
    files.first.wait_for()
    distributor.look("catalogue")
    names = [row.get_by_role("rowheader").inner_text() for row in files.all()]
    wanted = [name for name in names if name.endswith((".mp4", ".vtt"))]
    assert {Path(name).suffix for name in wanted} == {".mp4", ".vtt"}
    for name in wanted:
        row = files.filter(has_text=name)
        with distributor.page.expect_download() as saved:
            row.locator("a[download]").click()
        digest = hashlib.sha256(saved.value.path().read_bytes()).hexdigest()
        assert digest == row.locator(".code").inner_text()
