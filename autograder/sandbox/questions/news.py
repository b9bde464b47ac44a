"""What has changed on the judge's side since the last question: names, random states."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from autograder.sandbox.questions.arrays import Unsendable
from autograder.sandbox.questions.sharing import Node, Shared

_ABSENT = object()


class News:
    """Of one namespace: what a student's session needs to know before it answers."""

    def __init__(self, names: Mapping[str, Any], shared: Shared) -> None:
        self._names = names
        self._shared = shared
        self.writes: tuple[str, ...] = ()  # names of the cell's that the student's code may need
        self._bound: dict[str, Any] = {}
        self.forget_random()

    def forget_names(self, names: Iterable[str]) -> None:
        """Everything that is bound now is known on the other side."""
        self._bound = {name: self._names.get(name, _ABSENT) for name in (*self.writes, *names)}

    def forget_random(self) -> None:
        """The random states of now are no news."""
        self._random = _random_state()

    def since(self, values: list[Any]) -> dict[str, Any]:
        """What is new, with these values; raises Unsendable when one of them cannot be sent."""
        forget = self._shared.forget_unused()
        bind, unbind = [], []
        for name in self.writes:
            value, before = self._names.get(name, _ABSENT), self._bound.get(name, _ABSENT)
            if value is not before:
                self._bound[name] = value
                if value is _ABSENT:
                    unbind.append(name)
                elif self._can_be_sent(value):
                    bind.append((name, value))
        nodes, contents = self._shared.pack([*(value for _, value in bind), *values])
        names = [name for name, _ in bind]
        return {
            "forget": forget,
            "bind": list(zip(names, nodes, strict=False)),
            "unbind": unbind,
            "nodes": nodes[len(names) :],
            "contents": contents,
            "random": self._new_random(),
        }

    def _can_be_sent(self, value: Any) -> bool:
        try:
            self._shared.node(value)
        except Unsendable:
            return False  # the author's own run has shown whether that matters
        return True

    def _new_random(self) -> tuple[Node, Node]:
        """Random states that the cell has seeded or used since the last question."""
        before, self._random = self._random, _random_state()
        is_same = all(np.array_equal(before[0][k], self._random[0][k]) for k in before[0])
        numpys = None if is_same else self._shared.node(_legacy_state())
        pythons = None if before[1] == self._random[1] else self._shared.node(self._random[1])
        return numpys, pythons


def _random_state() -> tuple[Any, Any]:
    state = np.random.get_state(legacy=False)
    return {**state["state"], "rest": (state["has_gauss"], state["gauss"])}, random.getstate()


def _legacy_state() -> tuple[Any, ...]:
    found: Any = np.random.get_state()
    name, key, *rest = found
    return (name, tuple(key.tolist()), *rest)
