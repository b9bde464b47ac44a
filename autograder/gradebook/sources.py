"""The author's cells as nbgrader's gradebook holds them (hidden tests included)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry, Notebook

from autograder.course import Course
from autograder.gradebook.disk_errors import database_path
from autograder.grading.planning import AutotestTexts, cells_to_write
from autograder.model import CourseError
from autograder.notebook.restoring import SourceCell, SourceCells


def gradebook_cells(gradebook: Gradebook, assignment: str, notebook: str) -> SourceCells:
    """Read the source cells of one notebook; their tags are unknown, as a gradebook stores none.

    Raises CourseError when the gradebook does not know the notebook.
    """
    try:
        found: Notebook = gradebook.find_notebook(notebook, assignment)
    except MissingEntry as error:
        raise CourseError(
            f"the gradebook has no notebook {notebook!r} of assignment {assignment!r}: "
            f"run `nbgrader generate_assignment {assignment}`"
        ) from error
    graded = {cell.name: cell for cell in [*found.grade_cells, *found.task_cells]}
    solutions = {cell.name for cell in found.solution_cells}
    tasks = {cell.name for cell in found.task_cells}
    cells = {
        row.name: SourceCell(
            name=row.name,
            cell_type=row.cell_type,
            source=row.source,
            locked=row.locked,
            grade=row.name in graded and row.name not in tasks,
            solution=row.name in solutions,
            task=row.name in tasks,
            points=float(graded[row.name].max_score) if row.name in graded else None,
            checksum=row.checksum,
        )
        for row in found.source_cells
    }
    return SourceCells(cells, _kernelspec(found))


def written_tests(course: Course, assignment: str, gradebook: Gradebook | str) -> AutotestTexts:
    """The test cells that nbgrader wrote when the release was made, by notebook and by name.

    `gradebook` may be its address. What was never released is not among them.
    """
    asked = cells_to_write(course, assignment)
    if not asked:
        return {}
    if isinstance(gradebook, str):
        file = database_path(gradebook)
        if file and not Path(file).exists():
            return {}
        with Gradebook(gradebook) as opened:
            return _written(opened, assignment, asked)
    return _written(gradebook, assignment, asked)


def _written(gradebook: Gradebook, assignment: str, asked: Mapping[str, set[str]]) -> AutotestTexts:
    found = {}
    for notebook, names in asked.items():
        with suppress(CourseError):
            cells = gradebook_cells(gradebook, assignment, notebook).cells
            found[notebook] = {name: cells[name].source for name in sorted(names & cells.keys())}
    gradebook.db.rollback()
    return found


def _kernelspec(found: Notebook) -> dict[str, Any] | None:
    return json.loads(found.kernelspec) if found.kernelspec else None
