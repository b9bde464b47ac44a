"""A submission that is running: its cells in the sandbox, its functions answering calls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any

from autograder.grading.own_answers import OwnAnswers
from autograder.grading.own_text import OwnText
from autograder.grading.running_cells import CellJudge, RunningCells
from autograder.grading.time_limits import CalledWith, TimeLimits
from autograder.judge.calls import Answer, StandIns
from autograder.notebook.cells import RunnableCell
from autograder.sandbox import CallResult, CellResult, CellStop, PreparedCall, Reply, Sandbox
from autograder.sandbox.inside.stubs import Stub


class LiveSubmission:
    """One notebook in the sandbox; a `Backend` for hidden checks once its cells have run."""

    def __init__(
        self,
        sandbox: Sandbox,
        cells: Sequence[RunnableCell],
        *,
        seconds: float = 60.0,
        reference_seconds: Mapping[str, float] | None = None,
        files: Mapping[str, bytes] | None = None,
        judge: CellJudge | None = None,
    ) -> None:
        """`reference_seconds`: seconds that the reference takes for a call of each function.

        `files` were handed in beside the notebook (`own_files`) and lie where its cells start.
        `judge` runs the cells that are outside.
        """
        self.files: Mapping[str, bytes] = dict(files or {})
        self.time = TimeLimits(sandbox.limits, seconds, reference_seconds or {})
        self._text = OwnText(cells)
        self.sources: Sequence[str] = self._text.sources  # of the notebook's own cells
        self._running = RunningCells(sandbox, cells, self.time, self.files, judge)
        self._not_attempted: frozenset[str] = frozenset()
        self._answers = OwnAnswers(self._text, self._running)

    def __enter__(self) -> LiveSubmission:
        return self

    def __exit__(self, *_: object) -> None:
        self._running.end()

    def run_cells(self) -> dict[int, CellResult]:
        """Run every cell in order; results by place in the notebook."""
        return self._running.run()

    @property
    def ran(self) -> dict[int, CellResult]:
        """The result of each cell, by place in the notebook."""
        return self._running.ran

    @property
    def stops(self) -> dict[int, CellStop]:
        """The cells that stopped before their end, by place in the notebook: see `CellStop`."""
        return self._running.stops

    def find_not_attempted(
        self, stubs: Mapping[str, Stub], released: frozenset[str]
    ) -> frozenset[str]:
        """The functions that are still the released stubs after all cells have run.

        `released` are exercises whose cell is as released: they count even where the notebook
        defines no such function.
        """
        there: frozenset[str] = frozenset()
        same: frozenset[str] = frozenset()
        session = self._running.alive()
        if stubs and not self.time.is_over:
            there, same = session.find_stubs(stubs)
        self._not_attempted = same | (released - there)
        return self._not_attempted

    def call(
        self,
        name: str,
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
        *,
        seed: int,
        stand_ins: StandIns,
    ) -> CallResult:
        """Call one of the notebook's functions; see `Session.call`."""
        called = (name, *sorted(stand_ins))
        if (known := self._known_result(called)) is not None:
            return known
        session = self._running.alive()
        if self.time.is_over:
            return CallResult(status="timeout")
        result = session.call(
            name, args, kwargs, seed=seed, stand_ins=stand_ins, seconds=self.time.of_call(called)
        )
        if not session.alive and result.status != "missing":
            self.time.count_fatal(called, result.status)
        return self._answers.result(name, result)

    def call_ahead(self, calls: Sequence[PreparedCall]) -> list[Answer]:
        """The answers to prepared calls, the same as for calls that are made one by one."""
        answers: list[Answer] = []
        while len(answers) < len(calls):
            answers += self._calls_until_fatal(calls[len(answers) :])
        return answers

    def _calls_until_fatal(self, calls: Sequence[PreparedCall]) -> list[Answer]:
        known = [self._known_result(_called(call)) for call in calls]
        to_make = [call for call, result in zip(calls, known, strict=True) if result is None]
        replies: Iterator[Reply | CallResult] = iter(())
        if to_make:
            session = self._running.alive()
            if self.time.is_over:
                known = [result or CallResult(status="timeout") for result in known]
            else:
                limits = (self.time.of_call(_called(call)) for call in to_make)
                replies = session.call_ahead(to_make, limits)
        answers = []
        for call, result in zip(calls, known, strict=True):
            reply = result or next(replies, None)
            if reply is None:  # the call before was fatal: what is known of the others changes
                break
            if result is None and isinstance(reply, CallResult):
                self.time.count_fatal(_called(call), reply.status)
            answers.append(self._answers.answer(call.name, reply))
        return answers

    def source_of(self, function: str) -> str:
        """The last cell that defines a function, or nothing."""
        return self._text.source_of(function)

    def versions(
        self, name: str, sources: Sequence[str], calls: Sequence[PreparedCall], seconds: float
    ) -> list[list[Answer]]:
        """The answers of other versions of a function to the same calls, none for one that died.

        Fewer lists than versions mean that the time of the submission is over.
        """
        found: list[list[Answer]] = []
        limits = (min(seconds, self.time.left) for _ in count())
        self._answers.begin_versions()
        while len(found) < len(sources) and (session := self._running.alive_in_time()):
            replies = session.versions(name, sources[len(found) :], calls, limits)
            found += _rows(replies, len(calls), self._answers)
        return found

    def call_version(
        self, source: str, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any],
        *, seed: int, stand_ins: StandIns, seconds: float,
    ) -> CallResult:  # fmt: skip
        """Call a version of a function, with stand-ins; it then stays in the notebook's place."""
        session = self._running.alive()
        if self.time.is_over:
            return CallResult(status="timeout")
        session.run_cell(source)
        if not session.alive:
            return CallResult(status="crashed")
        return session.call(name, args, kwargs, seed=seed, stand_ins=stand_ins, seconds=seconds)

    def _known_result(self, called: CalledWith) -> CallResult | None:
        """The result of a call that need not be made."""
        if called[0] in self._not_attempted:
            return CallResult(status="not_attempted")
        return self.time.known_result(called)


def _called(call: PreparedCall) -> CalledWith:
    return (call.name, *call.stand_ins)


def _rows(
    replies: Iterable[Reply | CallResult], length: int, answers: OwnAnswers
) -> Iterator[list[Answer]]:
    """The answers of each version of a function: so many, or none of one that died."""
    row: list[Answer] = []
    for reply in replies:
        if isinstance(reply, CallResult):
            row = []
            yield row
            continue
        row.append(answers.of_version(reply))
        if len(row) == length:
            yield row
            row = []
