"""What a player asks for by name: outputs, playlists and texts of a film version."""

from media_pipeline import packaging
from media_pipeline.packaging import AudioRendition, Rendition, SubtitleRendition
from plural import languages
from plural.actions.eligibility import may_leave
from plural.actions.film_files import is_master
from plural.errors import NotFound
from plural.models.entry import FilmVersion, Track, TrackKind
from plural.models.media import Output, OutputState
from plural.ranges import Sendable

TEXT_KINDS = (TrackKind.SUBTITLES, TrackKind.CAPTIONS)
MASTER = "master.m3u8"
WEBVTT = "text/vtt"


def find_playlist(film: FilmVersion, name: str) -> str:
    """The text of a playlist. Raises NotFound."""
    if name == MASTER:
        return master(film)
    if name.startswith("subtitles-"):
        track = find_track(film, name.removesuffix(".m3u8"))
        return packaging.subtitles_playlist(film.duration_s or 0.0, subtitles_name(track, "vtt"))
    output = find_output(film, f"{name.removesuffix('.m3u8')}.mp4")
    if not str(output.details.get("kind", "")).startswith("hls_"):
        raise NotFound()
    return packaging.media_playlist(output.details, output.name)


def find_file(film: FilmVersion, name: str) -> Sendable:
    """A file in storage, named after its entry. Raises NotFound."""
    if name.startswith("subtitles-"):
        track = find_track(film, name.removesuffix(".vtt"))
        return sendable(film, track, f"{track.language}.vtt", WEBVTT)
    output = find_output(film, name)
    return sendable(film, output, output.name, output.media_type)


def sendable(film: FilmVersion, stored: Output | Track, name: str, media_type: str) -> Sendable:
    return Sendable(
        key=stored.storage_key,
        size_bytes=stored.size_bytes or 0,
        sha256=stored.sha256 or "",
        media_type=media_type,
        name=f"{film.entry.code}-{name}",
    )


def find_output(film: FilmVersion, name: str) -> Output:
    """A finished output. Raises NotFound."""
    for output in film.outputs:
        if output.name == name and is_watchable(output):
            return output
    raise NotFound()


def is_watchable(output: Output) -> bool:
    """Masters are fetched under a licence only."""
    stored = output.state is OutputState.READY and bool(output.storage_key)
    return stored and not is_master(output)


def find_track(film: FilmVersion, name: str) -> Track:
    """The readable track called `subtitles-<id>`. Raises NotFound."""
    for track in readable_tracks(film):
        if name == f"subtitles-{track.id}":
            return track
    raise NotFound()


def readable_tracks(film: FilmVersion) -> list[Track]:
    """Text tracks that may be seen together with the film."""
    return [t for t in film.tracks if t.kind in TEXT_KINDS and t.storage_key and may_leave(t)]


def subtitles_name(track: Track, extension: str) -> str:
    return f"subtitles-{track.id}.{extension}"


def master(film: FilmVersion) -> str:
    """The playlist that a player opens first. Raises NotFound while there are no pictures."""
    ready = [o for o in film.outputs if o.state is OutputState.READY]
    pictures = [o for o in ready if o.details.get("kind") == "hls_video"]
    sound = next((o for o in ready if o.details.get("kind") == "hls_audio"), None)
    if not pictures:
        raise NotFound()
    return packaging.multivariant_playlist(
        [Rendition(playlist_name(o), o.details) for o in pictures],
        sound and sound_rendition(film, sound),
        [subtitle_rendition(track) for track in readable_tracks(film)],
    )


def playlist_name(output: Output) -> str:
    return f"{output.name.removesuffix('.mp4')}.m3u8"


def sound_rendition(film: FilmVersion, output: Output) -> AudioRendition:
    language = film.entry.language
    return AudioRendition(
        playlist_name(output), output.details, language, languages.name_of(language)
    )


def subtitle_rendition(track: Track) -> SubtitleRendition:
    return SubtitleRendition(
        subtitles_name(track, "m3u8"),
        track.language,
        languages.name_of(track.language),
        captions=track.kind is TrackKind.CAPTIONS,
    )
