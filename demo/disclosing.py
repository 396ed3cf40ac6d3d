"""Each audience hears at its own instant: by mail and on its pages, and nobody before."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from demo import cast, looking
from demo.browser import Browser, api
from demo.festival import Entered, Festival
from demo.trouble import Trouble

RESULTS = "The films that stayed with us"
Letter = tuple[str, str]


@dataclass(frozen=True)
class Page:
    """A page of somebody's, and the words that stand there once they may know."""

    browser: Browser
    path: str
    words: str

    def tells(self) -> bool:
        self.browser.open(self.path)
        return self.browser.says(self.words)


@dataclass(frozen=True)
class Audience:
    """Who hears together. `letters` are mail addresses, each with what its mail links to."""

    name: str
    letters: tuple[Letter, ...]
    pages: tuple[Page, ...]


def audiences(festival: Festival, chosen: set[str]) -> tuple[Audience, ...]:
    """All four in the order in which they hear; `chosen` are the titles of films with awards."""
    shown = [e for e in festival.entered.values() if not e.maker.guardian_revokes]
    happy = [e for e in shown if e.maker.title in chosen]
    others = [e for e in shown if e.maker.title not in chosen]
    if not happy or not others:
        raise Trouble(f"{len(happy)} films receive something and {len(others)} do not.")
    return (
        Audience(
            "recipients",
            tuple(letter for entered in happy for letter in letters_to(entered)),
            tuple(Page(e.browser, f"{e.path}/result", "Congratulations!") for e in happy),
        ),
        partners(festival),
        Audience(
            "entrants",
            tuple((e.maker.email, "/recipients") for e in others),
            (
                *(Page(e.browser, f"{e.path}/result", "was not chosen") for e in others),
                *(Page(e.browser, "recipients", RESULTS) for e in others),
            ),
        ),
        Audience("public", (), (Page(festival.browser(), "recipients", RESULTS),)),
    )


def letters_to(entered: Entered) -> Iterator[Letter]:
    """To the maker with the result's page, to a guardian with a fresh link of their own."""
    yield entered.maker.email, f"/{entered.path}/result"
    if entered.maker.guardian:
        yield entered.maker.guardian_email, "/consent/"


def partners(festival: Festival) -> Audience:
    names = [*(p.focal_point for p in cast.PARTNERS), cast.PARTNERS[0].jurors[0], cast.JURY[0]]
    assert festival.distributor is not None
    people = [*(festival.jurors[name] for name in names), festival.distributor]
    return Audience(
        "partners",
        tuple((person.email, "/recipients") for person in people),
        tuple(Page(person, "recipients", RESULTS) for person in people),
    )


def disclose(festival: Festival, chosen: set[str], instants: dict[str, datetime]) -> None:
    """Move the clock to each instant; raises Trouble for whoever hears too early or not at all."""
    order = audiences(festival, chosen)
    had = {letter: received(festival, letter) for one in order for letter in one.letters}
    visitor = festival.browser()
    films = [f for e in festival.entered.values() for f in looking.files(e)]
    for number, audience in enumerate(order):
        for later in order[number:]:
            require_silence(festival, later, had)
        looking.require_refused({"the public": visitor}, films, "a film before the publication")
        if visitor.get(api(visitor, "recipients")).json()["recipients"]:
            raise Trouble("The feed tells of recipients before the instant of the public.")
        festival.clock.jump_to(instants[audience.name] + timedelta(seconds=1))
        require_told(festival, audience, had)
        festival.report.say(
            f"{audience.name}: {len(audience.letters)} mails, {len(audience.pages)} pages; "
            "nobody else yet"
            if audience is not order[-1]
            else "public: the recipients' page opens"
        )
        festival.moment(f"disclosed to {audience.name}")


def received(festival: Festival, letter: Letter) -> int:
    return len(festival.mailbox.links(*letter))


def require_silence(festival: Festival, audience: Audience, had: dict[Letter, int]) -> None:
    for letter in audience.letters:
        if received(festival, letter) > had[letter]:
            raise Trouble(f"{letter[0]} was written to before the instant of {audience.name}.")
    for page in audience.pages:
        if page.tells():
            raise Trouble(f"{page.browser.name} reads the results before {audience.name} may.")


def require_told(festival: Festival, audience: Audience, had: dict[Letter, int]) -> None:
    for page in audience.pages:
        if not page.tells():
            raise Trouble(f"{page.browser.address} does not tell {audience.name} the results.")
    for letter in audience.letters:
        festival.wait_for(
            f"a mail about the results to {letter[0]}",
            partial(has_come, festival, letter, had[letter]),
        )


def has_come(festival: Festival, letter: Letter, before: int) -> bool | None:
    return received(festival, letter) > before or None
