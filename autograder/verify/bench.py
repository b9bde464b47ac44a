"""The judge without the sandbox: solution cells in, checked exercises out, in this process.

Only for code of the course's own authors: solutions and what is derived from them. Values still go
through the wire's encoding, so that a check sees exactly what it would see of a student.
"""

from __future__ import annotations

import copy
import json
import sys
import warnings
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import replace
from io import StringIO
from types import CodeType, FrameType
from typing import Any

import numpy as np

from autograder.authoring.projection import pieces
from autograder.course import Course, importable
from autograder.graders.compare import Mismatch, assert_same
from autograder.graders.documented_cases import FILE as DOCUMENTED
from autograder.graders.documented_cases import Case, documented
from autograder.graders.samples import Parts
from autograder.judge.calls import StandIns, call_open
from autograder.judge.judge import Judge
from autograder.model import Check, CourseError, Exercise
from autograder.notebook.reading import read
from autograder.sandbox import CallResult
from autograder.sandbox.wire import decode, encode
from autograder.sandbox.wire_format import WireError

LINES_PER_CALL = 300_000  # of course code; the longest honest call takes a few thousand
_CELL = "<cell "  # how the file names of compiled cells begin


class Overrun(BaseException):
    """A call ran more lines than any right answer does: it most likely never ends."""


class Bench:
    """One assignment's graders and parts, loaded once.

    Raises CourseError when graders, solution, source or release are missing or broken.
    """

    def __init__(self, course: Course, assignment: str) -> None:
        self.course = course
        self.parts = Parts.load(course, assignment)
        self.judge = Judge(course, assignment, self.parts.points)
        source = read(course.source_notebook(assignment), error=CourseError)
        judged = self.parts.solutions if self.parts.others else None
        self._cells = [
            (cell.grade_id, _compiled(text, cell.grade_id)) for cell, text in pieces(source, judged)
        ]

    def graded(
        self, cells: Mapping[str, str | None], only: Collection[str] | None = None
    ) -> tuple[Exercise, ...]:
        """Exercises of the solution with some cells replaced (None: missing), hints included."""
        return self.judge.run(self._open(cells), only=None if only is None else tuple(only))

    def checked(self, cells: Mapping[str, str | None], exercise: str) -> tuple[Check, ...]:
        """The checks of one exercise, without hints; a check that breaks on the cell fails."""
        functions, session = self._open(cells), self.judge.collected
        turns = [(item, functions) for item in session.items_of(frozenset([exercise]))]
        return tuple(check for check, _ in session.run(turns, self.course.seed).values())

    def documented(self) -> list[str]:
        """One sentence for each documented case that the solution does not reproduce.

        A row marked ``"composed": true`` is no single call; the public check that reads it
        shows that it holds.
        """
        path = self.course.tests(self.parts.assignment) / DOCUMENTED
        if not path.is_file():
            return []
        rows = json.loads(path.read_text(encoding="utf-8"))
        composed = {(row["function"], row["case"]) for row in rows if row.get("composed")}
        names = sorted({row["function"] for row in rows})
        cases = [case for name in names for case in documented(name, path.parent)]
        cells = self._open({})
        direct = (case for case in cases if (case.function, case.name) not in composed)
        return [wrong for case in direct if (wrong := _contradiction(cells, case))]

    def close(self) -> None:
        self.judge.collected.close()

    def _open(self, cells: Mapping[str, str | None]) -> OpenCells:
        """The notebook's cells run in order, some of them replaced."""
        space: dict[str, Any] = {"__name__": "__main__"}
        with importable(self.course.source(self.parts.assignment)):
            for name, code in self._cells:
                if name in cells:
                    _run(cells[name], name, space)
                elif name in self.parts.others and cells:  # it may call what was replaced
                    _run_code(code, space)
                else:
                    with suppress(*([Exception] if cells else [])):
                        exec(code, space)
        return OpenCells(space)


