"""Who sees a film and its pages, asked with the browser of each."""

import re
from collections.abc import Iterable, Mapping

import requests

from demo import cast
from demo.browser import Browser, api
from demo.festival import Entered, Festival
from demo.trouble import Trouble

SIGN_IN = "/account/sign-in"
FIRST_BYTE = {"Range": "bytes=0-0"}
Viewers = Mapping[str, Browser]


def require_seen(viewers: Viewers, paths: Iterable[str], what: str) -> None:
    for name, path, answer in looks(viewers, paths):
        if answer.status_code not in (200, 206):
            raise Trouble(f"{name} cannot see {what}: {path} answered {answer.status_code}.")


def require_refused(viewers: Viewers, paths: Iterable[str], what: str) -> None:
    """As if it did not exist; only who has not signed in may be asked to sign in."""
    for name, path, answer in looks(viewers, paths):
        asked = answer.status_code == 302 and SIGN_IN in answer.headers["Location"]
        if answer.status_code != 404 and not asked:
            raise Trouble(f"{name} must not see {what}: {path} answered {answer.status_code}.")


def looks(viewers: Viewers, paths: Iterable[str]) -> Iterable[tuple[str, str, requests.Response]]:
    wanted = list(paths)
    for name, browser in viewers.items():
        for path in wanted:
            yield name, path, browser.get(path, headers=FIRST_BYTE)


def bystanders(festival: Festival, entered: Entered) -> dict[str, Browser]:
    """One of everybody who has nothing to do with the film: neither maker nor staff."""
    partner = cast.PARTNERS[0]
    other = next(e for e in festival.entered.values() if e is not entered)
    names = (partner.jurors[0], partner.focal_point, cast.JURY[0])
    assert festival.distributor is not None
    return {
        **{name: festival.jurors[name] for name in names},
        cast.DISTRIBUTOR[0]: festival.distributor,
        other.maker.name: other.browser,
        "somebody who is not signed in": festival.browser(),
    }


def sides(entered: Entered) -> list[str]:
    """The short sides of a film's renditions, as the playlist names them to its maker."""
    playlist = entered.browser.get(api(entered.browser, f"films/{entered.film_id}/master.m3u8"))
    return re.findall(r"^(?!#).*hls-(\d+)\.m3u8", playlist.text, re.MULTILINE)


def files(entered: Entered) -> list[str]:
    """Addresses of a film's poster, playlist and smallest rendition."""
    found = sides(entered)
    if not found:
        raise Trouble(f"{entered.maker.title_english} has no rendition.")
    names = ("poster.jpg", "master.m3u8", f"{found[0]}.mp4")
    return [api(entered.browser, f"films/{entered.film_id}/{name}") for name in names]
