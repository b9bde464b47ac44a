"""Edits of an expression that has lost an axis, or was flattened."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from autograder.repair.edit_operators import Change
from autograder.repair.places import OwnFunction

RESHAPING = ("ravel", "flatten", "squeeze", "reshape", "transpose", "astype", "item", "tolist")


def of_a_shape(own: OwnFunction, node: ast.expr) -> Iterator[Change]:
    """The expression with the axis that an index or a method takes away."""
    if isinstance(node, ast.Subscript):
        yield from _of_an_index(own, node)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        name, value = node.func.attr, node.func.value
        is_module = isinstance(value, ast.Name) and value.id not in own.variables
        if not is_module and (name in RESHAPING or not (node.args or node.keywords)):
            yield Change(own.operand(value), "call extra", 2.3, f"no {name}", name)


def _of_an_index(own: OwnFunction, node: ast.Subscript) -> Iterator[Change]:
    value, index = own.operand(node.value), node.slice
    if isinstance(index, ast.Tuple):
        texts = [own.text(part) for part in index.elts]
        for place, part in enumerate(index.elts):
            if is_number(part):
                whole = ", ".join(":" if n == place else t for n, t in enumerate(texts))
                yield Change(f"{value}[{whole}]", "colon", 2.1, f"all of axis {place}")
    elif isinstance(node.value, ast.Subscript) and is_number(node.value.slice):
        inner = own.operand(node.value.value)
        yield Change(f"{inner}[:, {own.text(index)}]", "colon", 2.4, "all rows")


def is_number(node: ast.expr) -> bool:
    """Whether an index is a whole number that is written out."""
    return isinstance(node, ast.Constant) and type(node.value) is int
