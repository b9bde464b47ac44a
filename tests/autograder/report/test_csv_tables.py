"""The tables beside the class report."""

import csv
import re
from dataclasses import replace

import pytest
from reported_class import A_CLASS, HINT

from autograder.gradebook.report_store import ReportStore
from autograder.model import Key
from autograder.report.report_page import write_report

pytestmark = pytest.mark.family


def table(path):
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def test_the_same_numbers_lie_beside_it_as_csv(tiny):
    for one in A_CLASS:
        name = re.sub(r"<.*?>", "", one.student)
        ReportStore(tiny, "tiny").keep(replace(one, student=name), Key({}, {}, {}, {}), {})
    page, students, checks, misconceptions = write_report(tiny, "tiny", tiny.root / "reports")
    assert page.name == "tiny.html" and page.parent == students.parent
    bob = next(row for row in table(students) if row["student"] == "bob")
    numbers = [float(bob[title]) for title in ("points", "double", "norms", "seconds")]
    assert numbers == [7.0, 4.0, 3.0, 4.5]
    hard = next(row for row in table(checks) if row["check"] == "test_norms_hard")
    assert (hard["students"], hard["passed"], hard["wrong"], hard["not_attempted"]) == (
        "10", "6", "3", "1",
    )  # fmt: skip
    assert 0.5 < float(hard["discrimination"]) < 1
    assert table(misconceptions) == [
        {"exercise": "norms", "misconception": "rows_for_columns", "students": "2", "hint": HINT,
         "who": "bob, cyn"}
    ]  # fmt: skip
