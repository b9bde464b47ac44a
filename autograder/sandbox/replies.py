"""Reads a child's answers field by field, and validates each before it is used."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property, lru_cache
from itertools import islice
from typing import Any

import numpy as np

from autograder.sandbox.channel import ChannelError
from autograder.sandbox.frames import TRUSTED, content_of, unwrap_weighed
from autograder.sandbox.raised import MOST, plain
from autograder.sandbox.received_outputs import Output, stdout_of
from autograder.sandbox.results import CallResult
from autograder.sandbox.wire import decode_weighed, encode
from autograder.sandbox.wire_format import Caps, WireError

_NAME_LENGTH = 200
_MESSAGE_LENGTH = 4000
_LINES = 20
_MOST_DIGESTED = 4 << 20  # bytes
_MOST_KEPT = 1 << 13  # bytes of an answer whose digest is kept
_CHANGED = 64  # arguments of one call
_STATUSES = ("value", "raised", "missing", "unsupported")
_NAMES = {"timeout": "TimeoutError", "memory": "MemoryError", "crashed": "ProcessCrashed"}


class Ended(Exception):
    """The session ended during a request; the text is the result's status."""

    def __init__(self, status: str, message: str) -> None:
        super().__init__(status)
        self.status = status
        self.message = message
        self.name = _NAMES[status]


class Reply:
    """The answer to one call; its value is decoded on first use."""

    def __init__(
        self, fields: dict[str, Any], outputs: Sequence[Output], caps: Caps, seconds: float
    ) -> None:
        """Raises Ended for an answer that a child without foreign code would not give."""
        status = fields.get("status")
        if type(status) is not str or status not in _STATUSES:
            raise Ended("crashed", "an answer without a status")
        self.status: str = status
        self.error_name, self.error_message = ("", "") if status == "value" else error_of(fields)
        if self.status == "raised" and self.error_name == "MemoryError":
            raise Ended("memory", self.error_message)
        self.seconds = seconds
        self.lines = texts_of(fields.get("lines"), _LINES) if status == "raised" else []
        self.kinds = tuple(texts_of(fields.get("kinds"), MOST)) if status == "raised" else ()
        self.arguments = tuple(plain(fields.get("arguments"))) if status == "raised" else ()
        self.changed = tuple(texts_of(fields.get("changed"), _CHANGED))
        self._packed = fields.get("value")
        self._outputs = outputs
        self._caps = caps

    @property
    def size(self) -> int:
        """Bytes that the value takes, about, when it is unpacked."""
        return self._kept[1] if self._kept else self._read[1]

    @cached_property
    def digest(self) -> bytes | None:
        """A digest of all that a check can see of this answer, made from the decoded value.

        None where a verdict must not be cached (no value, a value that cannot be read, output), and
        where the value is so large that encoding it costs more than judging it again.
        """
        if self._outputs or self.status != "value":
            return None
        if self._kept:
            return self._kept[0]
        value, size = self._read
        if size > _MOST_DIGESTED or isinstance(value, WireError):
            return None
        return _digest(value, self.changed)

    @cached_property
    def result(self) -> CallResult:
        """The answer as plain data; ``crashed`` when its value cannot be read."""
        value, _ = self._read
        if isinstance(value, WireError):
            return ended_call(Ended("crashed", f"a value that cannot be read: {value}"))
        return CallResult(
            self.status, value, self.error_name, self.error_message, self.lines, self.changed,
            stdout_of(self._outputs), self.seconds, kinds=self.kinds, arguments=self.arguments,
        )  # fmt: skip

    @cached_property
    def _kept(self) -> tuple[bytes, int] | None:
        """Digest and size; None for a long answer, or one that cannot be read."""
        try:
            content = content_of(self._packed)
            if self.status != "value" or content.nbytes > _MOST_KEPT:
                return None
            return _digest_and_size(bytes(content), self.changed, self._caps)
        except WireError:
            return None

    @cached_property
    def _read(self) -> tuple[Any, int]:
        """The value, or the WireError that says why it cannot be read; and its size."""
        packed, self._packed = self._packed, None
        if self.status != "value":
            return None, 0
        try:
            return unwrap_weighed(packed, self._caps)
        except WireError as error:
            return error, 0


def _digest(value: Any, changed: tuple[str, ...]) -> bytes:
    # written anew: whatever bytes a child chose to say it with, one value has one digest
    sha256 = hashlib.sha256()
    for part in encode((value, changed), TRUSTED):
        sha256.update(part)
    return sha256.digest()


@lru_cache(maxsize=2048)
def _digest_and_size(content: bytes, changed: tuple[str, ...], caps: Caps) -> tuple[bytes, int]:
    """Of a short answer, kept by its bytes: most of a class gives the same ones."""
    value, size = decode_weighed(content, caps)
    return _digest(value, changed), size


def ended_call(end: Ended, seconds: float = 0.0) -> CallResult:
    """The result of a call that ended its session."""
    return CallResult(end.status, error_name=end.name, error_message=end.message, seconds=seconds)


def fields_of(rest: list[Any]) -> dict[str, Any]:
    """The fields of a "done" message; raises ChannelError."""
    if len(rest) == 1 and type(rest[0]) is np.ndarray:
        return {"status": "value", "value": rest[0]}
    if len(rest) != 1 or type(rest[0]) is not dict:
        raise ChannelError("a malformed result")
    return rest[0]


def error_of(fields: dict[str, Any]) -> tuple[str, str]:
    """Name and message of the exception in a result, both empty when there is none."""
    error = fields.get("error")
    if type(error) is not tuple or len(error) != 2 or not all(type(t) is str for t in error):
        return "", ""
    return error[0][:_NAME_LENGTH], error[1][:_MESSAGE_LENGTH]


def place_of(place: Any) -> tuple[int, int]:
    """The place in a cell that a child reports: top-level line and innermost line, or zeros."""
    sound = type(place) is tuple and [type(line) for line in place] == [int, int]
    return place if sound and all(0 <= line < 1 << 31 for line in place) else (0, 0)


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


def texts_of(value: Any, most: int) -> list[str]:
    """The texts in a list that a child sent, `most` of them, each cut to a length."""
    texts = (item[:300] for item in value if type(item) is str) if type(value) is list else ()
    return list(islice(texts, most))
