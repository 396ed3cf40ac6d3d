"""What the player needs to show a film version: addresses of what is ready."""

from dataclasses import dataclass, replace

from flask import url_for

from plural import languages
from plural.access import Who, may_see_film
from plural.actions.film_files import MODERN
from plural.actions.watching import MASTER, playlist_name, readable_tracks, subtitles_name
from plural.models.entry import FilmVersion, Track
from plural.models.media import Output, OutputState

POSTER = "poster.jpg"
STILL = "still-320.jpg"
SMALLER_STILL = "still-320.webp"
USUAL_SHORT_SIDE = 480


@dataclass(frozen=True)
class Still:
    """Addresses of a small picture; `webp` is the same in fewer bytes, if there is one."""

    jpeg: str
    webp: str | None


@dataclass(frozen=True)
class Rendition:
    """A film to play. `modern` is the address of a smaller file of the same size, if there is one.

    Only some browsers play that. One of a film's is the usual one, where nothing streams and
    nobody has chosen.
    """

    address: str
    short_side: int
    size_bytes: int
    modern: str | None = None
    is_usual: bool = False


@dataclass(frozen=True)
class Playing:
    """Arguments of the template macro `player`, except the title.

    `renditions` are in order, smallest first; `tracks` (address, language, label, kind, default).
    `start` is all that a player asks for to begin by itself and to play on at the size it began
    with, in the order in which it asks.
    """

    poster: str
    renditions: list[Rendition]
    hls: str | None
    tracks: list[tuple[str, str, str, str, bool]]
    start: list[str]


def playing(film: FilmVersion) -> Playing | None:
    """How to play a film version, or None while it cannot be played.

    Whether this visitor may watch it is asked elsewhere, and again at each address.
    """
    ready = [output for output in film.outputs if output.state is OutputState.READY]
    films = [output for output in ready if is_film(output)]
    modern = {short_side(o): address(film, o.name) for o in films if o.group == MODERN}
    renditions = sorted(
        (rendition(film, o, modern) for o in films if o.group != MODERN),
        key=lambda each: each.short_side,
    )
    if not renditions:
        return None
    small = [r for r in renditions if r.short_side <= USUAL_SHORT_SIDE] or renditions[:1]
    usual = max(small, key=lambda each: each.short_side)
    streamed = streamed_names(ready)
    return Playing(
        poster=address(film, POSTER),
        renditions=[replace(each, is_usual=each is usual) for each in renditions],
        hls=address(film, MASTER) if streamed else None,
        tracks=text_tracks(film),
        start=[address(film, name) for name in streamed] or [usual.address],
    )


def streamed_names(ready: list[Output]) -> list[str]:
    """Playlists and files of the slowest pictures and the sound; none where nothing streams."""
    pictures = [o for o in ready if o.details.get("kind") == "hls_video"]
    if not pictures:
        return []
    sound = [o for o in ready if o.details.get("kind") == "hls_audio"]
    parts = [min(pictures, key=lambda o: int(o.details["bandwidth"])), *sound[:1]]
    return [MASTER, *map(playlist_name, parts), *(o.name for o in parts)]


def playing_for(who: Who, film: FilmVersion) -> Playing | None:
    """The same for one visitor: None while they may not watch it."""
    return playing(film) if may_see_film(who, film, who.at) else None


def rendition(film: FilmVersion, output: Output, modern: dict[int, str]) -> Rendition:
    side = short_side(output)
    return Rendition(address(film, output.name), side, output.size_bytes or 0, modern.get(side))


def still(film: FilmVersion) -> Still | None:
    """The small picture of a film version, for lists."""
    names = [o.name for o in film.outputs if o.state is OutputState.READY]
    jpeg = next((name for name in (STILL, POSTER) if name in names), None)
    if jpeg is None:
        return None
    webp = address(film, SMALLER_STILL) if SMALLER_STILL in names else None
    return Still(address(film, jpeg), webp)


def text_tracks(film: FilmVersion) -> list[tuple[str, str, str, str, bool]]:
    """Subtitles and captions that may leave, the visitor's language switched on."""
    shown = readable_tracks(film)
    wanted = languages.current()
    return [
        (
            address(film, subtitles_name(track, "vtt")),
            track.language,
            languages.name_of(track.language),
            track.kind.value,
            is_default(track, shown, wanted),
        )
        for track in shown
    ]


def is_default(track: Track, shown: list[Track], wanted: str) -> bool:
    """The first track in the visitor's language, or else the first English one."""
    ranked = sorted(shown, key=lambda t: (not t.language.startswith(wanted), t.language != "en"))
    return track is ranked[0] and track.language.startswith((wanted, "en"))


def is_film(output: Output) -> bool:
    return output.details.get("kind") == "film"


def short_side(output: Output) -> int:
    return int(min(output.details["width"], output.details["height"]))


def address(film: FilmVersion, name: str) -> str:
    return url_for("media.file", film=film.id, name=name)
