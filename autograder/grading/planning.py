"""The plans of an assignment's notebooks: which test cells are judged outside.

They are stored (see `plan_files`) and made again when their inputs have changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from autograder.course import Course
from autograder.graders.marked import judges_of
from autograder.grading.grader import Grader
from autograder.grading.nbgrader_scored import end_sandbox, try_cells
from autograder.grading.notebooks_trial import know_that_they_run
from autograder.grading.ordinary_cells import PART, unsound
from autograder.grading.plan_files import PlanFile, plan_digest
from autograder.model import CourseError, GraderError
from autograder.notebook.cells import cell_text, is_written_by_nbgrader, nbgrader_metadata
from autograder.notebook.reading import read
from autograder.sandbox import CellResult
from autograder.testcells.plan import JudgedOutside, NotebookPlan, Run, make_plan
from autograder.testcells.program import runnable_solution
from autograder.testcells.released import with_nbgraders_delimiters

AutotestTexts = Mapping[str, Mapping[str, str]]
"""The text of test cells that nbgrader writes itself (AUTOTEST), by notebook and by name: only
the gradebook holds it (see gradebook/sources.py)."""
_NONE: AutotestTexts = {}
CELL_SECONDS, NOTEBOOK_SECONDS = 120.0, 1200.0  # for the author's own, at least


def plans_of(
    course: Course, assignment: str, written: AutotestTexts = _NONE, *, again: bool = False
) -> dict[str, NotebookPlan]:
    """The plan of every notebook of an assignment that has no hidden graders, by name.

    Made now, by running the author's own notebooks, unless nothing has changed since; `again`,
    also where the author's own solution did not pass a test for a reason that may be gone. Raises
    CourseError for a notebook that cannot be read.
    """
    names = notebooks_without_graders(course, assignment)
    file = PlanFile(course, assignment, written=written)
    known = file.known(names)
    if known is not None and not (again and any(plan.may_pass_now for plan in known.values())):
        return known
    patient, source = _patient(course), course.source(assignment)
    made: dict[str, bytes] = {}  # what earlier notebooks leave for later ones, as a student's do
    runs, plans = {}, {}
    try:
        for name in names:
            nb = solved_notebook(patient, assignment, name, written)
            runs[name] = own = _AuthorsNotebook(patient, source, nb, dict(made))
            plans[name] = _plan(own)
            made = {**own.made, **made}
        know_that_they_run(
            course, source, {n: r.inside for n, r in runs.items() if r.inside is not None}
        )
    finally:
        end_sandbox(patient, source)  # workers forked now must not share it
    if written or not cells_to_write(course, assignment):  # else: another knows more
        file.keep(plans)
    return plans


def plan_of_ordinary(
    course: Course, assignment: str, *, again: bool = False
) -> NotebookPlan | None:
    """The plan of the ordinary test cells beside hidden graders; None where there are none.

    Made now, by running the author's own notebook, unless nothing has changed since; `again` as
    for `plans_of`. Raises what `Grader` raises.
    """
    if not has_ordinary(course, assignment):
        return None
    file = PlanFile(course, assignment, PART)
    known = file.known([assignment])
    if known is not None:
        if not (again and known[assignment].may_pass_now):
            return known[assignment]
        file.forget()
    with Grader(course, assignment) as grader:
        return grader.ordinary.plan if grader.ordinary else None


def has_ordinary(course: Course, assignment: str) -> bool:
    """Whether a notebook has hidden graders for some exercises, and test cells of another kind."""
    path = course.source_notebook(assignment)
    if not (course.has_graders(assignment) and path.is_file()):
        return False
    return bool(judges_of(course, assignment, read(path, error=CourseError)).ordinary)


def has_plan(course: Course, assignment: str) -> bool:
    """Whether the plan of an assignment's notebooks is stored and up to date."""
    names = notebooks_without_graders(course, assignment)
    files = [(PlanFile(course, assignment), names)] if names else []
    if has_ordinary(course, assignment):
        files.append((PlanFile(course, assignment, PART), [assignment]))
    return all(file.known(own) is not None for file, own in files)


