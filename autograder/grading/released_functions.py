"""The released text of the functions that an assignment asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from autograder.notebook.cells import (
    ExerciseCells,
    RunnableCell,
    cell_text,
    is_locked,
    nbgrader_metadata,
    runnable,
    same_code,
)
from autograder.sandbox.inside.stubs import stub_of


class ReleasedFunctions:
    """The text of each solution cell in the release, and the stub of its function."""

    def __init__(self, exercises: Iterable[ExerciseCells]) -> None:
        """`exercises` of the release that hidden graders judge."""
        self._texts = {e.name: e.solution.source for e in exercises}
        self.stubs = {
            name: stub
            for name, source in self._texts.items()
            if (stub := stub_of(source, name)) is not None
        }

    def untouched_cells(self, notebook: Mapping[str, Any]) -> dict[str, int]:
        """Exercises whose solution cell is still as released, and its place."""
        return {
            name: index
            for index, cell in enumerate(notebook["cells"])
            if (name := nbgrader_metadata(cell).get("grade_id")) in self._texts
            and same_code(cell_text(cell), self._texts[name])
        }

    def runnable(
        self, notebook: Mapping[str, Any], untouched: Mapping[str, int]
    ) -> list[RunnableCell]:
        """The cells to run: an untouched stub does not replace an answer above it."""
        above = {
            index
            for name, index in untouched.items()
            if any(defines(cell, name) for cell in notebook["cells"][:index])
        }
        cells = runnable(notebook, frozenset(self._texts))
        return [cell for cell in cells if cell.index not in above]


def defines(cell: Mapping[str, Any], name: str) -> bool:
    """Whether a cell that is not the course's own defines a function."""
    own = cell["cell_type"] == "code" and not is_locked(nbgrader_metadata(cell))
    return own and re.search(rf"^def {re.escape(name)}\b", cell_text(cell), re.M) is not None
