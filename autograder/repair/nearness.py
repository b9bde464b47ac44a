"""How near an answer is to the right one: a quick look, before a check judges it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np

from autograder.graders.compare import same
from autograder.judge.calls import Answer, Call
from autograder.judge.rehearsal import Script
from autograder.repair.watching import size


def parts_of(value: Any) -> Mapping[Any, Any]:
    """What a function returned, by place or key; nothing for a lone value."""
    if isinstance(value, dict):
        return value
    return dict(enumerate(value)) if isinstance(value, tuple) else {}


def right_in_all(answers: Sequence[Answer], script: Script) -> frozenset[Any]:
    right: set[Any] | None = None
    for answer, call in zip(answers, script.calls, strict=False):
        parts, wanted = parts_of(answer.result.value), parts_of(call.result.value)
        found = {k for k, v in parts.items() if k in wanted and same(v, wanted[k])}
        right = found if right is None else right & found
    return frozenset(right or ())


def weight(script: Script) -> tuple[int, int]:
    """The work of a check, estimated from its arguments: no clock decides a hint."""
    return len(script.calls), sum(size((c.args, list(c.kwargs.values()))) for c in script.calls)


def could_be_right(answers: Sequence[Answer], script: Script) -> bool:
    """A quick look: the reference's values, or values of another form, which the check judges."""
    return all(is_near(a, call) for a, call in zip(answers, script.calls, strict=True))


def is_near(answer: Answer, call: Call) -> bool:
    result = answer.result
    return result.status == "value" and is_close(result.value, call.result.value)


def is_close(value: Any, wanted: Any) -> bool:
    if isinstance(value, tuple) and isinstance(wanted, tuple):
        both = min(len(value), len(wanted))  # some checks ask for the first few only
        value, wanted = value[:both], wanted[:both]
    return not are_alike(value, wanted) or same(value, wanted, rtol=1e-4, atol=1e-6)


def are_alike(one: Any, other: Any) -> bool:
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other)
    numbers: Collection[type] = (int, float, bool, np.bool_, np.floating, np.integer, np.ndarray)
    if isinstance(one, tuple(numbers)) and isinstance(other, tuple(numbers)):
        return True
    return type(one) is type(other)
