import pytest

from demo import cast, eligibility
from demo.browser import Browser
from demo.festival import Entered
from demo.trouble import Trouble

LONG = "Your film is \u20660:34\u2069 long. The rules allow \u20660:30\u2069, credits included."
SHORT = "Your film is \u20660:03\u2069 long. The rules ask for at least \u20660:05\u2069."


def check(words, too_long):
    """The desk's page about an entry with a panel for each finding that staff can admit."""
    staff = Browser("http://localhost/en/plural/2026")
    form = '<form action="/en/plural/2026/staff/findings/1/admission"></form>'
    panels = "".join(f"<section><p>{one}</p>{form}</section>" for one in words)
    staff.soup.open_fake_page(f"<main>{panels}</main>")
    maker = next(m for m in cast.MAKERS if m.too_long is too_long)
    eligibility.require_findings(staff, Entered(maker, staff, "entries/1", "1"))


def test_one_film_of_the_cast_is_too_long():
    assert [maker.film for maker in cast.MAKERS if maker.too_long] == ["too-long.mp4"]


def test_the_long_film_has_its_finding_and_the_others_have_none():
    check([LONG], too_long=True)
    check([], too_long=False)


@pytest.mark.parametrize(
    ("words", "too_long"),
    [([], True), ([SHORT], True), ([LONG, SHORT], True), ([LONG], False), ([SHORT], False)],
)
def test_a_missing_another_or_a_foreign_finding_ends_the_demo(words, too_long):
    with pytest.raises(Trouble, match="findings that it is too long, and has"):
        check(words, too_long)
