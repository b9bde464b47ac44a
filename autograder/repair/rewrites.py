"""Edits that write an expression anew: a call taken apart, a shape completed, a place renamed."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from autograder.repair.operators import REDUCING, SYMBOLS, Change
from autograder.repair.places import OwnFunction

SHAPED = ("zeros", "ones", "empty", "full")


def rewrites(own: OwnFunction, node: ast.expr) -> Iterator[Change]:
    """What may stand for an expression as a whole."""
    if isinstance(node, ast.Call):
        yield from _of_a_call(own, node)
    elif isinstance(node, ast.BinOp):
        yield from _of_an_operation(own, node)
    elif isinstance(node, ast.IfExp):
        one, other, test = (own.operand(n) for n in (node.body, node.orelse, node.test))
        yield Change(f"({other} if {test} else {one})", "condition", 2.6, "swap branches")
        yield Change(one, "condition", 3.0, "always")
        yield Change(other, "condition", 3.0, "never")
    if isinstance(node, ast.Name | ast.Subscript | ast.Call | ast.BinOp):
        for name in own.parameters:
            if name in own.numbers:
                text = f"((1 - {name}) * {own.operand(node)})"
                yield Change(text, "factor missing", 2.5, f"times 1 - {name}", name)


def _of_a_call(own: OwnFunction, node: ast.Call) -> Iterator[Change]:
    f, last = own.text(node.func), own.text(node.func).rsplit(".", 1)[-1]
    keywords = "".join(f", {own.text(k)}" for k in node.keywords)  # type: ignore[arg-type]
    if len(node.args) == 1 and last in SHAPED and not isinstance(node.args[0], ast.Tuple):
        inner = own.text(node.args[0])
        yield Change(f"{f}(({inner}, 1){keywords})", "shape", 2.0, "second axis", f)
    if len(node.args) == 1 and isinstance(node.args[0], ast.BinOp):
        inner_op = node.args[0]
        if isinstance(inner_op.op, ast.Add | ast.Sub):
            symbol = SYMBOLS[type(inner_op.op)]
            left, right = own.text(inner_op.left), own.text(inner_op.right)
            text = f"({f}({left}{keywords}) {symbol} {f}({right}{keywords}))"
            yield Change(text, "apart", 2.2, f"apart {f}", f)
    if len(node.args) == 1 and last in REDUCING and not node.keywords:
        inner = own.text(node.args[0])
        for axis in (0, 1):
            text = f"{f}(np.sum({inner}, axis={axis}))"
            yield Change(text, "option", 3.0, f"sum first {axis}", f)
    if len(node.args) == 2 and last in ("max", "min", "maximum", "minimum") and not keywords:
        a, b = (own.operand(n) for n in node.args)
        yield Change(f"({a} + {b})", "function", 2.6, "add the two", f)


def _of_an_operation(own: OwnFunction, node: ast.BinOp) -> Iterator[Change]:
    """The same function of both sides: of the whole instead."""
    one, other = node.left, node.right
    if not isinstance(one, ast.Call) or not isinstance(other, ast.Call):
        return
    f = own.text(one.func)
    plain = not one.keywords and not other.keywords
    if f == own.text(other.func) and plain and len(one.args) == len(other.args) == 1:
        a, b = own.operand(one.args[0]), own.operand(other.args[0])
        for symbol in dict.fromkeys((SYMBOLS[type(node.op)], "-", "+")):
            yield Change(f"{f}({a} {symbol} {b})", "together", 2.2, f"together {symbol}", f)
