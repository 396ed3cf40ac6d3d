"""Collects the texts of the portal into its catalogues and compiles these."""

import re
import sys
import tempfile
from pathlib import Path
from typing import Any

from babel.core import Locale, UnknownLocaleError
from babel.messages.frontend import CommandLineInterface

from stack.stack import ROOT

TRANSLATIONS = ROOT / "plural" / "translations"
SOURCES = ("plural", "templates")
# Without line numbers a moved function changes no catalogue.
KEYWORDS = ("-k", "lazy_gettext", "-k", "_l", "-k", "lazy_pgettext:1c,2")
COLLECTING = (*KEYWORDS, "--add-location=file", "--sort-by-file")
UPDATING = ("--no-fuzzy-matching", "--ignore-obsolete", "--ignore-pot-creation-date")
INVENTED = re.compile(r'^"(Report-Msgid-Bugs-To|Last-Translator|Language-Team):.*\n', re.MULTILINE)
HEADER = ("--project=Plural", "--header-comment=# Texts of Plural in another language.")


def main(languages: list[str]) -> int:
    """Bring every catalogue up to date, and begin one for each language named."""
    if wrong := [name for name in languages if not is_language(name)]:
        print(f"run: {wrong[0]} is no language; en, ar, fr, zh_Hans are.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        template = str(Path(folder) / "messages.pot")
        extract(template)
        for name in languages:
            if not catalogue(name).exists():
                babel("init", "-i", template, "-d", str(TRANSLATIONS), "-l", name)
        babel("update", "-i", template, "-d", str(TRANSLATIONS), *UPDATING)
    remove_invented_people()
    babel("compile", "-d", str(TRANSLATIONS))
    return 0


def extract(template: str) -> None:
    """Write all texts of the portal, untranslated, into this file."""
    babel("extract", "-F", "babel.cfg", "-o", template, *COLLECTING, *HEADER, *SOURCES)


def remove_invented_people() -> None:
    """Drop the lines of a header that pybabel fills with addresses of nobody."""
    for file in TRANSLATIONS.glob("*/LC_MESSAGES/*.po"):
        file.write_text(INVENTED.sub("", file.read_text("utf-8")), "utf-8")


def is_language(name: str) -> bool:
    try:
        Locale.parse(name)
    except (ValueError, UnknownLocaleError):
        return False
    return True


def catalogue(language: str) -> Path:
    return TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"


def babel(*arguments: str) -> None:
    pybabel: Any = CommandLineInterface()
    pybabel.run(["pybabel", "--quiet", *arguments])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
