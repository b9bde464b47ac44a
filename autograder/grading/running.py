"""A submission that is running: its cells behind the wall, its functions answering calls.

A cell that does not end is interrupted, and what it had defined stays. When a cell or a call
kills the child, another child is made from the cells that are sound, and from the statements of
the others that came before the fatal one: a hang or a crash costs what depends on it, no more.
"""

from __future__ import annotations

import math
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from itertools import count, takewhile
from types import TracebackType
from typing import Any

from autograder.grading.replay import Stays, size_of
from autograder.judge.calls import Answer, Outcome, StandIns
from autograder.judge.vocabulary import MOST_LINES
from autograder.model import SubmissionError
from autograder.notebook.cells import RunnableCell
from autograder.notebook.outputs import MOST_SHOWN, Allowance
from autograder.sandbox import (
    CallResult,
    CellResult,
    CellStop,
    PreparedCall,
    Reply,
    Sandbox,
    Session,
)
from autograder.sandbox.inside.stubs import Stub

MOST_FATAL_CALLS = 2  # of one function; later calls like these are not tried
AS_SLOW_AS = 100  # times the reference: a limit on a call is never shorter
CALLS_SHARE = 0.5  # of a submission's time, which calls have when its cells have used all of it
RETRY_SHARE = 0.1  # of the limit, for a call like one that has run into it already
INTERRUPT_SECONDS = 0.5  # in which an interrupted cell has to end
MOST_REPLIED = 256 << 20  # bytes of all answers of one submission
FATAL = ("timeout", "memory", "crashed")
Judge = Callable[[RunnableCell, Session, float, int], CellResult]
_NOT_BEGUN = CellResult("timeout", [], "TimeoutError", "the time of the submission was over")
_FUNCTION = re.compile(r"\bdef\s+(\w+)")
_TRACEBACK_LINE = re.compile(
    r"(?P<name>\w+|<(?:lambda|module|genexpr|(?:list|set|dict)comp)>)"
    r", line (?P<number>\d{1,5}): (?P<text>.*)"
)


