"""What has changed on the judge's side since the last question: names and process state."""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping
from typing import Any

from autograder.sandbox.questions.answering import FUNCTIONS
from autograder.sandbox.questions.arrays import Unsendable
from autograder.sandbox.questions.process_state import Followed
from autograder.sandbox.questions.sharing import Packing, Shared

_ABSENT = object()


class News:
    """Changes of one namespace that a student's session has to apply before it answers."""

    def __init__(self, names: MutableMapping[str, Any], shared: Shared) -> None:
        self._names = names
        self._shared = shared
        self.writes: tuple[str, ...] = ()  # names of the cell's that the student's code may need
        self._bound: dict[str, Any] = {}
        self._first: dict[str, Any] = {}
        self.set = Followed()

    def forget_names(self, names: Iterable[str]) -> None:
        """Note that the other side knows everything that is bound now."""
        self._bound = {name: self._names.get(name, _ABSENT) for name in (*self.writes, *names)}
        self._first = dict(self._bound)

    def take(self, name: str, value: Any) -> None:
        """Bind a name to what it is on the other side now."""
        self._names[name] = self._bound[name] = value

    def left(self, leaves: Iterable[tuple[list[str], str]]) -> list[str]:
        """The statements, by name, whose names the cell has bound to something other than data."""
        return [source for names, source in leaves if any(map(self._is_left, names))]

    def _is_left(self, name: str) -> bool:
        value = self._names.get(name, _ABSENT)
        if value is _ABSENT or value is self._first.get(name, _ABSENT):
            return False
        return isinstance(value, FUNCTIONS) or not self._can_be_sent(value)

    def since(self, values: list[Any]) -> dict[str, Any]:
        """What is new, with these values; raises Unsendable when one of them cannot be sent."""
        forget = self._shared.forget_unused()
        bind, unbind, put_back = [], [], []
        for name in self.writes:
            value, before = self._names.get(name, _ABSENT), self._bound.get(name, _ABSENT)
            if value is not before:
                self._bound[name] = value
                if value is _ABSENT:
                    unbind.append(name)
                elif value is self._first.get(name, _ABSENT):
                    put_back.append(name)  # there it may be another: a function of the author's
                elif self._can_be_sent(value):
                    bind.append((name, value))
        nodes, contents = self._shared.pack([*(value for _, value in bind), *values])
        names = [name for name, _ in bind]
        return {
            "forget": forget,
            "bind": list(zip(names, nodes, strict=False)),
            "unbind": unbind,
            "put back": put_back,
            "nodes": nodes[len(names) :],
            "contents": contents,
            **self.set.news(self._shared.node),
        }

    def _can_be_sent(self, value: Any) -> bool:
        packing = Packing(self._shared)
        try:
            packing.node(value)
            packing.write()
        except Unsendable:
            return False  # the author's own run has shown whether that matters
        return True
