"""Act one: staff make the edition and invite everybody."""

from demo import cast
from demo.browser import PASSWORD, Browser
from demo.clock import ZONE, written
from demo.festival import Festival
from demo.trouble import Trouble

ENTRIES_DAYS = 20
MIN_DURATION_S, MAX_DURATION_S = 5, 30


def prepare(festival: Festival, staff_link: str) -> None:
    festival.report.act("Staff prepare the edition")
    first = first_staff(festival, staff_link)
    set_dates(festival, first)
    add_categories(first)
    organisations = add_organisations(festival, first)
    add_awards(first, organisations)
    first.open("staff")
    first.open("staff/edition")
    first.send("staff/edition/opening")
    festival.report.say(
        f"{len(cast.CATEGORIES)} age categories, {len(cast.SPECIAL_RECOGNITIONS)} special "
        f"recognitions, {len(cast.PARTNERS)} partners, a jury of {len(cast.JURY)}: open"
    )


def first_staff(festival: Festival, link: str) -> Browser:
    """The first member of staff comes by the link that founding printed, and invites a second."""
    name, other = cast.STAFF
    first = festival.browser(name, cast.email(name))
    first.open(link)
    first.send("/invitation/", {"name": name, "password": PASSWORD})
    first.open("staff/organisations")
    first.send("staff/team", {"email": cast.email(other)})
    festival.staff = [first, festival.accept(other, cast.email(other))]
    return first


def set_dates(festival: Festival, staff: Browser) -> None:
    clock = festival.clock
    staff.open("staff/edition")
    staff.send(
        "staff/edition",
        {
            "time_zone": ZONE,
            "entries_open_at": written(clock.in_days(-1)),
            "entries_close_at": written(clock.in_days(ENTRIES_DAYS)),
            "produced_after": f"{clock.now().year - 3}-01-01",
            "min_duration_s": MIN_DURATION_S,
            "max_duration_s": MAX_DURATION_S,
            "contact_email": cast.email("festival"),
        },
    )


def add_categories(staff: Browser) -> None:
    for key, age_min, age_max, english, arabic in cast.CATEGORIES:
        staff.open("staff/categories")
        staff.send(
            "staff/categories",
            {
                "key": key,
                "age_min": age_min,
                "age_max": age_max,
                "name_en": english,
                "name_ar": arabic,
            },
        )


def add_awards(staff: Browser, organisations: dict[str, str]) -> None:
    for key, _low, _high, english, arabic in cast.CATEGORIES:
        add_award(
            staff,
            f"jury_{key}",
            "jury_distinction",
            f"International Jury Distinction, {english}",
            f"تقدير لجنة التحكيم الدولية، {arabic}",
            category=english,
        )
    for key, english, arabic in cast.SPECIAL_RECOGNITIONS:
        add_award(staff, key, "special_recognition", english, arabic)
    for partner in cast.PARTNERS:
        add_award(
            staff,
            partner.key,
            "partner_recognition",
            partner.recognition,
            partner.recognition_ar,
            organisation=organisations[partner.name],
        )


def add_award(
    staff: Browser,
    key: str,
    kind: str,
    english: str,
    arabic: str,
    category: str = "",
    organisation: str = "",
) -> None:
    staff.open("staff/awards")
    fields = {"key": key, "kind": kind, "name_en": english, "name_ar": arabic}
    if category:
        fields["category_id"] = staff.option("category_id", category)
    if organisation:
        fields["organisation_id"] = organisation
    staff.send("staff/awards", fields)


def add_organisations(festival: Festival, staff: Browser) -> dict[str, str]:
    """Make all organisations, invite their people, and let everybody accept; ids by name."""
    ids = {}
    for partner in cast.PARTNERS:
        ids[partner.name] = add_organisation(staff, partner.name, "partner", partner.country)
        invite(staff, ids[partner.name], partner.focal_point, "focal_point")
        for juror in partner.jurors:
            invite(staff, ids[partner.name], juror, "juror")
    jury = add_organisation(staff, "International Jury", "jury")
    for juror in cast.JURY:
        invite(staff, jury, juror, "juror")
    name, country, person = cast.DISTRIBUTOR
    ids[name] = add_organisation(staff, name, "distributor", country)
    invite(staff, ids[name], person, "distributor")
    partners_people = [name for p in cast.PARTNERS for name in (p.focal_point, *p.jurors)]
    for juror in [*partners_people, *cast.JURY]:
        festival.jurors[juror] = festival.accept(juror, cast.email(juror))
    for viewer in [*festival.staff, *festival.jurors.values()]:
        festival.undertake(viewer)
    festival.distributor = festival.accept(person, cast.email(person))
    return ids


def add_organisation(staff: Browser, name: str, kind: str, country: str = "") -> str:
    staff.open("staff/organisations")
    staff.send("staff/organisations", {"name": name, "kind": kind, "country": country})
    if "/organisations/" not in staff.address:
        raise Trouble(f"{name} was not made: {staff.complaint()}")
    return staff.address.rstrip("/").rsplit("/", 1)[1]


def invite(staff: Browser, organisation: str, name: str, role: str) -> None:
    path = f"staff/organisations/{organisation}"
    staff.open(path)
    staff.send(
        f"{path}/memberships",
        {"name": name, "email": cast.email(name), "role": role, "language": "en"},
    )
