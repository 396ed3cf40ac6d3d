"""Duplicate entry: the same file sent into two entries is shown to staff, and to nobody else."""

from collections.abc import Callable
from pathlib import Path

from flask import Flask

from plural.actions import duplicates
from plural.extensions import db
from plural.models.entry import Entry, EntryState, FilmVersion
from plural.models.people import Account
from tests import arriving
from tests.factories import Make
from tests.visitor import Visitor

WORDS = "The very same file has been entered here too:"


def send_same_file(app: Flask, *films: FilmVersion, digest: str = "d1") -> None:
    with app.app_context():
        for film in films:
            db.session.get_one(FilmVersion, film.id).sha256 = digest
        db.session.commit()


def test_a_duplicate_entry_is_a_finding_for_staff_on_both_pages_and_no_verdict(
    app: Flask, make: Make, sign_in: Callable[[Account], Visitor]
) -> None:
    makers = make.account("First"), make.account("Second")
    first, second, other = (make.eligible_film(account) for account in (*makers, None))
    send_same_file(app, first, second)
    send_same_file(app, other, digest="d2")
    desk = sign_in(make.staff())
    for mine, theirs in ((first, second), (second, first)):
        page = desk.get(f"staff/entries/{mine.entry_id}").text
        listed = page.split(WORDS, 1)[1].split("</ul>", 1)[0]
        assert listed.count("<li>") == 1
        assert f'href="/en/plural/2026/staff/entries/{theirs.entry_id}"' in listed
        assert theirs.entry.title in listed
    assert WORDS not in desk.get(f"staff/entries/{other.entry_id}").text
    for account, film in zip(makers, (first, second), strict=True):
        browser = sign_in(account)
        assert WORDS not in browser.get(f"entries/{film.entry_id}").text
        assert browser.get(f"staff/entries/{film.entry_id}").status_code == 403
    with app.app_context():
        states = {db.session.get_one(Entry, film.entry_id).state for film in (first, second)}
        assert states == {EntryState.ELIGIBLE}


def test_films_without_a_digest_yet_and_films_of_other_editions_are_no_duplicates(
    app: Flask, make: Make
) -> None:
    here, waiting, still_waiting = (make.film(make.entry()) for _n in range(3))
    there = make.film(make.entry(edition=make.edition("2025")))
    send_same_file(app, here, there)
    with app.app_context():
        for film in (here, waiting, still_waiting):
            assert duplicates.with_same_file(db.session.get_one(Entry, film.entry_id)) == []


def test_a_version_that_was_replaced_is_compared_too_and_an_own_one_is_not(
    app: Flask, make: Make
) -> None:
    first, second = make.film(make.entry()), make.film(make.entry())
    send_same_file(app, first, second)
    with app.app_context():
        for number in (2, 3):
            db.session.add(
                FilmVersion(
                    entry_id=first.entry_id, number=number, created_at=first.created_at, sha256="d3"
                )
            )
        db.session.commit()
        entries = [db.session.get_one(Entry, film.entry_id) for film in (first, second)]
        assert duplicates.with_same_file(entries[0]) == [entries[1]]
        assert duplicates.with_same_file(entries[1]) == [entries[0]]


def test_the_digest_of_two_uploads_of_one_file_is_the_same(
    app: Flask, make: Make, tmp_path: Path
) -> None:
    """The whole way: what the verdict writes down is what is compared."""
    film = arriving.make_film(tmp_path / "film.mp4")
    entries = [make.entry(), make.entry()]
    for entry in entries:
        arriving.arrive(app, entry, film)
        arriving.work(app)
    with app.app_context():
        first, second = (db.session.get_one(Entry, entry.id) for entry in entries)
        assert duplicates.with_same_file(first) == [second]
