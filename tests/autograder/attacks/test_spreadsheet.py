"""Exported tables open in a spreadsheet without running anything."""

import csv
import io

import pytest

from autograder.model import Check, Exercise, Report, Verdict
from autograder.report.csv_tables import CHECK_HEADER, check_rows, write_csv

pytestmark = pytest.mark.family

FORMULAS = [
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1+1", " =1+1", "=cmd|'/C x'!A0",
    '=HYPERLINK("http://x")', 'a,"=1+1"', "a;=1+1", "a\t=1+1", "a\n=1+1", "a,=1+1", "＝1+1", "＋1",
    "－1", "＠x", "\ufeff=1+1", "\u200b=1+1", "a;  +1", "\x00=1", 'a"; "=1', "|=1",
]  # fmt: skip
START = "=+-@＝＋－＠"


def cells_as_opened(text):
    """Every cell that some spreadsheet makes of a file, by comma, semicolon or tab."""
    for separator in ",;\t":
        for row in csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=separator):
            yield from row
            for cell in row:  # quotes are not always understood
                for line in cell.splitlines():
                    yield from line.split(separator)


def runs(cell):
    return cell.strip(' \t\r\n\ufeff\u200b\x00"')[:1] in tuple(START)


@pytest.mark.quick("=1+1", "|=1")
@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_of_a_table_is_a_formula(tmp_path, formula):
    check = Check("c", formula, "e", Verdict.WRONG, message=formula, hint=formula,
                  misconception=formula)  # fmt: skip
    report = Report("a", formula, "a", (Exercise("e", 1, (check,)),), flags=(formula,))
    path = tmp_path / "table.csv"
    write_csv(path, CHECK_HEADER, check_rows([report]))
    with path.open(encoding="utf-8-sig", newline="") as file:
        opened = list(cells_as_opened(file.read()))
    assert [cell for cell in opened if runs(cell)] == []


def test_numbers_stay_numbers(tmp_path):
    path = tmp_path / "table.csv"
    write_csv(path, ["a", "b"], [[-1.5, 2]])
    assert path.read_text(encoding="utf-8-sig").splitlines()[1] == "-1.5,2"
