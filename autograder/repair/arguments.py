"""Edits of calls whose arguments no function of that name takes: one too many, or an `axis`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from autograder.repair.edit_operators import REDUCING, Change
from autograder.repair.places import OwnFunction


def of_arguments(own: OwnFunction, node: ast.expr) -> Iterator[Change]:
    """A call without its last argument, or of a function that takes an `axis`."""
    if not isinstance(node, ast.Call) or any(isinstance(a, ast.Starred) for a in node.args):
        return
    function = own.text(node.func)
    if len(node.args) > 1 and function != "range":  # whose arguments mean other things then
        texts = [own.text(a) for a in node.args[:-1]]
        texts += [f"{k.arg}={own.text(k.value)}" if k.arg else "" for k in node.keywords]
        if all(texts):
            yield Change(f"{function}({', '.join(texts)})", "argument extra", 2.2, "last", function)
    head, dot, last = function.rpartition(".")
    takes_axis = any(k.arg == "axis" for k in node.keywords)
    if dot and takes_axis and len(node.args) == 1 and last not in REDUCING:
        rest = own.text(node)[len(function) :]
        for name in REDUCING:
            yield Change(f"{head}.{name}{rest}", "function", 1.6, f"{last}>{name}", function)
