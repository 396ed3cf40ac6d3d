"""Films that arrive in tests: small ones that ffmpeg has made, and rows about them."""

import subprocess
from pathlib import Path
from typing import Any

import imageio_ffmpeg
from flask import Flask

from plural import jobs
from plural.actions import film_queue, uploads
from plural.extensions import db
from plural.models.entry import Entry, FilmVersion
from plural.models.media import Output, OutputState
from plural.models.people import Account


def make_film(path: Path, seconds: float = 2, size: str = "160x120", rate: int = 12) -> Path:
    """A film of ffmpeg's test picture with a tone."""
    picture = f"testsrc=size={size}:rate={rate}:duration={seconds}"
    tone = f"sine=frequency=440:duration={seconds}"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-y"]
    command += ["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", tone]
    command += ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"]
    subprocess.run([*command, str(path)], check=True)
    return path


def arrive(app: Flask, entry: Entry, path: Path) -> int:
    """Bring a file in as the entry's film, and return the film version's id."""
    with app.app_context():
        film = db.session.get_one(Entry, entry.id).film
        account = db.session.get_one(Account, entry.account_id)
        upload = uploads.begin(film, path.stat().st_size, path.name, account)
        db.session.commit()
        if upload.length_bytes:
            with path.open("rb") as body:
                uploads.receive(upload, 0, body, upload.length_bytes)
        film_id: int = upload.film_version_id
    return film_id


def work(app: Flask, times: int = 1) -> None:
    """Let a worker wake up so many times."""
    for _ in range(times):
        with app.app_context():
            jobs.do_films()


def work_off(app: Flask) -> None:
    """Let workers wake up until nothing is due."""
    with app.app_context():
        while film_queue.due_count(1):
            db.session.rollback()
            jobs.do_films()


def film_of(app: Flask, film_id: int) -> FilmVersion:
    """The film version with its outputs and findings, readable outside of the database."""
    with app.app_context():
        db.session().expire_on_commit = False
        film = db.session.get_one(FilmVersion, film_id)
        _ = film.outputs, film.findings, film.entry.edition.festival, film.tracks
    return film


def is_under_way(app: Flask, film_id: int) -> bool:
    """Whether anything of the film is still to be made."""
    return any(o.state in film_queue.UNFINISHED for o in film_of(app, film_id).outputs)


def states(film: FilmVersion) -> dict[str, set[OutputState]]:
    """States of the outputs, by group."""
    found: dict[str, set[OutputState]] = {}
    for output in film.outputs:
        found.setdefault(output.group, set()).add(output.state)
    return found


def set_outputs(app: Flask, film_id: int, **facts: Any) -> None:
    """Write columns of a film's unfinished outputs, as time and accidents would."""
    with app.app_context():
        unfinished = Output.query.filter(
            Output.film_version_id == film_id, Output.state.in_(film_queue.UNFINISHED)
        )
        for output in unfinished:
            for name, value in facts.items():
                setattr(output, name, value)
        db.session.commit()


def stored_keys(app: Flask, film_id: int) -> set[str]:
    storage = app.extensions["plural_storage"]
    return set(storage.keys(f"films/{film_id}/"))
