"""Outputs that are made without ffmpeg, for tests about rows, order and storage."""

from collections.abc import Sequence
from typing import Any

import pytest

from media_pipeline import encode
from media_pipeline.digests import digests_of
from media_pipeline.encode import MadeOutput
from media_pipeline.ladder import PlannedOutput
from plural.actions import making

CPU_S = 5.0


def make_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on outputs are little texts that name their recipe and cost 5 s each."""
    monkeypatch.setattr(encode, "make", make_texts)
    monkeypatch.setattr(making, "verify", lambda made, *_others, **_options: digests_of(made.path))


def make_texts(
    _group: str, planned: Sequence[PlannedOutput], *paths: Any, **_options: Any
) -> list[MadeOutput]:
    folder = paths[-1]
    for each in planned:
        (folder / each.name).write_text(f"{each.name} by {each.recipe_digest}")
    return [
        MadeOutput(each.name, folder / each.name, each.media_type, {"kind": "text"}, CPU_S)
        for each in planned
    ]
