"""Subtitles and captions that a maker brings."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from flask import current_app

from media_pipeline.captions import Cue, Subtitles, read_subtitles
from media_pipeline.storage import Storage
from plural import clock, lifecycle
from plural.actions.reopened_films import require_unfinished
from plural.extensions import db
from plural.models.entry import Entry, FilmVersion, Track, TrackKind, TrackOrigin, TrackState
from plural.models.people import Account


@dataclass(frozen=True, kw_only=True)
class NewTrack:
    """A file as it was sent: SRT, WebVTT or ASS, in any usual encoding."""

    name: str
    content: bytes
    kind: TrackKind
    language: str


def add(entry: Entry, sent: NewTrack) -> Track:
    """Read a subtitle file and keep it as WebVTT; it takes the place of the same one before.

    Raises UnreadableSubtitles (with a code), Refused.
    """
    require_unfinished(entry)
    subtitles = read_subtitles(sent.content, sent.name, sent.language)
    film = entry.film
    for track in living(film):
        if (track.kind, track.language) == (sent.kind, sent.language):
            lifecycle.move(track, TrackState.RETIRED, by=entry.account)
    track = Track(
        kind=sent.kind,
        language=sent.language,
        origin=TrackOrigin.MAKER,
        created_at=clock.now(),
    )
    film.tracks.append(track)
    db.session.flush()
    store(track, subtitles)
    lifecycle.record(track, "added", entry.account)
    return track


def store(track: Track, subtitles: Subtitles) -> None:
    """Put the track's WebVTT into storage and note its digests."""
    key = f"films/{track.film_version_id}/tracks/{track.id}.vtt"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "track.vtt")
        path.write_bytes(subtitles.to_webvtt())
        stored = storage().put_file(key, path)
    track.storage_key, track.size_bytes = stored.key, stored.size_bytes
    track.sha256, track.crc32 = stored.sha256, stored.crc32
    db.session.flush()


def storage() -> Storage:
    found: Storage = current_app.extensions["plural_storage"]
    return found


def living(film: FilmVersion) -> list[Track]:
    """Text tracks that have not been removed."""
    return [
        t
        for t in film.tracks
        if t.state is not TrackState.RETIRED and t.kind in (TrackKind.SUBTITLES, TrackKind.CAPTIONS)
    ]


def retire(track: Track, by: Account) -> None:
    """Remove a track from a film that is not before a jury yet. Raises Refused, StaleState."""
    require_unfinished(track.film.entry)
    lifecycle.move(track, TrackState.RETIRED, by=by)


def read(track: Track) -> Subtitles:
    """The track's cues, as they are stored."""
    with storage().open_range(track.storage_key) as stream:
        return read_subtitles(stream.read(), "track.vtt")


def first_cues(track: Track, count: int = 3) -> tuple[Cue, ...]:
    return read(track).cues[:count]
