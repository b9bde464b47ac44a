"""Every assignment of the course: seconds of a class by stock nbgrader and by this package."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from autograder.course import Course
from autograder.gradebook.report_store import ReportStore
from benchmarks.classes import STOCK, make_course, submit
from benchmarks.measure import autograder, nbgrader, run

STOCK_SHARE = 10  # stock nbgrader grades one submission in this many


def assignments(work: Path, original: Course, size: int) -> dict[str, Any]:
    """Seconds per submission, start-up included; the classes are mixed as in `classes`."""
    rows = []
    for name in original.assignments():
        ours = make_course(work / f"{name}-ours", original, name)
        students = submit(ours, name, size)
        stock = work / f"{name}-stock"
        shutil.copytree(ours.root, stock)
        (stock / "nbgrader_config.py").write_text(STOCK)
        few = max(1, size // STOCK_SHARE)
        for student in students[few:]:
            (stock / "submitted" / student).rename(stock / student)
        slow = run(nbgrader("autograde", name), stock, may_fail=True).seconds / few
        fast = run(autograder("grade", name), ours.root).seconds / size
        checks = _checks(ours, name, students[0])
        rows.append({"assignment": name, "checks": checks, "stock": slow, "ours": fast})
    return {"submissions": size, "stock_submissions": few, "rows": rows}


def _checks(course: Course, name: str, student: str) -> int:
    kept = ReportStore(course, name).find(student)
    return sum(len(exercise.checks) for exercise in kept.report.exercises) if kept else 0
