"""Uploads by tus: every rule of the protocol, who may, and that nothing acknowledged is lost."""

import hashlib
import io
import os
import shutil
import socket
import threading
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from tusclient.client import TusClient
from tusclient.exceptions import TusUploadFailed
from werkzeug.test import TestResponse

from plural import clock
from plural.actions import upkeep, uploads
from plural.extensions import db
from plural.models.entry import Entry, EntryState, FilmState, FilmVersion
from plural.models.media import Output, OutputState, Upload, UploadState
from tests.factories import Make
from tests.tus import BODY_TYPE, UPLOADS, Tus, cookie_of, metadata, served
from tests.visitor import Visitor

BODY = bytes(range(256)) * 40
# The fencing token beside the file is written too.
FENCE_BYTES = 20


@pytest.fixture
def entry(make: Make) -> Entry:
    return make.entry()


@pytest.fixture
def film_id(entry: Entry) -> int:
    return entry.versions[0].id


@pytest.fixture
def maker(entry: Entry, sign_in: Callable[[Any], Visitor]) -> Visitor:
    return sign_in(entry.account)


@pytest.fixture
def tus(maker: Visitor) -> Tus:
    return Tus(maker)


def received(app: Flask, address: str) -> bytes:
    """The bytes on disk up to the acknowledged offset."""
    code = address.rpartition("/")[2]
    with app.app_context():
        offset = Upload.query.filter_by(code=code).one().offset_bytes
    path: Path = app.extensions["plural_settings"].instance_folder / "uploads" / code
    return path.read_bytes()[:offset] if path.exists() else b""


def kept_files(app: Flask) -> list[Path]:
    return list((app.extensions["plural_settings"].instance_folder / "uploads").iterdir())


def state_of(app: Flask, address: str) -> UploadState:
    with app.app_context():
        return Upload.query.filter_by(code=address.rpartition("/")[2]).one().state


def film_state(app: Flask, film_id: int) -> FilmState:
    with app.app_context():
        return db.session.get_one(FilmVersion, film_id).state


def stream(tus: Tus, address: str, body: io.IOBase, **environ: Any) -> TestResponse:
    """A PATCH from the beginning with a body and a server that behave as they are told."""
    return tus.client.open(
        address,
        method="PATCH",
        base_url="https://localhost",
        headers={"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": BODY_TYPE},
        input_stream=body,
        environ_overrides=environ,
    )


# ----- what acknowledged means


