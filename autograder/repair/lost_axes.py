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
from autograder.repair.sentences import LINE, ONE_OF_LINES
from autograder.repair.shapes import RESHAPING, is_number
from autograder.sandbox import CallResult

LOST = "the numbers are right, and an axis of length 1 is lost here."
MOST_LINES = 4


def lost_axis(
    own: OwnFunction, calls: Sequence[Call], student: Callable[[Call], CallResult]
) -> Text | None:
    """The sentence on the lines that take an axis away, where nothing else is wrong."""
    pairs = [(student(call), call.result) for call in calls]
    if not pairs or any(mine.status != "value" for mine, _ in pairs):
        return None
    leaves = [leaf for mine, right in pairs for leaf in _leaves(mine.value, right.value)]
    flat = [leaf for leaf in leaves if not same(*leaf)]
    nodes = (n for n in ast.walk(own.node) if isinstance(n, ast.expr) and _takes_away(n))
    lines = sorted({node.lineno for node in nodes})
    if not flat or not all(_is_flat(*leaf) for leaf in flat) or not 0 < len(lines) <= MOST_LINES:
        return None
    template = LINE if len(lines) == 1 else ONE_OF_LINES
    return Text(template, line=", ".join(map(str, lines)), what=Text(LOST))


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
    """Whether an array holds the right numbers in their order, with fewer axes."""
    if not isinstance(mine, np.ndarray) or not isinstance(right, np.ndarray):
        return False
    return mine.ndim < right.ndim and same(mine.ravel(), right.ravel())


def _takes_away(node: ast.expr) -> bool:
    """Whether an expression may have fewer axes than what it is made of."""
    if isinstance(node, ast.Subscript):
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        is_shape = isinstance(node.value, ast.Attribute) and node.value.attr == "shape"
        return any(map(is_number, parts)) and not is_shape
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    name, given = node.func.attr, {keyword.arg for keyword in node.keywords}
    return name in RESHAPING or ("axis" in given and "keepdims" not in given)
