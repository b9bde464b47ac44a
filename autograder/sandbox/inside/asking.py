"""The judge's side of a test cell that is judged outside: the cell runs here.

What solution cells define is asked for, by name, in the student's session. Plain values, arrays
and frames are copies that keep their identity (see `sharing`); functions, classes and instances
stay there and have stand-ins here. Before every question the student's side is brought up to
date: objects that have changed, names that the cell has bound or deleted, random states.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn

import numpy as np

from autograder.sandbox.frames import unwrap, wrap
from autograder.sandbox.inside.answering import FUNCTIONS
from autograder.sandbox.inside.arrays import Malformed, Unsendable
from autograder.sandbox.inside.sharing import Node, Shared
from autograder.sandbox.inside.shell import CellShell
from autograder.sandbox.inside.stand_ins import StandIns
from autograder.sandbox.wire import DEFAULT_CAPS, WireError

Send = Callable[[str, Any], Any]
_ABSENT = object()


class TestStopped(BaseException):
    """The cell cannot be judged: no test may catch this, and none passes with it."""


class Asking:
    """Runs test cells, and asks the student's session what they need."""

    def __init__(self, shell: CellShell) -> None:
        self._shell = shell
        self._names = shell.user_ns
        self.begin_anew()

    def begin_anew(self) -> None:
        """Another session of the student's: nothing is shared with it yet."""
        self.broken = ""
        self._stand_ins = StandIns(self.apply, self._break)
        self._shared = Shared(0, self._describe, self._stand_ins.adopt, trusts=False)
        self._bound: dict[str, Any] = {}
        self._writes: tuple[str, ...] = ()
        self._random = self._random_state()

    def run(self, source: str, settings: Mapping[str, Any], send: Send) -> BaseException | None:
        """Run a test cell; its exception. `broken` tells why it could not be judged.

        names: of the student's, which the cell may need. writes: which the student's code may
        need of the cell. objects: whether it uses some. specials: the special methods that
        they may have; None for any.
        """
        if settings["anew"]:
            self.begin_anew()
        self.broken, self._send = "", send
        self._stand_ins.begin(settings["objects"], settings["specials"])
        self._writes = tuple(settings["writes"])
        self._shell.execution_count = settings["count"]
        try:
            self._fetch(settings["names"])
            self._random = self._random_state()
            error = self._shell.run_source(source)
            if not self.broken:
                self._exchange("tell", [])
        except TestStopped as stop:
            error = stop
        return error

    @property
    def used(self) -> list[str]:
        """The special methods of the student's objects that the cell has used."""
        return sorted(self._stand_ins.used)

    def _fetch(self, names: Iterable[str]) -> None:
        """Bind names of the student's; those that are not there are not here either."""
        reply = self._exchange("names", [], wanted=list(names))
        for name, text in _pairs(reply.get("failed")):
            self._break(f"{name}: {text}")
        found = _pairs(reply.get("found"))
        values = self._unpack([node for _, node in found], reply)
        for name in names:
            self._names.pop(name, None)
        self._names.update(zip([name for name, _ in found], values, strict=True))
        self._bound = {name: self._names.get(name, _ABSENT) for name in (*self._writes, *names)}

    def apply(
        self, operation: str, args: Iterable[Any], keywords: Mapping[str, Any] | None = None
    ) -> Any:
        """Have something done in the student's session; its value, or its exception raised."""
        keywords = keywords or {}
        reply = self._exchange(
            "apply", [*args, *keywords.values()], operation=operation, keywords=list(keywords)
        )
        if "unsendable" in reply:
            self._break(f"{reply['unsendable']!s:.200} came back, which cannot be sent")
        if "error" in reply:
            self._raise(reply)
        [value] = self._unpack([reply.get("value")], reply)
        return value

    def _exchange(self, do: str, values: list[Any], **more: Any) -> dict[str, Any]:
        """Send one question with all that is new, and return its answer."""
        kind, message = "question", {"do": do, **self._news(values), **more}
        while True:
            try:
                status, payload, outputs = self._send(kind, wrap(message))
            except Exception as error:
                self._break(str(error))
            self._show(outputs)
            if status not in ("answered", "called back"):
                self._break(status)
            try:
                reply = unwrap(payload, DEFAULT_CAPS)
            except WireError as error:
                self._break(f"an answer that cannot be read: {error}")
            if status == "answered":
                break
            kind, message = "returned", self._called_back(reply)
        if type(reply) is not dict:
            self._break("an answer that is none")
        return reply

    def _called_back(self, call: Any) -> dict[str, Any]:
        """Run a function of the judge's that the student's code calls."""
        if type(call) is not tuple or [type(part) for part in call] != [list, list, list]:
            self._break("a call that is none")
        nodes, keywords, contents = call
        function, *args = self._unpack(nodes, {"contents": contents})
        if not isinstance(function, FUNCTIONS) or not self._shared.is_own(function):
            self._break("a call of something else than the test's own functions")
        count = len(args) - len(keywords)
        try:
            values = [
                None,
                function(*args[:count], **dict(zip(keywords, args[count:], strict=True))),
            ]
        except Exception as error:
            common = next(k for k in type(error).__mro__ if k.__module__ == "builtins")
            values = [common, str(error)]
        try:
            nodes, contents = self._shared.pack(values)
        except Unsendable as error:
            self._break(f"{error} was to be given back, which cannot be sent")
        return {"nodes": nodes, "contents": contents}

    def _news(self, values: list[Any]) -> dict[str, Any]:
        """What the student's side needs to know before it answers."""
        shared = self._shared
        forget = shared.forget_unused()
        bind, unbind = [], []
        for name in self._writes:
            value, before = self._names.get(name, _ABSENT), self._bound.get(name, _ABSENT)
            if value is not before:
                self._bound[name] = value
                if value is _ABSENT:
                    unbind.append(name)
                elif self._can_be_sent(value):
                    bind.append((name, value))
        try:
            nodes, contents = shared.pack([*(value for _, value in bind), *values])
        except Unsendable as error:
            self._break(f"{error} was to be passed, which cannot be sent")
        names = [name for name, _ in bind]
        return {
            "forget": forget,
            "objects": self._stand_ins.allowed,
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

    def _random_state(self) -> tuple[Any, Any]:
        state = np.random.get_state(legacy=False)
        return {**state["state"], "rest": (state["has_gauss"], state["gauss"])}, random.getstate()

    def _new_random(self) -> tuple[Node, Node]:
        """Random states that the cell has seeded or used since the last question."""
        before, self._random = self._random, self._random_state()
        is_same = all(np.array_equal(before[0][k], self._random[0][k]) for k in before[0])
        numpys = None if is_same else self._shared.node(self._legacy_state())
        pythons = None if before[1] == self._random[1] else self._shared.node(self._random[1])
        return numpys, pythons

    def _legacy_state(self) -> tuple[Any, ...]:
        found: Any = np.random.get_state()
        name, key, *rest = found
        return (name, tuple(key.tolist()), *rest)

    def _unpack(self, nodes: list[Node], reply: Mapping[str, Any]) -> list[Any]:
        try:
            return self._shared.unpack(nodes, reply.get("contents"))
        except (Malformed, RecursionError, MemoryError) as error:
            self._break(f"an answer that cannot be read: {error}")

    def _raise(self, reply: Mapping[str, Any]) -> NoReturn:
        """Raise an exception of the student's: of its type, or of one near to it."""
        kinds, args = reply["error"], reply.get("args")
        if type(kinds) is not list or len(kinds) != 2 or type(args) is not list:
            self._break("an exception that is none")
        is_own = type(kinds[0]) is tuple and kinds[0][:1] in (("handle",), ("ref",))
        chosen = kinds[1] if is_own and not self._stand_ins.allowed else kinds[0]
        kind, *values = self._unpack([chosen, *args], reply)
        if not (isinstance(kind, type) and issubclass(kind, Exception)):
            self._break(f"{getattr(kind, '__name__', kind)!s:.80} was raised")
        try:
            error = kind(*values)
        except Exception:
            error = Exception.__new__(kind, *values)
        lines = reply.get("lines")
        for line in lines if type(lines) is list else ():
            error.add_note(f"in the notebook: {line!s:.300}")
        raise error from None

    def _break(self, why: str) -> NoReturn:
        self.broken = self.broken or why or "no answer"
        raise TestStopped(self.broken)

    def _describe(self, value: Any) -> Node:
        """A part of a library goes by its name; other functions are called back."""
        name = getattr(value, "__qualname__", None) or getattr(value, "__name__", "")
        module = getattr(value, "__module__", None) or type(value).__module__
        if isinstance(name, str) and isinstance(module, str) and module != "__main__":
            found: Any = sys.modules.get(module)
            for part in name.split("."):
                found = getattr(found, part, None)
            if found is value:
                return ("named", module, name)
        if isinstance(value, FUNCTIONS):
            return ("handle", "callback", name)
        raise Unsendable(f"a value of type {type(value).__name__}")

    def _show(self, outputs: Any) -> None:
        """Show what the student's code has shown, where this cell's own output goes."""
        for output in outputs:
            if output["output_type"] == "stream":
                stream = sys.stderr if output["name"] == "stderr" else sys.stdout
                stream.write(output["text"])
            elif output["output_type"] == "execute_result":  # a score is not the student's to show
                self._shell.recorder.add({**output, "output_type": "display_data"})
            else:
                self._shell.recorder.add(output)


def _pairs(items: Any) -> list[tuple[str, Any]]:
    """Pairs of a name and something else, of what a student's process sent."""
    found = items if type(items) is list else []
    return [(i[0], i[1]) for i in found if type(i) is tuple and len(i) == 2 and type(i[0]) is str]
