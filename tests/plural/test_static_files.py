"""Styles and scripts: addresses that change with them, and are kept for a year."""

import re
from pathlib import Path
from urllib.parse import urljoin

from flask import Flask

from plural.static_files import FOLDER, version_of
from tests.factories import Make
from tests.visitor import Visitor

YEAR = "public, max-age=31536000, immutable"


def test_pages_name_files_that_may_be_kept_for_a_year(make: Make, visitor: Visitor) -> None:
    make.edition()
    addresses = re.findall(r'(?:href|src)="(/static/[^"]+)"', visitor.get("").text)
    assert len(addresses) > 5
    for address in addresses:
        answer = visitor.get(address)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, YEAR), address
        assert "Set-Cookie" not in answer.headers


def test_what_scripts_import_is_of_the_same_version(app: Flask, visitor: Visitor) -> None:
    version = app.extensions["plural_static_version"]
    imported = {
        urljoin(f"/static/{version}/js/{path.name}", name)
        for path in (FOLDER / "js").glob("*.js")
        for name in re.findall(r'from "([^"]+)"', path.read_text())
    }
    assert imported
    for address in imported:
        assert visitor.get(address).headers["Cache-Control"] == YEAR, address


def test_an_older_page_gets_its_files_without_the_promise(visitor: Visitor) -> None:
    answer = visitor.get("/static/older/css/base.css")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"


def test_nothing_outside_of_the_folder_is_sent(app: Flask, visitor: Visitor) -> None:
    version = app.extensions["plural_static_version"]
    for name in ("none.css", "../web.py", "..%2Fweb.py", "css"):
        assert visitor.get(f"/static/{version}/{name}").status_code == 404, name


def test_the_version_changes_with_every_byte_and_every_name(tmp_path: Path) -> None:
    versions = set()
    for name, content in (("a.css", "x"), ("a.css", "y"), ("b.css", "y")):
        for path in tmp_path.iterdir():
            path.unlink()
        (tmp_path / name).write_text(content)
        versions.add(version_of(tmp_path))
        assert version_of(tmp_path) in versions
    assert len(versions) == 3
