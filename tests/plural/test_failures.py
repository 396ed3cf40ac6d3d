"""Whatever keeps a film from being made ready is said in a sentence."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from media_pipeline import errors, storage_url
from media_pipeline.errors import MediaError, UnreadableSubtitles
from plural import failures
from plural.actions import carrying, film_queue
from stack.stack import ROOT

# Helpers of media_pipeline.verify: their second argument is the code of NotAsPromised.
EXPECTING = ("_expect", "_expect_close")


def kinds(kind: type[MediaError]) -> Iterator[type[MediaError]]:
    yield kind
    for below in kind.__subclasses__():
        yield from kinds(below)


def raised_codes() -> set[str]:
    """Codes of all errors that work on a film can end with, read from the sources."""
    assert errors.MediaError in storage_url.StorageAddressInvalid.__mro__
    found = {kind for kind in kinds(MediaError) if kind.__module__.startswith("media_pipeline")}
    found.discard(UnreadableSubtitles)
    names = {kind.__name__ for kind in found}
    codes = {kind.default_code for kind in found}
    codes |= {film_queue.UNEXPECTED, film_queue.KILLED, carrying.AWAY}
    for folder in ("media_pipeline", "plural/actions"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            codes |= set(named_in(file, names))
    return codes


def named_in(file: Path, names: set[str]) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        place = 1 if node.func.id in EXPECTING else 0 if node.func.id in names else None
        if place is None or len(node.args) <= place:
            continue
        code = node.args[place]
        if isinstance(code, ast.Constant):
            yield str(code.value)


def test_every_failure_of_the_pipeline_has_a_sentence_and_no_other() -> None:
    codes = raised_codes()
    assert {"frames", "no_avc", "not_in_the_ladder", "too_much_output"} <= codes
    assert set(failures.SENTENCES) == codes


@pytest.mark.parametrize("code", ["", "of_another_release"])
def test_an_unknown_failure_is_said_too(app: Flask, code: str) -> None:
    with app.test_request_context():
        assert failures.sentence(code).startswith("Something unexpected went wrong.")
