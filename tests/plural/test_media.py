"""Films for players: who gets which bytes, in ranges, with memory that does not grow."""

import hashlib
import re
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from plural import Settings, create_app, ranges
from plural.extensions import db
from plural.models.consent import Use
from plural.models.entry import Entry, FilmState, FilmVersion, Track, TrackOrigin, TrackState
from plural.models.media import Output, OutputState
from stack.seaweedfs import SeaweedFS
from tests import arriving
from tests.factories import Make
from tests.visitor import Visitor

API = "/api/v1/plural/2026"


@pytest.fixture(scope="session")
def tiny_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return arriving.make_film(tmp_path_factory.mktemp("tiny") / "film.mp4")


@pytest.fixture
def entry(make: Make) -> Entry:
    return make.entry()


@pytest.fixture
def film(make: Make, entry: Entry) -> FilmVersion:
    return make.film(entry)


@pytest.fixture
def maker(entry: Entry, sign_in: Callable[[Any], Visitor]) -> Visitor:
    return sign_in(entry.account)


@pytest.fixture(params=["from a folder", "from other storage"])
def storage_kind(request: pytest.FixtureRequest, app: Flask) -> Iterator[str]:
    """Once as files that the server sends itself, once as a stream through the portal."""
    if request.param == "from other storage":
        app.extensions["plural_storage"] = Elsewhere(app.extensions["plural_storage"])
    return request.param


class Elsewhere:
    """Storage whose objects are no files of this machine."""

    def __init__(self, storage: Any) -> None:
        self._storage = storage

    def __getattr__(self, name: str) -> Any:
        return getattr(self._storage, name)

    def local_path(self, key: str) -> None:
        return None


def address(film: FilmVersion, name: str) -> str:
    return f"{API}/films/{film.id}/{name}"


def fetch(visitor: Visitor, path: str, **options: Any) -> TestResponse:
    """A whole answer, with its file closed."""
    return visitor.get(path, buffered=True, **options)


def body_of(film: FilmVersion) -> bytes:
    return b"not a real film, version " + str(film.id).encode()


def test_a_file_comes_whole_with_its_digest_and_is_kept_by_nobody(
    maker: Visitor, entry: Entry, film: FilmVersion, storage_kind: str
) -> None:
    answer = fetch(maker, address(film, "240.mp4"))
    assert (answer.status_code, answer.data) == (200, body_of(film))
    (output,) = [o for o in film.outputs if o.name == "240.mp4"]
    assert answer.headers["ETag"] == f'"{output.sha256}"'
    assert answer.headers["Content-Type"] == "video/mp4"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Expires" not in answer.headers
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["Content-Disposition"] == f"inline; filename={entry.code}-240.mp4"


def test_ranges_are_answered_as_http_wants_them(
    maker: Visitor, film: FilmVersion, storage_kind: str
) -> None:
    body = body_of(film)
    size = len(body)
    for asked, start, stop in (
        ("bytes=0-0", 0, 1),
        ("bytes=4-9", 4, 10),
        ("bytes=4-", 4, size),
        ("bytes=-5", size - 5, size),
        ("bytes=4-9999", 4, size),
    ):
        answer = fetch(maker, address(film, "240.mp4"), headers={"Range": asked})
        assert (answer.status_code, answer.data) == (206, body[start:stop])
        assert answer.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{size}"
        assert answer.headers["Content-Length"] == str(stop - start)
    beyond = fetch(maker, address(film, "240.mp4"), headers={"Range": f"bytes={size}-"})
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, f"bytes */{size}")


def test_conditions_are_respected(maker: Visitor, film: FilmVersion, storage_kind: str) -> None:
    etag = fetch(maker, address(film, "240.mp4")).headers["ETag"]
    same = fetch(maker, address(film, "240.mp4"), headers={"If-None-Match": etag})
    assert (same.status_code, same.data) == (304, b"")
    for condition, status in ((etag, 206), ('"another"', 200)):
        headers = {"Range": "bytes=0-3", "If-Range": condition}
        assert fetch(maker, address(film, "240.mp4"), headers=headers).status_code == status


def test_head_tells_the_size_without_the_bytes(
    maker: Visitor, film: FilmVersion, storage_kind: str
) -> None:
    answer = maker.client.head(
        address(film, "240.mp4"), base_url="https://localhost", buffered=True
    )
    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["Content-Length"] == str(len(body_of(film)))


