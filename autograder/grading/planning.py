"""The plans of an assignment's notebooks: which test cells are judged outside.

.autograder/testcells/<assignment>.json    what was decided, why, and a digest of what it was
                                           made from: it is made again when that has changed
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from autograder.course import Course
from autograder.grading.fingerprint import digest, digest_file, files_below, package_digest
from autograder.grading.nbgrader_scored import end_sandbox, try_cells
from autograder.grading.notebooks_trial import know_that_they_run
from autograder.model import CourseError, GraderError
from autograder.notebook.reading import read
from autograder.sandbox import CellResult
from autograder.testcells.plan import JudgedOutside, NotebookPlan, Run, make_plan


def plans_of(course: Course, assignment: str) -> dict[str, NotebookPlan]:
    """The plan of every notebook of an assignment that has no hidden graders, by name.

    Made now, by running the author's own notebooks, unless nothing has changed since. Empty where
    the course has all test cells inside. Raises CourseError for a notebook that cannot be read.
    """
    if course.test_cells == "inside":
        return {}
    names = notebooks_without_graders(course, assignment)
    made_from = _digest(course, assignment)
    file = _file(course, assignment)
    if (known := _known(file, made_from, names)) is not None:
        return known
    ran: dict[str, Mapping[int, CellResult]] = {}
    try:
        plans = {name: _plan(course, assignment, name, ran) for name in names}
        know_that_they_run(course, course.source(assignment), ran)
    finally:
        end_sandbox(course, course.source(assignment))  # workers forked now must not share it
    _keep(file, {"made from": made_from, "notebooks": {n: p.to_json() for n, p in plans.items()}})
    return plans


def has_plan(course: Course, assignment: str) -> bool:
    """Whether the plan of an assignment's notebooks is made, and of what they are now."""
    names = notebooks_without_graders(course, assignment)
    if course.test_cells == "inside" or not names:
        return True
    made_from = _digest(course, assignment)
    return _known(_file(course, assignment), made_from, names) is not None


def _file(course: Course, assignment: str) -> Path:
    return course.root / ".autograder" / "testcells" / f"{assignment}.json"


def _known(file: Path, made_from: str, names: list[str]) -> dict[str, NotebookPlan] | None:
    """The plans that were made from the same."""
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        kept = json.loads(file.read_text(encoding="utf-8"))
        if kept["made from"] == made_from and kept["notebooks"].keys() == set(names):
            return {n: NotebookPlan.from_json(kept["notebooks"][n]) for n in names}
    return None


def judged_outside(course: Course, assignment: str) -> dict[str, JudgedOutside]:
    """What is judged outside, by notebook; none for a notebook in which nothing is."""
    found = {
        name: JudgedOutside.by(plan, _solved(course, assignment, name), tried=True)
        for name, plan in plans_of(course, assignment).items()
    }
    return {name: cells for name, cells in found.items() if cells is not None}


def notebooks_without_graders(course: Course, assignment: str) -> list[str]:
    """Names of an assignment's notebooks that nbgrader's own rule scores."""
    names = sorted(path.stem for path in course.source(assignment).glob("*.ipynb"))
    return [n for n in names if n != assignment or not course.has_graders(assignment)]


def _solved(course: Course, assignment: str, name: str) -> dict[str, Any]:
    return read(course.source(assignment) / f"{name}.ipynb", error=CourseError).raw


def _plan(
    course: Course, assignment: str, name: str, ran: dict[str, Mapping[int, CellResult]]
) -> NotebookPlan:
    """Decide; `ran` gets how the notebook's cells went in the student's session."""
    nb = _solved(course, assignment, name)
    source = course.source(assignment)

    def run(plan: NotebookPlan | None, tried: bool) -> Run:
        outside = JudgedOutside.by(plan, nb, tried=tried) if plan else None
        found = try_cells(nb, course, source, outside)
        if plan is None:
            ran[name] = found.results
        return found

    try:
        return make_plan(nb, run)
    except CourseError:
        raise
    except GraderError:  # of another language: graded by nbgrader's own list, or not at all
        return NotebookPlan()


def _digest(course: Course, assignment: str) -> str:
    files = files_below(course.source(assignment))
    settings = (course.limits, course.submission_seconds, course.preload, course.tier)
    parts = [f"{p.relative_to(course.root)}:{digest_file(p)}" for p in files]
    return digest("\n".join([package_digest(), repr(settings), *parts]))


def _keep(file: Path, content: Mapping[str, Any]) -> None:
    """Write the plan whole; a course that cannot be written to plans again."""
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        aside = file.with_suffix(f".{os.getpid()}")
        aside.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        aside.replace(file)
