"""What a test cell sets for its whole process, followed in the student's: random states, warning
filters, numpy's handling of errors.

Random states go to the student's side when the cell has seeded or used them, and never come back.
Filters go while they differ from those at the cell's begin; the warnings that they let pass on the
student's side are given again on the judge's, where the test may be recording them.
"""

from __future__ import annotations

import functools
import importlib
import random
import re
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograder.sandbox.questions.arrays import Malformed, Node, Unsendable

_MOST_WARNINGS = 100
_MOST_TEXT = 1000
_SEEDINGS = {"numpy": 0, "random": 0, "torch": 0}  # of this process, so far
_COUNTED: list[Callable[..., Any]] = []


class Followed:
    """The judge's side: what the cell has set."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Remember the state in which a cell begins."""
        _count_seedings()
        self._random, self._seedings = _random_state(), dict(_SEEDINGS)
        self._filters = warnings.filters
        self._first_filters = [*warnings.filters]
        self._errors = np.geterr()

    def news(self, node: Callable[[Any], Node]) -> dict[str, Node]:
        """What the other side has to set before it answers."""
        return {"random": self._new_random(node), **self._in_force(node)}

    def _new_random(self, node: Callable[[Any], Node]) -> tuple[Node, Node, Node]:
        before, self._random = self._random, _random_state()
        seeded, self._seedings = self._seedings, dict(_SEEDINGS)

        again = {name for name, count in _SEEDINGS.items() if count != seeded[name]}
        is_same = all(np.array_equal(before[0][k], self._random[0][k]) for k in before[0])
        numpys = None if is_same and "numpy" not in again else node(_legacy_state())
        pythons, torchs = (
            None if old == now and name not in again else node(now)
            for name, old, now in zip(
                ("random", "torch"), before[1:], self._random[1:], strict=True
            )
        )
        return numpys, pythons, torchs

    def _in_force(self, node: Callable[[Any], Node]) -> dict[str, Node]:
        found: dict[str, Node] = {}
        if (errors := np.geterr()) != self._errors:
            found["errors"] = list(errors.items())
        now = [*warnings.filters]
        if warnings.filters is not self._filters or now != self._first_filters:
            count = _in_front(self._first_filters, now)
            found["filters"] = [f for entry in now[:count] if (f := _written(entry, node))]
        return found


def _count_seedings() -> None:
    """Count every call that seeds a global stream: two seeds may give the same state."""
    for name, module, function in (
        ("numpy", np.random, "seed"),
        ("random", random, "seed"),
        ("torch", sys.modules.get("torch"), "manual_seed"),
    ):
        seed = getattr(module, function, None)
        if seed is not None and seed not in _COUNTED:
            counted = _counted(name, seed)
            _COUNTED.append(counted)
            setattr(module, function, counted)


def _counted(name: str, seed: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(seed)
    def count(*args: Any, **kwargs: Any) -> Any:
        _SEEDINGS[name] += 1
        return seed(*args, **kwargs)

    return count


def _random_state() -> tuple[Any, Any, bytes]:
    state = np.random.get_state(legacy=False)
    numpys = {**state["state"], "rest": (state["has_gauss"], state["gauss"])}
    torch: Any = sys.modules.get("torch")
    torchs = torch.get_rng_state().numpy().tobytes() if torch else b""
    return numpys, random.getstate(), torchs


def _legacy_state() -> tuple[Any, ...]:
    found: Any = np.random.get_state()
    name, key, *rest = found
    return (name, tuple(key.tolist()), *rest)


def _in_front(before: list[Any], now: list[Any]) -> int:
    """The number of entries before those of the beginning."""
    same = 0
    for one, other in zip(reversed(before), reversed(now), strict=False):
        if one != other:
            break
        same += 1
    return len(now) - same


def _written(entry: tuple[Any, ...], node: Callable[[Any], Node]) -> Node | None:
    """A filter as plain values; None for one about a class of the test's own."""
    action, message, category, module, line = entry
    patterns = [
        None if p is None else p if isinstance(p, str) else (p.pattern, p.flags)
        for p in (message, module)
    ]
    try:
        return (action, patterns, node(category), line)
    except Unsendable:
        return None


class Following:
    """The student's side: what the test has set holds while its question is answered."""

    def __init__(self) -> None:
        self._errors: dict[str, Any] = {}
        self._filters: list[Any] | None = None

    def take(self, question: Mapping[str, Any], value: Callable[[Node], Any]) -> None:
        """Bring this process up to date."""
        numpys, pythons, torchs = question["random"]
        if numpys is not None:
            np.random.set_state(value(numpys))
        if pythons is not None:
            random.setstate(value(pythons))
        if torchs is not None:
            torch: Any = importlib.import_module("torch")
            torch.set_rng_state(torch.from_numpy(np.frombuffer(value(torchs), np.uint8).copy()))
        self._errors = dict(question.get("errors", ()))
        filters = question.get("filters")
        self._filters = None if filters is None else [_read(entry, value) for entry in filters]

    @contextmanager
    def in_force(self) -> Iterator[list[warnings.WarningMessage]]:
        """Apply the test's settings while a block runs; gives the warnings for the test."""
        if self._filters is None and not self._errors:
            yield []
            return
        with np.errstate(**self._errors):
            if self._filters is None:
                yield []
                return
            own = [*warnings.filters]
            with warnings.catch_warnings(record=True) as heard:
                warnings.resetwarnings()  # so that what has been given once is given again
                warnings.filters.extend([*self._filters, *own])  # type: ignore[attr-defined]
                yield heard


def _read(entry: Node, value: Callable[[Node], Any]) -> tuple[Any, ...]:
    action, patterns, category, line = entry
    message, module = (re.compile(*p) if isinstance(p, tuple) else p for p in patterns)
    return (action, message, value(category), module, line)


def heard(
    found: list[warnings.WarningMessage], kind_of: Callable[[type], Node]
) -> list[tuple[Node, str, int]]:
    """Warnings as plain values: category, text and line."""
    return [
        (kind_of(w.category), str(w.message)[:_MOST_TEXT], w.lineno) for w in found[:_MOST_WARNINGS]
    ]


def give_again(items: Any, kind_of: Callable[[Any], Any]) -> None:
    """Give the student's warnings where the test may be recording them; raises Malformed."""
    for item in items if type(items) is list else ():
        if type(item) is not tuple or [type(part) for part in item[1:]] != [str, int]:
            raise Malformed("a malformed warning")
        node, text, line = item
        kind = kind_of(node)
        if not (isinstance(kind, type) and issubclass(kind, Warning)):
            raise Malformed("a warning of no kind")
        warnings.showwarning(kind(text[:_MOST_TEXT]), kind, "the notebook", line)
