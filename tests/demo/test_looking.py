import pytest

from demo import looking
from demo.trouble import Trouble

PLACE = "/en/plural/2026"
SITE = {
    f"{PLACE}/rules": (200, {}, b"words"),
    f"{PLACE}/film.mp4": (206, {}, b"f"),
    f"{PLACE}/entries": (302, {"Location": f"{PLACE}/account/sign-in?next=x"}, b""),
    f"{PLACE}/old": (302, {"Location": f"{PLACE}/rules"}, b""),
    f"{PLACE}/broken": (500, {}, b""),
}


@pytest.fixture
def visitor(serve):
    return {"somebody": serve(SITE).browser()}


def test_pages_and_parts_of_films_are_seen(visitor):
    looking.require_seen(visitor, ["rules", "film.mp4"], "it")


@pytest.mark.parametrize("path", ["nowhere", "entries", "old", "broken"])
def test_nothing_else_is(visitor, path):
    with pytest.raises(Trouble, match=rf"somebody cannot see it: {path} answered \d+"):
        looking.require_seen(visitor, ["rules", path], "it")


def test_what_does_not_exist_and_what_asks_to_sign_in_is_refused(visitor):
    looking.require_refused(visitor, ["nowhere", "entries"], "it")


@pytest.mark.parametrize("path", ["rules", "film.mp4", "old", "broken"])
def test_what_is_shown_sent_elsewhere_or_broken_is_not_refused(visitor, path):
    with pytest.raises(Trouble, match=rf"somebody must not see it: {path} answered \d+"):
        looking.require_refused(visitor, ["nowhere", path], "it")
