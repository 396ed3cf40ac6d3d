"""One suite for both kinds of storage, and what is particular to each."""

import hashlib
import io
import os
import threading
import zlib
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

import boto3
import pytest

from media_pipeline import local as local_module
from media_pipeline import s3_cors
from media_pipeline.errors import (
    DigestMismatch,
    KeyInvalid,
    ObjectMissing,
    RangeUnsatisfiable,
    ScratchFull,
    StorageFull,
    StorageRefused,
    StorageUnavailable,
)
from media_pipeline.local import LocalStorage
from media_pipeline.s3 import S3Storage
from media_pipeline.storage import fetch
from media_pipeline.storage_url import StorageAddressInvalid, storage_from_url

MIB = 1 << 20
LARGE = bytes(range(256)) * (20 * MIB // 256) + b"end"


@pytest.fixture
def client(weed):
    return client_of(weed)


def client_of(server):
    return boto3.client(
        "s3",
        endpoint_url=server.endpoint,
        region_name="us-east-1",
        aws_access_key_id=server.access_key,
        aws_secret_access_key=server.secret_key,
    )


@pytest.fixture(params=["local", "s3"])
def storage(request, tmp_path):
    if request.param == "local":
        return LocalStorage(tmp_path / "objects")
    weed = request.getfixturevalue("weed")
    prefix = f"tests/{hashlib.sha256(str(tmp_path).encode()).hexdigest()[:16]}"
    return storage_from_url(
        f"s3://films/{prefix}?endpoint={quote(weed.endpoint, safe='')}",
        access_key=weed.access_key,
        secret_key=weed.secret_key,
    )


@pytest.fixture
def file(tmp_path):
    def write(content: bytes):
        path = tmp_path / "content"
        path.write_bytes(content)
        return path

    return write


def read(storage, key, *arguments):
    with storage.open_range(key, *arguments) as stream:
        return stream.read()


@pytest.mark.parametrize("content", [b"", b"a", b"film" * 5000, LARGE], ids=len)
def test_what_is_put_comes_back_with_its_digests(storage, file, tmp_path, content):
    put = storage.put_file("films/1/240.mp4", file(content))
    assert put == storage.stat("films/1/240.mp4")
    assert put.size_bytes == len(content)
    assert put.sha256 == hashlib.sha256(content).hexdigest()
    assert put.crc32 == f"{zlib.crc32(content):08x}"
    assert read(storage, "films/1/240.mp4") == content
    assert fetch(storage, "films/1/240.mp4", tmp_path / "back") == put
    assert (tmp_path / "back").read_bytes() == content


@pytest.mark.parametrize(
    ("start", "length", "expected"),
    [
        (0, None, b"0123456789"),
        (3, None, b"3456789"),
        (3, 4, b"3456"),
        (0, 1, b"0"),
        (9, 1, b"9"),
        (8, 100, b"89"),
        (10, None, b""),
        (10, 5, b""),
        (4, 0, b""),
    ],
)
def test_ranges_are_those_asked_for(storage, file, start, length, expected):
    storage.put_file("a", file(b"0123456789"))
    assert read(storage, "a", start, length) == expected


@pytest.mark.parametrize(("start", "length"), [(11, None), (11, 0), (-1, None), (-1, 3)])
def test_a_range_after_the_end_is_refused(storage, file, start, length):
    storage.put_file("a", file(b"0123456789"))
    with pytest.raises(RangeUnsatisfiable) as refused:
        storage.open_range("a", start, length)
    assert refused.value.data == {"key": "a", "start": start, "size_bytes": 10}


def test_a_stream_is_read_in_pieces(storage, file):
    storage.put_file("large", file(LARGE))
    with storage.open_range("large", 5, 3 * MIB) as stream:
        pieces = iter(lambda: stream.read(65536), b"")
        assert b"".join(pieces) == LARGE[5 : 5 + 3 * MIB]
    assert stream.closed


def test_putting_again_replaces(storage, file):
    storage.put_file("a", file(b"first"))
    second = storage.put_file("a", file(b"other"))
    assert read(storage, "a") == b"other"
    assert storage.stat("a") == second
    assert list(storage.keys()) == ["a"]


def test_what_is_missing_is_missing(storage):
    for ask in (storage.stat, storage.open_range):
        with pytest.raises(ObjectMissing) as missing:
            ask("films/none.mp4")
        assert isinstance(missing.value, FileNotFoundError)
        assert missing.value.data == {"key": "films/none.mp4"}


def test_deleting_twice_is_deleting(storage, file):
    storage.put_file("films/1/a", file(b"x"))
    storage.put_file("films/1/b", file(b"y"))
    storage.delete("films/1/a")
    storage.delete("films/1/a")
    assert list(storage.keys()) == ["films/1/b"]
    with pytest.raises(ObjectMissing):
        storage.stat("films/1/a")


def test_keys_are_listed_by_their_beginning_in_order(storage, file):
    names = ["films/10/a", "films/1/b", "films/1/a", "stills/x"]
    for name in names:
        storage.put_file(name, file(b"x"))
    assert list(storage.keys()) == sorted(names)
    assert list(storage.keys("films/1")) == ["films/1/a", "films/1/b", "films/10/a"]
    assert list(storage.keys("films/1/")) == ["films/1/a", "films/1/b"]
    assert list(storage.keys("none/")) == []


@pytest.mark.parametrize(
    "key",
    [
        *("", "/", "/a", "a/", "a//b", "..", "../a", "a/../b", "a/..", ".a", "a/.b", "./a"),
        *("a\\b", "a b", "a\nb", "a\x00", "é", "a?b", "~/a", "x" * 201, "a/" * 300 + "a", "a\n"),
    ],
)
def test_keys_that_could_lead_astray_are_refused(storage, file, key):
    path = file(b"x")
    for ask in (storage.stat, storage.open_range, storage.delete, storage.local_path):
        with pytest.raises(KeyInvalid):
            ask(key)
    with pytest.raises(KeyInvalid):
        storage.put_file(key, path)
    with pytest.raises(KeyInvalid):
        storage.link(key, 60)


def test_a_missing_file_cannot_be_put(storage, tmp_path):
    with pytest.raises(FileNotFoundError):
        storage.put_file("a", tmp_path / "none")
    assert list(storage.keys()) == []


def test_a_changed_object_does_not_pass_for_the_original(storage, file, tmp_path, monkeypatch):
    storage.put_file("a", file(b"the right film"))
    wrong = io.BytesIO(b"the wrong film")
    monkeypatch.setattr(storage, "open_range", lambda *arguments: wrong)
    with pytest.raises(DigestMismatch):
        fetch(storage, "a", tmp_path / "back")
    assert not (tmp_path / "back").exists()


def test_no_room_for_a_copy_is_told_and_may_pass(storage, file):
    storage.put_file("a", file(b"film" * 5000))
    with pytest.raises(ScratchFull) as full:
        fetch(storage, "a", Path("/dev/full"))
    assert full.value.curable


def test_many_writers_and_deleters_do_not_disturb_each_other(storage, tmp_path):
    failures = []

    def work(number):
        path = tmp_path / f"w{number}"
        path.write_bytes(b"%d" % number * 1000)
        try:
            for _ in range(8):
                storage.put_file(f"shared/folder/{number}", path)
                assert read(storage, f"shared/folder/{number}") == path.read_bytes()
                storage.delete(f"shared/folder/{number}")
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert list(storage.keys()) == []


def test_local_objects_have_no_links_but_paths(tmp_path, file):
    storage = LocalStorage(tmp_path / "objects")
    storage.put_file("films/a.mp4", file(b"x"))
    assert storage.link("films/a.mp4", 60) is None
    assert storage.origin() is None
    assert storage.admits("https://films.example.org")
    assert storage.local_path("films/a.mp4").read_bytes() == b"x"
    with pytest.raises(ObjectMissing):
        storage.local_path("films/b.mp4")
    with pytest.raises(ObjectMissing):
        storage.stat("films")


def test_a_writer_that_died_leaves_no_object_and_is_swept_up(tmp_path, file, monkeypatch):
    storage = LocalStorage(tmp_path / "objects")

    def die(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(local_module, "_move", die)
    monkeypatch.setattr(local_module.Path, "unlink", lambda path, missing_ok=False: None)
    with pytest.raises(KeyboardInterrupt):
        storage.put_file("a", file(b"x"))
    monkeypatch.undo()
    assert list(storage.keys()) == []
    with pytest.raises(ObjectMissing):
        storage.stat("a")
    assert storage.sweep(older_than_s=3600) == 0
    assert storage.sweep(older_than_s=0) == 2
    assert list((tmp_path / "objects/.incoming").iterdir()) == []


def test_bytes_are_on_disk_before_they_have_a_name(tmp_path, file, monkeypatch):
    deeds = []
    storage = LocalStorage(tmp_path / "objects")
    for name in ("fdatasync", "fsync"):
        monkeypatch.setattr(os, name, lambda fd, name=name: deeds.append(name))
    replace = local_module.Path.replace

    def renaming(path, target):
        deeds.append("rename")
        return replace(path, target)

    monkeypatch.setattr(local_module.Path, "replace", renaming)
    storage.put_file("a", file(b"x"))
    # The object, its note; each is renamed and its folder synced.
    assert deeds == ["fdatasync", "fdatasync", "rename", "fsync", "rename", "fsync"]


def test_digests_follow_an_object_that_came_by_another_way(tmp_path, file):
    storage = LocalStorage(tmp_path / "objects")
    storage.put_file("a", file(b"first"))
    path = storage.local_path("a")
    path.write_bytes(b"restored from a backup")
    assert storage.stat("a").sha256 == hashlib.sha256(b"restored from a backup").hexdigest()
    assert storage.stat("a").size_bytes == 22


def test_a_full_disk_is_told_as_such_and_leaves_nothing(tmp_path, file, monkeypatch):
    storage = LocalStorage(tmp_path / "objects")

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fdatasync", full)
    with pytest.raises(StorageFull) as error:
        storage.put_file("a", file(b"x"))
    assert error.value.curable
    monkeypatch.undo()
    assert list(storage.keys()) == []
    assert list((tmp_path / "objects/.incoming").iterdir()) == []


def test_s3_links_serve_the_object_and_expire_with_their_signature(weed, file):
    storage = s3(weed)
    storage.put_file("films/a.mp4", file(b"a film"))
    link = storage.link("films/a.mp4", 60, download_name='my "film".mp4', media_type="video/mp4")
    with urlopen(link) as answer:
        assert answer.read() == b"a film"
        assert answer.headers["Content-Type"] == "video/mp4"
        assert "my%20%22film%22.mp4" in answer.headers["Content-Disposition"]
    with pytest.raises(HTTPError) as refused:
        urlopen(link.replace("a.mp4", "b.mp4"))
    assert refused.value.code == 403
    refused.value.close()


def test_s3_links_give_the_range_that_is_asked_for(weed, file):
    storage = s3(weed)
    storage.put_file("films/a.mp4", file(b"0123456789"))
    link = storage.link("films/a.mp4", 60, media_type="video/mp4")
    with urlopen(Request(link, headers={"Range": "bytes=2-4"})) as answer:
        assert (answer.status, answer.read()) == (206, b"234")
        assert answer.headers["Content-Range"] == "bytes 2-4/10"


@pytest.mark.timeout(30)
def test_s3_links_are_refused_when_their_time_is_over(weed, file):
    storage = s3(weed)
    storage.put_file("films/a.mp4", file(b"a film"))
    link = storage.link("films/a.mp4", 1)
    refused = None
    while refused is None:
        try:
            urlopen(link).close()
        except HTTPError as error:
            refused = error
    assert refused.code == 403
    refused.close()


@pytest.mark.parametrize(
    ("bucket", "region", "endpoint", "origin"),
    [
        ("films", "us-east-1", None, "https://films.s3.amazonaws.com"),
        ("films", "me-south-1", None, "https://films.s3.me-south-1.amazonaws.com"),
        ("films.tv", "me-south-1", None, "https://s3.me-south-1.amazonaws.com"),
        ("films", "x", "https://s3.example.org:9000/base", "https://s3.example.org:9000"),
    ],
)
def test_s3_knows_the_origin_of_its_links(bucket, region, endpoint, origin):
    storage = S3Storage(
        bucket, region=region, endpoint=endpoint, access_key="key", secret_key="secret"
    )
    assert storage.origin() == origin
    assert storage.link("a.mp4", 60).startswith(f"{origin}/")


PAGES = "https://films.example.org"


@pytest.fixture
def own_bucket(weed, client, tmp_path):
    """Storage in a bucket that no other test gives rules to."""
    name = f"b{hashlib.sha256(str(tmp_path).encode()).hexdigest()[:16]}"
    client.create_bucket(Bucket=name)
    return s3(weed, bucket=name)


def rules_of(client, storage):
    return client.get_bucket_cors(Bucket=storage._bucket)["CORSRules"]


def test_s3_admits_pages_once_however_often_it_is_asked(client, own_bucket):
    assert not own_bucket.admits(PAGES)
    own_bucket.admit(PAGES)
    assert own_bucket.admits(PAGES)
    assert not own_bucket.admits("https://elsewhere.example.org")
    own_bucket.admit(PAGES)
    assert [rule["AllowedOrigins"] for rule in rules_of(client, own_bucket)] == [[PAGES]]


def test_s3_keeps_the_rules_that_others_made(client, own_bucket):
    other = {"AllowedOrigins": ["https://other.example"], "AllowedMethods": ["PUT"]}
    client.put_bucket_cors(Bucket=own_bucket._bucket, CORSConfiguration={"CORSRules": [other]})
    own_bucket.admit(PAGES)
    assert own_bucket.admits(PAGES)
    assert rules_of(client, own_bucket)[0]["AllowedMethods"] == ["PUT"]


def test_s3_shows_ranges_to_scripts_of_admitted_pages_only(own_bucket, file):
    own_bucket.put_file("a.mp4", file(b"0123456789"))
    own_bucket.admit(PAGES)
    link = own_bucket.link("a.mp4", 60)
    for origin, shown in ((PAGES, PAGES), ("https://elsewhere.example.org", None)):
        asked = Request(link, headers={"Origin": origin, "Range": "bytes=0-1"})
        with urlopen(asked) as answer:
            assert answer.headers["Access-Control-Allow-Origin"] == shown
    asked = Request(link, headers={"Origin": PAGES}, method="OPTIONS")
    asked.add_header("Access-Control-Request-Method", "GET")
    asked.add_header("Access-Control-Request-Headers", "range")
    with urlopen(asked) as answer:
        assert "range" in answer.headers["Access-Control-Allow-Headers"].lower()


@pytest.mark.parametrize(
    ("changes", "admitted"),
    [
        ({}, True),
        ({"AllowedOrigins": ["*"], "AllowedHeaders": ["*"]}, True),
        ({"AllowedHeaders": ["RANGE"], "AllowedMethods": ["GET", "HEAD", "PUT"]}, True),
        ({"AllowedMethods": ["GET"]}, False),
        ({"AllowedHeaders": ["Content-Type"]}, False),
        ({"ExposeHeaders": ["ETag"]}, False),
        ({"AllowedOrigins": ["https://films.example.org:8443"]}, False),
    ],
)
def test_a_rule_counts_when_it_gives_all_that_a_player_needs(changes, admitted):
    assert s3_cors.admits([{**s3_cors.rule_for(PAGES), **changes}], PAGES) is admitted


def test_s3_metadata_carries_the_digests(weed, client, file):
    put = s3(weed).put_file("a", file(b"x"))
    head = client.head_object(Bucket="films", Key="lone/a")
    assert head["Metadata"] == {"sha256": put.sha256, "crc32": put.crc32}


def test_s3_digests_of_a_foreign_object_are_computed(weed, client):
    client.put_object(Bucket="films", Key="lone/foreign", Body=b"foreign")
    assert s3(weed).stat("foreign").sha256 == hashlib.sha256(b"foreign").hexdigest()


def test_s3_uploads_begun_and_left_are_swept_up(weed, client):
    storage = s3(weed)
    client.create_multipart_upload(Bucket="films", Key="lone/begun")
    assert storage.sweep(older_than_s=3600) == 0
    assert storage.sweep(older_than_s=-5) == 1
    assert storage.sweep(older_than_s=-5) == 0


def test_s3_with_a_wrong_key_is_refused_for_good(weed, file):
    with pytest.raises(StorageRefused) as refused:
        s3(weed, secret_key="wrong").put_file("a", file(b"x"))
    assert not refused.value.curable
    with pytest.raises(StorageRefused):
        s3(weed, bucket="no-such-bucket").open_range("a")


def test_s3_that_is_away_is_worth_another_try(file, unused_port):
    storage = S3Storage(
        "films", endpoint=f"http://127.0.0.1:{unused_port}", access_key="a", secret_key="b"
    )
    for ask in (lambda: storage.stat("a"), lambda: storage.put_file("a", file(b"x"))):
        with pytest.raises(StorageUnavailable) as away:
            ask()
        assert away.value.curable


@pytest.fixture
def unused_port():
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        yield probe.getsockname()[1]


def s3(weed, **changes):
    settings = {
        "bucket": "films",
        "prefix": "lone",
        "endpoint": weed.endpoint,
        "access_key": weed.access_key,
        "secret_key": weed.secret_key,
    } | changes
    return S3Storage(**settings)


def test_an_address_chooses_the_storage(tmp_path, file):
    storage = storage_from_url(f"file://{tmp_path}/with%20space")
    storage.put_file("a", file(b"x"))
    assert (tmp_path / "with space" / "a").read_bytes() == b"x"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("relative/folder", "scheme"),
        ("file://host/folder", "folder_not_absolute"),
        ("http://127.0.0.1/", "scheme"),
        ("s3:///prefix", "scheme"),
        ("s3://key:secret@bucket/", "secrets_in_address"),
        ("s3://bucket/?endpont=x", "unknown_option"),
    ],
)
def test_a_wrong_address_is_named(url, reason):
    with pytest.raises(StorageAddressInvalid) as invalid:
        storage_from_url(url)
    assert invalid.value.data["reason"] == reason
