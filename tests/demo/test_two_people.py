import pytest

from demo import two_people
from demo.trouble import Trouble

PLACE = "/en/plural/2026"
PAGE = b'<form method="post"><input name="csrf_token" value="t"></form>'
REFUSED = b"You have asked for this yourself. Somebody else has to confirm it."


def ask_alone(serve, status, body):
    html = {"Content-Type": "text/html"}
    site = {f"{PLACE}/page": (200, html, PAGE), f"{PLACE}/confirmation": (status, html, body)}
    first = serve(site).browser("Amal Rahman")
    first.open("page")
    two_people.require_second(first, "confirmation", {"request": "1"})


def test_the_first_person_must_be_refused(serve):
    ask_alone(serve, 409, REFUSED)


@pytest.mark.parametrize(
    ("status", "body"), [(302, b""), (200, REFUSED), (409, b"It has changed."), (404, b"")]
)
def test_any_other_answer_ends_the_demo(serve, status, body):
    with pytest.raises(Trouble, match="Amal Rahman could confirm alone"):
        ask_alone(serve, status, body)
