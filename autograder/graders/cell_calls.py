"""Calls of a check that end as in a test cell: in values, or in exceptions."""

from __future__ import annotations

import builtins
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np


class CellCalls:
    """Asks a student's functions for one check, as a test cell would call them.

    An exception of Python's own is raised here as such, for tests that expect it, and any other as
    an `Exception` of its name. What the function prints is printed here where the test has put
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
        self.exceptions: dict[str, type[Exception]] = {}  # those that are not Python's own, by name

    def ask(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """Call a function of the student's; raises the judge's failure, or what it raised."""
        try:
            value = function(*args, **kwargs)
        except BaseException as error:
            if not hasattr(error, "verdict"):  # of the judge's, not of the student's
                raise
            raised = self._as_here(self._student.last)
            if raised is None:
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

    def _as_here(self, result: Any) -> Exception | None:
        """The exception that ended a call, as a test may meet it; None for any other end.

        Of one that is not Python's own nothing is known but its name and its text.
        """
        name, message = result.error_name, result.error_message
        if result.status != "raised" or _ends_all(name):
            return None
        for kind in self._kind(name).__mro__:
            with suppress(TypeError):  # some take more than a text
                made: Exception = kind(message)
                return made
        return None

    def _kind(self, name: str) -> type[Exception]:
        kind = self.exceptions.get(name) or _built_in(name)
        # a student's AssertionError must not be taken for the test's
        if issubclass(kind, Exception) and not issubclass(kind, AssertionError):
            return kind
        self.exceptions[name] = made = new_exception(name)
        return made


def new_exception(name: str) -> type[Exception]:
    """What stands for a class of exceptions of the notebook's or of a library."""
    shown = name if name.isidentifier() else "Exception"
    return type(shown, (Exception,), {"__module__": "__main__"})


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
