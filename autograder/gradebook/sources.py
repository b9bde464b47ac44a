"""The author's cells as nbgrader's gradebook holds them (hidden tests included)."""

from __future__ import annotations

import json
from typing import Any

from nbgrader.api import Gradebook, MissingEntry, Notebook

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


def _kernelspec(found: Notebook) -> dict[str, Any] | None:
    return json.loads(found.kernelspec) if found.kernelspec else None
