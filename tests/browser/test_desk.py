"""The juror's desk in Chromium: by keys alone, without network, in two tabs, on a shared device."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from plural.models.scoring import FilmNote, ScoreRevision
from tests.browser.desks import choose, open_first, queue_path, said, scores, send
from tests.browser.visiting import Person, Watch
from tests.factories import PASSWORD, Make
from tests.plural.panels import Panel
from tests.visitor import Visitor

pytestmark = pytest.mark.browser
SAVES_DATA = """
Object.defineProperty(Navigator.prototype, "connection", { value: { saveData: true } });
"""
CUT = "ERR_INTERNET_DISCONNECTED"
KEPT = "Kept on this device, not sent yet."
WORDS = "The end stays with me."
BESIDE = ["story: 4", "For the jury: x"]


def cut(juror: Person, watch: Watch) -> None:
    watch.expected.append(CUT)
    juror.page.context.set_offline(True)


def test_three_films_are_scored_with_the_keyboard_alone(
    panel: Panel, juror: Callable[..., Person]
) -> None:
    """Six keys a film: one to the score, one for each criterion, two to send and open the next."""
    visitor = juror()
    open_first(visitor, panel)
    page, seen = visitor.page, set()
    for _film in range(3):
        heading = page.locator("h1").inner_text()
        assert heading not in seen
        seen.add(heading)
        expect(page.locator(".player-start")).to_be_focused()
        page.keyboard.press("s")
        page.keyboard.press("4")
        page.keyboard.press("2")
        expect(page.locator('[name="comment_for_maker"]')).to_be_focused()
        page.keyboard.press("Control+Enter")
        page.wait_for_function(
            "words => document.querySelector('h1').innerText !== words", arg=heading
        )
        expect(page.locator("[role=status]").first).to_contain_text("Receipt")
    assert scores(panel) == [({"story": 4.0, "craft": 2.0}, "")] * 3
    expect(page.locator(".desk-head")).to_contain_text("3 of 4 films done")


@pytest.mark.slow
def test_the_last_film_leads_back_to_the_list(panel: Panel, juror: Callable[..., Person]) -> None:
    visitor = juror()
    open_first(visitor, panel)
    for left in (3, 2, 1, 0):
        choose(visitor.page, "story", "3")
        send(visitor.page)
        if left:
            expect(visitor.page.locator(".desk-head")).to_contain_text(f"{4 - left} of 4")
    visitor.page.wait_for_url(f"**/{queue_path(panel)}")
    expect(visitor.page.locator("main")).to_contain_text("You have judged all your films")


def test_a_draft_survives_a_closed_tab_and_an_hour_without_network(
    panel: Panel, juror: Callable[..., Person], watch: Watch
) -> None:
    visitor = juror()
    path = open_first(visitor, panel)
    cut(visitor, watch)
    choose(visitor.page, "story", "5")
    visitor.page.locator('[name="comment_for_maker"]').fill(WORDS)
    send(visitor.page)
    expect(said(visitor.page)).to_contain_text("No network at the moment")
    context = visitor.page.context
    visitor.page.close()
    context.set_offline(False)
    assert scores(panel) == []

    visitor.page = context.new_page()
    visitor.open(path)
    expect(said(visitor.page)).to_contain_text(KEPT)
    expect(visitor.page.locator('[name="comment_for_maker"]')).to_have_value(WORDS)
    send(visitor.page)
    visitor.page.wait_for_function("path => !location.pathname.endsWith(path)", arg=path)
    assert scores(panel) == [({"story": 5.0}, WORDS)]
    visitor.open(path)
    expect(said(visitor.page)).to_have_count(0)


@pytest.mark.slow
def test_what_waits_on_the_device_goes_from_the_list_once(
    panel: Panel, juror: Callable[..., Person], watch: Watch
) -> None:
    visitor = juror()
    open_first(visitor, panel)
    cut(visitor, watch)
    choose(visitor.page, "story", "2")
    send(visitor.page)
    expect(said(visitor.page)).to_contain_text("No network at the moment")
    context = visitor.page.context
    visitor.page.close()
    context.set_offline(False)
    visitor.page = context.new_page()
    visitor.open(queue_path(panel))
    expect(visitor.page.locator(".progress-label")).to_contain_text("1 of 4 films done")
    visitor.open(queue_path(panel))
    assert scores(panel) == [({"story": 2.0}, "")]
    with panel.app.app_context():
        assert ScoreRevision.query.count() == 1


def test_the_network_comes_back_and_the_score_goes_by_itself(
    panel: Panel, juror: Callable[..., Person], watch: Watch
) -> None:
    visitor = juror()
    path = open_first(visitor, panel)
    cut(visitor, watch)
    choose(visitor.page, "story", "1")
    send(visitor.page)
    expect(said(visitor.page)).to_contain_text("No network at the moment")
    visitor.page.context.set_offline(False)
    visitor.page.wait_for_function("path => !location.pathname.endsWith(path)", arg=path)
    assert scores(panel) == [({"story": 1.0}, "")]


@pytest.mark.slow
def test_a_newer_score_is_shown_beside_the_draft_and_not_overwritten(
    app: Flask, panel: Panel, juror: Callable[..., Person]
) -> None:
    visitor = juror()
    path = open_first(visitor, panel)
    choose(visitor.page, "story", "5")
    elsewhere = Visitor(app).sign_in(panel.jurors[0][0])
    elsewhere.post(
        f"{path}/score", {"criterion_story": "2", "criterion_craft": "", "revision": "0"}
    )

    visitor.open(path)
    page = visitor.page
    expect(page.locator('[name="criterion_story"][value="2"]')).to_be_checked()
    expect(page.locator("[data-draft-values]")).to_contain_text("5")
    page.get_by_role("button", name="Put it into the form").click()
    expect(page.locator('[name="criterion_story"][value="5"]')).to_be_checked()
    send(page)
    page.wait_for_function("path => !location.pathname.endsWith(path)", arg=path)
    assert scores(panel) == [({"story": 5.0}, "")]


def test_two_tabs_write_on_one_draft_and_the_second_score_is_not_blind(
    panel: Panel, juror: Callable[..., Person]
) -> None:
    visitor = juror()
    path = open_first(visitor, panel)
    first, second = visitor.page, visitor.page.context.new_page()
    second.goto(f"{visitor.place}/{path}")
    choose(first, "story", "4")
    expect(second.locator('[name="criterion_story"][value="4"]')).to_be_checked()
    second.locator('[name="comment_for_maker"]').fill(WORDS)
    expect(first.locator('[name="comment_for_maker"]')).to_have_value(WORDS)
    send(first)
    expect(said(second)).to_contain_text("scored in another tab")
    assert scores(panel) == [({"story": 4.0}, WORDS)]


def in_another_tab(juror: Person, path: str) -> Page:
    tab = juror.page.context.new_page()
    tab.goto(f"{juror.place}/{path}")
    return tab


def scored_with_a_draft_after_it(juror: Person, path: str) -> Page:
    """A second tab that has scored the film, opened it again and written something more."""
    tab = in_another_tab(juror, path)
    choose(tab, "story", "4")
    send(tab)
    tab.wait_for_function("path => !location.pathname.endsWith(path)", arg=path)
    tab.goto(f"{juror.place}/{path}")
    tab.locator('[name="comment_for_maker"]').fill(WORDS)
    expect(said(tab)).to_contain_text(KEPT)
    return tab


def test_two_tabs_one_from_before_the_score_keeps_its_words_beside_the_newer_draft(
    panel: Panel, juror: Callable[..., Person]
) -> None:
    visitor = juror()
    path = open_first(visitor, panel)
    old = visitor.page
    new = scored_with_a_draft_after_it(visitor, path)
    expect(said(old)).to_contain_text("scored in another tab")
    old.locator('[name="comment_for_jury"]').press_sequentially("x")
    expect(said(old)).to_contain_text("What you write here stays on this device")
    expect(new.locator('[name="comment_for_jury"]')).to_have_value("")
    new.close()

    old.get_by_role("link", name="Load it again").click()
    expect(said(old)).to_contain_text(KEPT)
    expect(old.locator('[name="comment_for_maker"]')).to_have_value(WORDS)
    expect(old.locator("[data-draft-values] li")).to_have_text(BESIDE)
    send(old)
    old.wait_for_function("path => !location.pathname.endsWith(path)", arg=path)
    assert scores(panel) == [({"story": 4.0}, WORDS)]

    visitor.open(path)
    expect(old.locator("[data-draft-values] li")).to_have_text(BESIDE)
    old.get_by_role("button", name="Forget it").click()
    visitor.open(path)
    expect(old.locator("[data-draft-other]")).to_be_hidden()


def test_two_tabs_what_is_sent_from_the_older_one_leaves_the_newer_draft_to_choose(
    panel: Panel, juror: Callable[..., Person], watch: Watch
) -> None:
    """The portal refuses it and shows both; the third one, not sent yet, is offered too."""
    watch.expected.append("409 (CONFLICT)")
    visitor = juror()
    path = open_first(visitor, panel)
    old = visitor.page
    scored_with_a_draft_after_it(visitor, path).close()
    choose(old, "story", "1")
    send(old)
    expect(old.locator(".notice-title").first).to_contain_text("scored in another tab meanwhile")
    expect(old.locator('[name="criterion_story"][value="1"]')).to_be_checked()
    expect(old.locator("[data-draft-values]")).to_contain_text(WORDS)
    old.locator('[name="comment_for_jury"]').press_sequentially("x")

    visitor.open(path)
    expect(old.locator('[name="criterion_story"][value="1"]')).to_be_checked()
    expect(old.locator('[name="comment_for_jury"]')).to_have_value("x")
    expect(old.locator("[data-draft-values]")).to_contain_text(WORDS)
    old.get_by_role("button", name="Put it into the form").click()
    expect(old.locator('[name="comment_for_maker"]')).to_have_value(WORDS)
    expect(old.locator('[name="criterion_story"][value="4"]')).to_be_checked()


def test_drafts_hold_no_names_and_are_gone_after_signing_out(
    panel: Panel, juror: Callable[..., Person]
) -> None:
    visitor = juror()
    open_first(visitor, panel)
    title = visitor.page.locator("h1").inner_text()
    account = panel.jurors[0][0]
    visitor.page.locator('[name="comment_for_maker"]').fill(WORDS)
    kept = visitor.page.evaluate("JSON.stringify({ ...localStorage })")
    assert account.pseudonym in kept
    assert WORDS in kept
    for named in (title, account.name, account.email, "Two neighbours"):
        assert named not in kept

    visitor.page.locator("details.pop").nth(1).locator("summary").click()
    visitor.page.get_by_role("button", name="Sign out").click()
    visitor.page.wait_for_url(f"{visitor.place}/")
    assert (
        visitor.page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('of.'))")
        == []
    )


def test_nothing_is_told_to_the_next_juror_at_the_same_computer(
    panel: Panel, juror: Callable[..., Person], watch: Watch
) -> None:
    """The first has not signed out; their session has ended."""
    watch.expected.append("404 (NOT FOUND)")
    visitor = juror()
    path = open_first(visitor, panel)
    visitor.page.locator('[name="comment_for_maker"]').fill(WORDS)
    visitor.page.evaluate(
        "localStorage.setItem(`of.${document.documentElement.dataset.account}.position.1`, '70')"
    )
    visitor.page.context.clear_cookies()
    visitor.open("account/sign-in")
    visitor.send("account/sign-in", {"email": panel.jurors[1][0].email, "password": PASSWORD})
    kept = visitor.page.evaluate("JSON.stringify({ ...localStorage })")
    assert WORDS not in kept
    assert "position" not in kept
    assert visitor.page.goto(f"{visitor.place}/{path}").status == 404  # type: ignore[union-attr]


@pytest.mark.slow
def test_a_session_that_ended_loses_no_words(panel: Panel, juror: Callable[..., Person]) -> None:
    visitor = juror()
    path = open_first(visitor, panel)
    choose(visitor.page, "story", "3")
    visitor.page.locator('[name="comment_for_maker"]').fill(WORDS)
    visitor.page.context.clear_cookies()
    visitor.open("account/sign-in")
    visitor.send("account/sign-in", {"email": panel.jurors[0][0].email, "password": PASSWORD})
    visitor.open(path)
    expect(visitor.page.locator('[name="comment_for_maker"]')).to_have_value(WORDS)


@pytest.mark.parametrize("saves", [False, True])
def test_the_next_film_is_fetched_ahead_only_where_the_link_can_bear_it(
    panel: Panel, juror: Callable[..., Person], saves: bool
) -> None:
    visitor = juror()
    if saves:
        visitor.page.add_init_script(SAVES_DATA)
    open_first(visitor, panel)
    page, asked = visitor.page, []
    page.on("request", lambda request: asked.append(request.url))
    desk = page.locator("[data-desk]")
    film = str(desk.get_attribute("data-next-film"))
    poster = str(desk.get_attribute("data-next-poster"))
    assert film.endswith("/240.mp4")
    if saves:
        page.evaluate("document.querySelector('video').dispatchEvent(new Event('ended'))")
        choose(page, "story", "3")
        send(page)
        expect(page.locator(".desk-head")).to_contain_text("1 of 4")
        assert not any(address.endswith(film) for address in asked)
        return
    with page.expect_response(f"**{film}"):
        page.evaluate("document.querySelector('video').dispatchEvent(new Event('ended'))")
    assert any(address.endswith(poster) for address in asked)
    asked.clear()
    choose(page, "story", "3")
    send(page)
    expect(page.locator(".desk-head")).to_contain_text("1 of 4")
    assert str(page.locator("video").get_attribute("poster")).startswith("data:image/jpeg")
    assert not any(address.endswith(poster) for address in asked), "it was at hand"


def test_without_network_the_next_film_opens_from_memory_and_both_scores_arrive(
    panel: Panel, juror: Callable[..., Person], watch: Watch
) -> None:
    visitor = juror()
    open_first(visitor, panel)
    page = visitor.page
    film = str(page.locator("[data-desk]").get_attribute("data-next-film"))
    heading = page.locator("h1").inner_text()
    with page.expect_response(f"**{film}") as fetched:
        page.evaluate("document.querySelector('video').dispatchEvent(new Event('ended'))")
    fetched.value.finished()
    cut(visitor, watch)
    choose(page, "story", "3")
    send(page)
    page.wait_for_function("words => document.querySelector('h1').innerText !== words", arg=heading)
    expect(page.locator("[data-waiting-note]")).to_be_visible()
    choose(page, "story", "4")
    send(page)
    expect(said(page)).to_contain_text("No network at the moment")
    page.context.set_offline(False)
    expect(page.locator(".desk-head")).to_contain_text("2 of 4")
    assert scores(panel) == [({"story": 3.0}, ""), ({"story": 4.0}, "")]


def test_the_words_of_a_step_are_shown_as_it_is_chosen(
    make: Make, panel: Panel, juror: Callable[..., Person]
) -> None:
    anchors = {"1": "It tells nothing yet.", "4": "It tells something of its own."}
    texts = {f"criterion.story.anchor.{step}": words for step, words in anchors.items()}
    make.texts(make.edition(), texts)
    visitor = juror(width=390)
    open_first(visitor, panel)
    page = visitor.page
    chosen = page.locator(".scale-anchor", has_text=anchors["4"])
    expect(chosen).to_be_hidden()
    choose(page, "story", "4")
    expect(chosen).to_be_visible()
    expect(page.locator(".scale-anchor", has_text=anchors["1"])).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_note_takes_its_time_from_the_film_and_is_nobody_elses(
    app: Flask, panel: Panel, juror: Callable[..., Person]
) -> None:
    visitor = juror()
    path = open_first(visitor, panel)
    page = visitor.page
    page.evaluate(
        "Object.defineProperty(document.querySelector('video'), 'currentTime', { value: 7 })"
    )
    page.locator("[data-note-form] textarea").focus()
    page.keyboard.type("The light here")
    page.keyboard.press("Control+Enter")
    note = page.locator(".note")
    expect(note).to_contain_text("0:07")
    expect(note).to_contain_text("The light here")
    with app.app_context():
        kept = FilmNote.query.one()
        assert (kept.at_s, kept.words) == (7.0, "The light here")
        assert kept.account_id == panel.jurors[0][0].id
    visitor.open(path)
    note.get_by_role("button", name="Remove").click()
    expect(note).to_have_count(0)
    assert page.url.endswith(path)


def test_a_juror_signs_before_the_first_film_and_comes_back_to_it(
    make: Make, panel: Panel, juror: Callable[..., Person]
) -> None:
    make.undertaking(make.edition(), 2, "I keep them safe, always.")
    visitor = juror()
    visitor.open(queue_path(panel))
    assert "/jury/undertaking" in visitor.page.url
    visitor.page.get_by_label("I have read this and keep to it.").check()
    visitor.page.get_by_role("button", name="Sign").click()
    visitor.page.wait_for_url(f"**/{queue_path(panel)}")


def test_the_player_goes_on_where_its_juror_was(panel: Panel, juror: Callable[..., Person]) -> None:
    visitor = juror()
    path = open_first(visitor, panel)
    page = visitor.page
    expect(page.locator(".player-resume")).to_have_count(0)
    page.evaluate(
        """() => {
          const video = document.querySelector("video");
          Object.defineProperty(video, "currentTime", { value: 70.4 });
          video.dispatchEvent(new Event("pause"));
        }"""
    )
    visitor.open(path)
    expect(page.locator(".player-resume")).to_have_text("1:10")
    label = page.locator(".player-start").get_attribute("aria-label")
    assert str(label).endswith(", 1:10")
    page.evaluate("document.querySelector('video').dispatchEvent(new Event('ended'))")
    visitor.open(path)
    expect(page.locator(".player-resume")).to_have_count(0)