def test_bytes_are_on_disk_before_sql_acknowledges_them(
    app: Flask, tus: Tus, film_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two checkpoints: the folder names the file once, and each is written, synced, then told."""
    monkeypatch.setattr(uploads, "CHECKPOINT_BYTES", uploads.CHUNK_BYTES)
    body = bytes(2 * uploads.CHUNK_BYTES)
    address = tus.begun(film_id, len(body))
    deeds = noted(app, monkeypatch)
    assert tus.patch(address, 0, body).status_code == 204
    once = ["write", "sync", "acknowledge", "commit"]
    assert deeds == ["sync folder", *once, *once]
    assert received(app, address) == body


def noted(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """From here on: when a body is written and synced, and when SQL acknowledges and commits."""
    deeds: list[str] = []
    write, sync, sync_folder = os.pwrite, os.fdatasync, os.fsync

    def writing(file: int, data: bytes | memoryview, offset: int) -> int:
        if len(data) > FENCE_BYTES:
            deeds.append("write")
        return write(file, data, offset)

    def syncing(file: int) -> None:
        sync(file)
        deeds.append("sync")

    def syncing_folder(file: int) -> None:
        sync_folder(file)
        deeds.append("sync folder")

    monkeypatch.setattr(os, "pwrite", writing)
    monkeypatch.setattr(os, "fdatasync", syncing)
    monkeypatch.setattr(os, "fsync", syncing_folder)
    note_acknowledgements(app, deeds)
    return deeds


def note_acknowledgements(app: Flask, deeds: list[str]) -> None:
    with app.app_context():
        engine = db.engine

    @event.listens_for(engine, "after_cursor_execute")
    def executed(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("UPDATE upload SET offset_bytes"):
            deeds.append("acknowledge")

    @event.listens_for(engine, "commit")
    def committed(_connection: Any) -> None:
        if deeds and deeds[-1] == "acknowledge":
            deeds.append("commit")


# ----- the protocol


def test_options_tell_what_the_server_can_do_without_naming_a_version(tus: Tus) -> None:
    answer = tus.send("OPTIONS", UPLOADS, Tus_Resumable=None)
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert answer.headers["Tus-Extension"] == "creation,creation-with-upload,termination,expiration"
    assert answer.headers["Tus-Max-Size"] == str(4 * 1024**3)


@pytest.mark.parametrize("version", [None, "0.2.2"])
def test_another_version_is_refused_and_ours_is_named(
    tus: Tus, film_id: int, version: str | None
) -> None:
    answer = tus.create(film_id, 10, Tus_Resumable=version)
    assert (answer.status_code, answer.headers["Tus-Version"]) == (412, "1.0.0")


def test_an_upload_is_created_continued_and_completed(app: Flask, tus: Tus, film_id: int) -> None:
    address = tus.begun(film_id, len(BODY))
    first = tus.patch(address, 0, BODY[:1000])
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, "1000")
    head = tus.head(address)
    assert head.status_code == 200
    assert head.headers["Upload-Offset"] == "1000"
    assert head.headers["Upload-Length"] == str(len(BODY))
    assert head.headers["Cache-Control"] == "no-store"
    assert head.headers["Tus-Resumable"] == "1.0.0"
    assert "Upload-Expires" in head.headers
    assert film_state(app, film_id) is FilmState.AWAITED
    last = tus.patch(address, 1000, BODY[1000:])
    assert (last.status_code, last.headers["Upload-Offset"]) == (204, str(len(BODY)))
    assert received(app, address) == BODY
    assert state_of(app, address) is UploadState.COMPLETE
    with app.app_context():
        film = db.session.get_one(FilmVersion, film_id)
        assert (film.state, film.file_name) == (FilmState.RECEIVED, "film.mp4")
        (verdict,) = film.outputs
        assert (verdict.name, verdict.group, verdict.rank) == ("verdict", "verdict", 0)
        assert (verdict.state, verdict.recipe_digest) == (
            OutputState.WAITING,
            address.rpartition("/")[2],
        )


def test_a_body_may_come_with_the_creation(app: Flask, tus: Tus, film_id: int) -> None:
    about = metadata(film=film_id, filename="f.mp4")
    answer = tus.send(
        "POST",
        UPLOADS,
        BODY,
        Upload_Length=len(BODY),
        Upload_Metadata=about,
        Content_Type=BODY_TYPE,
    )
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, str(len(BODY)))
    assert received(app, answer.headers["Location"]) == BODY


def test_a_wrong_offset_is_a_conflict_and_changes_nothing(
    app: Flask, tus: Tus, film_id: int
) -> None:
    address = tus.begun(film_id, len(BODY))
    tus.patch(address, 0, BODY[:500])
    for offset in (0, 499, 501, len(BODY)):
        assert tus.patch(address, offset, b"x").status_code == 409
    assert received(app, address) == BODY[:500]


def test_a_wrong_content_type_is_refused(app: Flask, tus: Tus, film_id: int) -> None:
    address = tus.begun(film_id, 10)
    assert tus.patch(address, 0, b"x", Content_Type="application/json").status_code == 415
    assert received(app, address) == b""


def test_an_offset_that_is_no_number_is_a_bad_request(tus: Tus, film_id: int) -> None:
    address = tus.begun(film_id, 10)
    for offset in ("", "-1", "1.5", "٣", "9" * 30):
        assert tus.patch(address, offset, b"x").status_code == 400


def test_a_length_that_is_no_number_is_a_bad_request(tus: Tus, film_id: int) -> None:
    for length in (None, "-5", "many", "9" * 19):
        assert tus.create(film_id, 1, Upload_Length=length).status_code == 400


def test_a_length_cannot_be_told_later(tus: Tus, film_id: int) -> None:
    for value in ("1", "2"):
        answer = tus.create(film_id, 1, Upload_Length=None, Upload_Defer_Length=value)
        assert answer.status_code == 400


def test_a_body_beyond_the_length_is_refused_and_changes_nothing(
    app: Flask, tus: Tus, film_id: int
) -> None:
    address = tus.begun(film_id, 10)
    assert tus.patch(address, 0, b"x" * 11).status_code == 413
    assert (received(app, address), tus.offset(address)) == (b"", 0)


def test_a_film_larger_than_allowed_is_refused_at_once(tus: Tus, film_id: int) -> None:
    assert tus.create(film_id, 4 * 1024**3 + 1).status_code == 413


def test_an_empty_file_is_complete_at_once(app: Flask, tus: Tus, film_id: int) -> None:
    address = tus.begun(film_id, 0)
    assert state_of(app, address) is UploadState.COMPLETE
    assert film_state(app, film_id) is FilmState.RECEIVED


def test_a_patch_may_come_as_post_where_a_proxy_lets_nothing_else_through(
    app: Flask, tus: Tus, film_id: int
) -> None:
    address = tus.begun(film_id, 4)
    headers = {"Upload_Offset": "0", "Content_Type": BODY_TYPE}
    answer = tus.send("POST", address, b"film", X_HTTP_Method_Override="PATCH", **headers)
    assert (answer.status_code, received(app, address)) == (204, b"film")
    assert tus.send("POST", address).status_code == 405


def test_an_upload_can_be_given_up(app: Flask, tus: Tus, film_id: int) -> None:
    address = tus.begun(film_id, 10)
    tus.patch(address, 0, b"12345")
    assert tus.send("DELETE", address).status_code == 204
    assert tus.head(address).status_code == 410
    assert tus.patch(address, 5, b"67890").status_code == 410
    assert tus.send("DELETE", address).status_code == 410
    with app.app_context():
        assert upkeep.sweep_uploads() > 0
        assert upkeep.sweep_uploads() == 0
    assert kept_files(app) == []


def test_a_complete_upload_stays_complete(tus: Tus, film_id: int) -> None:
    address = tus.begun(film_id, 4)
    tus.patch(address, 0, b"film")
    assert tus.offset(address) == 4
    assert tus.patch(address, 4, b"").status_code == 409
    assert tus.send("DELETE", address).status_code == 409


def test_metadata_that_cannot_be_read_is_refused(tus: Tus, film_id: int) -> None:
    for about, status in {"film !!!": 400, "film =": 400, "film /w==": 400, "film": 404}.items():
        assert tus.create(film_id, 1, Upload_Metadata=about).status_code == status


# ----- who may, and when


def test_only_the_maker_may_upload_a_film(
    make: Make, sign_in: Callable[[Any], Visitor], visitor: Visitor, film_id: int, tus: Tus
) -> None:
    address = tus.begun(film_id, 10)
    for stranger in (make.account(), make.staff()):
        other = Tus(sign_in(stranger))
        assert other.create(film_id, 10).status_code == 404
        assert other.patch(address, 0, b"x").status_code == 404
        assert other.head(address).status_code == 404
        assert other.send("DELETE", address).status_code == 404
    assert Tus(visitor).create(film_id, 10).status_code == 401
    for unknown in ("999999", "x", ""):
        assert tus.create(unknown, 10).status_code == 404


def test_an_upload_outlives_the_session(
    tus: Tus, film_id: int, entry: Entry, visitor: Visitor, sign_in: Callable[[Any], Visitor]
) -> None:
    address = tus.begun(film_id, 10)
    tus.patch(address, 0, b"12345")
    answer = Tus(visitor).patch(address, 5, b"67890")
    assert (answer.status_code, answer.json["error"]) == (401, "not_signed_in")
    again = Tus(sign_in(entry.account))
    assert again.patch(address, again.offset(address), b"67890").status_code == 204


OTHER_SITES = (
    {"Sec_Fetch_Site": "cross-site"},
    {"Sec_Fetch_Site": "same-site"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "https://localhost.evil.example"},
)


def test_other_sites_are_refused(tus: Tus, film_id: int) -> None:
    for headers in OTHER_SITES:
        assert tus.create(film_id, 10, **headers).status_code == 403


def test_our_own_pages_need_no_form_token(tus: Tus, film_id: int) -> None:
    headers = {"Origin": "https://localhost", "Sec_Fetch_Site": "same-origin"}
    assert tus.create(film_id, 10, **headers).status_code == 201


@pytest.mark.parametrize("state", [FilmState.REFUSED, FilmState.FAILED])
def test_another_file_may_take_the_place_of_one_that_was_no_use(
    app: Flask, make: Make, entry: Entry, tus: Tus, film_id: int, state: FilmState
) -> None:
    make.film(entry, state)
    address = tus.begun(film_id, 4)
    tus.patch(address, 0, b"film")
    with app.app_context():
        film = db.session.get_one(FilmVersion, film_id)
        assert film.state is FilmState.RECEIVED
        assert [(o.name, o.recipe_digest) for o in film.outputs] == [
            ("verdict", address.rpartition("/")[2])
        ]


@pytest.mark.parametrize(
    "state", [FilmState.RECEIVED, FilmState.ACCEPTED, FilmState.PLAYABLE, FilmState.COMPLETE]
)
def test_a_film_that_has_its_file_takes_no_other(
    make: Make, entry: Entry, tus: Tus, film_id: int, state: FilmState
) -> None:
    make.film(entry, state)
    answer = tus.create(film_id, 10)
    assert (answer.status_code, answer.json["error"]) == (400, "film_not_awaited")


def test_an_entry_that_is_out_takes_no_film(make: Make, sign_in: Callable[[Any], Visitor]) -> None:
    entry = make.entry(state=EntryState.WITHDRAWN)
    answer = Tus(sign_in(entry.account)).create(entry.versions[0].id, 10)
    assert answer.json["error"] == "film_not_awaited"


def test_an_upload_begun_before_the_deadline_may_end_in_the_grace(
    app: Flask, tus: Tus, film_id: int, entry: Entry, set_clock: Callable[[float], None]
) -> None:
    address = tus.begun(film_id, 10)
    with app.app_context():
        left = (entry.edition.entries_close_at - clock.now()).total_seconds()
    with app.app_context():
        db.session.get_one(Upload, 1).expires_at = clock.now() + timedelta(days=90)
        db.session.commit()
    set_clock(left + 1800)
    answer = tus.create(film_id, 10)
    assert (answer.status_code, answer.json["error"]) == (410, "entries_closed")
    assert tus.patch(address, 0, b"12345").status_code == 204
    set_clock(left + 3601)
    answer = tus.patch(address, 5, b"67890")
    assert (answer.status_code, answer.json["error"]) == (410, "entries_closed")
    assert film_state(app, film_id) is FilmState.AWAITED


def test_an_upload_expires_when_nothing_comes_any_more(
    app: Flask, tus: Tus, film_id: int, set_clock: Callable[[float], None]
) -> None:
    address = tus.begun(film_id, 10)
    set_clock(6 * 86400)
    assert tus.patch(address, 0, b"1").status_code == 204
    set_clock(12 * 86400)
    with app.app_context():
        assert uploads.expire() == 0
    set_clock(14 * 86400)
    assert tus.patch(address, 1, b"2").status_code == 410
    with app.app_context():
        assert uploads.expire() == 1
        db.session.commit()
        upkeep.sweep_uploads()
    assert kept_files(app) == []
    assert state_of(app, address) is UploadState.EXPIRED
    assert tus.head(address).status_code == 410


def test_a_new_upload_of_a_film_gives_up_the_one_before(tus: Tus, film_id: int) -> None:
    older = tus.begun(film_id, 10)
    newer = tus.begun(film_id, 20)
    assert (tus.head(older).status_code, tus.head(newer).status_code) == (410, 200)


def test_what_open_uploads_still_expect_is_kept_free(
    app: Flask,
    make: Make,
    sign_in: Callable[[Any], Visitor],
    tus: Tus,
    film_id: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = app.extensions["plural_settings"]
    free = settings.min_free_bytes + 100
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=free))
    address = tus.begun(film_id, 60)
    assert tus.patch(address, 0, b"x" * 20).status_code == 204
    other = make.entry()
    for length, status in ((61, 507), (60, 201)):
        answer = Tus(sign_in(other.account)).create(other.versions[0].id, length)
        assert answer.status_code == status


# ----- cuts, crashes and competitors


@pytest.mark.parametrize("ends_cleanly", [True, False])
def test_a_body_that_is_cut_keeps_what_came(
    app: Flask, tus: Tus, film_id: int, ends_cleanly: bool
) -> None:
    server = {"wsgi.input_terminated": True} if ends_cleanly else {}
    for cut in (0, 1, 7, 255, 256, 4095, 4096, len(BODY) - 1):
        address = tus.begun(film_id, len(BODY))
        body = io.BytesIO(BODY[:cut])
        answer = stream(tus, address, body, CONTENT_LENGTH=str(len(BODY)), **server)
        assert (answer.status_code, answer.json["error"]) == (409, "body_cut")
        assert tus.offset(address) == cut
        assert received(app, address) == BODY[:cut]
    assert tus.patch(address, cut, BODY[cut:]).status_code == 204
    assert received(app, address) == BODY


@pytest.mark.parametrize("extra", [0, 1, 5000])
def test_a_body_of_unannounced_length_may_not_be_too_long(
    app: Flask, tus: Tus, film_id: int, extra: int
) -> None:
    address = tus.begun(film_id, len(BODY))
    body = io.BytesIO(BODY + b"x" * extra)
    server = {"wsgi.input_terminated": True}
    answer = stream(tus, address, body, CONTENT_LENGTH="", **server)
    assert answer.status_code == (413 if extra else 204)
    assert state_of(app, address) is (UploadState.OPEN if extra else UploadState.COMPLETE)


def test_bytes_that_a_crash_left_beyond_the_offset_are_written_over(
    app: Flask, tus: Tus, film_id: int
) -> None:
    address = tus.begun(film_id, 10)
    tus.patch(address, 0, b"12345")
    path = app.extensions["plural_settings"].instance_folder / "uploads"
    with (path / address.rpartition("/")[2]).open("ab") as file:
        file.write(b"????????????")
    assert tus.offset(address) == 5
    assert tus.patch(address, 5, b"67890").status_code == 204
    assert received(app, address) == b"1234567890"


def test_bytes_that_are_lost_end_the_upload(app: Flask, tus: Tus, film_id: int) -> None:
    address = tus.begun(film_id, 10)
    tus.patch(address, 0, b"12345")
    folder = app.extensions["plural_settings"].instance_folder / "uploads"
    (folder / address.rpartition("/")[2]).unlink()
    assert tus.patch(address, 5, b"67890").status_code == 410


def test_a_full_disk_keeps_an_honest_offset(
    app: Flask, tus: Tus, film_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = tus.begun(film_id, len(BODY))
    write = os.pwrite

    def write_until_full(file: int, data: bytes, offset: int) -> int:
        if offset >= 3000:
            raise OSError(28, "No space left on device")
        return write(file, data[: 3000 - offset], offset)

    monkeypatch.setattr(os, "pwrite", write_until_full)
    assert tus.patch(address, 0, BODY).status_code == 507
    monkeypatch.undo()
    assert tus.offset(address) == 3000
    assert tus.patch(address, 3000, BODY[3000:]).status_code == 204
    assert received(app, address) == BODY


class Gated:
    """A body whose second half comes only after something else has happened."""

    def __init__(self, first: bytes, meanwhile: Callable[[], None], second: bytes) -> None:
        self.parts = [first, second]
        self.meanwhile = meanwhile

    def read(self, size: int) -> bytes:
        if len(self.parts) == 1:
            self.meanwhile()
        return self.parts.pop(0) if self.parts else b""


@pytest.fixture
def every_chunk_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "CHECKPOINT_BYTES", 1)


def receive_gated(app: Flask, address: str, body: Gated) -> None:
    with app.app_context():
        upload = Upload.query.filter_by(code=address.rpartition("/")[2]).one()
        uploads.receive(upload, upload.offset_bytes, body, None)


def test_a_stale_patch_lets_go_when_a_newer_one_comes(
    app: Flask, tus: Tus, film_id: int, every_chunk_is_checked: None
) -> None:
    address = tus.begun(film_id, 10)

    def overtake() -> None:
        assert tus.patch(address, tus.offset(address), b"efg").status_code == 204

    with pytest.raises(uploads.UploadTaken):
        receive_gated(app, address, Gated(b"abcd", overtake, b"XXX"))
    assert tus.offset(address) == 7
    assert tus.patch(address, 7, b"hij").status_code == 204
    assert received(app, address) == b"abcdefghij"


def test_a_head_makes_a_stale_patch_let_go_and_its_answer_stays_true(
    app: Flask, tus: Tus, film_id: int
) -> None:
    address = tus.begun(film_id, 10)
    told = []
    with pytest.raises(uploads.UploadTaken):
        receive_gated(app, address, Gated(b"abcd", lambda: told.append(tus.offset(address)), b"X"))
    assert (told, tus.offset(address)) == ([0], 0)


def test_an_upload_given_up_while_bytes_come_stays_given_up(
    app: Flask, tus: Tus, film_id: int
) -> None:
    address = tus.begun(film_id, 10)
    with pytest.raises(uploads.UploadTaken):
        receive_gated(app, address, Gated(b"abcde", lambda: tus.send("DELETE", address), b"fghij"))
    assert state_of(app, address) is UploadState.TERMINATED
    assert film_state(app, film_id) is FilmState.AWAITED


def test_of_many_patches_at_once_no_byte_is_lost_or_doubled(
    app: Flask, maker: Visitor, tus: Tus, film_id: int
) -> None:
    address = tus.begun(film_id, len(BODY))
    cookie = cookie_of(maker)

    def push(port: int) -> None:
        client = TusClient(f"http://localhost:{port}{UPLOADS}", headers={"Cookie": cookie})
        for _ in range(200):
            uploader = client.uploader(
                file_stream=io.BytesIO(BODY),
                url=f"http://localhost:{port}{address}",
                chunk_size=997,
            )
            if uploader.offset == len(BODY):
                return
            with suppress(TusUploadFailed):
                uploader.upload_chunk()

    with served(app) as port:
        threads = [threading.Thread(target=push, args=(port,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert state_of(app, address) is UploadState.COMPLETE
    assert received(app, address) == BODY
    with app.app_context():
        assert Output.query.filter_by(film_version_id=film_id).count() == 1


# ----- real clients


def test_a_real_client_sends_a_film_is_interrupted_and_resumes(
    app: Flask, maker: Visitor, film_id: int, tmp_path: Path
) -> None:
    path = tmp_path / "my film.mp4"
    path.write_bytes(os.urandom(3_000_000))
    about = {"film": str(film_id), "filename": path.name}
    with served(app) as port:
        client = TusClient(
            f"http://localhost:{port}{UPLOADS}", headers={"Cookie": cookie_of(maker)}
        )
        with path.open("rb") as film:
            first = client.uploader(file_stream=film, metadata=about, chunk_size=700_000)
            first.upload_chunk()
            first.upload_chunk()
            second = client.uploader(file_stream=film, url=first.url, chunk_size=700_000)
            assert second.offset == 1_400_000
            second.upload()
        address = str(second.url).partition(str(port))[2]
    assert hashlib.sha256(received(app, address)).digest() == (
        hashlib.sha256(path.read_bytes()).digest()
    )
    with app.app_context():
        assert db.session.get_one(FilmVersion, film_id).file_name == "my film.mp4"


@pytest.mark.parametrize("cut", [1, 100, 65_536, 150_000])
def test_a_connection_that_breaks_loses_at_most_what_was_not_acknowledged(
    app: Flask, maker: Visitor, tus: Tus, film_id: int, cut: int
) -> None:
    body = os.urandom(200_000)
    address = tus.begun(film_id, len(body))
    head = (
        f"PATCH {address} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie_of(maker)}\r\n"
        f"Tus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\nContent-Type: {BODY_TYPE}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    with served(app) as port:
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(head.encode() + body[:cut])
            connection.shutdown(socket.SHUT_WR)
            connection.recv(65536)
        offset = tus.offset(address)
    assert offset == cut
    assert tus.patch(address, offset, body[offset:]).status_code == 204
    assert received(app, address) == body


def test_memory_does_not_grow_with_the_film(app: Flask, tus: Tus, film_id: int) -> None:
    def peak_bytes(size: int) -> int:
        address = tus.begun(film_id, size)
        tracemalloc.start()
        try:
            stream(tus, address, Zeros(size), CONTENT_LENGTH=str(size))
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert tus.offset(address) == size - 1
        return peak

    peak_bytes(1_000_000)
    small, large = peak_bytes(2_000_000), peak_bytes(40_000_000)
    assert large < 1.5 * small + 200_000


class Zeros(io.RawIOBase):
    """Many bytes that nobody has to hold; the last one never comes, so no film is complete."""

    def __init__(self, size: int) -> None:
        self.left = size - 1

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return 0

    def seek(self, offset: int, whence: int = 0) -> int:
        return 0

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        count = min(len(buffer), self.left)
        buffer[:count] = bytes(count)
        self.left -= count
        return count
