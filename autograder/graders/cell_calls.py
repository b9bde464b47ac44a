"""Calls of a check that end as in a test cell: in values, or in exceptions."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.graders.cell_exceptions import CellExceptions

_STOPS = (StopIteration, StopAsyncIteration)


class CellCalls:
    """Asks a student's functions for one check, as a test cell would call them.

    An exception is raised here as one of the same class, or of a class of the same name and bases,
    for tests that expect it. What the function prints is printed here where the test has put
    something in the place of `sys.stdout`.
    """

    def __init__(self, student: Any) -> None:
        self._student = student
        self._stdout = sys.stdout
        self._raised: list[Exception] = []
        self.failures: dict[int, BaseException] = {}  # the failure behind an exception raised here
        self.ended: BaseException | None = (
            None  # a failure that no test may expect: it was no exception
        )
        self.exceptions = CellExceptions()

    def ask(self, call: Callable[[], Any], may_stop: bool = False) -> Any:
        """Make a call of the student's; raises the judge's failure, or what it raised.

        A StopIteration ends a loop of the test in silence: it is the failure unless it `may_stop`.
        """
        try:
            value = call()
        except BaseException as error:
            if not hasattr(error, "verdict"):  # of the judge's, not of the student's
                raise
            raised = self.exceptions.raised(self._student.last)
            if raised is None or (isinstance(raised, _STOPS) and not may_stop):
                self.ended = self.ended or error
                raise
            self._print()
            self._raised.append(raised)  # an id is of one object, as long as that is kept
            self.failures[id(raised)] = error
            raise raised from error
        self._print()
        return with_scalars(value)

    def _print(self) -> None:
        if sys.stdout is not self._stdout:
            sys.stdout.write(self._student.last.stdout)


def with_scalars(value: Any) -> Any:
    """The value with numpy's scalars in place of arrays without dimensions, as which they came."""
    kind = type(value)
    if kind is np.ndarray and value.ndim == 0:
        return value[()]
    if kind in (list, tuple):
        return kind(map(with_scalars, value))
    if kind is dict:
        return {key: with_scalars(item) for key, item in value.items()}
    return value
