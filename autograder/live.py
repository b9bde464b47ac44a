"""A submission that is running: its cells behind the wall, its functions answering calls.

When a cell or a call kills the child, another child is made from the cells that are sound,
so that a hang or a crash costs what depends on it and no more.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from types import TracebackType
from typing import Any

import numpy as np

from autograder.opencall import Outcome, StandIns
from autograder.sandbox import CallResult, CellResult, Sandbox, Session

MOST_FATAL_CALLS = 2  # of one function; later calls like these are not tried
RETRY_SECONDS = 0.3  # for a call like one that has run into the limit already
MOST_REPLIED = 256 << 20  # bytes of all answers of one submission
FATAL = ("timeout", "memory", "crashed")
_FUNCTION = re.compile(r"\bdef\s+(\w+)")
_TRACEBACK_LINE = re.compile(
    r"(?P<name>\w+|<(?:lambda|module|genexpr|(?:list|set|dict)comp)>)"
    r", line (?P<number>\d{1,5}): (?P<text>.*)"
)


@dataclass(frozen=True)
class RunnableCell:
    """A code cell as the sandbox sees it."""

    index: int  # place in the notebook
    source: str
    public_check: str = ""  # the exercise whose public check this is

    @property
    def needed(self) -> bool:
        """Whether other cells or calls may depend on it."""
        return not self.public_check


class LiveSubmission:
    """One notebook behind the wall; a `Backend` for hidden checks once its cells have run."""

    def __init__(
        self,
        sandbox: Sandbox,
        cells: Sequence[RunnableCell],
        *,
        seconds: float = 60.0,
        not_attempted: frozenset[str] = frozenset(),
    ) -> None:
        self._sandbox = sandbox
        self._cells = list(cells)
        self._deadline = time.monotonic() + seconds
        self._not_attempted = not_attempted
        self._replied = 0  # bytes
        self._fatal_cells: set[int] = set()
        # by function and what stands in for it: with a stand-in it may well come to an end
        self._fatal_calls: Counter[tuple[str, ...]] = Counter()
        self._last_fatal: dict[tuple[str, ...], str] = {}
        self._session: Session | None = None
        begun = sandbox.begun
        self._begun = _begun(begun, self._cells)
        self._already = [result for _, result in begun[: self._begun]]
        self.ran: dict[int, CellResult] = {}

    def __enter__(self) -> LiveSubmission:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end_session()

    def run_cells(self) -> dict[int, CellResult]:
        """Run every cell in order; results by place in the notebook."""
        for cell, result in zip(self._cells, self._already, strict=False):
            self.ran[cell.index] = result
        for position, cell in enumerate(self._cells[self._begun :], start=self._begun):
            session = self._alive(position)
            result = session.run_cell(cell.source, seconds=self._cell_seconds(cell))
            self.ran[cell.index] = result
            if not session.alive:
                self._fatal_cells.add(cell.index)
                if cell.public_check:
                    self._count_fatal((cell.public_check,), result.status)
        return self.ran

    def call(
        self,
        name: str,
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
        *,
        seed: int,
        stand_ins: StandIns,
    ) -> Outcome:
        """Call one of the notebook's functions; see `Session.call`."""
        if name in self._not_attempted:
            return CallResult(status="not_attempted")
        way = (name, *sorted(stand_ins))
        if self._fatal_calls[way] >= MOST_FATAL_CALLS:
            return CallResult(status=self._last_fatal[way])
        seconds = min(self._sandbox.limits.call_seconds, self._left())
        if self._last_fatal.get(way) == "timeout":
            seconds = min(seconds, RETRY_SECONDS)
        session = self._alive(len(self._cells))
        result = session.call(name, args, kwargs, seed=seed, stand_ins=stand_ins, seconds=seconds)
        if not session.alive:
            self._count_fatal(way, result.status)
        self._replied += size_of(result.value)
        if self._replied > MOST_REPLIED:  # the judge keeps all answers until it has judged them
            return CallResult(status="memory")
        return replace(result, lines=[line for line in result.lines if self._is_own(line)])

    @cached_property
    def _own_lines(self) -> set[tuple[int, str]]:
        return {
            (number, line.strip())
            for cell in self._cells
            for number, line in enumerate(cell.source.splitlines(), start=1)
        }

    @cached_property
    def _own_names(self) -> set[str]:
        return {name for cell in self._cells for name in _FUNCTION.findall(cell.source)}

    def _is_own(self, line: str) -> bool:
        """Whether a line of a traceback is the notebook's: the child could send any text."""
        found = _TRACEBACK_LINE.fullmatch(line)
        if found is None or (found["name"] not in self._own_names and found["name"][0] != "<"):
            return False
        return (int(found["number"]), found["text"]) in self._own_lines

    def _count_fatal(self, way: tuple[str, ...], status: str) -> None:
        self._fatal_calls[way] += 1
        self._last_fatal[way] = status if status in FATAL else "crashed"

    def _cell_seconds(self, cell: RunnableCell) -> float:
        limits = self._sandbox.limits
        limit = limits.call_seconds if cell.public_check else limits.cell_seconds
        return min(limit, self._left())

    def _left(self) -> float:
        return max(0.05, self._deadline - time.monotonic())

    def _alive(self, before: int) -> Session:
        """A living session in which the sound cells before a position have run."""
        if self._session is not None and self._session.alive:
            return self._session
        replay = self._session is not None
        self._end_session()
        self._session = self._sandbox.session()
        if replay:
            self._replay(before)
        return self._session

    def _replay(self, before: int) -> None:
        for cell in self._cells[self._begun : before]:
            if not cell.needed or cell.index in self._fatal_cells:
                continue
            assert self._session is not None
            self._session.run_cell(cell.source, seconds=self._cell_seconds(cell))
            if not self._session.alive:  # sound the first time, fatal now: leave it out
                self._fatal_cells.add(cell.index)
                self._end_session()
                self._session = self._sandbox.session()
                return self._replay(before)

    def _end_session(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None


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


def _begun(begun: Sequence[tuple[str, CellResult]], cells: Sequence[RunnableCell]) -> int:
    """How many of the first cells every session has behind it already."""
    count = 0
    for cell, (source, _) in zip(cells, begun, strict=False):
        if cell.source != source:
            break
        count += 1
    return count
