from email.message import EmailMessage

import pytest

from demo import disclosing
from demo.disclosing import Audience, Page
from demo.trouble import Trouble

PLACE = "/en/plural/2026"
LETTER = ("amina@example.org", "/recipients")


@pytest.fixture
def festival(serve):
    html = {"Content-Type": "text/html"}
    return serve(
        {
            f"{PLACE}/open": (200, html, b"<h1>The films that\n stayed with us</h1>"),
            f"{PLACE}/not-yet": (200, html, b"<h1>Not yet</h1>"),
        }
    )


def audience(festival, path):
    page = Page(festival.browser("Amina", LETTER[0]), path, disclosing.RESULTS)
    return Audience("partners", (LETTER,), (page,))


def write(festival):
    mail = EmailMessage()
    mail["To"] = LETTER[0]
    mail.set_content("See all recipients: http://localhost/en/plural/2026/recipients")
    (festival.folder / "1.eml").write_bytes(mail.as_bytes())


def test_an_audience_that_knows_nothing_is_silent(festival):
    disclosing.require_silence(festival, audience(festival, "not-yet"), {LETTER: 0})


def test_a_mail_too_early_ends_the_demo(festival):
    write(festival)
    with pytest.raises(Trouble, match=r"amina@example\.org was written to before the instant"):
        disclosing.require_silence(festival, audience(festival, "not-yet"), {LETTER: 0})


def test_a_page_too_early_ends_the_demo(festival):
    with pytest.raises(Trouble, match="Amina reads the results before partners may"):
        disclosing.require_silence(festival, audience(festival, "open"), {LETTER: 0})


def test_an_audience_with_its_mail_and_its_page_has_been_told(festival):
    write(festival)
    disclosing.require_told(festival, audience(festival, "open"), {LETTER: 0})


def test_a_page_that_says_nothing_at_the_instant_ends_the_demo(festival):
    write(festival)
    with pytest.raises(Trouble, match="not-yet does not tell partners the results"):
        disclosing.require_told(festival, audience(festival, "not-yet"), {LETTER: 0})
