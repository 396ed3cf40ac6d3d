"""The distributor's catalogue: what can be fetched, how, and when no more."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from plural import clock
from plural.extensions import db
from plural.models.consent import Consent, Use
from plural.models.entry import Entry, EntryState, FilmVersion, Track, TrackOrigin, TrackState
from plural.models.media import Output
from plural.models.people import Account, Membership
from plural.models.sharing import Download, Licence
from tests.factories import Make
from tests.visitor import Visitor

Catalogue = tuple[Visitor, Licence, FilmVersion]


@pytest.fixture
def catalogue(make: Make, sign_in: Callable[[Account], Visitor]) -> Catalogue:
    """A distributor's browser, their licence, and the film version under it."""
    account, organisation = make.distributor()
    film = make.eligible_film(title="عبور / Crossing", title_english="Crossing")
    return sign_in(account), make.licence(organisation, film), film


def fetch(browser: Visitor, licence: Licence, path: str, **options: Any) -> TestResponse:
    """Everything under `path` of a licence's address, read to its end."""
    answer = browser.get(f"catalogue/{licence.id}{path}", **options)
    answer.get_data()
    answer.close()
    return answer


def downloads(app: Flask) -> list[tuple[str, int]]:
    with app.app_context():
        return [(d.name, d.size_bytes) for d in Download.query.order_by(Download.id)]


def stored(app: Flask, film: FilmVersion, name: str) -> tuple[bytes, str]:
    with app.app_context():
        output = Output.query.filter_by(film_version_id=film.id, name=name).one()
        with app.extensions["plural_storage"].open_range(output.storage_key) as stream:
            return stream.read(), output.sha256 or ""


def test_a_whole_download_is_the_stored_file_and_on_record(
    app: Flask, catalogue: Catalogue
) -> None:
    browser, licence, film = catalogue
    answer = fetch(browser, licence, "/files/240.mp4")
    content, digest = stored(app, film, "240.mp4")
    assert answer.data == content
    assert hashlib.sha256(answer.data).hexdigest() == digest
    assert answer.headers["ETag"] == f'"{digest}"'
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "no-store" in answer.headers["Cache-Control"]
    assert downloads(app) == [("240.mp4", len(content))]


def test_a_broken_download_goes_on_without_a_second_record(
    app: Flask, catalogue: Catalogue
) -> None:
    browser, licence, film = catalogue
    where = "/files/240.mp4"
    content, _digest = stored(app, film, "240.mp4")
    fetch(browser, licence, where)
    rest = fetch(browser, licence, where, headers={"Range": "bytes=10-"})
    assert (rest.status_code, rest.data) == (206, content[10:])
    assert rest.headers["Content-Range"] == f"bytes 10-{len(content) - 1}/{len(content)}"
    assert len(downloads(app)) == 1
    fetch(browser, licence, where)
    assert len(downloads(app)) == 2


def test_a_part_alone_is_on_record_too(app: Flask, catalogue: Catalogue) -> None:
    browser, licence, _film = catalogue
    fetch(browser, licence, "/files/240.mp4", headers={"Range": "bytes=1-"})
    assert len(downloads(app)) == 1


def test_looking_is_no_download(app: Flask, catalogue: Catalogue) -> None:
    browser, licence, _film = catalogue
    where = browser.address(f"catalogue/{licence.id}/files/240.mp4")
    with browser.client.head(where, base_url="https://localhost") as answer:
        assert answer.status_code == 200
    assert browser.get(f"catalogue/{licence.id}").status_code == 200
    assert downloads(app) == []


def test_subtitles_come_as_webvtt_and_as_srt(app: Flask, catalogue: Catalogue) -> None:
    browser, licence, _film = catalogue
    vtt = fetch(browser, licence, "/files/subtitles-en.vtt")
    srt = fetch(browser, licence, "/files/subtitles-en.srt")
    assert vtt.text.startswith("WEBVTT")
    assert srt.text.splitlines()[:3] == ["1", "00:00:00,000 --> 00:00:02,000", "Hello"]
    assert srt.headers["ETag"].strip('"') == hashlib.sha256(srt.data).hexdigest()
    assert [name for name, _size in downloads(app)] == ["subtitles-en.vtt", "subtitles-en.srt"]


