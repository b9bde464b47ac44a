"""What grows with the class: nbgrader's own queries and ours, on one gradebook of a growing class.

Every submission is recorded through `Recorder` from one graded result; nothing else is graded.
Each operation gives seconds of processor, SQL statements, and thousands of steps of SQLite's
own machine: the last is the same on any computer.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins.export import CsvExportPlugin
from sqlalchemy import Engine, event
from traitlets.config import Config

from autograder.batch.run import ClassRun
from autograder.course import Course
from autograder.feedback.generating import feedback_jobs
from autograder.gradebook.shared import SharedGradebook, use_in_formgrader
from autograder.model import Graded
from autograder.report.report_page import write_report
from benchmarks.classes import TIMESTAMP, make_course
from benchmarks.writer import ASSIGNMENT, graded_once, record

STEP = 1000  # steps of SQLite's machine per count


@dataclass
class Counts:
    """Counts of all gradebooks of this process."""

    statements: int = 0
    steps: int = 0  # thousands


@contextmanager
def counted() -> Iterator[Counts]:
    """Count on every connection that the block opens."""
    counts = Counts()

    def count_step() -> int:
        counts.steps += 1
        return 0

    def count_statement(*_: object) -> None:
        counts.statements += 1

    def watch(connection: Any, _: object) -> None:
        connection.set_progress_handler(count_step, STEP)

    event.listen(Engine, "connect", watch)
    event.listen(Engine, "before_cursor_execute", count_statement)
    try:
        yield counts
    finally:
        event.remove(Engine, "connect", watch)
        event.remove(Engine, "before_cursor_execute", count_statement)


def grow(course: Course, assignment: str, graded: Graded, notebook: bytes, size: int) -> None:
    """Hand in and record submissions until there are `size` of them."""
    there = {p.name for p in (course.root / "submitted").glob("*")}
    new = [name for n in range(size) if (name := f"s{n:05d}") not in there]
    for student in new:
        folder = course.submitted(assignment, student)
        folder.mkdir(parents=True)
        (folder / f"{assignment}.ipynb").write_bytes(notebook)
        (folder / "timestamp.txt").write_text(TIMESTAMP)
    record(course, graded, new, assignment)


def operations(course: Course, assignment: str) -> dict[str, Callable[[], Any]]:
    """The operations that read the gradebook or the stored reports of a whole class, by name."""
    coursedir = CourseDirectory(root=str(course.root))
    api = NbGraderAPI(coursedir, config=Config())
    some = "s00007"
    notebook = assignment

    def export() -> None:
        with SharedGradebook(coursedir.db_url) as gradebook:
            CsvExportPlugin(to=str(course.root / "grades.csv")).export(gradebook)

    def unchanged() -> None:
        run = ClassRun(course, assignment)
        if list(run.jobs()):
            raise AssertionError("something is to be graded: this is no run without changes")

    return {
        "nbgrader export": export,
        "Formgrader: assignments": api.get_assignments,
        "Formgrader: notebooks of an assignment": lambda: api.get_notebooks(assignment),
        "Formgrader: submissions of an assignment": lambda: api.get_submissions(assignment),
        "Formgrader: submissions of a notebook": lambda: api.get_notebook_submissions(
            assignment, notebook
        ),
        "Formgrader: students": api.get_students,
        "Formgrader: submissions of a student": lambda: api.get_student_submissions(some),
        "autograder grade, nothing changed": unchanged,
        "autograder report": lambda: write_report(course, assignment, course.root / "reports"),
        "autograder feedback, grades read": lambda: feedback_jobs(
            coursedir, assignment, None, Config()
        ),
    }


def gradebook(work: Path, original: Course, sizes: list[int]) -> dict[str, Any]:
    """Every operation at every size."""
    course = make_course(work / "gradebook", original, ASSIGNMENT)
    release = course.release_notebook(ASSIGNMENT).read_bytes()
    first = course.submitted(ASSIGNMENT, "s00000")
    first.mkdir(parents=True)
    (first / f"{ASSIGNMENT}.ipynb").write_bytes(release)
    graded = graded_once(course, "s00000")
    shutil.rmtree(first.parent)
    rows = []
    use_in_formgrader()  # as `configure` does there
    with counted() as counts:
        for size in sorted(sizes):
            grow(course, ASSIGNMENT, graded, release, size)
            own = {"students, by nbgrader's own query": lambda: _students(course)}
            for name, operation in (operations(course, ASSIGNMENT) | own).items():
                counts.statements = counts.steps = 0
                start = time.process_time()
                operation()
                rows.append({"operation": name, "submissions": size,
                             "seconds": time.process_time() - start,
                             "statements": counts.statements, "steps": counts.steps})  # fmt: skip
    return {"rows": rows}


def _students(course: Course) -> None:
    with Gradebook(CourseDirectory(root=str(course.root)).db_url) as stock:
        stock.student_dicts()
