"""Edits of the first operation of several, and of powers."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from autograder.repair.edit_operators import SYMBOLS, Change, Scope
from autograder.repair.places import OwnFunction


def of_a_product(own: OwnFunction, node: ast.expr) -> Iterator[Change]:
    """A sum in place of the first of two multiplications; a factor or power of one term only."""
    yield from _of_a_factor(own, node)
    yield from _of_a_power(own, node)
    if isinstance(node, ast.BinOp) and (factors := _open_factors(own, node)):
        text = f"{factors[0]} + {factors[1]} * {own.operand(node.right)}"
        yield Change(text, "op", 2.0, "*>+ first")


def _open_factors(own: OwnFunction, node: ast.BinOp) -> tuple[str, str] | None:
    """The first two factors of three, where no brackets hold them together."""
    left = node.left
    if not isinstance(node.op, ast.Mult):
        return None
    if not (isinstance(left, ast.BinOp) and isinstance(left.op, ast.Mult)):
        return None
    if not own.text(node).startswith(own.text(left)):
        return None
    return own.operand(left.left), own.operand(left.right)


def _of_a_factor(own: OwnFunction, node: ast.expr) -> Iterator[Change]:
    """``a - f * b`` for ``f * (a - b)``: the factor belongs to the last term alone."""
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Mult):
        return
    inner = node.right
    if isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Add | ast.Sub):
        f, a, b = (own.operand(n) for n in (node.left, inner.left, inner.right))
        text = f"{a} {SYMBOLS[type(inner.op)]} {f} * {b}"
        yield Change(text, "brackets", 2.2, "factor of the last term")


def _of_a_power(own: OwnFunction, node: ast.expr) -> Iterator[Change]:
    """``a + f * b ** 2`` for ``(a + f * b) ** 2``, and for ``np.square(a + f * b)``."""
    inner = _squared(node)
    if not isinstance(inner, ast.BinOp) or not isinstance(inner.op, ast.Add | ast.Sub):
        return
    a, last = own.operand(inner.left), inner.right
    power = own.text(node.right) if isinstance(node, ast.BinOp) else "2"
    within = f"{own.operand(last)} ** {power}"
    if isinstance(last, ast.BinOp) and isinstance(last.op, ast.Mult):
        within = f"{own.operand(last.left)} * {own.operand(last.right)} ** {power}"
    yield Change(f"{a} {SYMBOLS[type(inner.op)]} {within}", "brackets", 2.2, "power of the last")


def _squared(node: ast.expr) -> ast.expr | None:
    """What is raised to a power as a whole."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        return node.left
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
        return node.args[0] if node.func.attr == "square" else None
    return None


def of_an_exponent(own: OwnFunction, node: ast.expr, scope: Scope) -> Iterator[Change]:
    """``b ** (k + 1)`` for ``b ** n``: what counts from zero, where the end of it is written."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        base, written = own.operand(node.left), own.text(node.right)
        if isinstance(node.right, ast.Name) and written not in scope.integers:
            for name in scope.integers:
                yield Change(f"{base} ** ({name} + 1)", "name", 2.2, f"**{name}", written)
