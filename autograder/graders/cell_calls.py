"""Calls of a check that end as in a test cell: in values, or exceptions of Python's own."""

from __future__ import annotations

import builtins
import sys
from collections.abc import Callable
from typing import Any

import numpy as np


class CellCalls:
    """Asks a student's functions for one check, as a test cell would call them.

    An exception of Python's own is raised here as such, for tests that expect it. What the
    function prints is printed here where the test has put something in the place of `sys.stdout`.
    """

    def __init__(self, student: Any) -> None:
        self._student = student
        self._stdout = sys.stdout
        self.failures: dict[int, BaseException] = {}  # the failure behind an exception raised here
        self.ended: BaseException | None = (
            None  # a failure that no test may expect: it was no exception
        )
        self.exceptions: dict[str, type[Exception]] = {}  # those that the notebook defines, by name

    def ask(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """Call a function of the student's; raises the judge's failure, or what it raised."""
        try:
            value = function(*args, **kwargs)
        except BaseException as error:
            if not hasattr(error, "verdict"):  # of the judge's, not of the student's
                raise
            last = self._student.last
            raised = self._of_python(last)
            if raised is None:
                if last.status != "raised" or _ends_all(last.error_name):
                    self.ended = self.ended or error
                raise
            self._print()
            self.failures[id(raised)] = error
            raise raised from error
        self._print()
        return with_scalars(value)

    def _print(self) -> None:
        if sys.stdout is not self._stdout:
            sys.stdout.write(self._student.last.stdout)

    def _of_python(self, result: Any) -> Exception | None:
        """The exception that ended a call, where a test may know it; None for any other end."""
        if result.status != "raised":
            return None
        kind = self.exceptions.get(result.error_name) or _built_in(result.error_name)
        if not issubclass(kind, Exception):
            return None
        if issubclass(kind, AssertionError):  # a student's must not be taken for the test's
            return None
        try:
            return kind(result.error_message)
        except TypeError:
            return None


def _built_in(name: str) -> type[BaseException]:
    kind = getattr(builtins, name, None)
    return kind if isinstance(kind, type) and issubclass(kind, BaseException) else BaseException


def _ends_all(name: str) -> bool:
    """Whether ``except Exception`` does not catch a built-in exception of this name."""
    return hasattr(builtins, name) and not issubclass(_built_in(name), Exception)


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
