"""Use the asserts of a notebook's test cell in a hidden check."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from autograder.graders.cell_calls import CellCalls
from autograder.graders.compare import Mismatch, fail
from autograder.graders.handles import Objects, change_in_place, changed_by
from autograder.model import GraderError

_OURS = (GraderError, MemoryError, OSError)
WRONG = "the result is not what it should be"


class Cell:
    """What the student's notebook defines, by name, as a test cell sees it.

    Without a reference these are functions, called on plain values.
    """

    def __init__(self, student: Any, reference: Any = None) -> None:
        self._student = student
        self._calls = CellCalls(student)
        self._objects = Objects(self._calls, student, reference) if reference else None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if self._objects is not None:
            return self._objects.named(name)
        return partial(self._called, name)

    def _called(self, name: str, /, *args: Any, **kwargs: Any) -> Any:
        """Call a function; what it changes in place is changed here, too."""
        value = self._calls.ask(partial(getattr(self._student, name), *args, **kwargs))
        if self._student.last.changed:
            changed = changed_by(self._student, name, args, kwargs)
            for argument, new in zip(args, changed, strict=False):
                change_in_place(argument, new)
        return value


@contextmanager
def as_in_a_cell(student: Any, reference: Any = None) -> Iterator[Cell]:
    """Let the asserts in the block pass or fail as in a test cell of a notebook.

        with as_in_a_cell(student) as notebook:
            assert notebook.double(2) == 4

    An assert that fails, and any error after what the student's function answered, is a wrong
    answer. An exception of the student's function is raised as one of its class, so that
    ``pytest.raises`` and ``assert_raises`` find it, also by a base; an AssertionError, and one of
    the notebook's own or of a library that is not known here, as one of a class of its name and
    bases. Not caught, it is the student's error.

    With the reference the block may use variables, classes and instances, too: a variable is
    its value where that is plain, anything else a handle (`handles`).

        with as_in_a_cell(student, reference) as notebook:
            account = notebook.Account(notebook.start)
            assert account.deposit(3) == 13
    """
    cell = Cell(student, reference)
    try:
        yield cell
    except Mismatch:
        raise
    except Exception as error:
        calls = cell._calls
        if failure := calls.failures.get(id(error)) or calls.ended:
            raise failure from None
        if hasattr(error, "verdict") or isinstance(error, _OURS):
            raise
        fail(WRONG)
    if cell._calls.ended is not None:  # and the block went on: `except Exception`
        raise cell._calls.ended
