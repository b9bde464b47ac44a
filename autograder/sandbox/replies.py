"""What a child answered: read once, field by field, before anything of it is believed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from autograder.sandbox.channel import ChannelError
from autograder.sandbox.frames import unwrap
from autograder.sandbox.outputs import Output, stdout_of
from autograder.sandbox.results import CallResult
from autograder.sandbox.wire import Caps, WireError

_NAME_LENGTH = 200
_MESSAGE_LENGTH = 4000
_LINES = 20
_STATUSES = ("value", "raised", "missing", "unsupported")
_NAMES = {"timeout": "TimeoutError", "memory": "MemoryError", "crashed": "ProcessCrashed"}


class Ended(Exception):
    """The session came to its end during a request; the text is the result's status."""

    def __init__(self, status: str, message: str) -> None:
        super().__init__(status)
        self.status = status
        self.message = message
        self.name = _NAMES[status]


class Reply:
    """The answer to one call; its value stays packed until somebody asks for it."""

    def __init__(
        self, fields: dict[str, Any], outputs: Sequence[Output], caps: Caps, seconds: float
    ) -> None:
        """Raises Ended for an answer that a sound child does not give."""
        self.status: str = fields.get("status", "")
        self.error_name, self.error_message = error_of(fields)
        if self.status not in _STATUSES:
            raise Ended("crashed", "an answer without a status")
        if self.status == "raised" and self.error_name == "MemoryError":
            raise Ended("memory", self.error_message)
        self.seconds = seconds
        self.lines = _texts(fields.get("lines"))[:_LINES]
        self.changed = tuple(_texts(fields.get("changed")))
        self._value = fields.get("value")
        self._outputs = outputs
        self._caps = caps

    @property
    def size(self) -> int:
        """Bytes that the packed value takes."""
        return self._value.nbytes if isinstance(self._value, np.ndarray) else 0

    @cached_property
    def mark(self) -> bytes | None:
        """Names all that a check can see of this answer; None when that is not worth naming."""
        if self.status != "value" or self._outputs or type(self._value) is not np.ndarray:
            return None
        name = hashlib.sha256(self._value.data)
        name.update(repr(self.changed).encode())
        return name.digest()

    @cached_property
    def result(self) -> CallResult:
        """The answer as plain data; ``crashed`` when its value cannot be read."""
        try:
            value = unwrap(self._value, self._caps) if self.status == "value" else None
        except WireError as error:
            return ended_call(Ended("crashed", f"a value that cannot be read: {error}"))
        return CallResult(
            self.status, value, self.error_name, self.error_message, self.lines, self.changed,
            stdout_of(self._outputs), self.seconds,
        )  # fmt: skip


def ended_call(end: Ended, seconds: float = 0.0) -> CallResult:
    """The result of a call that ended its session."""
    return CallResult(end.status, error_name=end.name, error_message=end.message, seconds=seconds)


def fields_of(rest: list[Any]) -> dict[str, Any]:
    """The fields of a "done" message; raises ChannelError."""
    if len(rest) == 1 and type(rest[0]) is np.ndarray:
        return {"status": "value", "value": rest[0]}
    if len(rest) != 1 or type(rest[0]) is not dict:
        raise ChannelError("a result that is none")
    return rest[0]


def error_of(fields: dict[str, Any]) -> tuple[str, str]:
    """Name and message of the exception in a result, both empty when there is none."""
    error = fields.get("error")
    if type(error) is not tuple or len(error) != 2 or not all(type(t) is str for t in error):
        return "", ""
    return error[0][:_NAME_LENGTH], error[1][:_MESSAGE_LENGTH]


def text_size(rest: list[Any]) -> int:
    """A rough size of an output: nested text counts by its length, anything else by one."""
    size, stack = 0, list(rest)
    while stack:
        item = stack.pop()
        size += len(item) if type(item) is str else 1
        if type(item) is dict:
            stack.extend(item.values())
        elif type(item) in (list, tuple):
            stack.extend(item)
    return size


def _texts(value: Any) -> list[str]:
    return [item[:300] for item in value if type(item) is str] if type(value) is list else []
