"""Films on their way in: begun, continued after every cut, complete, or given up.

Bytes lie in a file of the instance folder. What SQL acknowledges is on disk before; whatever the
file holds beyond that is written over. The newest request that continues an upload holds its
lock: every other one finds out at its next checkpoint and lets go.
"""

import shutil
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Protocol, cast

from sqlalchemy import CursorResult, func, select, update
from werkzeug.exceptions import ClientDisconnected

from plural import clock, lifecycle, outbox
from plural.actions import films, windows
from plural.actions.fenced_file import FencedFile, Overtaken
from plural.actions.film_files import settings, uploads_root
from plural.errors import DomainError, NoSpace, Refused, TooLarge
from plural.extensions import db
from plural.models.entry import EntryState, FilmState, FilmVersion
from plural.models.media import Upload, UploadState
from plural.models.people import Account

CHUNK_BYTES = 256 * 1024
CHECKPOINT_BYTES = 8 * 1024**2
CHECKPOINT_S = 3.0
LOCK_S = 60
TAKES_A_FILM = (FilmState.AWAITED, FilmState.REFUSED, FilmState.FAILED)
TAKING_ENTRIES = (EntryState.DRAFT, EntryState.SUBMITTED)


class Body(Protocol):
    """What comes over the network; it may end early."""

    def read(self, size: int, /) -> bytes: ...


class UploadGone(DomainError):
    """The upload was given up, has expired, or the deadline and its grace are over."""

    status = 410
    code = "upload_gone"


class UploadTaken(DomainError):
    """A newer request continues this upload."""

    status = 423
    code = "upload_taken"


class FilmNotAwaited(DomainError):
    """The film version has its file already, or its entry is out of the festival."""

    code = "film_not_awaited"


def begin(film: FilmVersion, length_bytes: int, file_name: str, by: Account) -> Upload:
    """Begin an upload of so many bytes; one begun before for the same film is given up.

    An empty one is complete at once. Raises UploadGone after the deadline, FilmNotAwaited,
    TooLarge, and NoSpace when the disk could not hold it beside what is already promised.
    """
    if not windows.may_begin_upload(film.entry, clock.now()):
        raise UploadGone("entries_closed")
    require_awaited(film)
    if length_bytes > settings().max_upload_bytes:
        raise TooLarge(max_bytes=settings().max_upload_bytes)
    for older in Upload.query.filter_by(film_version_id=film.id, state=UploadState.OPEN):
        lifecycle.move(older, UploadState.TERMINATED, by=by)
    require_space(length_bytes)
    upload = Upload(
        film=film,
        account_id=by.id,
        file_name=file_name,
        length_bytes=length_bytes,
        created_at=clock.now(),
        expires_at=expiry(),
    )
    db.session.add(upload)
    db.session.flush()
    if length_bytes == 0:
        complete(upload)
    return upload


def require_awaited(film: FilmVersion) -> None:
    entry = film.entry
    newest = entry.film.id == film.id
    takes = entry.state in TAKING_ENTRIES or windows.is_reopened(entry, clock.now())
    if not newest or film.state not in TAKES_A_FILM or not takes:
        raise FilmNotAwaited()


def require_space(length_bytes: int) -> None:
    """Raise NoSpace unless the disk holds this and all that open uploads still expect."""
    missing = func.sum(Upload.length_bytes - Upload.offset_bytes)
    promised = db.session.scalar(select(missing).where(Upload.state == UploadState.OPEN)) or 0
    free = shutil.disk_usage(uploads_root()).free
    if free - promised - length_bytes < settings().min_free_bytes:
        raise NoSpace()


def require_open(upload: Upload) -> None:
    """Raise UploadGone or FilmNotAwaited unless more bytes may come."""
    if upload.state in (UploadState.TERMINATED, UploadState.EXPIRED):
        raise UploadGone()
    if upload.state is UploadState.COMPLETE:
        raise Refused("offset_mismatch", offset=upload.offset_bytes)
    if upload.expires_at <= clock.now():
        raise UploadGone()
    if not windows.may_finish(upload.film.entry, clock.now()):
        raise UploadGone("entries_closed")
    require_awaited(upload.film)


def receive(upload: Upload, offset: int, body: Body, announced: int | None) -> int:
    """Append a body from `offset` on and return the new offset; the last byte completes the film.

    `announced` is the body's length in bytes, if it was told. Commits whenever bytes are safe; no
    transaction is open while they come. Raises UploadGone, FilmNotAwaited, TooLarge, UploadTaken,
    NoSpace (what came before is kept), and Refused: "offset_mismatch" with nothing changed,
    "body_cut" when the body ended early (what came is kept).
    """
    # Taken first, so that nobody can move the offset after it has been compared.
    token = take(upload)
    require_open(upload)
    if offset != upload.offset_bytes:
        raise Refused("offset_mismatch", offset=upload.offset_bytes)
    remaining = upload.length_bytes - offset
    if announced is not None and announced > remaining:
        raise TooLarge(max_bytes=remaining)
    writing = Writing(upload, token)
    outbox.commit()
    with writing:
        for chunk in pieces(body, remaining):
            writing.write(chunk)
    if announced is not None and writing.offset < offset + announced:
        raise Refused("body_cut", offset=writing.offset)
    return writing.offset


