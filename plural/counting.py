"""Sentences whose words follow a number: one film, two films."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Counted:
    """A sentence that depends on the number which its data hold under `name`.

    `words` is given the number, and all data as they are to be shown.
    """

    name: str
    words: Callable[..., str]


def filled(sentence: Any, data: Mapping[str, Any], shown: Mapping[str, Any]) -> str:
    """A lazy text or Counted with its data, translated now. Raises KeyError for missing data."""
    if isinstance(sentence, Counted):
        return sentence.words(data[sentence.name], **shown)
    return str(sentence) % shown
