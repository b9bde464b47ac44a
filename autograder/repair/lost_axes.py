"""A fact from calls alone: all numbers are right, and an axis of length 1 is lost."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from autograder.graders.compare import same
from autograder.handout.words import Text
from autograder.judge.calls import Call
from autograder.repair.places import OwnFunction
from autograder.repair.shapes import is_number
from autograder.sandbox import CallResult

LOST = "The numbers are right, and an axis of length 1 is lost."
PERHAPS_HERE = "The numbers are right, and an axis of length 1 is lost, perhaps in line {line}."
PERHAPS_IN = (
    "The numbers are right, and an axis of length 1 is lost, perhaps in one of the lines {lines}."
)
MOST_LINES = 4
FLATTENING = ("ravel", "flatten", "squeeze", "reshape")
REDUCING = ("sum", "mean", "max", "min", "prod", "std", "var", "norm", "argmax", "argmin", "median")


def lost_axis(
    own: OwnFunction, calls: Sequence[Call], student: Callable[[Call], CallResult]
) -> Text | None:
    """The sentence on a lost axis, where nothing else is wrong in any of the calls."""
    flat = False
    for call in calls:
        mine = student(call)
        if mine.status != "value":
            return None
        for leaf in _leaves(mine.value, call.result.value):
            if not same(*leaf):
                if not _is_flat(*leaf):
                    return None
                flat = True
    return _told(own) if flat else None


def _told(own: OwnFunction) -> Text:
    """With the lines that may have taken it away: none of them is sure to be meant."""
    nodes = (n for n in ast.walk(own.node) if isinstance(n, ast.expr) and _takes_away(n))
    lines = sorted({node.lineno for node in nodes})
    if len(lines) == 1:
        return Text(PERHAPS_HERE, line=lines[0])
    if 0 < len(lines) <= MOST_LINES:
        return Text(PERHAPS_IN, lines=", ".join(map(str, lines)))
    return Text(LOST)


def _leaves(mine: Any, right: Any) -> Iterator[tuple[Any, Any]]:
    """What stands at the same place in two answers; a pair that is never the same elsewhere."""
    if isinstance(right, dict) and isinstance(mine, dict) and mine.keys() == right.keys():
        for key in right:
            yield from _leaves(mine[key], right[key])
    elif isinstance(right, list | tuple) and isinstance(mine, list | tuple):
        if len(mine) == len(right):
            for one, other in zip(mine, right, strict=True):
                yield from _leaves(one, other)
        else:
            yield None, right
    else:
        yield mine, right


def _is_flat(mine: Any, right: Any) -> bool:
    """Whether an array holds the right numbers in their order, with fewer axes of length 1."""
    if not isinstance(mine, np.ndarray) or not isinstance(right, np.ndarray):
        return False
    lengths = [[length for length in array.shape if length != 1] for array in (mine, right)]
    is_less = mine.ndim < right.ndim and lengths[0] == lengths[1]
    return is_less and same(mine.ravel(), right.ravel())


def _takes_away(node: ast.expr) -> bool:
    """Whether an expression may have fewer axes than what it is made of."""
    if isinstance(node, ast.Subscript):
        return isinstance(node.slice, ast.Tuple) and any(map(is_number, node.slice.elts))
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    name, given = node.func.attr, {keyword.arg for keyword in node.keywords}
    return name in FLATTENING or (name in REDUCING and "axis" in given and "keepdims" not in given)
