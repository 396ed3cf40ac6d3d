"""Whether a film really plays on a page."""

from playwright.sync_api import Page

# What Chromium of today lacks elsewhere: the page then streams by its own script.
WITHOUT_HLS_OF_ITS_OWN = """
const asked = HTMLMediaElement.prototype.canPlayType;
HTMLMediaElement.prototype.canPlayType = function (type) {
  return type.includes("mpegurl") ? "" : asked.call(this, type);
};
"""
MOVES = """() => {
  const video = document.querySelector("video");
  return !video.paused && video.currentTime > 0.2 && video.videoWidth > 0;
}"""
CAPTIONED = """() => [...document.querySelector("video").textTracks]
  .some((track) => track.mode === "showing" && track.activeCues?.length > 0)"""
MOVES_AGAIN = """(second) => {
  const video = document.querySelector("video");
  return !video.seeking && !video.paused && video.currentTime > second + 0.2;
}"""


def start(page: Page) -> None:
    """Press the button on the picture; returns when pictures move."""
    page.locator(".player-start").click()
    page.wait_for_function(MOVES)


def read_captions(page: Page) -> str:
    """The words that are shown over the film as soon as there are some."""
    page.wait_for_function(CAPTIONED)
    return str(
        page.evaluate(
            """() => [...document.querySelector("video").textTracks]
              .filter((track) => track.mode === "showing")
              .flatMap((track) => [...track.activeCues].map((cue) => cue.text)).join(" ")"""
        )
    )


def seek(page: Page, second: float) -> None:
    """Go to a second of the film; returns when it plays on from there."""
    page.evaluate("second => (document.querySelector('video').currentTime = second)", second)
    page.wait_for_function(MOVES_AGAIN, arg=second)


def source(page: Page) -> str:
    return str(page.evaluate("document.querySelector('video').currentSrc"))
