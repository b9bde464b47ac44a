"""Equal up to tolerance, or a message that helps: what hidden graders assert with."""

from __future__ import annotations

import re
from typing import Any, NoReturn

import numpy as np

from autograder.handout.differences import Difference, Text, agree, differences

RTOL = 1e-7
ATOL = 1e-9
SHOWN = 3  # differences named in one message


class Mismatch(AssertionError):
    """A student's value is wrong.

    `message` names the kind of difference and nothing hidden; `shown` adds expected and
    received values and is read only where the author marked the check public.
    """

    def __init__(self, message: str, shown: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.shown = shown or message


def assert_same(
    got: Any,
    expected: Any,
    *,
    rtol: float = RTOL,
    atol: float = ATOL,
    name: str = "result",
    dtype: str | None = None,
) -> None:
    """Raise Mismatch unless `got` equals `expected` in structure, keys, shapes and values.

    An entry agrees when ``|got - expected| <= atol + rtol * |expected|``; results in float32
    are given float32's precision. `dtype` asks for a kind of number on top: one of numpy's
    kind letters (``"f"``, ``"i"``, ``"b"``).
    """
    found = differences(got, expected, rtol=rtol, atol=atol)
    if found:
        messages = [_named(d, name) for d in found]
        shown = [_shown(message, d) for message, d in zip(messages, found, strict=True)]
        told = [_without_words_of_the_answer(m, d) for m, d in zip(messages, found, strict=True)]
        raise Mismatch(_joined(list(dict.fromkeys(told))), _joined(shown))
    if dtype is not None and (kind := np.asarray(got).dtype.kind) != dtype:
        has, wanted = (_KINDS.get(k, Text(k)) for k in (kind, dtype))
        raise Mismatch(
            Text("{name} holds {kind}, expected {wanted}", name=Text(name), kind=has, wanted=wanted)
        )


def _without_words_of_the_answer(message: str, found: Difference) -> str:
    """The message, without a key or an odd shape: an answer could tell a hidden input in them."""
    if found.kind == "extra_key":
        return Text("the result holds a key that should not be there")
    if _ODD_SHAPE.search(message):
        place = found.path or Text("the result")
        return Text("{place} has another shape than expected", place=place)
    return message


# more than four dimensions, or one of more than three digits
_ODD_SHAPE = re.compile(r"shape \((?:\d+, ){4}\d|shape \([^)]*\d{4}")

_KINDS = {
    "f": Text("floating-point numbers"),
    "i": Text("integers"),
    "u": Text("unsigned integers"),
    "b": Text("booleans"),
    "c": Text("complex numbers"),
}


def same(got: Any, expected: Any, *, rtol: float = 1e-9, atol: float = 1e-12) -> bool:
    """Whether two values agree, by default to within rounding."""
    return agree(got, expected, rtol=rtol, atol=atol)


def fail(message: str, /, **parts: Any) -> NoReturn:
    """The student's answer is wrong, for a reason that the grader puts in words.

    The message is read by students: no hidden input, no expected value. What changes in it goes
    into its fields, ``fail("`{key}` is missing", key=key)``, so that it can be translated.
    """
    raise Mismatch(Text(message, **parts))


def _named(found: Difference, name: str) -> str:
    if found.path or name == "result":
        return found.message
    return Text("{name}: {message}", name=Text(name), message=found.message)


def _shown(message: str, found: Difference) -> str:
    if not found.expected:
        return message
    return Text(
        "{message} (expected {wanted}, got {got})",
        message=message, wanted=found.expected, got=found.got,
    )  # fmt: skip


def _joined(messages: list[str]) -> str:
    text = messages[0]
    for message in messages[1:SHOWN]:
        text = Text("{some}; {one}", some=text, one=message)
    more = len(messages) - SHOWN
    return Text("{some}; and {more} more", some=text, more=more) if more > 0 else text
