"""The text of a notebook's cells, for messages that name lines and functions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from autograder.grading.inner_imports import is_ours
from autograder.judge.vocabulary import MOST_LINES
from autograder.notebook.cells import RunnableCell, assigns, defines
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
        self.sources = [cell.source for cell in cells if not is_ours(cell)]

    def source_of(self, function: str) -> str:
        """The last cell that defines a function or class, or assigns to a variable, or nothing."""
        found = [c.source for c in self._cells if defines(c.source, function)]
        found = found or [c.source for c in self._cells if assigns(c.source, function)]
        return found[-1] if found else ""

    def place_of(self, function: str) -> int | None:
        """The place of the last cell that should define a function, a class or a variable."""
        found = [
            c.index
            for c in self._cells
            if function in _FUNCTION.findall(c.source)
            or defines(c.source, function)
            or assigns(c.source, function)
        ]
        return found[-1] if found else None

    def with_own_lines(self, result: CallResult) -> CallResult:
        """A result with only those lines of its traceback that are in the notebook."""
        if not result.lines:
            return result
        return replace(result, lines=[own for line in result.lines if (own := self._as_own(line))])

    @cached_property
    def _own_lines(self) -> dict[tuple[int, str], list[str]]:
        """Number and text of every line → where it may be, the likeliest first; none where there
        are so many that one tells much."""
        found: dict[tuple[int, str], list[str]] = {}
        for cell in self._cells:
            for number, line, places in _with_places(cell.source):
                known = found.setdefault((number, line), [])
                known += [place for place in dict.fromkeys(places) if place not in known]
        return found if sum(map(len, found.values())) <= MOST_LINES else {}

    def _as_own(self, line: str) -> str:
        """A line of a traceback, if it is in the notebook: a child could send any text."""
        found = _TRACEBACK_LINE.fullmatch(line)
        if found is None:
            return ""
        places = self._own_lines.get((int(found["number"]), found["text"]))
        if not places:
            return ""
        # another name is a lambda's or a comprehension's, or one that was made up to tell something
        name = found["name"] if found["name"] in places else places[0]
        return f"{name}, line {found['number']}: {found['text']}"


def _with_places(source: str) -> Iterator[tuple[int, str, list[str]]]:
    """Each line of a cell: number, text, and in which functions it may be, by its indentation.

    A text of several lines may stand further left than what it is in.
    """
    above = [(-1, "<module>")]  # indentation and name of what is open
    last = outermost = "<module>"
    for number, line in enumerate(source.splitlines(), start=1):
        text = line.strip()
        indentation = len(line) - len(line.lstrip())
        while text and indentation <= above[-1][0]:
            above.pop()
        places = [above[-1][1], last, outermost]
        if begins := _FUNCTION.match(text):
            last = begins[1]
            outermost = outermost if indentation else last
            places = [above[-1][1], last]
            above.append((indentation, last))
        yield number, text, places
