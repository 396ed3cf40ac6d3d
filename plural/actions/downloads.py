"""What a licensee can fetch of a film version, and the record of each fetch."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from media_pipeline import ebu_tt
from plural import clock
from plural.actions import tracks
from plural.actions.eligibility import may_leave
from plural.actions.film_files import MODERN, is_master
from plural.errors import NotFound
from plural.extensions import db
from plural.models.entry import FilmVersion, Track, TrackKind
from plural.models.media import Output, OutputState
from plural.models.people import Account
from plural.models.sharing import Download, Licence

TEXT_KINDS = (TrackKind.SUBTITLES, TrackKind.CAPTIONS)
# Parts for a player, which nobody shows by themselves.
PLAYER_PARTS = ("hls-", "storyboard", "still-", "verdict", "examination")
SAME_FETCH = timedelta(days=1)


@dataclass(frozen=True)
class File:
    """One file to fetch: in storage under `storage_key`, or made here as `content`."""

    name: str
    media_type: str
    size_bytes: int
    sha256: str
    storage_key: str = ""
    content: bytes | None = None


def files_of(film: FilmVersion) -> list[File]:
    """Renditions, sound, poster, and every text track that may leave, in three formats."""
    made = [of_output(o) for o in film.outputs if is_for_licensees(o)]
    texts = [file for track in film.tracks if is_readable(track) for file in of_track(track)]
    return sorted(made, key=lambda f: (f.media_type != "video/mp4", f.size_bytes)) + texts


def masters_of(film: FilmVersion) -> list[File]:
    """Masters that have been asked for and are ready, and the reports on them."""
    ready = (o for o in film.outputs if is_master(o) and o.state is OutputState.READY)
    return [of_output(o) for o in ready]


def is_for_licensees(output: Output) -> bool:
    by_group = not is_master(output) and output.group != MODERN
    usual = by_group and not output.name.startswith(PLAYER_PARTS)
    return usual and output.state is OutputState.READY


def is_readable(track: Track) -> bool:
    return track.kind in TEXT_KINDS and bool(track.storage_key) and may_leave(track)


def of_output(output: Output) -> File:
    return File(
        output.name,
        output.media_type,
        output.size_bytes or 0,
        output.sha256 or "",
        storage_key=output.storage_key,
    )


def of_track(track: Track) -> Iterator[File]:
    name = f"{track.kind.value}-{track.language}"
    yield File(
        f"{name}.vtt",
        "text/vtt",
        track.size_bytes or 0,
        track.sha256 or "",
        storage_key=track.storage_key,
    )
    subtitles = tracks.read(track)
    yield written(f"{name}.srt", "application/x-subrip", subtitles.to_srt())
    yield written(f"{name}.xml", ebu_tt.MEDIA_TYPE, ebu_tt.to_ebu_tt_d(subtitles, track.language))


def written(name: str, media_type: str, content: bytes) -> File:
    digest = sha256(content).hexdigest()
    return File(name, media_type, len(content), digest, content=content)


def find(film: FilmVersion, name: str) -> File:
    """The file of that name. Raises NotFound."""
    for file in (*files_of(film), *masters_of(film)):
        if file.name == name:
            return file
    raise NotFound()


def begin(licence: Licence, file: File, by: Account, whole: bool) -> Download | None:
    """Record that somebody fetches a file.

    A part (not `whole`) that continues a fetch of the same bytes within a day is not a new one.
    """
    if not whole and is_continued(licence, file, by):
        return None
    download = Download(
        licence_id=licence.id,
        film_version_id=licence.film_version_id,
        account_id=by.id,
        name=file.name,
        size_bytes=file.size_bytes,
        sha256=file.sha256,
        begun_at=clock.now(),
    )
    db.session.add(download)
    db.session.flush()
    return download


def is_continued(licence: Licence, file: File, by: Account) -> bool:
    return (
        Download.query.filter(
            Download.licence_id == licence.id,
            Download.account_id == by.id,
            Download.name == file.name,
            Download.sha256 == file.sha256,
            Download.begun_at > clock.now() - SAME_FETCH,
        ).first()
        is not None
    )
