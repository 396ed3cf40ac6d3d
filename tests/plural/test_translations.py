"""Every text of the portal is there in every language, and no page falls back to English."""

import io
import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from babel.messages import Catalog
from babel.messages.pofile import read_po

from plural.extensions import db
from plural.languages import LANGUAGES
from plural.models.festival import EditionText
from stack import catalogues
from stack.setup import Place, compile_catalogues
from stack.stack import ROOT
from stack.translate import catalogue
from tests.world import World, routes

ROLES = ("nobody", "maker", "guardian", "juror", "focal_point", "distributor", "staff")
TRANSLATED = sorted(set(LANGUAGES) - {"en"})
READ_ALOUD = ("alt", "aria-label", "data-confirm", "placeholder", "title")

SOURCE = """
msgid "Hello %(name)s, {done} sent"
msgstr ""

msgid "%(num)s film"
msgid_plural "%(num)s films"
msgstr[0] ""
msgstr[1] ""
"""
GREETING = 'msgid "Hello %(name)s, {done} sent"\nmsgstr "أهلًا %(name)s، {done}"\n\n'
FILMS = 'msgid "%(num)s film"\nmsgid_plural "%(num)s films"\n'
FORMS = ["لا أفلام", "فيلم", "فيلمان", "%(num)s أفلام", "%(num)s فيلمًا", "%(num)s فيلم"]


class Words(HTMLParser):
    """What a page says to eyes and ears, without its scripts and styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.skipping = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.skipping = tag in ("script", "style")
        said = [value for name, value in attrs if name in READ_ALOUD or name.startswith("data-")]
        self.found.extend(value for value in said if value)

    def handle_data(self, data: str) -> None:
        if not self.skipping:
            self.found.append(data)

    def __str__(self) -> str:
        return " ".join(" ".join(self.found).split())


@pytest.fixture(scope="session")
def template() -> Catalog:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        return catalogues.extracted()


@pytest.fixture(scope="session", autouse=True)
def compiled() -> None:
    compile_catalogues(Place(ROOT))


def english(template: Catalog) -> set[str]:
    """The unbroken parts of three words or more, of all sentences."""
    parts = {
        " ".join(part.split())
        for message in template
        if message.id
        for words in catalogues.words_of(message)
        for part in catalogues.PLACEHOLDER.split(words)
    }
    return {part for part in parts if len(re.findall(r"[A-Za-z]{2,}", part)) >= 3}


def edition_texts(world: World) -> str:
    with world.app.app_context():
        return " ".join(db.session.scalars(db.select(EditionText.text)))


def pages(world: World, role: str, language: str) -> Iterator[tuple[str, str]]:
    world.browsers[role].get("")  # messages left by another test are shown here
    for _endpoint, method, address in routes(world):
        if method == "GET" and address.startswith("/en/"):
            address = f"/{language}/" + address.removeprefix("/en/")
            answer = world.browsers[role].get(address)
            assert answer.status_code < 500, address
            if answer.mimetype == "text/html":
                yield address, str(Words(answer.text))


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_says_every_text_with_its_placeholders(
    language: str, template: Catalog
) -> None:
    found = catalogues.faults(template, catalogues.read(catalogue(language)))
    assert list(found) == []


def test_the_portal_offers_exactly_the_languages_with_a_catalogue() -> None:
    assert [file.parent.parent.name for file in catalogues.files()] == TRANSLATED


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_page_shows_a_sentence_in_english(
    world: World, language: str, template: Catalog
) -> None:
    exempt = edition_texts(world)
    sentences = {sentence for sentence in english(template) if sentence not in exempt}
    left = {
        sentence: address
        for role in ROLES
        for address, words in pages(world, role, language)
        for sentence in sentences
        if sentence in words
    }
    assert left == {}


def po(text: str) -> Catalog:
    plurals = "nplurals=6; plural=(n % 6);"
    head = f'msgid ""\nmsgstr ""\n"Language: ar\\n"\n"Plural-Forms: {plurals}\\n"\n\n'
    return read_po(io.StringIO(head + text), locale="ar")


def films(forms: list[str]) -> str:
    return FILMS + "".join(f'msgstr[{n}] "{form}"\n' for n, form in enumerate(forms))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (GREETING + films(FORMS), None),
        (films(FORMS), "has not been run"),
        ("#, fuzzy\n" + GREETING + films(FORMS), "fuzzy"),
        (GREETING.replace("أهلًا %(name)s", "أهلًا") + films(FORMS), "other placeholders"),
        (GREETING.replace("، {done}", "، {told}") + films(FORMS), "other placeholders"),
        (GREETING + films([*FORMS[:5], ""]), "in every form"),
        (GREETING + films([*FORMS[:5], "%(count)s فيلم"]), "other placeholders"),
    ],
)
def test_the_check_names_what_is_wrong(text: str, fault: str | None) -> None:
    found = list(catalogues.faults(po(SOURCE), po(text)))
    if fault is None:
        assert found == []
    else:
        assert len(found) == 1
        assert fault in found[0]
