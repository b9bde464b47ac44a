"""Drivers: functions of an author's that use what a notebook defines, and answer plain values.

A driver is text. It runs where the notebook ran, in a namespace of its own: the notebook's names
reach it through its parameters only, so that nothing in a notebook shadows what it calls.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from types import CodeType, ModuleType
from typing import Any, NamedTuple


class MissingName(LookupError):
    """The notebook does not define a name that a driver uses; the text is the name."""


class Driver(NamedTuple):
    """A function's text and name, and the parameters that are objects of the notebook."""

    text: str
    name: str
    names: tuple[str, ...]

    def run(self, space: Mapping[str, Any], /, **values: Any) -> Any:
        """Call it with the objects of a notebook's namespace, and values for the other parameters.

        Raises MissingName, and what the driver raises.
        """
        return self.made()(**self._objects(space), **values)

    def made(self) -> Callable[..., Any]:
        """The function, in a namespace of its own."""
        own: dict[str, Any] = {"__name__": "driver"}
        exec(_compiled(self.text), own)
        function: Callable[..., Any] = own[self.name]
        return function

    def _objects(self, space: Mapping[str, Any]) -> dict[str, Any]:
        for name in self.names:
            if name not in space:
                raise MissingName(name)
        return copied({name: space[name] for name in self.names})


@lru_cache(maxsize=32)
def _compiled(text: str) -> CodeType:
    return compile(text, "<driver>", "exec", dont_inherit=True)


@dataclass(frozen=True)
class SentFunction:
    """A function of the judge's that student code calls, and that runs where it is called.

    Like a driver it is text, which student code can read together with the values.
    """

    driver: Driver  # its `names` are what the student code passes
    values: Mapping[str, Any]  # of its other parameters

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it in this process."""
        return self._made(*args, **kwargs, **self.values)

    @cached_property
    def _made(self) -> Callable[..., Any]:
        return self.driver.made()


class Driven(str):
    """The name of an exercise that is used through a driver.

    `alone`: its values tell what an earlier answer should be, so they may not be sent before that.
    """

    __slots__ = ("alone", "driver")
    alone: bool
    driver: Driver

    def __new__(cls, exercise: str, driver: Driver, alone: bool = False) -> Driven:
        made = super().__new__(cls, exercise)
        made.driver = driver
        made.alone = alone
        return made

    def __getnewargs__(self) -> tuple[str, Driver, bool]:  # type: ignore[override]
        return str(self), self.driver, self.alone

    def missing(self, told: str) -> str:
        """The name that a notebook lacks: the one that was told, where the driver uses it."""
        return told if told in self.driver.names else str(self)


def copied(objects: dict[str, Any]) -> dict[str, Any]:
    """Copies, so that one use leaves the next one what it found.

    Functions, classes and modules stay what they are, and so does what cannot be copied.
    """
    known = {id(value): value for value in objects.values() if isinstance(value, ModuleType)}
    try:
        return copy.deepcopy(objects, known)
    except Exception:  # of a class that an author or a student wrote
        return {name: _copy(value) for name, value in objects.items()}


def _copy(value: Any) -> Any:
    try:
        return copy.deepcopy(value)
    except Exception:
        return value