def take(upload: Upload) -> int:
    """Fence off whoever else continues this upload, and return the token that now may."""
    until = clock.database_now(db.session) + timedelta(seconds=LOCK_S)
    db.session.execute(
        update(Upload)
        .where(Upload.id == upload.id)
        .values(lock_token=Upload.lock_token + 1, locked_until=until)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(upload)
    return upload.lock_token


def let_go(upload: Upload) -> None:
    """Fence off whoever continues this upload, so that the offset told now stays true."""
    take(upload)
    upload.locked_until = None


def terminate(upload: Upload, by: Account) -> None:
    """Give an unfinished upload up; the scheduler removes its bytes. Raises UploadGone, Refused."""
    if upload.state in (UploadState.TERMINATED, UploadState.EXPIRED):
        raise UploadGone()
    lifecycle.move(upload, UploadState.TERMINATED, by=by)


def complete(upload: Upload) -> None:
    """All bytes are here: hand the film over to be judged."""
    account = db.session.get_one(Account, upload.account_id)
    lifecycle.move(upload, UploadState.COMPLETE, by=account, completed_at=clock.now())
    films.receive(upload.film, upload, account)


def pieces(body: Body, most: int) -> Iterator[bytes]:
    """The body in chunks until it ends, is cut, or `most` bytes have come.

    Raises TooLarge if there is more.
    """
    while chunk := read(body, CHUNK_BYTES):
        if len(chunk) > most:
            raise TooLarge(max_bytes=most)
        most -= len(chunk)
        yield chunk


def read(body: Body, size: int) -> bytes:
    try:
        return body.read(size)
    except ClientDisconnected:
        return b""


class Writing:
    """The bytes of one request on their way to the file; leaving it makes them safe."""

    def __init__(self, upload: Upload, token: int) -> None:
        self.offset = self._safe_offset = upload.offset_bytes
        self._id, self._token = upload.id, token
        self._length = upload.length_bytes
        self._path = uploads_root() / upload.code
        self._checked_at = time.monotonic()
        self._complete = False

    def __enter__(self) -> "Writing":
        try:
            self._file = FencedFile(self._path, self._token, create=self.offset == 0)
        except FileNotFoundError as error:
            raise UploadGone() from error
        except Overtaken as error:
            raise UploadTaken() from error
        return self

    def __exit__(self, kind: type[BaseException] | None, *_rest: object) -> None:
        try:
            if kind is not UploadTaken and not self._complete:
                self._checkpoint(last=True)
        finally:
            self._file.close()

    def write(self, chunk: bytes) -> None:
        view = memoryview(chunk)
        try:
            while view:
                written = self._file.write(view, self.offset)
                self.offset += written
                view = view[written:]
        except Overtaken as error:
            raise UploadTaken() from error
        if self._is_due():
            self._checkpoint()

    def _is_due(self) -> bool:
        fresh_bytes = self.offset - self._safe_offset
        waited_s = time.monotonic() - self._checked_at
        return fresh_bytes >= CHECKPOINT_BYTES or waited_s >= CHECKPOINT_S

    def _checkpoint(self, last: bool = False) -> None:
        """Sync the file, then have SQL acknowledge it if the lock is still ours."""
        self._file.sync()
        whole = self.offset == self._length
        acknowledge(self._id, self._token, self.offset, goes_on=not (last or whole))
        if whole:
            db.session.expire_all()
            complete(db.session.get_one(Upload, self._id))
        outbox.commit()
        self._complete = whole
        self._safe_offset, self._checked_at = self.offset, time.monotonic()


def acknowledge(upload_id: int, token: int, offset: int, goes_on: bool) -> None:
    """Note how many bytes are safe. Raises UploadTaken when the lock is somebody else's."""
    until = clock.database_now(db.session) + timedelta(seconds=LOCK_S)
    changed = db.session.execute(
        update(Upload)
        .where(
            Upload.id == upload_id,
            Upload.lock_token == token,
            Upload.state == UploadState.OPEN,
        )
        .values(
            offset_bytes=offset,
            locked_until=until if goes_on else None,
            expires_at=expiry(),
        )
        .execution_options(synchronize_session=False)
    )
    if cast("CursorResult[Any]", changed).rowcount != 1:
        db.session.rollback()
        raise UploadTaken()


def expire() -> int:
    """Give up unfinished uploads whose time is over; returns how many."""
    late = Upload.query.filter(
        Upload.state == UploadState.OPEN, Upload.expires_at <= clock.now()
    ).all()
    for upload in late:
        lifecycle.move(upload, UploadState.EXPIRED, by=None)
    return len(late)


def expiry() -> datetime:
    return clock.now() + timedelta(seconds=settings().upload_expires_s)
