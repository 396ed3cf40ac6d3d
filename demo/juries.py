"""Act three: eligibility, scores, a shortlist, the jury's decision, the partners' picks."""

import re
import subprocess
import sys
from pathlib import Path

from bs4 import BeautifulSoup

from demo import cast
from demo.browser import Browser
from demo.clock import written
from demo.festival import Entered, Festival
from demo.trouble import Trouble

ROOT = Path(__file__).resolve().parent.parent
REVIEWS = 3
SHORTLIST = 2


def find_eligible(festival: Festival) -> None:
    """Staff admit the one that is too long, with a reason, and decide on every entry."""
    festival.report.act("Staff decide which films are eligible")
    staff = festival.staff[0]
    for entered in festival.entered.values():
        if entered.maker.guardian_revokes:
            continue
        staff.open(f"staff/entries/{entered.entry_id}")
        admit_findings(festival, staff, entered)
        staff.send("/eligibility", {"decision": "eligible", "reason": "Welcome to the festival."})
    festival.moment("films eligible")


def admit_findings(festival: Festival, staff: Browser, entered: Entered) -> None:
    while forms := staff.page.select("form[action$='/admission']"):
        staff.send(forms[0], {"reason": "The jury wants to see the whole table."})
        festival.report.say(f"too long, and admitted with a reason: {entered.maker.title_english}")
        staff.open(f"staff/entries/{entered.entry_id}")


def preselect(festival: Festival) -> None:
    """Jurors of the partners score; one declares a conflict and somebody else steps in."""
    festival.report.act("Jurors of the partner organisations score")
    staff = festival.staff[0]
    jurors = [name for partner in cast.PARTNERS for name in partner.jurors]
    open_round(festival, staff, "preselection", "preselection", jurors, rubric_fields())
    round_path = festival.rounds["preselection"]
    give_out(staff, round_path)
    declare_conflict(festival, jurors)
    give_out(staff, round_path)
    for number, name in enumerate(jurors):
        festival.report.counts.scores += score_all(festival.jurors[name], number)
        festival.moment(f"{name} has scored")
    close_round(festival, staff, "preselection")
    show_ranking(festival, staff, round_path)
    staff.open(f"{round_path}/result")
    choose_top(staff)


def give_out(staff: Browser, round_path: str) -> None:
    """Look at the proposed assignment, then do exactly that."""
    staff.open(f"{round_path}/assignment")
    staff.send("/assignment")


def rubric_fields() -> dict[str, object]:
    fields: dict[str, object] = {"reviews_wanted": REVIEWS, "shortlist_size": SHORTLIST}
    for number, (key, weight, english, arabic, hint) in enumerate(cast.CRITERIA):
        line = f"criteria-{number}-"
        fields |= {
            f"{line}key": key,
            f"{line}weight": weight,
            f"{line}name_en": english,
            f"{line}name_ar": arabic,
            f"{line}hint_en": hint,
        }
    return fields


def open_round(
    festival: Festival,
    staff: Browser,
    kind: str,
    key: str,
    members: list[str],
    fields: dict[str, object] | None = None,
) -> None:
    page = staff.open(f"staff/rounds/new?kind={kind}")
    values = [member_value(page, name) for name in members]
    english, arabic = ROUND_NAMES[kind]
    staff.send(
        "staff/rounds/new",
        {
            "key": key,
            "name_en": english,
            "name_ar": arabic,
            "closes_at": written(festival.clock.in_days(ROUND_DAYS)),
            "members": values,
            **(fields or {}),
        },
    )
    found = re.search(r"staff/rounds/\d+", staff.address)
    if not found:
        raise Trouble(f"The round {key} was not made: {staff.complaint()}")
    festival.rounds[key] = found.group(0)
    staff.open(festival.rounds[key])
    staff.send("/opening")


ROUND_DAYS = 10
ROUND_NAMES = {
    "preselection": ("Preselection", "الاختيار الأولي"),
    "international_jury": ("International Jury", "لجنة التحكيم الدولية"),
    "partner_picks": ("Partner recognitions", "تنويهات الشركاء"),
}


def member_value(page: BeautifulSoup, name: str) -> str:
    for box in page.select("input[name=members]"):
        label = page.select_one(f"label[for={box.get('id')}]") or box.find_parent("label")
        if label is not None and name in label.get_text():
            return str(box["value"])
    raise Trouble(f"{name} is not offered as a member.")


def declare_conflict(festival: Festival, jurors: list[str]) -> None:
    name = jurors[0]
    juror = festival.jurors[name]
    assignments = open_queue(juror)
    juror.open(assignments[0])
    title = juror.one("h1").get_text(strip=True)
    juror.send("/conflict", {"reason": "I have taught the maker of this film."})
    if juror.status(assignments[0]) != 404 and assignments[0] in open_queue(juror):
        raise Trouble(f"{name} still has the film after declaring a conflict.")
    festival.report.say(f"{name} declares a conflict on {title}; staff assign anew")


def open_queue(juror: Browser) -> list[str]:
    """Addresses of what a juror has been assigned."""
    juror.open("jury")
    desk = juror.link(r"/jury/\d+$")
    page = juror.open(desk)
    found = [a["href"] for a in page.find_all("a", href=re.compile(r"/jury/films/\d+$"))]
    return list(dict.fromkeys(str(href) for href in found))


