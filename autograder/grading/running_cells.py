"""Runs the cells of a notebook in the sandbox, and again when the child has died.

A cell that does not end is interrupted, and what it has defined stays. When a cell or a call kills
the child, a new child runs the sound cells, and the statements before the fatal one of the others:
a hang or a crash costs only what depends on it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import takewhile

from autograder.grading.inner_imports import is_ours
from autograder.grading.replay import Replay
from autograder.grading.time_limits import FATAL, TimeLimits
from autograder.model import SubmissionError
from autograder.notebook.cells import RunnableCell
from autograder.notebook.safe_outputs import MOST_SHOWN, Allowance
from autograder.sandbox import CellResult, CellStop, Sandbox, Session

INTERRUPT_SECONDS = 0.5  # in which an interrupted cell has to end
IMPORT_SECONDS = 3.0  # of a cell of ours: what it imports may never be used
CellJudge = Callable[[RunnableCell, Session, float, int], CellResult]
_NOT_BEGUN = CellResult("timeout", [], "TimeoutError", "the time of the submission was over")


class RunningCells:
    """The session of one notebook; `ran` holds the result of each cell, by place."""

    def __init__(
        self,
        sandbox: Sandbox,
        cells: Sequence[RunnableCell],
        time: TimeLimits,
        files: Mapping[str, bytes],
        judge: CellJudge | None,
    ) -> None:
        """`files` lie where the cells start; `judge` runs the cells that are outside."""
        self._sandbox = sandbox
        self._cells = cells
        self._time = time
        self._files = files
        self._judge = judge
        self._stays = Replay()
        self._session: Session | None = None
        self._begun = 0 if files else _begun(sandbox.begun, cells)
        self.ran: dict[int, CellResult] = {}

    def run(self) -> dict[int, CellResult]:
        """Run every cell in order; results by place in the notebook."""
        for cell, (_, result) in zip(self._cells[: self._begun], self._sandbox.begun, strict=False):
            self.ran[cell.index] = result
        position = self._begun
        shown = Allowance(MOST_SHOWN * self._sandbox.limits.output_bytes)
        while position < len(self._cells) and not self._time.is_over:
            session = self.alive(position)
            if self._time.is_over:
                break
            for cell, result in self._run(session, self._cells[position:]):
                position += 1
                self.ran[cell.index] = replace(result, outputs=shown(result.outputs))
                if result.status in FATAL:
                    self._keep_less(cell, result)
                    if cell.public_check:
                        self._time.count_fatal((cell.public_check,), result.status)
                if self._time.is_over:
                    break
        self._give_up(self._cells[position:])
        self._time.keep_some_for_calls()
        return self.ran

    def _give_up(self, cells: Sequence[RunnableCell]) -> None:
        """Mark the remaining cells as stopped: the time of the whole submission is over."""
        for cell in cells:
            self.ran[cell.index] = _NOT_BEGUN
            self._stays.drop(cell)
        if cells and self._session is not None:  # nobody waits for what it is doing now
            self._session.close()

    def _run(
        self, session: Session, cells: Sequence[RunnableCell]
    ) -> Iterator[tuple[RunnableCell, CellResult]]:
        """Run cells until one ends the session, or the next one runs in the judge's session."""
        if cells and cells[0].outside and self._judge is not None:
            count = sum(1 for place in self.ran if place >= 0) + 1
            seconds = self._time.of_cell(cells[0].public_check)
            return iter([(cells[0], self._judge(cells[0], session, seconds, count))])
        cells = [*takewhile(lambda cell: not cell.outside, cells)]
        results = session.run_cells(
            [*map(self._stays.of, cells)],
            map(self._seconds_for, cells),
            (0.0 if cell.public_check else INTERRUPT_SECONDS for cell in cells),
        )
        return zip(cells, results, strict=False)

    def _seconds_for(self, cell: RunnableCell) -> float:
        seconds = self._time.of_cell(cell.public_check)
        return min(IMPORT_SECONDS, seconds) if is_ours(cell) else seconds

    def _keep_less(self, cell: RunnableCell, result: CellResult) -> None:
        """Repeat less of a fatal cell; of one of ours nothing, as no student has written it."""
        if is_ours(cell):
            self._stays.drop(cell)
        else:
            self._stays.cut(cell, result)

    def alive(self, before: int | None = None) -> Session:
        """A living session in which the sound cells before a position, or all, have run."""
        if self._session is not None and self._session.alive:
            return self._session
        replay = self._session is not None
        self.end()
        self._session = self._open()
        if replay:
            self._replay(len(self._cells) if before is None else before)
        return self._session

    def alive_in_time(self) -> Session | None:
        """The same; None where the time of the submission is over, perhaps by running the cells."""
        session = None if self._time.is_over else self.alive()
        return None if self._time.is_over else session

    def _open(self) -> Session:
        """A new session, with the student's files in it; raises SubmissionError without room."""
        session = self._sandbox.session()
        self._time.follow(session)
        if self._files and (why := session.put(self._files)):
            session.close()
            raise SubmissionError(
                f"the files handed in beside the notebook do not fit where it runs ({why}): remove "
                "what it does not need (c.Autograder.scratch_mib, scratch_files, file_mib)"
            )
        return session

    def _replay(self, before: int) -> None:
        sound = [
            cell
            for cell in self._cells[self._begun : before]
            if cell.needed and self._stays.of(cell) != ("", 0)
        ]
        assert self._session is not None
        for cell, result in self._run(self._session, sound):
            if self._time.is_over:
                self._session.close()
                return
            if result.status in FATAL:
                self._keep_less(cell, result)
            if not self._session.alive:
                self.end()
                self._session = self._open()
                return self._replay(before)

    @property
    def stops(self) -> dict[int, CellStop]:
        """The cells that stopped before their end, by place in the notebook: see `CellStop`."""
        limit = self._sandbox.limits.cell_seconds
        return {
            index: CellStop(
                result.status,
                result.line,
                min(limit, math.ceil(result.seconds)),
                result.error_name,
                result.error_message,
            )
            for index, result in self.ran.items()
            if result.status in ("error", *FATAL) and result is not _NOT_BEGUN
        }

    def end(self) -> None:
        """End the session."""
        if self._session is not None:
            self._session.close()
            self._session = None


def _begun(begun: Sequence[tuple[str, CellResult]], cells: Sequence[RunnableCell]) -> int:
    """The number of first cells that every session starts with already run."""
    count = 0
    for cell, (source, _) in zip(cells, begun, strict=False):
        if cell.source != source:
            break
        count += 1
    return count
