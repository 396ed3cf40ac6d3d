"""The cases that judging has to stand, and the tests that docs/judging.md names for each."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CASES = """
0 or 1 review; a juror who gives everything the same; a juror with one score; disconnected
graph; fewer eligible jurors than k; impossible loads; conflict declared after scoring; juror is
the author under a second address; co-author's conflict; a partner's own film up for that
partner's prize; drop-out mid-round; juror added mid-round; quorum changed; double submit; two
tabs; the deadline second; summer time; zones; edit after freeze; reopen; entry withdrawn or
disqualified after scoring; entry withdrawn or disqualified after winning; film file replaced
mid-round; duplicate entry; criterion added, removed or reweighted; zero or missing weight;
abstain; criterion that does not apply to a category; tie at the cut; all ballots tied;
Condorcet cycle; truncated, invalid, empty ballot; even jury; recusal breaks the quorum; no
award; ex aequo; one-prize collision; infeasible floors; a strategic bloc; random clicking;
order effects (order shuffled per juror); a leak through totals, sort, file name, captions or
export; staff peeking before the close; staff acting as juror; bulk action on the wrong
selection; 1-ulp ties; row order; concurrent audit appends; truncated chain; erasure with the
chain still valid; formula injection in exports; round-2 scores never pooled with round 1; a
juror of two partners; replay of the seed on another machine
"""
FILE = re.compile(r"(plural|judging)/test_\w+(?=: )")
NAME = re.compile(r"`(\w+)`")


def table() -> dict[str, str]:
    """The second column of the table of cases, by the first."""
    page = (ROOT / "docs" / "judging.md").read_text().split("## Cases")[1]
    rows = [line.strip("|").split("|") for line in page.splitlines() if line.startswith("| ")]
    return {case.strip(): tests.strip() for case, tests in rows[1:]}


def named_in(file: str) -> set[str]:
    """The names of the tests in a file, without `test_`."""
    tree = ast.parse((ROOT / "tests" / f"{file}.py").read_text())
    names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    return {name.removeprefix("test_") for name in names if name.startswith("test_")}


def test_every_case_has_a_row() -> None:
    assert sorted(table()) == sorted(" ".join(CASES.split()).split("; "))


@pytest.mark.parametrize("case", sorted(table()))
def test_the_tests_that_a_case_names_exist(case: str) -> None:
    row = table()[case]
    parts = row.split("; ")
    assert all(FILE.match(part) and NAME.search(part) for part in parts), row
    for part in parts:
        file, names = part.split(": ")
        assert set(NAME.findall(names)) <= named_in(file)
