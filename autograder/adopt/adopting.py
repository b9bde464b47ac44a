"""``autograder adopt``: try new checks on the author's own solution, then write them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from autograder.adopt.adopted import Adopted, changed
from autograder.adopt.cell_to_check import NotCarried, carried
from autograder.adopt.survey import Survey, TestedCell, survey
from autograder.adopt.trying import as_json, drop_what_fails
from autograder.course import Course
from autograder.graders.marked import judges_of
from autograder.language.catalogue import words
from autograder.model import CourseError
from autograder.notebook.cells import is_written_by_nbgrader, nbgrader_metadata
from autograder.notebook.reading import read
from autograder.testcells.program import Code


def adopt(
    course: Course, assignment: str, wanted: Sequence[str] = (), *, write: bool = True
) -> list[Adopted]:
    """Make hidden checks of the test cells of some exercises, or of all.

    `wanted` are functions, classes or variables, or nbgrader ids of their cells. With `write`,
    ``tests/<assignment>/`` and the notebook are written. Raises CourseError for an exercise that
    does not exist, and for a file that exists already.
    """
    path = course.source_notebook(assignment)
    if not path.is_file() and (others := sorted(p.name for p in path.parent.glob("*.ipynb"))):
        raise CourseError(
            f"hidden checks judge the notebook that has the assignment's name: rename "
            f"{' or '.join(others)} in {path.parent} to {path.name}, before students have it"
        )
    course.require(assignment)
    notebook = read(path, error=CourseError)
    judged = {e.solution.grade_id for e in judges_of(course, assignment, notebook).hidden}
    judged = judged if course.has_graders(assignment) else set()
    seen = survey(notebook.raw)
    chosen = _chosen(seen, wanted, assignment)
    made = [_adopted(one, judged, seen, notebook.raw, course, assignment) for one in chosen]
    _require_names_of_their_own(made)
    drop_what_fails(course, assignment, notebook.raw, made)
    new = [one for one in made if one.is_new]
    if write and new:
        _write(course, assignment, notebook.raw, new)
    return made


def cells_that_ask_nothing(course: Course, assignment: str) -> list[str]:
    """Test cells that ask for nothing that a solution cell defines, and so stay what they are."""
    others = _others(course, assignment)
    return [code.name for code in others if not is_written_by_nbgrader(code.text)]


def cells_of_nbgraders(course: Course, assignment: str) -> list[str]:
    """Test cells whose tests nbgrader writes when it makes the release (AUTOTEST)."""
    others = _others(course, assignment)
    return [code.name for code in others if is_written_by_nbgrader(code.text)]


def _others(course: Course, assignment: str) -> Sequence[Code]:
    notebook = read(course.source_notebook(assignment), error=CourseError)
    return survey(notebook.raw).others


def _chosen(seen: Survey, wanted: Sequence[str], assignment: str) -> list[TestedCell]:
    with_tests = [one for one in seen.exercises if one.tests]
    for name in wanted:
        if not any(one.is_meant(name) for one in with_tests):
            known = ", ".join(one.name for one in with_tests) or "none"
            raise CourseError(
                f"{assignment} has no exercise {name!r} with a test cell that asks for it; these "
                f"have one: {known}"
            )
    return [one for one in with_tests if not wanted or any(map(one.is_meant, wanted))]


def _adopted(
    one: TestedCell,
    judged: set[str],
    seen: Survey,
    nb: Mapping[str, Any],
    course: Course,
    name: str,
) -> Adopted:
    tests, say = course.tests(name), words(course.language)
    made = Adopted(one.name, one.solution.name)
    ids = {str(nbgrader_metadata(cell).get("grade_id")) for cell in nb["cells"]}
    if one.solution.name in judged:
        made.problem = f"hidden checks in {tests} judge it already"
    elif not one.name.isidentifier() or not one.solution.name:
        made.problem = "its solution cell has no nbgrader id"
    elif (tests / f"test_{one.name}.py").exists():
        made.problem = f"{tests / f'test_{one.name}.py'} is there already: move it away first"
    elif one.name != one.solution.name and one.name in ids:
        made.problem = f"another cell is called {one.name!r} already: rename that one"
    if made.problem:
        return made
    for test in one.tests:
        points = float(nbgrader_metadata(nb["cells"][test.index]).get("points") or 0)
        try:
            made.checks.append(carried(test, points, seen, say))
        except NotCarried as why:
            made.stays[test.name] = str(why)
    name = f"test_{one.name}"
    if name in ids and name not in {check.cell for check in made.checks}:
        made.problem = f"the cell {name!r} would have to be its grade cell and stays: rename that"
    return made


def _require_names_of_their_own(made: Sequence[Adopted]) -> None:
    """Mark as a problem that several solution cells define the same name."""
    names = [one.name for one in made]
    for one in made:
        if names.count(one.name) > 1 and not one.problem:
            one.problem = "several solution cells define it: give each of them a name of its own"


def _write(course: Course, assignment: str, nb: Mapping[str, Any], new: Sequence[Adopted]) -> None:
    """Write the checks, then the notebook; on failure remove what was written."""
    tests = course.tests(assignment)
    written: list[Path] = []
    try:
        tests.mkdir(parents=True, exist_ok=True)
        for one in new:
            path = tests / f"test_{one.name}.py"
            with path.open("x", encoding="utf-8") as file:
                written.append(path)
                file.write(one.text())
        path = course.source_notebook(assignment)
        aside = path.with_suffix(f".{os.getpid()}")
        aside.write_text(as_json(changed(nb, new, course.language)), encoding="utf-8")
        aside.replace(path)
    except OSError as error:
        for path in written:
            path.unlink(missing_ok=True)
        raise CourseError(f"{error.filename} cannot be written: {error.strerror}") from error