def test_who_may_not_see_the_film_gets_nothing_of_it(
    make: Make, film: FilmVersion, visitor: Visitor, sign_in: Callable[[Any], Visitor]
) -> None:
    for name in ("240.mp4", "poster.jpg", "master.m3u8", "subtitles-1.vtt"):
        for other in (visitor, sign_in(make.account()), sign_in(make.staff())):
            assert fetch(other, address(film, name)).status_code == 404


def test_staff_see_a_film_once_its_makers_allow_it_and_they_have_signed_the_undertaking(
    make: Make, entry: Entry, film: FilmVersion, sign_in: Callable[[Any], Visitor]
) -> None:
    staff = make.staff()
    desk = sign_in(staff)
    make.signed(staff, make.edition())
    assert fetch(desk, address(film, "240.mp4")).status_code == 404
    make.consents(entry, (Use.JURY,))
    assert fetch(desk, address(film, "240.mp4")).status_code == 200
    make.undertaking(make.edition(), 2)
    assert fetch(desk, address(film, "240.mp4")).status_code == 404


def test_names_that_are_not_there_are_not_found(maker: Visitor, film: FilmVersion) -> None:
    for name in (
        "720.mp4",
        "verdict",
        "source",
        "..%2Fsource",
        "x.m3u8",
        "master.m3u8",
        "240.m3u8",
    ):
        assert fetch(maker, address(film, name)).status_code == 404


def test_what_is_not_ready_is_not_found(app: Flask, maker: Visitor, film: FilmVersion) -> None:
    with app.app_context():
        (output,) = Output.query.filter_by(name="240.mp4")
        output.state, output.storage_key = OutputState.WAITING, ""
        db.session.commit()
    assert fetch(maker, address(film, "240.mp4")).status_code == 404


def test_an_object_that_storage_has_lost_is_not_found(
    app: Flask, maker: Visitor, film: FilmVersion, storage_kind: str
) -> None:
    app.extensions["plural_storage"].delete(f"films/{film.id}/poster.jpg")
    assert fetch(maker, address(film, "poster.jpg")).status_code == 404


@pytest.mark.parametrize(
    ("origin", "state", "status"),
    [
        (TrackOrigin.MAKER, TrackState.REVIEWED, 200),
        (TrackOrigin.MAKER, TrackState.UNREVIEWED, 200),
        (TrackOrigin.MACHINE, TrackState.REVIEWED, 200),
        (TrackOrigin.MACHINE, TrackState.UNREVIEWED, 404),
        (TrackOrigin.MAKER, TrackState.RETIRED, 404),
    ],
)
def test_machine_text_leaves_only_when_somebody_has_read_it(
    app: Flask,
    make: Make,
    maker: Visitor,
    film: FilmVersion,
    origin: TrackOrigin,
    state: TrackState,
    status: int,
) -> None:
    track = make.subtitles(film)
    with app.app_context():
        row = db.session.get_one(Track, track.id)
        row.origin, row.state = origin, state
        db.session.commit()
    answer = fetch(maker, address(film, f"subtitles-{track.id}.vtt"))
    assert answer.status_code == status
    assert fetch(maker, address(film, f"subtitles-{track.id}.m3u8")).status_code == status
    if status == 200:
        assert answer.headers["Content-Type"] == "text/vtt; charset=utf-8"
        assert answer.data.startswith(b"WEBVTT")


def test_a_track_of_another_film_is_not_found(
    make: Make, maker: Visitor, film: FilmVersion
) -> None:
    other = make.subtitles(make.film(make.entry()))
    assert fetch(maker, address(film, f"subtitles-{other.id}.vtt")).status_code == 404


