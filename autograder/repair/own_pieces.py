"""Edits that put a piece of the function itself in another place: copied and not adapted."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from autograder.repair.edit_operators import SYMBOLS, Change
from autograder.repair.places import OwnFunction, Site

MOST_ENTRIES = 12  # different entries of one function that are tried for each other


def of_its_own(own: OwnFunction, site: Site) -> Iterator[Change]:
    """Another entry or variable of the function, a copy for a second name, a sum out of a call."""
    node, parent = site.node, site.parent
    if isinstance(node, ast.Name) and parent is site.statement and isinstance(parent, ast.Assign):
        yield Change(f"{node.id}.copy()", "copy", 1.5, "copy", node.id)
    if isinstance(node, ast.Subscript) and not isinstance(parent, ast.Attribute):
        yield from _other_entries(own, node)
    if isinstance(node, ast.Call):
        yield from _out_of_two(own, node)
        if isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Pow):
            yield from _counted_up(own, node)
    if isinstance(node, ast.BinOp):
        yield from _last_factor_as_power(own, node)
        yield from _product_of_a_sum(own, node)


def _other_entries(own: OwnFunction, node: ast.Subscript) -> Iterator[Change]:
    text = own.text(node)
    name = node.value.id if isinstance(node.value, ast.Name) else ""
    entries = (
        own.text(s.node) for s in own.sites
        if isinstance(s.node, ast.Subscript) and isinstance(s.node.value, ast.Name)
    )  # fmt: skip
    for other in list(dict.fromkeys(entries))[:MOST_ENTRIES]:
        if other != text and other.partition("[")[0] != name:
            yield Change(other, "name", 2.3, f"{text}>{other}", name)
    for variable in own.variables:
        if variable not in own.containers and variable not in own.parameters:
            yield Change(variable, "name", 2.6, f"{text}>{variable}", name)


def _out_of_two(own: OwnFunction, node: ast.Call) -> Iterator[Change]:
    """``f(a, b + c)`` for ``f(a, b) + c``."""
    if len(node.args) != 2 or node.keywords or not isinstance(node.args[1], ast.BinOp):
        return
    inner = node.args[1]
    if isinstance(inner.op, ast.Add | ast.Sub):
        f, a, b, c = (own.text(n) for n in (node.func, node.args[0], inner.left, inner.right))
        text = f"{f}({a}, {b}) {SYMBOLS[type(inner.op)]} {c}"
        yield Change(text, "out of call", 1.6, f"out right {f}", f)


def _counted_up(own: OwnFunction, node: ast.Call) -> Iterator[Change]:
    """``beta ** np.arange(1, len(x) + 1)`` for ``beta ** len(x)``: each place has its own power."""
    if own.text(node.func) == "len":
        yield Change(f"np.arange(1, {own.text(node)} + 1)", "constant", 3.0, "counted up")


def _last_factor_as_power(own: OwnFunction, node: ast.BinOp) -> Iterator[Change]:
    """``a * b * 2`` for ``a * b ** 2``."""
    inner, last = node.left, node.right
    if not isinstance(node.op, ast.Mult) or not isinstance(last, ast.Constant):
        return
    if isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Mult):
        a, b = own.operand(inner.left), own.operand(inner.right)
        yield Change(f"{a} * {b} ** {own.text(last)}", "power", 2.0, "*>**")


def _product_of_a_sum(own: OwnFunction, node: ast.BinOp) -> Iterator[Change]:
    """``a * b + c / d`` for ``a * (b + c) / d``."""
    one, other = node.left, node.right
    if not isinstance(node.op, ast.Add | ast.Sub):
        return
    if not isinstance(one, ast.BinOp) or not isinstance(other, ast.BinOp):
        return
    if isinstance(one.op, ast.Mult) and isinstance(other.op, ast.Mult | ast.Div):
        a, b, c, d = (own.operand(n) for n in (one.left, one.right, other.left, other.right))
        symbol, last = SYMBOLS[type(node.op)], SYMBOLS[type(other.op)]
        yield Change(f"{a} * ({b} {symbol} {c}) {last} {d}", "brackets", 2.0, "a(b+c)d")
