"""A juror's desk on a page: its queue, its first film, its score form."""

from playwright.sync_api import Locator, Page

from plural.models.scoring import Assignment, Score
from tests.browser.visiting import Person
from tests.plural.panels import Panel, seat_of


def queue_path(panel: Panel) -> str:
    with panel.app.app_context():
        round_id = Assignment.query.first().round_id
        return f"jury/{seat_of(panel.jurors[0][0], round_id)}"


def open_first(juror: Person, panel: Panel) -> str:
    """Open the first film of the queue; the path of its page."""
    juror.open(queue_path(panel))
    juror.page.get_by_role("link", name="Watch the next film").click()
    juror.page.wait_for_url("**/jury/films/*")
    return juror.page.url.removeprefix(f"{juror.place}/")


def scores(panel: Panel) -> list[tuple[dict[str, float], str]]:
    with panel.app.app_context():
        rows = Score.query.order_by(Score.id).all()
        return [(row.values, row.comment_for_maker) for row in rows]


def choose(page: Page, criterion: str, value: str) -> None:
    chosen = page.locator(f'[name="criterion_{criterion}"][value="{value}"]')
    page.locator(f'label[for="{chosen.get_attribute("id")}"]').click()


def send(page: Page) -> None:
    page.get_by_role("button", name="Keep my score").click()


def said(page: Page) -> Locator:
    """The sentence that is shown about what the device keeps."""
    return page.locator("[data-draft-note]:not([hidden]) > :not([hidden])")