def test_a_player_can_follow_the_playlists_to_every_byte(
    app: Flask, make: Make, entry: Entry, maker: Visitor, tiny_film: Path
) -> None:
    film_id = arriving.arrive(app, entry, tiny_film)
    arriving.work_off(app)
    film = arriving.film_of(app, film_id)
    track = make.subtitles(film, "ar")
    master = fetch(maker, address(film, "master.m3u8"))
    assert master.headers["Content-Type"] == "application/vnd.apple.mpegurl"
    assert master.headers["Cache-Control"] == "private, no-store"
    named = set(re.findall(r'URI="([^"]+)"|^([^#\s]+)$', master.text, re.MULTILINE))
    names = {first or second for first, second in named}
    assert names == {"hls-120.m3u8", "hls-audio.m3u8", f"subtitles-{track.id}.m3u8"}
    for name in names - {f"subtitles-{track.id}.m3u8"}:
        playlist = fetch(maker, address(film, name)).text
        (media,) = set(re.findall(r"^([^#\s]+)$", playlist, re.MULTILINE))
        for length, start in re.findall(r'BYTERANGE[:=]"?(\d+)@(\d+)', playlist):
            last = int(start) + int(length) - 1
            part = fetch(maker, address(film, media), headers={"Range": f"bytes={start}-{last}"})
            assert (part.status_code, len(part.data)) == (206, int(length))


def test_films_in_other_storage_are_redirected_to_a_link_and_pictures_are_not(
    app: Flask, maker: Visitor, film: FilmVersion
) -> None:
    storage = Elsewhere(app.extensions["plural_storage"])
    asked = []

    def link(key: str, expires_s: int, *about: str) -> str:
        asked.append((key, expires_s, about))
        return f"https://storage.example/{key}?signature=x"

    storage.link = link  # type: ignore[attr-defined]
    app.extensions["plural_storage"] = storage
    answer = fetch(maker, address(film, "240.mp4"))
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("https://storage.example/films/")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert asked[0][1] <= 60
    assert fetch(maker, address(film, "poster.jpg")).status_code == 200


@pytest.fixture
def bucket_settings(settings: Settings, weed: SeaweedFS, tmp_path: Path) -> Settings:
    return replace(
        settings,
        storage_url=f"s3://films/{tmp_path.name}?endpoint={quote(weed.endpoint, safe='')}",
        storage_access_key=weed.access_key,
        storage_secret_key=weed.secret_key,
        public_address="https://films.example.org/",
    )


@pytest.fixture
def bucket_app(bucket_settings: Settings) -> Iterator[Flask]:
    """A portal whose films are in a real bucket."""
    app = create_app(bucket_settings)
    app.testing = True
    yield app
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


def test_the_bucket_serves_ranges_of_a_film_at_the_address_that_the_portal_gives(
    bucket_app: Flask, weed: SeaweedFS
) -> None:
    make = Make(bucket_app)
    entry = make.entry()
    film = make.film(entry)
    maker = Visitor(bucket_app).sign_in(entry.account)
    answer = fetch(maker, address(film, "240.mp4"))
    link = answer.headers["Location"]
    assert (answer.status_code, link.startswith(f"{weed.endpoint}/films/")) == (302, True)
    with urlopen(Request(link, headers={"Range": "bytes=4-9"})) as part:
        assert (part.status, part.read()) == (206, body_of(film)[4:10])
        assert part.headers["Content-Type"] == "video/mp4"
    with pytest.raises(HTTPError) as refused:
        urlopen(link.replace("X-Amz-Expires=60", "X-Amz-Expires=6000"))
    assert refused.value.code == 403
    refused.value.close()
    assert fetch(Visitor(bucket_app), address(film, "240.mp4")).status_code == 404


def test_the_policy_names_the_bucket_where_films_come_from_and_nowhere_else(
    app: Flask, bucket_app: Flask, weed: SeaweedFS
) -> None:
    elsewhere = {"media-src": "'self' blob:", "connect-src": "'self'"}
    for portal, origin in ((app, ""), (bucket_app, f" {weed.endpoint}")):
        answer = Visitor(portal).get("/healthz")
        policy = answer.headers["Content-Security-Policy"]
        found = dict(part.split(" ", 1) for part in policy.split("; "))
        for name, sources in elsewhere.items():
            assert found.pop(name) == sources + origin
        assert not [name for name, sources in found.items() if "//" in sources]