def test_the_page_names_every_file_with_its_digest_and_scope(
    app: Flask, catalogue: Catalogue
) -> None:
    browser, licence, film = catalogue
    page = browser.get(f"catalogue/{licence.id}").text
    for name in ("240.mp4", "poster.jpg", "subtitles-en.vtt", "subtitles-en.srt"):
        assert f"/files/{name}" in page
    assert stored(app, film, "240.mp4")[1] in page
    assert "the whole world" in page


def test_unread_machine_text_does_not_leave(app: Flask, make: Make, catalogue: Catalogue) -> None:
    browser, licence, film = catalogue
    track = make.subtitles(film, "fr", "Bonjour")
    where = "/files/subtitles-fr.vtt"
    assert fetch(browser, licence, where).status_code == 200
    with app.app_context():
        row = db.session.get_one(Track, track.id)
        row.origin, row.state = TrackOrigin.MACHINE, TrackState.UNREVIEWED
        db.session.commit()
    assert fetch(browser, licence, where).status_code == 404


@pytest.mark.parametrize(
    "name", ["source", "hls-240.mp4", "verdict", "..%2f240.mp4", "missing.mp4", "storyboard.jpg"]
)
def test_only_listed_files_can_be_fetched(catalogue: Catalogue, name: str) -> None:
    browser, licence, _film = catalogue
    assert fetch(browser, licence, f"/files/{name}").status_code == 404


def end_licence(licence: Licence) -> None:
    licence.ended_at = clock.now()


def let_term_run_out(licence: Licence) -> None:
    licence.ends_at = clock.now() - timedelta(seconds=1)


def begin_term_later(licence: Licence) -> None:
    licence.starts_at = clock.now() + timedelta(days=1)


def revoke_consent(licence: Licence) -> None:
    for consent in Consent.query.filter_by(film_version_id=licence.film_version_id):
        if consent.use is Use.BROADCAST:
            consent.revoked_at = clock.now()


def withhold(licence: Licence) -> None:
    licence.film.entry.withheld_at = clock.now()


def withdraw_entry(licence: Licence) -> None:
    db.session.execute(
        db.update(Entry)
        .where(Entry.id == licence.film.entry_id)
        .values(state=EntryState.WITHDRAWN, withdrawn_at=clock.now())
    )


def leave_organisation(_licence: Licence) -> None:
    for membership in Membership.query:
        membership.ended_at = clock.now()


@pytest.mark.parametrize(
    "deed",
    [
        end_licence,
        let_term_run_out,
        begin_term_later,
        revoke_consent,
        withhold,
        withdraw_entry,
        leave_organisation,
    ],
)
def test_whatever_ends_the_right_ends_the_download_at_once(
    app: Flask, catalogue: Catalogue, deed: Callable[[Licence], None]
) -> None:
    browser, licence, film = catalogue
    assert f"catalogue/{licence.id}" in browser.get("catalogue").text
    with app.app_context():
        deed(db.session.get_one(Licence, licence.id))
        db.session.commit()
    for path in ("", "/files/240.mp4", "/files/subtitles-en.srt"):
        assert fetch(browser, licence, path).status_code in (403, 404)
    listed = browser.get("catalogue")
    assert "Crossing" not in listed.text
    for name in ("240.mp4", "poster.jpg"):
        assert browser.get(f"/api/v1/plural/2026/films/{film.id}/{name}").status_code == 404
    assert downloads(app) == []


def test_another_distributors_licence_does_not_exist(
    app: Flask, make: Make, catalogue: Catalogue, sign_in: Callable[[Account], Visitor]
) -> None:
    _browser, licence, _film = catalogue
    stranger, _organisation = make.distributor()
    browser = sign_in(stranger)
    assert "No films yet" in browser.get("catalogue").text
    assert browser.get(f"catalogue/{licence.id}").status_code == 404
    assert fetch(browser, licence, "/files/240.mp4").status_code == 404
    assert downloads(app) == []


def test_a_title_in_any_script_becomes_a_safe_file_name(catalogue: Catalogue) -> None:
    browser, licence, _film = catalogue
    named = fetch(browser, licence, "/files/240.mp4").headers["Content-Disposition"]
    assert "%D8%B9%D8%A8%D9%88%D8%B1" in named
    assert "/" not in named.partition("filename*=UTF-8''")[2]
    assert named.endswith("v1%20240.mp4")
