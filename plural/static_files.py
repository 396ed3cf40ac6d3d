"""Styles, scripts and pictures of pages, at addresses that change with them.

All of them stand below one digest, so that scripts which import each other by relative addresses
always get the version that belongs to them.
"""

import hashlib
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, send_from_directory

FOLDER = Path(__file__).parent / "static"
YEAR_S = 365 * 86400


def version_of(folder: Path) -> str:
    """A short digest of the names and contents of all files of a folder."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{content} {path.relative_to(folder).as_posix()}\n".encode())
    return digest.hexdigest()[:16]


def put_version(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint == "static":
        values.setdefault("version", current_app.extensions["plural_static_version"])


def send(version: str, filename: str) -> Response:
    """A file; a page that was opened before an update still gets what it asks for later."""
    answer = send_from_directory(FOLDER, filename)
    if version == current_app.extensions["plural_static_version"]:
        answer.headers["Cache-Control"] = f"public, max-age={YEAR_S}, immutable"
    return answer


def register(app: Flask) -> None:
    app.extensions["plural_static_version"] = version_of(FOLDER)
    app.url_defaults(put_version)
    app.add_url_rule("/static/<version>/<path:filename>", endpoint="static", view_func=send)