def judged_outside(
    course: Course, assignment: str, written: AutotestTexts = _NONE
) -> dict[str, JudgedOutside]:
    """The test cells judged outside, by notebook; notebooks without any are left out."""
    if course.test_cells == "inside":
        return {}
    found = {
        name: JudgedOutside.by(plan, solved_notebook(course, assignment, name, written), tried=True)
        for name, plan in plans_of(course, assignment, written).items()
    }
    return {name: cells for name, cells in found.items() if cells is not None}


def unsound_cells(
    course: Course, assignment: str, written: AutotestTexts = _NONE
) -> dict[str, frozenset[str]]:
    """The test cells whose failed points wait for a person, by notebook; without empty ones."""
    if course.unsound_tests == "automatic":
        return {}
    plans = plans_of(course, assignment, written)
    return {name: found for name, plan in plans.items() if (found := unsound(course, plan))}


def ordinary_inputs(course: Course, assignment: str) -> dict[str, str]:
    """What decides the points of ordinary test cells beside hidden graders, for a result's key."""
    known = PlanFile(course, assignment, PART).known([assignment])
    found = unsound(course, known[assignment]) if known else ()
    return {
        "the author's notebook": plan_digest(course, assignment),
        "what the author's own solution does not pass": repr(sorted(found)),
    }


def notebooks_without_graders(course: Course, assignment: str) -> list[str]:
    """Names of an assignment's notebooks that nbgrader's own rule scores."""
    names = sorted(path.stem for path in course.source(assignment).glob("*.ipynb"))
    return [n for n in names if n != assignment or not course.has_graders(assignment)]


def _patient(course: Course) -> Course:
    """The course with one long limit for the author's notebook, the same for every command."""
    limits = replace(course.limits, cell_seconds=max(CELL_SECONDS, course.limits.cell_seconds))
    seconds = max(NOTEBOOK_SECONDS, course.submission_seconds)
    return replace(course, limits=limits, submission_seconds=seconds)


def cells_to_write(course: Course, assignment: str) -> dict[str, set[str]]:
    """The cells that nbgrader writes when a release is made, by notebook and by name."""
    found = {}
    for notebook in notebooks_without_graders(course, assignment):
        cells = solved_notebook(course, assignment, notebook, _NONE)["cells"]
        names = {_name(cell) for cell in cells if is_written_by_nbgrader(cell_text(cell))}
        if names - {""}:
            found[notebook] = names - {""}
    return found


def solved_notebook(
    course: Course, assignment: str, name: str, written: AutotestTexts = _NONE
) -> dict[str, Any]:
    """The author's notebook as it can run: what nbgrader wrote is in its place, stubs are not.

    Raises CourseError when it cannot be read.
    """
    nb = read(course.source(assignment) / f"{name}.ipynb", error=CourseError).raw
    texts = written.get(name, {})
    cells = [
        {**cell, "source": with_nbgraders_delimiters(_text(cell, texts), course.hidden_delimiters)}
        for cell in nb["cells"]
    ]
    return {**nb, "cells": cells}


def _text(cell: Mapping[str, Any], texts: Mapping[str, str]) -> str:
    text = texts.get(_name(cell), cell_text(cell))
    return runnable_solution(text) if nbgrader_metadata(cell).get("solution") else text


def _name(cell: Mapping[str, Any]) -> str:
    return str(nbgrader_metadata(cell).get("grade_id") or "")


@dataclass
class _AuthorsNotebook:
    """Runs one of the author's own notebooks, with some test cells outside or none."""

    course: Course
    source: Path  # the folder that holds it
    nb: Mapping[str, Any]
    given: Mapping[str, bytes]  # files that the notebooks before it have made
    inside: Mapping[int, CellResult] | None = None  # from the run with all cells inside
    made: Mapping[str, bytes] = field(default_factory=dict)  # files that are there after that run

    def __call__(self, plan: NotebookPlan | None, tried: bool) -> Run:
        outside = JudgedOutside.by(plan, self.nb, tried=tried) if plan else None
        found = try_cells(self.nb, self.course, self.source, outside, self.given)
        if plan is None:
            self.inside, self.made = found.results, found.made
        return found


def _plan(runs: _AuthorsNotebook) -> NotebookPlan:
    try:
        return make_plan(runs.nb, runs, outside=runs.course.test_cells == "outside")
    except CourseError:
        raise
    except GraderError:  # of another language: graded by nbgrader's own list, or not at all
        return NotebookPlan()