def test_the_commands_say_and_mend_that_pages_may_not_read_the_bucket(
    bucket_settings: Settings, weed: SeaweedFS, tmp_path: Path
) -> None:
    bucket = f"b{hashlib.sha256(str(tmp_path).encode()).hexdigest()[:16]}"
    url = bucket_settings.storage_url.replace("s3://films/", f"s3://{bucket}/")
    app = create_app(replace(bucket_settings, storage_url=url))
    run = app.test_cli_runner().invoke
    for command in ("prepare", "check"):
        nowhere = run(args=["storage", command])
        assert (nowhere.exit_code, "NoSuchBucket" in nowhere.output) == (1, True)
    app.extensions["plural_storage"]._client.create_bucket(Bucket=bucket)
    missing = run(args=["storage", "check"])
    assert (missing.exit_code, "flask storage prepare" in missing.output) == (1, True)
    for _ in range(2):
        assert run(args=["storage", "prepare"]).exit_code == 0
        assert run(args=["storage", "check"]).exit_code == 0
    assert app.extensions["plural_storage"].admits("https://films.example.org")


def test_no_database_connection_is_held_while_bytes_flow(
    app: Flask, maker: Visitor, film: FilmVersion, storage_kind: str
) -> None:
    answer = maker.client.get(
        address(film, "240.mp4"), base_url="https://localhost", buffered=False
    )
    with app.app_context():
        assert db.engine.pool.checkedout() == 0
    assert b"".join(answer.response) == body_of(film)
    answer.close()


def test_memory_does_not_grow_with_the_film(
    app: Flask, make: Make, maker: Visitor, film: FilmVersion, tmp_path: Path, storage_kind: str
) -> None:
    def peak_bytes(size: int) -> int:
        path = tmp_path / "large"
        with path.open("wb") as file:
            file.truncate(size)
        stored = app.extensions["plural_storage"].put_file(f"films/{film.id}/240.mp4", path)
        with app.app_context():
            (output,) = Output.query.filter_by(name="240.mp4")
            output.size_bytes, output.sha256 = stored.size_bytes, stored.sha256
            db.session.commit()
        tracemalloc.start()
        try:
            answer = maker.client.get(
                address(film, "240.mp4"), base_url="https://localhost", buffered=False
            )
            assert sum(len(chunk) for chunk in answer.response) == size
            peak = tracemalloc.get_traced_memory()[1]
            answer.close()
        finally:
            tracemalloc.stop()
        return peak

    peak_bytes(1_000_000)
    small, large = peak_bytes(2_000_000), peak_bytes(40_000_000)
    assert large < 1.5 * small + 2 * ranges.CHUNK_BYTES


# ----- status


def status_of(maker: Visitor, entry: Entry) -> dict[str, Any]:
    answer = fetch(maker, f"{API}/entries/{entry.id}/status")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json
    return found


def test_the_status_follows_a_film_with_one_growing_percentage(
    app: Flask, entry: Entry, maker: Visitor, tiny_film: Path
) -> None:
    awaited = status_of(maker, entry)
    assert (awaited["film"]["state"], awaited["film"]["percent"]) == ("awaited", 0)
    assert (awaited["final"], awaited["film"]["seconds_left"]) == (True, None)
    film_id = arriving.arrive(app, entry, tiny_film)
    seen = [status_of(maker, entry)]
    for _ in range(4):
        arriving.work(app)
        seen.append(status_of(maker, entry))
    states = ["received", "accepted", "playable", "playable", "complete"]
    assert [s["film"]["state"] for s in seen] == states
    percents = [s["film"]["percent"] for s in seen]
    assert percents == sorted(percents)
    assert (percents[0], percents[1], percents[-1]) == (0, 5, 100)
    assert [s["final"] for s in seen] == [False, False, False, False, True]
    assert len({s["etag"] for s in seen}) == 4
    assert seen[1]["film"]["seconds_left"] >= 1
    assert len(seen[1]["film"]["findings"]) == len(arriving.film_of(app, film_id).findings)


def test_a_refused_film_is_final_and_says_why(
    app: Flask, entry: Entry, maker: Visitor, tmp_path: Path
) -> None:
    path = tmp_path / "film.mp4"
    path.write_text("no film")
    arriving.arrive(app, entry, path)
    arriving.work(app)
    found = status_of(maker, entry)
    assert (found["final"], found["film"]["state"]) == (True, FilmState.REFUSED.value)
    assert "not a film" in found["film"]["findings"][0]


def test_the_status_is_the_makers_alone(
    make: Make, entry: Entry, visitor: Visitor, sign_in: Callable[[Any], Visitor]
) -> None:
    assert fetch(visitor, f"{API}/entries/{entry.id}/status").status_code == 401
    assert fetch(sign_in(make.account()), f"{API}/entries/{entry.id}/status").status_code == 404
