"""What of a submission runs again in another child, and how much its answers weigh."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.notebook.cells import RunnableCell
from autograder.sandbox import CellResult


class Replay:
    """How much of each cell another session runs again."""

    ALL_BY_STATEMENT = 1 << 30

    def __init__(self) -> None:
        self._before: dict[int, int] = {}  # by cell: the line that its last statement is above

    def of(self, cell: RunnableCell) -> str | tuple[str, int]:
        """What to run of a cell; nothing is ("", 0)."""
        before = self._before.get(cell.index)
        return cell.source if before is None else (cell.source if before else "", before)

    def drop(self, cell: RunnableCell) -> None:
        """Nothing of this cell runs again."""
        self._before[cell.index] = 0

    def cut(self, cell: RunnableCell, result: CellResult) -> None:
        """A cell was fatal: keep what comes before the statement, or find out which it is.

        Each time less is kept, so that it comes to an end.
        """
        before = self._before.get(cell.index, self.ALL_BY_STATEMENT + 1)
        unknown = 0 if before == self.ALL_BY_STATEMENT else self.ALL_BY_STATEMENT
        line = result.statement or unknown
        self._before[cell.index] = line if line < before else 0


def size_of(value: Any) -> int:
    """About how many bytes a plain value takes."""
    if isinstance(value, np.ndarray):
        return int(value.nbytes)
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict):
        return sum(size_of(key) + size_of(item) for key, item in value.items())
    if isinstance(value, list | tuple):
        return sum(map(size_of, value))
    return 32
