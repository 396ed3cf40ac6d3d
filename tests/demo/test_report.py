import io

from rich.console import Console

from demo.report import Counts, Report


def test_the_last_line_names_every_count():
    counts = Counts(films=7, renditions=21, scores=22, distinctions=3, recognitions=5, downloads=8)
    assert counts.last_line() == (
        "festival complete: 7 films, 21 renditions, 22 scores, 3 distinctions, 5 recognitions, "
        "8 downloads verified"
    )


def test_addresses_are_whole_on_a_narrow_terminal():
    printed = io.StringIO()
    where = "http://localhost:60183/en/plural/2026/recipients"
    rows = [("juror Wanjiru Mwangi", "wanjiru@example.org", where), ("everybody", "", where)]
    Report(Console(file=printed, width=80)).addresses(rows)
    lines = printed.getvalue().splitlines()
    assert max(map(len, lines)) <= 80
    assert [where in line for line in lines].count(True) == 2
    assert any("wanjiru@example.org" in line for line in lines)
