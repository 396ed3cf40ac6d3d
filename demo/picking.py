"""Partners choose their own recipients, in private."""

from demo import cast
from demo.browser import Browser
from demo.cast import Partner
from demo.festival import Festival
from demo.trouble import Trouble

# What staff can open of a round that has not closed.
DESK = ("", "/partners", "/progress", "/result", "/snapshot.json")


def pick_all(festival: Festival) -> None:
    """A juror of each partner recommends, its focal point chooses; nobody else sees either."""
    for number, partner in enumerate(cast.PARTNERS):
        recommend(festival.jurors[partner.jurors[0]])
        pick(festival.jurors[partner.focal_point], partner, number)
    require_private(festival)
    festival.report.say("each partner picked its own; other partners and staff see none of it")


def citation(partner: Partner) -> str:
    return f"It opened a door that {partner.name} had not seen."


def open_picks(browser: Browser) -> None:
    browser.open("jury")
    browser.open(browser.link(r"/jury/\d+/picks$"))


def recommend(juror: Browser) -> None:
    """A juror recommends a film to whoever chooses for the partner."""
    open_picks(juror)
    juror.send(juror.page.select("form[action$='/favourite']")[0], {})


def pick(focal_point: Browser, partner: Partner, number: int) -> None:
    """The partner's first and second choice, with a citation."""
    open_picks(focal_point)
    form = focal_point.page.select("form[action*='/picks/']")[0]
    options = form.select("select[name=film_1] option")
    films = [str(option["value"]) for option in options if option["value"] != "0"]
    first, second = films[number % len(films)], films[(number + 1) % len(films)]
    fields: dict[str, object] = {"film_1": first, "citation_1": citation(partner)}
    if second != first:
        fields["film_2"] = second
    focal_point.send(str(form["action"]), fields)


# ----- in private


def require_private(festival: Festival) -> None:
    pages = {p.key: pages_of(festival, p) for p in cast.PARTNERS}
    desk = [staff.get(f"{festival.rounds['picks']}{part}").text for staff in festival.staff
            for part in DESK]  # fmt: skip
    for partner in cast.PARTNERS:
        choice, recommended_by = citation(partner), partner.jurors[0]
        own = pages[partner.key][0]
        if choice not in own or recommended_by not in own:
            raise Trouble(f"{partner.focal_point} does not find the own choice again.")
        others = [page for key in pages if key != partner.key for page in pages[key]]
        if any(choice in page or recommended_by in page for page in others):
            raise Trouble(f"Another partner can read what {partner.name} has chosen.")
        if any(choice in page for page in desk):
            raise Trouble(f"Staff can read what {partner.name} has chosen.")


def pages_of(festival: Festival, partner: Partner) -> list[str]:
    """What the focal point and a juror of a partner see of the round."""
    people = [festival.jurors[name] for name in (partner.focal_point, partner.jurors[0])]
    for person in people:
        open_picks(person)
    return [str(person.page) for person in people]


def require_told(festival: Festival, staff: Browser) -> None:
    """Once the round has closed, staff read every choice."""
    staff.open(f"{festival.rounds['picks']}/result")
    for partner in cast.PARTNERS:
        staff.expect(citation(partner))
