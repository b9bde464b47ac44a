"""The released text of the exercises of an assignment."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterable, Mapping
from types import ModuleType
from typing import Any

from autograder.notebook.cells import (
    ExerciseCells,
    RunnableCell,
    assigns,
    cell_text,
    defines,
    is_locked,
    nbgrader_metadata,
    runnable,
    same_code,
)
from autograder.sandbox.inside.stubs import Stub, definition_of, is_idle, stub_of


class ReleasedFunctions:
    """The text of each solution cell in the release, and the stub of what it defines."""

    def __init__(
        self, exercises: Iterable[ExerciseCells], reference: ModuleType | None = None
    ) -> None:
        """`exercises` of the release that hidden graders judge."""
        self._texts = {e.name: e.solution.source for e in exercises}
        self.stubs = {
            name: stub
            for name, source in self._texts.items()
            if (stub := _stub(source, name, reference)) is not None
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
            if any(_is_answer(cell, name) for cell in notebook["cells"][:index])
        }
        cells = runnable(notebook, frozenset(self._texts))
        return [cell for cell in cells if cell.index not in above]


def _stub(source: str, name: str, reference: ModuleType | None) -> Stub | None:
    """The stub; a print is part of the answer where the solution adds nothing else to it.

    None where the solution itself does nothing, or no more than the stub (a decorator is the
    answer): a right answer would be taken for none.
    """
    stub = stub_of(source, name)
    try:
        text = inspect.getsource(getattr(reference, name))
    except (AttributeError, OSError, TypeError):
        return stub
    answer, loud = stub_of(text, name), stub_of(text, name, silent=False)
    if stub is None or answer is None or loud is None:
        return stub
    if _does_nothing(text, name):
        return None
    if stub.essence != answer.essence:
        return stub
    left = stub_of(source, name, silent=False)
    return left if left is not None and left.essence != loud.essence else None


def _is_answer(cell: Mapping[str, Any], name: str) -> bool:
    """Whether a cell that is not the course's own defines an exercise."""
    own = cell["cell_type"] == "code" and not is_locked(nbgrader_metadata(cell))
    return own and (defines(cell_text(cell), name) or assigns(cell_text(cell), name))


def _does_nothing(source: str, name: str) -> bool:
    """Whether what a cell defines under a name, or every method of it, does nothing: no print."""
    try:
        node = definition_of(ast.parse(source), name, 0)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return False
    return node is not None and is_idle(node, silent=False)