class LiveSubmission:
    """One notebook behind the wall; a `Backend` for hidden checks once its cells have run."""

    def __init__(
        self,
        sandbox: Sandbox,
        cells: Sequence[RunnableCell],
        *,
        seconds: float = 60.0,
        reference_seconds: Mapping[str, float] | None = None,
        files: Mapping[str, bytes] | None = None,
        judge: Judge | None = None,
    ) -> None:
        """`reference_seconds` is how long the reference takes for a call of each function.

        `files` were handed in beside the notebook (`own_files`) and lie where its cells start.
        `judge` runs the cells that are outside.
        """
        self._judge = judge
        self._sandbox = sandbox
        self._cells = list(cells)
        self._seconds = seconds
        self._deadline = time.monotonic() + seconds
        self._not_attempted: frozenset[str] = frozenset()
        self._reference_seconds = reference_seconds or {}
        self._replied = 0  # bytes
        self._stays = Stays()
        # by function and what stands in for it: with a stand-in it may well come to an end
        self._fatal_calls: Counter[tuple[str, ...]] = Counter()
        self._last_fatal: dict[tuple[str, ...], str] = {}
        self._session: Session | None = None
        begun = sandbox.begun
        self.files: Mapping[str, bytes] = dict(files or {})
        self._begun = 0 if self.files else _begun(begun, self._cells)
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
        position = self._begun
        shown = Allowance(MOST_SHOWN * self._sandbox.limits.output_bytes)
        while position < len(self._cells) and not self._is_over():
            session = self._alive(position)
            if self._is_over():
                break
            for cell, result in self._run(session, self._cells[position:]):
                position += 1
                self.ran[cell.index] = replace(result, outputs=shown(result.outputs))
                if result.status in FATAL:
                    self._stays.cut(cell, result)
                    if cell.public_check:
                        self._count_fatal((cell.public_check,), result.status)
                if self._is_over():
                    break
        self._give_up(self._cells[position:])
        self._deadline = max(self._deadline, time.monotonic() + CALLS_SHARE * self._seconds)
        return self.ran

    def _give_up(self, cells: Sequence[RunnableCell]) -> None:
        """Cells that are not begun: the time of the whole submission is over."""
        for cell in cells:
            self.ran[cell.index] = _NOT_BEGUN
            self._stays.drop(cell)
        if cells and self._session is not None:  # nobody waits for what it is doing now
            self._session.close()

    def _run(
        self, session: Session, cells: Sequence[RunnableCell]
    ) -> Iterator[tuple[RunnableCell, CellResult]]:
        """Run cells until one of them ends the session, or the next one is run elsewhere."""
        if cells and cells[0].outside and self._judge is not None:
            count = sum(1 for place in self.ran if place >= 0) + 1
            seconds = self._cell_seconds(cells[0])
            return iter([(cells[0], self._judge(cells[0], session, seconds, count))])
        cells = [*takewhile(lambda cell: not cell.outside, cells)]
        results = session.run_cells(
            [*map(self._stays.of, cells)],
            map(self._cell_seconds, cells),
            (0.0 if cell.public_check else INTERRUPT_SECONDS for cell in cells),
        )
        return zip(cells, results, strict=False)

    def find_not_attempted(
        self, stubs: Mapping[str, Stub], released: frozenset[str]
    ) -> frozenset[str]:
        """The functions that still are the released stubs when all cells have run.

        `released` are exercises whose cell is as it was handed out: where no function is there
        at all, they count too.
        """
        there: frozenset[str] = frozenset()
        same: frozenset[str] = frozenset()
        session = self._alive(len(self._cells))
        if stubs and not self._is_over():
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
    ) -> Outcome:
        """Call one of the notebook's functions; see `Session.call`."""
        way = (name, *sorted(stand_ins))
        if (known := self._known_result(way)) is not None:
            return known
        session = self._alive(len(self._cells))
        if self._is_over():
            return CallResult(status="timeout")
        result = session.call(
            name, args, kwargs, seed=seed, stand_ins=stand_ins, seconds=self._call_seconds(way)
        )
        if result.status == "missing":
            return replace(result, stop=self._stop_before(name))
        if not session.alive:
            self._count_fatal(way, result.status)
        if self._is_too_much(size_of(result.value)):
            return CallResult(status="memory")
        return self._with_own_lines(result)

    def call_ahead(self, calls: Sequence[PreparedCall]) -> list[Answer]:
        """The answers to calls that were prepared, as if they had been made one by one."""
        answers: list[Answer] = []
        while len(answers) < len(calls):
            answers += self._calls_until_fatal(calls[len(answers) :])
        return answers

    def _calls_until_fatal(self, calls: Sequence[PreparedCall]) -> list[Answer]:
        known = [self._known_result((call.name,)) for call in calls]
        to_make = [call for call, result in zip(calls, known, strict=True) if result is None]
        replies: Iterator[Reply | CallResult] = iter(())
        if to_make:
            session = self._alive(len(self._cells))
            if self._is_over():
                late = CallResult(status="timeout")
                return [
                    self._answer(call.name, r or late) for call, r in zip(calls, known, strict=True)
                ]
            limits = (self._call_seconds((call.name,)) for call in to_make)
            replies = session.call_ahead(to_make, limits)
        answers = []
        for call, result in zip(calls, known, strict=True):
            reply = result or next(replies, None)
            if reply is None:  # the call before was fatal: what is known of the others changes
                break
            if result is None and isinstance(reply, CallResult):
                self._count_fatal((call.name,), reply.status)
            answers.append(self._answer(call.name, reply))
        return answers

    def _answer(self, name: str, reply: Reply | CallResult) -> Answer:
        if isinstance(reply, CallResult):
            return Answer(None, reply.seconds, lambda: reply)
        if self._replied > MOST_REPLIED or self._is_too_much(reply.size):
            return Answer(None, reply.seconds, lambda: CallResult(status="memory"))
        if reply.status == "missing":
            stop = self._stop_before(name)
            return Answer(reply.mark, reply.seconds, lambda: replace(reply.result, stop=stop))
        return Answer(reply.mark, reply.seconds, lambda: self._with_own_lines(reply.result))

    def source_of(self, function: str) -> str:
        """The last cell that defines a function, or nothing."""
        found = [c.source for c in self._cells if re.search(rf"^def {function}\b", c.source, re.M)]
        return found[-1] if found else ""

    def versions(
        self, name: str, sources: Sequence[str], calls: Sequence[PreparedCall], seconds: float
    ) -> list[list[Answer]]:
        """The answers of other versions of a function to the same calls, none for one that died.

        Fewer lists than versions mean that the time of the submission is over.
        """
        found: list[list[Answer]] = []
        while len(found) < len(sources) and not self._is_over():
            session = self._alive(len(self._cells))
            limits = (min(seconds, self._left()) for _ in count())
            row: list[Answer] = []
            for reply in session.versions(name, sources[len(found) :], calls, limits):
                if isinstance(reply, CallResult):
                    found.append([])
                    row = []
                    continue
                row.append(Answer(reply.mark, reply.seconds, partial(getattr, reply, "result")))
                if len(row) == len(calls):
                    found.append(row)
                    row = []
        return found

    def call_version(
        self, source: str, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any],
        *, seed: int, stand_ins: StandIns, seconds: float,
    ) -> Outcome:  # fmt: skip
        """Call a version of a function, with stand-ins; the notebook's own one is not put back."""
        session = self._alive(len(self._cells))
        if self._is_over():
            return CallResult(status="timeout")
        session.run_cell(source)
        if not session.alive:
            return CallResult(status="crashed")
        return session.call(name, args, kwargs, seed=seed, stand_ins=stand_ins, seconds=seconds)

    def _is_too_much(self, size: int) -> bool:
        """Count what has come: the judge keeps all answers until it has judged them."""
        self._replied += size
        return self._replied > MOST_REPLIED

    def _with_own_lines(self, result: CallResult) -> CallResult:
        if not result.lines:
            return result
        return replace(result, lines=[line for line in result.lines if self._is_own(line)])

    def _known_result(self, way: tuple[str, ...]) -> CallResult | None:
        """The result of a call that need not be made."""
        if way[0] in self._not_attempted:
            return CallResult(status="not_attempted")
        if self._is_over():
            return CallResult(status="timeout")
        if self._fatal_calls[way] >= MOST_FATAL_CALLS:
            return CallResult(status=self._last_fatal[way])
        return None

    def _call_seconds(self, way: tuple[str, ...]) -> float:
        share = RETRY_SHARE if self._last_fatal.get(way) == "timeout" else 1.0
        return min(share * self._limit(way[0]), self._left())

    def _limit(self, function: str) -> float:
        """Seconds for one call: a machine on which the reference is slow gives more."""
        slow = AS_SLOW_AS * self._reference_seconds.get(function, 0.0)
        return max(self._sandbox.limits.call_seconds, slow)

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

    def _count_fatal(self, way: tuple[str, ...], status: str) -> None:
        self._fatal_calls[way] += 1
        self._last_fatal[way] = status if status in FATAL else "crashed"

    def _cell_seconds(self, cell: RunnableCell) -> float:
        if cell.public_check:
            return self._call_seconds((cell.public_check,))
        return min(self._sandbox.limits.cell_seconds, self._left())

    def _is_over(self) -> bool:
        return time.monotonic() >= self._deadline

    def _left(self) -> float:
        return max(0.05, self._deadline - time.monotonic())

    def _alive(self, before: int) -> Session:
        """A living session in which the sound cells before a position have run."""
        if self._session is not None and self._session.alive:
            return self._session
        replay = self._session is not None
        self._end_session()
        self._session = self._open()
        if replay:
            self._replay(before)
        return self._session

    def _open(self) -> Session:
        """A new session, with the student's files in it; raises SubmissionError without room."""
        session = self._sandbox.session()
        if self.files and (why := session.put(self.files)):
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
            if self._is_over():
                self._session.close()
                return
            if result.status in FATAL:
                self._stays.cut(cell, result)
            if not self._session.alive:
                self._end_session()
                self._session = self._open()
                return self._replay(before)

    @property
    def stops(self) -> dict[int, CellStop]:
        """The cells that ended before their end, by place in the notebook: see `CellStop`."""
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

    def _stop_before(self, function: str) -> CellStop | None:
        """How the last cell that was to define a function ended, if before its end."""
        stops = self.stops
        places = [c.index for c in self._cells if function in _FUNCTION.findall(c.source)]
        return stops.get(places[-1]) if places else None

    def _end_session(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None


def _begun(begun: Sequence[tuple[str, CellResult]], cells: Sequence[RunnableCell]) -> int:
    """How many of the first cells every session has behind it already."""
    count = 0
    for cell, (source, _) in zip(cells, begun, strict=False):
        if cell.source != source:
            break
        count += 1
    return count
