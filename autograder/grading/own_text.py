"""What stands in the cells of one notebook: lines and functions that a message may name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

from autograder.judge.vocabulary import MOST_LINES
from autograder.notebook.cells import RunnableCell
from autograder.sandbox import CallResult

_FUNCTION = re.compile(r"\bdef\s+(\w+)")
_TRACEBACK_LINE = re.compile(
    r"(?P<name>\w+|<(?:lambda|module|genexpr|(?:list|set|dict)comp)>)"
    r", line (?P<number>\d{1,5}): (?P<text>.*)"
)


class OwnText:
    """The text of a notebook's cells."""

    def __init__(self, cells: Sequence[RunnableCell]) -> None:
        self._cells = cells

    def source_of(self, function: str) -> str:
        """The last cell that defines a function, or nothing."""
        found = [c.source for c in self._cells if re.search(rf"^def {function}\b", c.source, re.M)]
        return found[-1] if found else ""

    def place_of(self, function: str) -> int | None:
        """The place of the last cell that is to define a function."""
        found = [c.index for c in self._cells if function in _FUNCTION.findall(c.source)]
        return found[-1] if found else None

    def with_own_lines(self, result: CallResult) -> CallResult:
        """A result with those lines of its traceback that stand in the notebook."""
        if not result.lines:
            return result
        return replace(result, lines=[line for line in result.lines if self._is_own(line)])

    @cached_property
    def _own_lines(self) -> set[tuple[int, str]]:
        """Number and text of every line; none where there are so many that one tells much."""
        lines = {
            (number, line.strip())
            for cell in self._cells
            for number, line in enumerate(cell.source.splitlines(), start=1)
        }
        return lines if len(lines) <= MOST_LINES else set()

    @cached_property
    def _own_names(self) -> set[str]:
        return {name for cell in self._cells for name in _FUNCTION.findall(cell.source)}

    def _is_own(self, line: str) -> bool:
        """Whether a line of a traceback is the notebook's: the child could send any text."""
        found = _TRACEBACK_LINE.fullmatch(line)
        if found is None or (found["name"] not in self._own_names and found["name"][0] != "<"):
            return False
        return (int(found["number"]), found["text"]) in self._own_lines
