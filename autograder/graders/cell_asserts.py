"""Use the asserts of a notebook's test cell in a hidden check."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from autograder.graders.compare import Mismatch, fail
from autograder.model import GraderError

_OURS = (GraderError, MemoryError, OSError)
WRONG = "the result is not what it should be"


class Cell:
    """The student's functions by name, as a test cell sees them.

    A function that raises an exception of Python's own raises it here, for tests that expect it.
    """

    def __init__(self, student: Any) -> None:
        self._student = student
        self.failures: dict[int, Exception] = {}  # the failure behind an exception raised here

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("__"):
            raise AttributeError(name)
        function = getattr(self._student, name)

        def called(*args: Any, **kwargs: Any) -> Any:
            try:
                return function(*args, **kwargs)
            except Exception as error:
                if not hasattr(error, "verdict"):  # of the judge's, not of the student's
                    raise
                raised = _of_python(self._student.last)
                if raised is None:
                    raise
                self.failures[id(raised)] = error
                raise raised from error

        return called


def _of_python(result: Any) -> Exception | None:
    """The built-in exception that ended a call; None for any other end."""
    kind = getattr(builtins, result.error_name, None) if result.status == "raised" else None
    if not isinstance(kind, type) or not issubclass(kind, Exception):
        return None
    if issubclass(kind, AssertionError):  # a student's must not be taken for the test's
        return None
    try:
        return kind(result.error_message)
    except TypeError:
        return None


@contextmanager
def as_in_a_cell(student: Any) -> Iterator[Cell]:
    """Let the asserts in the block pass or fail as in a test cell of a notebook.

        with as_in_a_cell(student) as notebook:
            assert notebook.double(2) == 4

    An assert that fails, and any error after what the student's function answered, is a wrong
    answer. A built-in exception of the student's function is raised as such, so that
    ``pytest.raises`` and ``assert_raises`` find it; not caught, it is the student's error.
    """
    cell = Cell(student)
    try:
        yield cell
    except Mismatch:
        raise
    except Exception as error:
        if failure := cell.failures.get(id(error)):
            raise failure from None
        if hasattr(error, "verdict") or isinstance(error, _OURS):
            raise
        fail(WRONG)
