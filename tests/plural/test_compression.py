"""Text travels compressed; films, ranges, downloads and pages that could betray a secret do not."""

import gzip
from collections.abc import Callable
from typing import Any

import brotli
import pytest
from werkzeug.test import TestResponse

from tests.factories import Make
from tests.visitor import Visitor

API = "/api/v1/plural/2026"
BROWSER = {"Accept-Encoding": "gzip, deflate, br, zstd"}


@pytest.fixture
def maker(make: Make, sign_in: Callable[[Any], Visitor]) -> Visitor:
    make.edition()
    return sign_in(make.account())


def fetch(visitor: Visitor, path: str, **headers: str) -> TestResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return visitor.get(path, headers={**BROWSER, **named})


@pytest.mark.parametrize(
    ("accepted", "encoding", "unpack"),
    [
        ("gzip, deflate, br, zstd", "br", brotli.decompress),
        ("gzip, deflate", "gzip", gzip.decompress),
        ("br;q=0, gzip", "gzip", gzip.decompress),
    ],
)
def test_a_page_is_the_same_when_it_is_unpacked(
    make: Make,
    visitor: Visitor,
    accepted: str,
    encoding: str,
    unpack: Callable[[bytes], bytes],
) -> None:
    make.edition()
    path = "/static/any/css/components.css"
    plain = visitor.get(path)
    packed = visitor.get(path, headers={"Accept-Encoding": accepted})
    assert packed.headers["Content-Encoding"] == encoding
    assert unpack(packed.data) == plain.data
    assert len(packed.data) < len(plain.data) / 3
    assert packed.headers["ETag"] != plain.headers["ETag"]
    page = visitor.get("", headers={"Accept-Encoding": accepted})
    assert page.headers["Content-Encoding"] == encoding
    assert "Accept-Encoding" in page.headers["Vary"]
    assert unpack(page.data).rstrip().endswith(b"</html>")


def test_who_does_not_ask_gets_plain_text(make: Make, visitor: Visitor) -> None:
    make.edition()
    for headers in ({}, {"Accept-Encoding": "identity"}):
        assert "Content-Encoding" not in visitor.get("", headers=headers).headers


def test_texts_of_films_are_compressed_and_films_are_not(
    make: Make, sign_in: Callable[[Any], Visitor]
) -> None:
    entry = make.entry()
    film = make.film(entry)
    track = make.subtitles(film, text="Where do they go? " * 100)
    maker = sign_in(entry.account)
    words = fetch(maker, f"{API}/films/{film.id}/subtitles-{track.id}.vtt")
    assert words.headers["Content-Encoding"] == "br"
    assert brotli.decompress(words.data).count(b"Where do they go?") == 100
    assert words.headers["Cache-Control"] == "private, no-store"
    for name in ("240.mp4", "poster.jpg"):
        answer = fetch(maker, f"{API}/films/{film.id}/{name}")
        assert "Content-Encoding" not in answer.headers
        assert "Vary" not in answer.headers or "Encoding" not in answer.headers["Vary"]


def test_a_range_of_a_text_is_of_the_text_itself(
    make: Make, sign_in: Callable[[Any], Visitor]
) -> None:
    entry = make.entry()
    film = make.film(entry)
    track = make.subtitles(film, text="Where do they go? " * 100)
    path = f"{API}/films/{film.id}/subtitles-{track.id}.vtt"
    answer = fetch(sign_in(entry.account), path, Range="bytes=0-999")
    assert (answer.status_code, len(answer.data)) == (206, 1000)
    assert answer.data.startswith(b"WEBVTT")
    assert "Content-Encoding" not in answer.headers


def test_a_strangers_words_never_share_an_answer_with_a_secret_under_compression(
    maker: Visitor, visitor: Visitor
) -> None:
    """A link with a query, sent to somebody signed in: its length must tell nothing."""
    reflected = fetch(maker, "?guess=abc")
    assert reflected.status_code == 200
    assert b"guess=abc" in reflected.data, "pages do not repeat the query any more"
    assert "Content-Encoding" not in reflected.headers
    assert fetch(maker, "").headers["Content-Encoding"] == "br"
    assert fetch(visitor, "?guess=abc").headers["Content-Encoding"] == "br"
