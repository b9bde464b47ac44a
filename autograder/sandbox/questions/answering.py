"""The student's side of a test cell that is judged outside: look a name up, call, and change.

The judge asks; every question brings the contents of shared objects, names to bind or to delete
and random states along, and every answer brings back the objects that have changed: see `sharing`.
Nothing here decides anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any

import numpy as np

from autograder.sandbox.frames import unwrap, wrap
from autograder.sandbox.inside.shell import CellShell
from autograder.sandbox.questions.arrays import Malformed, Node, Unsendable
from autograder.sandbox.questions.errors import OwnErrors, cut_name
from autograder.sandbox.questions.process_state import Following, heard
from autograder.sandbox.questions.sharing import Shared
from autograder.sandbox.questions.specials import SPECIALS

_is_a = isinstance  # as it is now: the student's code may put another there
_ABSENT = object()
FRAMEWORKS = ("torch", "sklearn")  # whose objects are known by isinstance
FUNCTIONS = (FunctionType, MethodType, BuiltinFunctionType)
Asked = Mapping[str, Any]


def _call(function: Any, *args: Any, **kwargs: Any) -> Any:
    return function(*args, **kwargs)


def _special(name: str, value: Any, *args: Any) -> Any:
    return getattr(type(value), name)(value, *args)


_OPERATIONS: dict[str, Callable[..., Any]] = {
    "call": _call,
    "getattr": getattr,
    "setattr": setattr,
    "delattr": delattr,
    "special": _special,
}


# What a subclass is copied as, by the slots of its base, where a test compares plain values.
_PLAIN: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (tuple, lambda value: tuple(tuple.__iter__(value))),
    (list, lambda value: list(list.__iter__(value))),
    (dict, lambda value: dict(dict.items(value))),
    (set, lambda value: set(set.__iter__(value))),
    (str, str.__str__),
    (int, int.__int__),
    (float, float.__float__),
    (np.ndarray, lambda value: np.ndarray.view(value, np.ndarray)),
)


class Answering:
    """Answers the judge's questions about one notebook's names."""

    def __init__(self, shell: CellShell, describe_error: Callable[[Any], list[str]]) -> None:
        """`describe_error` gives the student's lines of an error."""
        self._shell, self._names = shell, shell.user_ns
        self._shared = Shared(1, self._describe, self._adopt, trusts=True, simplify=self._plain)
        self._errors = OwnErrors(self._shared, describe_error)
        self._objects = True
        self._set = Following()
        self._first: dict[str, Any] = {}  # what names were when the cell began that binds them
        self._told: dict[str, Any] = {}  # what the judge knows names to be
        self._call_back: Callable[[Any], Any] | None = None

    def answer(self, payload: Any, call_back: Callable[[Any], Any]) -> Any:
        """The payload of the answer to one question.

        `call_back` has the judge run a function of its own.
        """
        self._call_back = call_back
        try:
            return wrap(self._answered(unwrap(payload)))
        except (Unsendable, Malformed) as error:
            return wrap({"unsendable": str(error)})
        except RecursionError:
            return wrap({"unsendable": "a value that lies too deep"})

    def _answered(self, question: Asked) -> dict[str, Any]:
        values = self._take(question)
        if question["do"] == "names":
            self._shell.events.trigger("pre_execute")  # in each cell a warning is given anew
            return self._look_up(question["wanted"], question["imported"])
        if question["do"] == "apply":
            with self._set.in_force() as warned:
                reply = self._apply(question["operation"], values, question["keywords"])
            return self._with_news(reply, question["follow"], warned)
        self._shell.execution_count += 1  # the test cell is one of the notebook's
        for source in question["leaves"]:  # of the release, as the cell itself has run them
            with suppress(Exception):
                exec(compile(source, "<test cell>", "exec"), self._names)
        self._shell.events.trigger("post_execute")  # figures are shown, and closed
        return {"contents": []}

    def _take(self, question: Asked) -> list[Any]:
        """Bring this side up to date, and return the values of the question's nodes."""
        shared = self._shared
        self._objects = question["objects"]
        shared.forget(question["forget"])
        bound = question["bind"]
        nodes = [*(node for _, node in bound), *question["nodes"]]
        values = shared.unpack(nodes, question["contents"])
        first = self._names.get
        for name in (*(name for name, _ in bound), *question["unbind"]):
            self._first.setdefault(name, first(name, _ABSENT))
        for (name, _), value in zip(bound, values, strict=False):
            self._names[name] = value
        for name in question["unbind"]:
            self._names.pop(name, None)
        for name in question["put back"]:
            if (value := self._first.get(name, _ABSENT)) is not _ABSENT:
                self._names[name] = value
        self._set.take(question, lambda node: shared.unpack([node], [])[0])
        return values[len(bound) :]

    def _look_up(self, wanted: list[str], imported: list[str]) -> dict[str, Any]:
        found, failed, contents = [], [], []
        self._told, self._first = {}, {}
        for name in wanted:
            if name not in self._names:
                continue
            self._told[name] = self._names[name]
            try:
                [node], news = self._shared.pack([self._names[name]])
            except Unsendable as error:
                failed.append((name, str(error)))
            else:
                found.append((name, node))
                contents += news
        absent = [name for name in imported if name not in self._names]
        return {"found": found, "failed": failed, "absent": absent, "contents": contents}

    def _with_news(
        self, reply: dict[str, Any], follow: list[str], warned: list[Any]
    ) -> dict[str, Any]:
        """An answer, with the names that were bound anew and the warnings."""
        for name in follow:
            value = self._names.get(name, self)
            if value is not self and value is not self._told.get(name, self):
                self._told[name] = value
                try:
                    [node], news = self._shared.pack([value])
                except Unsendable:
                    continue
                reply.setdefault("rebound", []).append((name, node))
                reply.setdefault("contents", []).extend(news)
        if warned:
            reply["heard"] = heard(warned, lambda kind: self._errors.kind(kind, reply))
        return reply

    def _apply(self, operation: str, values: list[Any], keywords: list[str]) -> dict[str, Any]:
        count = len(values) - len(keywords)
        by_name = dict(zip(keywords, values[count:], strict=True))
        try:
            value = _OPERATIONS[operation](*values[:count], **by_name)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            return self._errors.reply(error, self._objects)
        try:
            [node], contents = self._shared.pack([value])
        except Unsendable as error:
            return {"unsendable": str(error)}
        return {"value": node, "contents": contents}

    def _plain(self, value: Any) -> Any:
        """The plain value that a subclass of a built-in type holds; other things as they are."""
        if not self._objects:
            for base, copied in _PLAIN:
                if _is_a(value, base):
                    return copied(value)
        return value

    def _describe(self, value: Any) -> Node:
        """The node that describes an object that stays in this process."""
        is_called = not self._objects and callable(value) and not _is_a(value, type)
        if _is_a(value, FUNCTIONS) or (is_called and not hasattr(type(value), "__next__")):
            text = value.__doc__ if _is_a(value.__doc__, str) else None
            return ("handle", "function", cut_name(getattr(value, "__name__", "function")), text)
        if _is_a(value, type):
            bases = [self._shared.stranger(base) for base in value.__bases__ if _is_own(base)]
            error = next((k.__name__ for k in value.__mro__ if _is_error(k)), "")
            names = (cut_name(value.__module__), cut_name(value.__qualname__))
            return ("handle", "class", *names, bases, _specials(value), error, *_framework(value))
        return ("handle", "instance", self._shared.stranger(type(value)))

    def _adopt(self, node: Node, _: object) -> Any:
        """The stand-in for a function of the judge's."""

        def stand_in(*args: Any, **kwargs: Any) -> Any:
            nodes, contents = self._shared.pack([stand_in, *args, *kwargs.values()])
            assert self._call_back is not None
            answer = unwrap(self._call_back(wrap((nodes, list(kwargs), contents))))
            kind, *values = self._shared.unpack(answer["nodes"], answer["contents"])
            if kind is not None:
                raise kind(*values)
            return values[0]

        stand_in.__name__ = stand_in.__qualname__ = node[1]
        return stand_in


def _is_own(kind: type) -> bool:
    return kind.__module__ == "__main__"


def _framework(kind: type) -> tuple[str, str]:
    """The class of a framework that a student's class extends, by module and name."""
    for base in kind.__mro__:
        if base.__module__.partition(".")[0] in FRAMEWORKS:
            return cut_name(base.__module__), cut_name(base.__qualname__)
    return "", ""


def _is_error(kind: type) -> bool:
    return kind.__module__ == "builtins" and issubclass(kind, Exception)


def _specials(kind: type) -> list[str]:
    """The special methods of a class, those of every object left out."""
    return [n for n in SPECIALS if getattr(kind, n, None) is not getattr(object, n, None)]
