"""Tables that leave the portal, as CSV or XLSX: streamed, safe against formulas, any script.

In CSV an apostrophe stands before a character by which spreadsheets know formulas, wherever a cell
may begin: many locales separate cells by ";", and whoever reads with that or with tabs finds a new
one inside of ours, quoted or not. In XLSX every text is written as a text, which no spreadsheet
computes.
"""

import csv
import io
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence

import xlsxwriter

Cell = str | int | float | None
Row = Sequence[Cell]

# Without it Excel takes UTF-8 for the machine's own code page.
BYTE_ORDER_MARK = "\ufeff"
BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # fmt: skip
BEGINS_FORMULA_INSIDE = re.compile('([;\t\r\n])(?=[ "]*[=+@＝＋－＠-])')
CHUNK_BYTES = 64 * 1024
CSV, XLSX = "csv", "xlsx"
MEDIA_TYPES = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def as_csv(rows: Iterable[Row]) -> Iterator[bytes]:
    """The rows line by line, for as many as there are."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write(BYTE_ORDER_MARK)
    for row in rows:
        writer.writerow([harmless(cell) for cell in row])
        if buffer.tell() >= CHUNK_BYTES:
            yield taken(buffer)
    yield taken(buffer)


def taken(buffer: io.StringIO) -> bytes:
    written = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return written


def harmless(cell: Cell) -> Cell:
    if not isinstance(cell, str):
        return cell
    guarded = BEGINS_FORMULA_INSIDE.sub(r"\1'", cell)
    return f"'{guarded}" if cell.lstrip(" ").startswith(BEGINS_FORMULA) else guarded


def as_xlsx(rows: Iterable[Row], title: str, right_to_left: bool = False) -> Iterator[bytes]:
    """A workbook of one sheet, made on disk row by row and sent in pieces."""
    with tempfile.TemporaryFile() as file:
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
        }
        with xlsxwriter.Workbook(file, options) as book:
            fill(book, rows, title, right_to_left)
        file.seek(0)
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


def fill(book: xlsxwriter.Workbook, rows: Iterable[Row], title: str, right_to_left: bool) -> None:
    sheet = book.add_worksheet(sheet_name(title))
    bold = book.add_format({"bold": True})
    if right_to_left:
        sheet.right_to_left()
    sheet.freeze_panes(1, 1)
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(number, column, cell, bold if not number else None)
            elif cell is not None:
                sheet.write_number(number, column, cell)


def sheet_name(title: str) -> str:
    """What Excel takes as the name of a sheet."""
    kept = "".join("-" if character in "[]:*?/\\" else character for character in title)
    return kept.strip("'")[:31] or "1"
