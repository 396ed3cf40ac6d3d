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
NOTHING_CAPTIONED = """() => [...document.querySelector("video").textTracks]
  .every((track) => track.mode !== "showing" || !track.activeCues?.length)"""
# The page keeps its streaming to itself: this remembers what it makes of the library.
HLS_WITHIN_REACH = """
let library;
Object.defineProperty(window, "Hls", {
  get: () => library,
  set: (Hls) => {
    library = class extends Hls {
      constructor(...options) {
        super(...options);
        window.streaming = this;
      }
    };
  },
});
"""
SHOWN = """(second) => {
  const video = document.querySelector("video");
  return !video.seeking && video.readyState >= 2 && Math.abs(video.currentTime - second) < 0.01;
}"""
GREY = """() => {
  const video = document.querySelector("video");
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 8;
  const context = canvas.getContext("2d");
  context.drawImage(video, 0, 0, 8, 8);
  return context.getImageData(4, 4, 1, 1).data[1];
}"""
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


def show(page: Page, second: float) -> None:
    """Halt at a second of the film; returns when its picture is there."""
    page.evaluate(
        """(second) => {
          const video = document.querySelector("video");
          video.pause();
          video.currentTime = second;
        }""",
        second,
    )
    page.wait_for_function(SHOWN, arg=second)


def grey(page: Page) -> int:
    """The brightness of the picture's middle, 0 to 255."""
    return int(page.evaluate(GREY))


def height(page: Page) -> int:
    """Of the picture that plays, in its own pixels."""
    return int(page.evaluate("document.querySelector('video').videoHeight"))


def rungs(page: Page) -> list[int]:
    """Heights of what can be streamed, the slowest first; needs HLS_WITHIN_REACH."""
    return list(page.evaluate("window.streaming.levels.map((level) => level.height)"))


def choose_rung(page: Page, level: int) -> None:
    """Stream one of them from now on and go on playing; returns when its pictures are shown."""
    page.evaluate(
        """(level) => {
          window.streaming.currentLevel = level;
          return document.querySelector("video").play();
        }""",
        level,
    )
    page.wait_for_function(
        """(level) => document.querySelector("video").videoHeight
          === window.streaming.levels[level].height""",
        arg=level,
    )
