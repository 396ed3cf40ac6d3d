"""Checks that every committed catalogue says every text of the portal, with its placeholders."""

import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.pofile import read_po

from stack.translate import TRANSLATIONS, extract

PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w+\}")
# A form for none, one or two may say the number in a word.
NUMBER = "%(num)s"


def main() -> int:
    template = extracted()
    for file in files():
        if found := list(faults(template, read(file))):
            language = file.parent.parent.name
            print(f"run: catalogue {language}: {len(found)} faults; {found[0]}", file=sys.stderr)
            return 1
    return 0


def files() -> list[Path]:
    return sorted(TRANSLATIONS.glob("*/LC_MESSAGES/*.po"))


def extracted() -> Catalog:
    """All texts of the portal as they stand in its sources."""
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "messages.pot"
        extract(str(template))
        return read(template)


def read(file: Path) -> Catalog:
    with file.open("rb") as lines:
        return read_po(lines)


def faults(template: Catalog, catalogue: Catalog) -> Iterator[str]:
    """One phrase for each text that the catalogue lacks or says wrongly."""
    for source in template:
        if source.id and (fault := fault_of(source, catalogue)):
            yield f"{fault}: {words_of(source)[0]!r}"


def fault_of(source: Message, catalogue: Catalog) -> str | None:
    translated = catalogue.get(source.id, source.context)
    if translated is None:
        return "./run translate has not been run since this text came"
    said = forms_of(translated)
    if not all(said) or len(said) != (catalogue.num_plurals if source.pluralizable else 1):
        return "not translated in every form"
    if translated.fuzzy:
        return "marked as fuzzy"
    if not all(has_placeholders_of(source, form) for form in said):
        return "other placeholders than in the source"
    return None


def has_placeholders_of(source: Message, form: str) -> bool:
    wanted = set(PLACEHOLDER.findall(words_of(source)[-1]))
    found = set(PLACEHOLDER.findall(form))
    return found == wanted or (source.pluralizable and found == wanted - {NUMBER})


def words_of(source: Message) -> tuple[str, ...]:
    return tuple(source.id) if source.pluralizable else (str(source.id),)


def forms_of(translated: Message) -> tuple[str, ...]:
    said = translated.string
    return tuple(said) if isinstance(said, (tuple, list)) else (str(said),)


if __name__ == "__main__":
    sys.exit(main())
