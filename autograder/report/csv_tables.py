"""CSV that is safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from autograder.gradebook.disk_errors import write_whole
from autograder.model import Report
from autograder.report.statistics import NOT_PASSED, ClassStatistics

_BLANK = re.compile(r"[\s\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\ufeff]+")
_FORMULA = re.compile(r"""((?:^|[,;|"])[ "]*)(?=[=+\-@＝＋－＠])""")


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table; text that a spreadsheet would run as a formula is quoted with ``'``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow([safe_cell(cell) for cell in header])
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    write_whole(path, file.getvalue(), "utf-8-sig")


def safe_cell(cell: object) -> object:
    """A cell on one line, with ``'`` before whatever may be read as the start of a formula.

    A spreadsheet may split the line at another separator than ours, and ignore quotes.
    """
    return _FORMULA.sub(r"\1'", _BLANK.sub(" ", cell).strip()) if isinstance(cell, str) else cell


def student_rows(found: ClassStatistics) -> Iterator[list[object]]:
    """One line per student, as `student_header` names it."""
    for row in found.rows:
        points = [row.exercises.get(name, 0.0) for name in found.exercises]
        flags = "; ".join(row.flags)
        yield [
            row.student, row.points, row.max_points, *points, row.by_hand, row.late_penalty,
            row.waits, row.seconds, flags,
        ]  # fmt: skip


def student_header(found: ClassStatistics) -> list[str]:
    """What the columns of `student_rows` hold."""
    by_person = ("by hand", "late penalty", "waits to be graded")
    return ["student", "points", "max_points", *found.exercises, *by_person, "seconds", "flags"]


def success_rows(found: ClassStatistics) -> Iterator[list[object]]:
    """One line per check: who passed it, what else happened, how well it separates."""
    for check in found.checks.values():
        separates = check.discrimination
        yield [
            check.exercise, check.id, check.title, len(check.passed), sum(check.passed),
            round(check.success, 4), *(check.verdicts[verdict] for verdict in NOT_PASSED),
            "" if separates is None else round(separates, 4),
        ]  # fmt: skip


def misunderstanding_rows(found: ClassStatistics) -> Iterator[list[object]]:
    """One line per recognised misconception, the most common first."""
    for m in found.common_misunderstandings():
        yield [m.exercise, m.name, len(m.students), m.hint, ", ".join(m.students)]


def check_rows(reports: Iterable[Report]) -> Iterator[list[object]]:
    """One line per student and check."""
    for report in reports:
        for exercise in report.exercises:
            for check in exercise.checks:
                yield [
                    report.student, report.assignment, exercise.name, check.id, check.title,
                    str(check.verdict), check.weight, check.misconception, check.message,
                    check.hint,
                ]  # fmt: skip


SUCCESS_HEADER = [
    "exercise", "check", "title", "students", "passed", "share passed", *NOT_PASSED,
    "discrimination",
]  # fmt: skip

MISUNDERSTANDING_HEADER = ["exercise", "misconception", "students", "hint", "who"]

CHECK_HEADER = [
    "student", "assignment", "exercise", "check", "title", "verdict", "weight",
    "misconception", "message", "hint",
]  # fmt: skip