class OpenCells:
    """A `Backend` over a namespace in this process.

    Arguments are copied, values cross the wire, and a call that runs too long is cut off.
    """

    def __init__(self, space: dict[str, Any]) -> None:
        self._space = space

    def call(
        self,
        name: str,
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
        *,
        seed: int,
        stand_ins: StandIns,
    ) -> CallResult:
        """Call one function; its exceptions, endless loops and odd values become results."""
        given: dict[int | str, Any] = dict(enumerate(args))
        given.update(kwargs)
        held = {key: crossed(value) for key, value in given.items()}
        before = copy.deepcopy(held)
        positional = tuple(held[place] for place in range(len(args)))
        named = {key: held[key] for key in kwargs}
        result = self._called(name, positional, named, seed, stand_ins)
        changed = tuple(str(key) for key in held if not unchanged(before[key], held[key]))
        return replace(result, changed=changed)

    def _called(
        self,
        name: str,
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
        seed: int,
        stand_ins: StandIns,
    ) -> CallResult:
        try:
            with within_lines(LINES_PER_CALL), unheard():
                result = call_open(self._space, name, args, kwargs, seed=seed, stand_ins=stand_ins)
        except Overrun:
            return CallResult(status="timeout")
        if result.status != "value":
            return result
        try:
            return replace(result, value=decode(b"".join(encode(result.value))))
        except WireError as error:
            return CallResult(status="unsupported", error_name=str(error))


def _contradiction(cells: OpenCells, case: Case) -> str:
    result = cells.call(case.function, case.args, case.kwargs, seed=0, stand_ins={})
    if result.status != "value":
        return f"{case.function}, {case.name}: {result.status} {result.error_message}".strip()
    try:
        assert_same(result.value, case.expected, rtol=case.rtol, atol=case.atol)
    except Mismatch as mismatch:
        return f"{case.function}, {case.name}: {mismatch.shown}"
    return ""


def crossed(value: Any) -> Any:
    """A copy of an argument as it arrives in the sandbox; the judge's callables stay."""
    function = getattr(value, "function", value)
    if callable(function):
        return function
    return decode(b"".join(encode(value)))


def unchanged(before: Any, after: Any) -> bool:
    """Whether a value still is what it was, to the last bit; callables always are."""
    if isinstance(before, dict):
        same_keys = isinstance(after, dict) and list(before) == list(after)
        return same_keys and all(unchanged(before[key], after[key]) for key in before)
    if isinstance(before, (list, tuple)):
        same_length = isinstance(after, (list, tuple)) and len(before) == len(after)
        return same_length and all(map(unchanged, before, after))
    if isinstance(before, np.ndarray):
        return isinstance(after, np.ndarray) and _same_bits(before, after)
    return callable(before) or bool(before is after or before == after or before != before)


def _same_bits(before: np.ndarray[Any, Any], after: np.ndarray[Any, Any]) -> bool:
    alike = before.dtype == after.dtype and before.shape == after.shape
    return alike and before.tobytes() == after.tobytes()


@contextmanager
def unheard() -> Iterator[None]:
    """Keep prints and warnings of a cell from the terminal."""
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextmanager
def within_lines(lines: int) -> Iterator[None]:
    """Raise Overrun inside compiled cells once they have run this many lines."""
    left = lines

    def count(frame: FrameType, event: str, argument: Any) -> Callable[..., Any]:
        nonlocal left
        left -= event == "line"
        if left < 0:
            raise Overrun
        return count

    def enter(frame: FrameType, event: str, argument: Any) -> Callable[..., Any] | None:
        return count if frame.f_code.co_filename.startswith(_CELL) else None

    earlier = sys.gettrace()
    sys.settrace(enter)
    try:
        yield
    finally:
        sys.settrace(earlier)


def _run(source: str | None, name: str, space: dict[str, Any]) -> None:
    """Run a cell's text in the notebook's namespace; its exception is ignored, as in grading."""
    if source is not None:
        with suppress(SyntaxError, ValueError):
            _run_code(_compiled(source, name), space)


def _run_code(code: CodeType, space: dict[str, Any]) -> None:
    with suppress(Exception, Overrun), within_lines(LINES_PER_CALL), unheard():
        exec(code, space)


def _compiled(source: str, name: str) -> CodeType:
    return compile(source, f"{_CELL}{name}>", "exec")
