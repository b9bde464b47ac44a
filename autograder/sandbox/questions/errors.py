"""Exceptions of student code: described on that side, and made again on the judge's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from autograder.sandbox.questions.arrays import Malformed, Node, Unsendable
from autograder.sandbox.questions.sharing import Shared

_is_a = isinstance  # as it is now: the student's code may put another there


class OwnErrors:
    """Describes exceptions to the judge: by type, arguments and attributes."""

    def __init__(self, shared: Shared, describe_error: Callable[[Any], list[str]]) -> None:
        """`describe_error` gives the student's lines of an error."""
        self._shared = shared
        self._lines = describe_error

    def reply(self, error: BaseException, with_attributes: bool) -> dict[str, Any]:
        """The answer to a call that raised."""
        reply: dict[str, Any] = {"contents": [], "lines": self._lines(error)}
        reply["error"] = self.kind(type(error), reply)
        try:
            reply["args"], contents = self._shared.pack(error.args)
        except Unsendable:
            reply["args"], contents = [str(error)], []
        reply["contents"] += contents
        if with_attributes:
            reply["attributes"] = self._attributes(error, reply)
        return reply

    def kind(self, kind: type, reply: dict[str, Any]) -> Node:
        """A class of exceptions, or its nearest base that both processes have."""
        try:
            [node], contents = self._shared.pack([kind])
        except Unsendable:
            [node], contents = self._shared.pack([common_kind(kind)])
        reply["contents"] += contents
        return node

    def _attributes(self, error: BaseException, reply: dict[str, Any]) -> list[tuple[str, Node]]:
        found = []
        for name, value in error.__dict__.items():
            try:
                [node], contents = self._shared.pack([value])
            except Unsendable:
                continue
            if _is_a(name, str) and not name.startswith("__"):
                found.append((cut_name(name), node))
                reply["contents"] += contents
        return found


def error_of(reply: Mapping[str, Any], unpack: Callable[[list[Node]], list[Any]]) -> Exception:
    """The exception that a reply describes: of its type, or of a near base. Raises Malformed."""
    args = reply.get("args")
    if type(args) is not list:
        raise Malformed("a malformed exception")
    [kind] = unpack([reply["error"]])
    if not (isinstance(kind, type) and issubclass(kind, Exception)):
        raise Malformed(f"{getattr(kind, '__name__', kind)!s:.80} was raised")
    attributes = [(n, v) for n, v in pairs(reply.get("attributes")) if n[:2] != "__"]
    values = unpack([*args, *(value for _, value in attributes)])
    values, rest = values[: len(args)], values[len(args) :]
    try:
        error = kind(*values)
    except Exception:
        error = Exception.__new__(kind, *values)
    error.__dict__.update(zip([name for name, _ in attributes], rest, strict=True))
    lines = reply.get("lines")
    for line in lines if type(lines) is list else ():
        error.add_note(f"in the notebook: {line!s:.300}")
    return error


def common_kind(kind: type) -> type:
    """The nearest base of an exception that both processes have."""
    return next(k for k in kind.__mro__ if k.__module__ == "builtins")


def cut_name(name: Any) -> str:
    """A name as text, cut to the length that the judge reads."""
    return str(name)[:200]


def pairs(items: Any) -> list[tuple[str, Any]]:
    """The pairs of a name and a value in what a student's process sent."""
    found = items if type(items) is list else []
    return [(i[0], i[1]) for i in found if type(i) is tuple and len(i) == 2 and type(i[0]) is str]
