"""Lists, counts and names in sentences follow the language of the visitor."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask, g, render_template_string
from flask_babel import force_locale

from plural import languages, problems
from plural.views.words import territory_words
from tests.visitor import Visitor
from tests.world import World


@pytest.fixture
def speak(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


def marked_in(page: str) -> list[str]:
    """Entries of the page's navigation that are marked as the current one."""
    navigation = page[page.index('class="page site-nav"') :].split("</nav>")[0]
    return re.findall(r'aria-current="page">([^<]*)<', navigation)


def listed_in(language: str, words: list[str]) -> str:
    g.language = language
    return languages.listed(words)


@pytest.mark.usefixtures("speak")
@pytest.mark.parametrize(
    ("language", "words", "said"),
    [
        ("en", [], ""),
        ("en", ["Lina"], "Lina"),
        ("en", ["Lina", "Sam"], "Lina and Sam"),
        ("en", ["Lina", "Sam", "Noor"], "Lina, Sam, and Noor"),
        ("ar", ["لينا", "سام", "نور"], "لينا وسام ونور"),
    ],
)
def test_a_list_is_written_as_its_language_writes_lists(
    language: str, words: list[str], said: str
) -> None:
    assert listed_in(language, words) == said


@pytest.mark.usefixtures("speak")
def test_no_country_means_the_world() -> None:
    assert territory_words([]) == "the whole world"
    assert territory_words(["FR", "JO"]) == "France and Jordan"


@pytest.mark.usefixtures("speak")
def test_names_in_a_list_are_escaped_and_keep_their_own_direction() -> None:
    page = render_template_string(
        "{{ names | map('bdi') | listed }}; {{ names | listed }}", names=["<b>", "Sam"]
    )
    assert page == "<bdi>&lt;b&gt;</bdi> and <bdi>Sam</bdi>; &lt;b&gt; and Sam"


@pytest.mark.usefixtures("speak")
@pytest.mark.parametrize(
    ("language", "count", "words"),
    [
        ("en", 1, "1 film may not be published now. Wait for its consents"),
        ("en", 2, "2 films may not be published now. Wait for their consents"),
        ("ar", 1, "هناك فيلم لا يجوز نشره الآن"),
        ("ar", 2, "هناك فيلمان لا يجوز نشرهما الآن"),
        ("ar", 3, "هناك 3 أفلام"),
        ("ar", 11, "هناك 11 فيلمًا"),
        ("ar", 100, "هناك 100 فيلم"),
    ],
)
def test_a_problem_with_a_number_is_said_in_the_right_form(
    language: str, count: int, words: str
) -> None:
    with force_locale(language):
        assert problems.sentence("films_hindered", {"count": count}).startswith(words)


@pytest.mark.parametrize("path", ["staff", "staff/films", "staff/rounds", "staff/licences"])
def test_every_page_of_the_desk_marks_it_in_the_navigation(world: World, path: str) -> None:
    assert marked_in(world.browsers["staff"].get(path).text) == ["Staff desk"]


@pytest.mark.parametrize(
    ("role", "path", "marked"),
    [
        ("staff", "recipients", ["Recipients"]),
        ("staff", "", ["Festival"]),
        ("nobody", "rules", []),
        ("juror", "jury/films/{assignment}", ["Judging"]),
        ("distributor", "catalogue/{licence}", ["Catalogue"]),
    ],
)
def test_the_navigation_marks_where_the_visitor_is(
    world: World, role: str, path: str, marked: list[str]
) -> None:
    assert marked_in(world.browsers[role].get(path.format(**world.ids)).text) == marked


def test_a_page_tells_the_festival_s_own_time(visitor: Visitor, world: World) -> None:
    page = visitor.get("").text
    assert 'data-now="20' in page.split("<head>")[0]
