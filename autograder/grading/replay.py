"""Which cells of a submission run again in a new child, and the size of plain values."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.notebook.cells import RunnableCell
from autograder.sandbox import CellResult


class Replay:
    """How much of each cell a new session runs again."""

    ALL_BY_STATEMENT = 1 << 30

    def __init__(self) -> None:
        self._before: dict[int, int] = {}  # by cell: the line that its last statement is above

    def of(self, cell: RunnableCell) -> str | tuple[str, int]:
        """The source to run of a cell, or the source and its last line; ("", 0) for nothing."""
        before = self._before.get(cell.index)
        return cell.source if before is None else (cell.source if before else "", before)

    def drop(self, cell: RunnableCell) -> None:
        """Run nothing of this cell again."""
        self._before[cell.index] = 0

    def cut(self, cell: RunnableCell, result: CellResult) -> None:
        """Keep of a fatal cell the statements before the fatal one, or find out which that is.

        Each call keeps less, so that the repetition ends.
        """
        before = self._before.get(cell.index, self.ALL_BY_STATEMENT + 1)
        unknown = 0 if before == self.ALL_BY_STATEMENT else self.ALL_BY_STATEMENT
        line = result.statement or unknown
        self._before[cell.index] = line if line < before else 0


def size_of(value: Any) -> int:
    """The approximate size of a plain value in bytes."""
    if isinstance(value, np.ndarray):
        return int(value.nbytes)
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict):
        return sum(size_of(key) + size_of(item) for key, item in value.items())
    if isinstance(value, list | tuple):
        return sum(map(size_of, value))
    return 32