def score_all(juror: Browser, number: int) -> int:
    """Score every assigned film; jurors differ in how strict they are. Returns how many."""
    count = 0
    for path in open_queue(juror):
        juror.open(path)
        title = juror.one("h1").get_text(strip=True)
        quality = sum(map(ord, title)) % 3
        fields: dict[str, object] = {
            f"criterion_{key}": min(5, max(1, 2 + quality + (number + position) % 2))
            for position, (key, *_rest) in enumerate(cast.CRITERIA)
        }
        fields["comment_for_maker"] = "Thank you for showing me this street."
        juror.send("/score", fields)
        count += 1
    return count


def close_round(festival: Festival, staff: Browser, key: str) -> None:
    """Wait for its end on the festival's clock, then close."""
    festival.clock.jump_to(festival.clock.in_days(ROUND_DAYS + 1))
    staff.open(festival.rounds[key])
    staff.send("/closing")
    festival.moment(f"{key} closed")
    freeze_round(festival, key)


def freeze_round(festival: Festival, key: str) -> None:
    """One of the staff asks to freeze the result, another looks at it and confirms."""
    first, second = festival.staff
    first.open(f"{festival.rounds[key]}/result")
    still_open = first.find_form("/freezing").select("[name=reason]")
    words = {"reason": "The jury has talked about it and leaves it so."} if still_open else {}
    first.send("/freezing", words)
    second.open(f"{festival.rounds[key]}/result")
    second.send("/freezing/confirmation")
    festival.report.say(f"{key}: {first.name} asked to freeze the result, {second.name} confirmed")
    check_record(festival, first, key)


def show_ranking(festival: Festival, staff: Browser, round_path: str) -> None:
    page = staff.open(f"{round_path}/result")
    for table in page.select("table"):
        heads = tuple(th.get_text(" ", strip=True) for th in table.select("thead th"))
        rows = [
            tuple(c.get_text(" ", strip=True) for c in row.select("th, td"))
            for row in table.select("tbody tr")
        ]
        caption = table.select_one("caption")
        festival.report.table(caption.get_text(strip=True) if caption else "", heads, rows)


def check_record(festival: Festival, staff: Browser, key: str) -> None:
    """What anybody can do with the sealed record: compute the result anew."""
    answer = staff.get(f"{festival.rounds[key]}/snapshot.json")
    file = festival.folder / f"{key}.json"
    file.write_bytes(answer.content)
    done = subprocess.run(
        [sys.executable, "-m", "judging", "recompute", str(file)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise Trouble(f"{key} does not recompute: {done.stdout} {done.stderr}")
    festival.report.say(f"{key}: the frozen record recomputes to the same digest")


def choose_top(staff: Browser) -> None:
    """Take the plain top of the ranking as the shortlist."""
    staff.send(staff.one("form[action$='/shortlist']:has([name=top])"))


def decide(festival: Festival) -> None:
    """The international jury ranks in ballots; each partner picks in private, in its order."""
    festival.report.act("The international jury decides, each partner picks its own")
    staff = festival.staff[0]
    open_round(festival, staff, "international_jury", "jury", list(cast.JURY))
    recommending = [partner.jurors[0] for partner in cast.PARTNERS]
    open_round(festival, staff, "partner_picks", "picks", recommending)
    for number, name in enumerate(cast.JURY):
        cast_ballots(festival.jurors[name], number)
    for number, partner in enumerate(cast.PARTNERS):
        recommend(festival.jurors[partner.jurors[0]])
        pick(festival.jurors[partner.focal_point], number)
    festival.moment("votes cast")
    close_round(festival, staff, "jury")
    staff.open(festival.rounds["picks"])
    staff.send("/closing")
    freeze_round(festival, "picks")
    festival.report.say(f"{len(cast.JURY)} jurors ranked, {len(cast.PARTNERS)} partners picked")


def cast_ballots(juror: Browser, number: int) -> None:
    juror.open("jury")
    page = juror.open(juror.link(r"/jury/\d+/ballots$"))
    actions = [str(f["action"]) for f in page.select("form[action*='/ballots/']")]
    for action in actions:
        form = juror.find_form(action)
        ranks = [str(s["name"]) for s in form.select("select[name^=rank_]")]
        ranks = [name for name in ranks if name != "rank_0"]
        turn = number % 2 if len(ranks) > 1 else 0
        ranks = ranks[turn:] + ranks[:turn]
        juror.send(action, {name: place for place, name in enumerate(ranks, 1)})


def recommend(juror: Browser) -> None:
    """A juror recommends a film to whoever chooses for the partner."""
    juror.open("jury")
    page = juror.open(juror.link(r"/jury/\d+/picks$"))
    juror.send(page.select("form[action$='/favourite']")[0], {})


def pick(focal_point: Browser, number: int) -> None:
    """The partner's first and second choice, with a citation."""
    focal_point.open("jury")
    page = focal_point.open(focal_point.link(r"/jury/\d+/picks$"))
    form = page.select("form[action*='/picks/']")[0]
    options = form.select("select[name=film_1] option")
    films = [str(option["value"]) for option in options if option["value"] != "0"]
    first, second = films[number % len(films)], films[(number + 1) % len(films)]
    fields: dict[str, object] = {
        "film_1": first,
        "citation_1": "It opened a door that we had not seen.",
    }
    if second != first:
        fields["film_2"] = second
    focal_point.send(str(form["action"]), fields)
