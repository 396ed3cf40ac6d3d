"""Masters of a film: made once for all who ask, and removed when nobody fetches them any more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from media_pipeline import delivery
from media_pipeline.delivery import PROFILES, Profile
from media_pipeline.masters import REPORT_MEDIA_TYPE, Order
from plural import clock, lifecycle, outbox
from plural.actions import downloads, film_queue
from plural.actions.film_files import MASTER, is_master, settings, tidy
from plural.errors import NotFound, Refused
from plural.extensions import db
from plural.languages import UN_LANGUAGES
from plural.models.entry import FilmState, FilmVersion, Track
from plural.models.media import Output, OutputState
from plural.models.people import Account
from plural.models.sharing import Download

PLAYS = (FilmState.PLAYABLE, FilmState.COMPLETE)
SWEPT = "swept"


@dataclass(frozen=True)
class Master:
    """One master that has been asked for: its profile, the language of its text, its two rows."""

    name: str
    profile: Profile
    language: str | None
    film: Output
    report: Output

    @property
    def state(self) -> OutputState:
        """Both rows are made together."""
        return self.film.state


def can_be_made(film: FilmVersion) -> bool:
    """Whether somebody may ask for a master of it now."""
    return film.state in PLAYS and film.source is not None and film_queue.is_wanted(film.id)


def texts_of(film: FilmVersion) -> list[Track]:
    """Subtitles and captions that can be burned in: in a language of the United Nations."""
    return [
        track
        for track in film.tracks
        if downloads.is_readable(track) and track.language.split("-")[0] in UN_LANGUAGES
    ]


def ask(film: FilmVersion, profile: Profile, track: Track | None, by: Account) -> None:
    """Have a master made, unless it is there or under way; one that failed is tried again.

    Raises Refused("film_not_playable"), and NotFound for a track that cannot be burned in.
    """
    if not can_be_made(film):
        raise Refused("film_not_playable")
    if track is not None and track not in texts_of(film):
        raise NotFound()
    order = order_for(profile, track)
    film_queue.lock_film(film.id)
    rows = rows_of(film, order.name, digest_of(profile, track))
    if not rows:
        rows = add(film, order, track, by)
    for row in rows:
        if row.state is OutputState.FAILED:
            lifecycle.move(row, OutputState.WAITING, by=by, attempts=0, due_at=None, reason="")
    db.session.flush()
    outbox.wake_after_commit(outbox.FILMS)


def order_for(profile: Profile, track: Track | None) -> Order:
    """The names that a master and its report have; captions and subtitles differ in theirs."""
    return Order(delivery.master_name(profile, track and text_name(track)), profile)


def text_name(track: Track) -> str:
    return f"{track.language}-{track.kind.value}"


def digest_of(profile: Profile, track: Track | None) -> str:
    return delivery.recipe_digest(profile, track and text_name(track), track and track.sha256)


def rows_of(film: FilmVersion, name: str, digest: str) -> list[Output]:
    return Output.query.filter_by(film_version_id=film.id, group=name, recipe_digest=digest).all()


def add(film: FilmVersion, order: Order, track: Track | None, by: Account) -> list[Output]:
    """Rows for the master and its report; the track is named for who makes it."""
    digest = digest_of(order.profile, track)
    film_queue.add(film, order.name, order.file_name, digest, order.profile.media_type)
    film_queue.add(film, order.name, order.report_name, digest, REPORT_MEDIA_TYPE)
    db.session.flush()
    rows = rows_of(film, order.name, digest)
    for row in rows:
        row.details = {"profile": order.profile.name, "track": track and track.id}
        lifecycle.record(row, "asked", by)
    return rows


def masters_of(film: FilmVersion) -> list[Master]:
    """What has been asked for, the newest of each kind, in the order of the names."""
    rows = [output for output in film.outputs if is_master(output)]
    newest = {(row.group, row.media_type): row for row in sorted(rows, key=lambda row: row.id)}
    return [
        Master(group, profile_of(group), language_of(group), row, newest[group, REPORT_MEDIA_TYPE])
        for (group, media_type), row in sorted(newest.items())
        if media_type != REPORT_MEDIA_TYPE and group.split("-")[1] in PROFILES
    ]


def find(film: FilmVersion, name: str) -> Master:
    """The finished master of that name. Raises NotFound."""
    for master in masters_of(film):
        if master.name == name and master.state is OutputState.READY:
            return master
    raise NotFound()


def profile_of(group: str) -> Profile:
    return PROFILES[group.split("-")[1]]


def language_of(group: str) -> str | None:
    """The language of the burned-in text, from the name of a group; None for none."""
    _master, _profile, *text = group.split("-")
    return "-".join(text[:-1]) or None


# ----- what nobody fetches goes


def sweep() -> int:
    """Remove masters that nobody has fetched for a while; returns how many. Commits by itself."""
    oldest = clock.now() - timedelta(seconds=settings().masters_kept_s)
    ready = Output.query.filter(
        Output.group.startswith(MASTER),
        Output.state == OutputState.READY,
        Output.ready_at < oldest,
    ).all()
    pieces: dict[tuple[int, str, str], list[Output]] = {}
    for row in ready:
        pieces.setdefault((row.film_version_id, row.group, row.recipe_digest), []).append(row)
    unwanted = [rows for rows in pieces.values() if last_fetched(rows) < oldest]
    for row in (row for rows in unwanted for row in rows):
        lifecycle.record(row, SWEPT, by=None)
        db.session.delete(row)
    outbox.commit()
    for film_id in {rows[0].film_version_id for rows in unwanted}:
        tidy(film_id)
    return len(unwanted)


def last_fetched(rows: Sequence[Output]) -> datetime:
    """When somebody last began to fetch one of the files, or when they were made."""
    begun = db.session.scalar(
        db.select(db.func.max(Download.begun_at)).where(
            Download.film_version_id == rows[0].film_version_id,
            Download.sha256.in_([row.sha256 for row in rows]),
        )
    )
    made = max(row.ready_at for row in rows if row.ready_at)
    return max(begun, made) if begun else made
