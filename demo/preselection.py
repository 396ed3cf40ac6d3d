"""Act three: jurors of the partners score, and the round closes into a ranking and a shortlist."""

import json
from typing import Any

from demo import cast, guardians, juries, looking, records
from demo.browser import Browser
from demo.festival import Festival
from demo.juries import REVIEWS, queue
from demo.trouble import Trouble

COLUMNS = ("Film", "Place", "Calibrated", "Raw mean", "Reviews", "Truly between")


def preselect(festival: Festival) -> None:
    """One juror declares a conflict and somebody else steps in; one guardian takes a film back."""
    festival.report.act("Jurors of the partner organisations score")
    staff = festival.staff[0]
    jurors = [name for partner in cast.PARTNERS for name in partner.jurors]
    fields = juries.rubric_fields()
    juries.open_round(festival, staff, "preselection", "preselection", jurors, fields)
    round_path = festival.rounds["preselection"]
    give_out(staff, round_path)
    conflicted = declare_conflict(festival, jurors[0])
    give_out(staff, round_path)
    require_given_out(festival, jurors[0], conflicted)
    guardians.revoke_while_judged(festival)
    for number, name in enumerate(jurors):
        festival.report.counts.scores += juries.score_all(festival.jurors[name], number)
        festival.moment(f"{name} has scored")
    juries.close_round(festival, staff, "preselection")
    shown = show_ranking(festival, staff, round_path)
    require_same_scores(json.loads(records.file_of(festival, "preselection").read_bytes()), shown)
    festival.report.say("the frozen record holds the same raw and calibrated scores as the page")
    staff.open(f"{round_path}/result")
    choose_top(staff)


def give_out(staff: Browser, round_path: str) -> None:
    """Look at the proposed assignment, then do exactly that."""
    staff.open(f"{round_path}/assignment")
    staff.send("/assignment")


# ----- a conflict


def declare_conflict(festival: Festival, name: str) -> str:
    """A juror gives the first of their films back; returns its title."""
    juror = festival.jurors[name]
    title, page = next(iter(queue(juror).items()))
    files = files_of(festival, title)
    looking.require_seen({name: juror}, [page, *files], title)
    juror.open(page)
    juror.send("/conflict", {"reason": "I have taught the maker of this film."})
    looking.require_refused({name: juror}, [page, *files], title)
    festival.report.say(f"{name} declares a conflict on {title}; staff assign anew")
    return title


def files_of(festival: Festival, title: str) -> list[str]:
    return looking.files(next(e for e in festival.entered.values() if e.maker.title == title))


def require_given_out(festival: Festival, name: str, conflicted: str) -> None:
    """Each film has its jurors, all of different partners, and not the one with the conflict."""
    held = {
        juror: (partner.key, queue(festival.jurors[juror]))
        for partner in cast.PARTNERS
        for juror in partner.jurors
    }
    if conflicted in held[name][1]:
        raise Trouble(f"{name} was given {conflicted} again in spite of the conflict.")
    looking.require_refused(
        {name: festival.jurors[name]}, files_of(festival, conflicted), conflicted
    )
    for entered in festival.entered.values():
        title = entered.maker.title
        partners = [partner for partner, titles in held.values() if title in titles]
        if len(partners) != REVIEWS or len(set(partners)) != REVIEWS:
            raise Trouble(f"{title} is before jurors of {partners}, not of {REVIEWS} partners.")


# ----- the ranking


def show_ranking(
    festival: Festival, staff: Browser, round_path: str
) -> dict[str, tuple[float, float]]:
    """Print the ranking; returns each film's calibrated and raw score as the page shows them."""
    page = staff.open(f"{round_path}/result")
    shown: dict[str, tuple[float, float]] = {}
    for table in page.select("table"):
        heads = [th.get_text(" ", strip=True) for th in table.select("thead th")]
        rows = [
            dict(zip(heads, (c.get_text(" ", strip=True) for c in row.select("th, td")),
                     strict=True))
            for row in table.select("tbody tr")
        ]  # fmt: skip
        caption = table.select_one("caption")
        if "Calibrated" in heads and caption is not None:
            cells = [[row[column] for column in COLUMNS] for row in rows]
            festival.report.table(caption.get_text(strip=True), COLUMNS, cells)
            shown |= {r["Film"]: (float(r["Calibrated"]), float(r["Raw mean"])) for r in rows}
    if set(shown) != {maker.title for maker in cast.SHOWN}:
        raise Trouble(f"The ranking must hold {len(cast.SHOWN)} films, and holds {sorted(shown)}.")
    return shown


def require_same_scores(record: Any, shown: dict[str, tuple[float, float]]) -> None:
    """Compare the calibrated and raw scores of a record with those of the page, per cent."""
    rows = record["result"]["order"]
    recorded = [(round(100 * r["official"], 1), round(100 * r["raw_mean"], 1)) for r in rows]
    if sorted(recorded) != sorted(shown.values()):
        raise Trouble(f"The record scores {sorted(recorded)}, the page {sorted(shown.values())}.")


def choose_top(staff: Browser) -> None:
    """Take the plain top of the ranking as the shortlist."""
    staff.send(staff.one("form[action$='/shortlist']:has([name=top])"))
