"""CSV that is safe to open in a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from autograder.model import Report
from autograder.report.statistics import ClassStatistics

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table; text that a spreadsheet would run as a formula is quoted with ``'``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file)
        writer.writerow([safe_cell(cell) for cell in header])
        writer.writerows([safe_cell(cell) for cell in row] for row in rows)


def safe_cell(cell: object) -> object:
    if isinstance(cell, str) and cell.startswith(_FORMULA):
        return f"'{cell}"
    return cell


def student_rows(found: ClassStatistics) -> Iterator[list[object]]:
    """One line per student: points, points of each exercise, flags."""
    for row in found.rows:
        points = [row.exercises.get(name, 0.0) for name in found.exercises]
        yield [row.student, row.points, row.max_points, *points, "; ".join(row.flags)]


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


CHECK_HEADER = [
    "student", "assignment", "exercise", "check", "title", "verdict", "weight",
    "misconception", "message", "hint",
]  # fmt: skip
