"""Equal up to tolerance, or a message that helps: what hidden graders assert with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

import numpy as np

from autograder.handout.differences import Difference, agree, differences
from autograder.handout.words import Text

RTOL = 1e-7
ATOL = 1e-9
SHOWN = 3  # differences named in one message
MOST_CHOICES = 16


class Mismatch(AssertionError):
    """A student's value is wrong.

    An instructor reads `message`; students read `shown` where the author marked the check public.
    `told` has one sentence for each difference: the gate makes from it what students read of a
    hidden check.
    """

    def __init__(self, message: str, shown: str = "", told: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.shown = shown or message
        self.told = tuple(told) or (message,)


class Choice(Text):
    """One of a few words that the author of a grader lists: see `among`."""

    choices: tuple[str, ...]


def among(value: object, choices: Iterable[object]) -> Choice:
    """A field of a message to students that is one of `choices` (16 at most).

    ``fail("the weights of layer {layer} cost nothing", layer=among(layer, (1, 2, 3)))``: in the
    message of a hidden check, a number or word is shown only when its author lists it like this.
    A value that is none of the choices is not shown. Raises ValueError for too many choices.
    """
    told = Choice(str(value))
    told.choices = tuple(map(str, choices))
    if len(told.choices) > MOST_CHOICES:
        raise ValueError(f"among: {len(told.choices)} choices, the most are {MOST_CHOICES}")
    return told


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

    An entry agrees when ``|got - expected| <= atol + rtol * |expected|``; float32 results are
    compared with float32's precision. `dtype` also requires a kind of number, by numpy's kind
    letter (``"f"``, ``"i"``, ``"b"``).
    """
    found = differences(got, expected, rtol=rtol, atol=atol)
    if found:
        messages = [_named(d, name) for d in found]
        shown = [_shown(message, d) for message, d in zip(messages, found, strict=True)]
        raise Mismatch(_joined(messages), _joined(shown), list(dict.fromkeys(messages)))
    if dtype is not None and (kind := np.asarray(got).dtype.kind) != dtype:
        has, wanted = (_KINDS.get(k, Text(k)) for k in (kind, dtype))
        raise Mismatch(
            Text("{name} holds {kind}, expected {wanted}", name=Text(name), kind=has, wanted=wanted)
        )


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
    """End the check: the student's answer is wrong, for the reason in `message`.

    Students read the message as it is written in the grader (an f-string would not be shown).
    What varies goes into fields, ``fail("`{key}` is missing", key=key)``: a name that the
    expected answer has, a `Text`, or one of a few words with `among`. In the message of a hidden
    check any other field is shown as "…", because it could reveal a hidden value.
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
