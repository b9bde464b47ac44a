"""Looks for repairs that only leave something out.

An edit inside of something superfluous repairs by making it harmless (0 times a term that should
not be there). The slip is then that the term is there at all.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from autograder.repair.candidates import Edit
from autograder.repair.edit_operators import SYMBOLS
from autograder.repair.nesting import in_every_case
from autograder.repair.places import OwnFunction, Splice

KINDS = {"+": "term extra", "-": "term extra", "**": "power extra"}
LEAVES_OUT = ("term extra", "factor extra", "call extra", "power extra", "extra", "moved")


OF_A_TEST = ("negated", "comparison", "branches", "condition", "condition extra")


def without_effect(own: OwnFunction, lines: Collection[int]) -> tuple[Splice, ...]:
    """What has the assignments in some lines give zero, or change nothing."""
    found = []
    for s in own.statements:
        if not isinstance(s, ast.Assign | ast.AugAssign):
            continue
        if set(lines).isdisjoint(range(s.lineno, (s.end_lineno or s.lineno) + 1)):
            continue
        place, text = (s.value, "0") if isinstance(s, ast.Assign) else (s, "pass")
        found.append(Splice(own.start(place), own.end(place), text))
    return tuple(found)


def without(own: OwnFunction, edit: Edit) -> Iterator[Edit]:
    """The function without the operand, or the statement, that an edit changes; smallest first."""
    if edit.kind == "moved":
        yield from _without_statement(own, edit)
    if edit.kind not in OF_A_TEST:
        yield from _without_distinction(own, edit)
    if edit.kind in LEAVES_OUT or len(edit.splices) != 1:
        return
    [splice] = edit.splices
    yield from _of_its_kind(own, edit, splice)
    holding = [
        s for s in own.sites if isinstance(s.node, ast.BinOp) and _holds(own, s.node, splice)
    ]
    for site in reversed(holding):
        node = site.node
        assert isinstance(node, ast.BinOp)
        symbol, start, end = SYMBOLS[type(node.op)], own.start(node), own.end(node)
        kind = KINDS.get(symbol, "factor extra")
        whole = (own.start(node), own.end(node)) == (splice.start, splice.end)
        if whole or _holds(own, node.right, splice):
            kept = own.operand(node.left)  # also for - where a + would do as well
        elif symbol in ("+", "*"):
            kept = own.operand(node.right)
        else:
            continue
        yield Edit((Splice(start, end, f"({kept})"),), kind, edit.cost, (node.lineno,))
    for statement in own.statements:
        if isinstance(statement, ast.Assign | ast.AugAssign) and _holds(own, statement, splice):
            start = own.line_start(statement)
            text = " " * statement.col_offset + "pass\n"
            splices = (Splice(start, own.after(statement), text),)
            yield Edit(splices, "extra", edit.cost, (statement.lineno,))


def _of_its_kind(own: OwnFunction, edit: Edit, splice: Splice) -> Iterator[Edit]:
    """What edits of one kind only may have around them."""
    if edit.kind == "call missing":
        yield from _without_call(own, edit, splice)
    if edit.kind in ("function", "out of call"):
        yield from _unwrapped(own, edit, splice)
    if edit.kind == "factor missing":
        yield from _without_factor(own, edit)
    if edit.kind == "name":
        yield from _without_comparison(own, edit, splice)
    if edit.kind == "sign":
        yield from _without_in_all(own, edit, splice)


def _without_distinction(own: OwnFunction, edit: Edit) -> Iterator[Edit]:
    """One branch in every case, where an edit changes what decides between two."""
    for statement in own.statements:
        if isinstance(statement, ast.If) and all(
            _holds(own, statement.test, s) for s in edit.splices
        ):
            yield from (
                Edit(move.splices, move.kind, edit.cost, (move.line,))
                for move in in_every_case(own, statement)
            )


def _without_call(own: OwnFunction, edit: Edit, splice: Splice) -> Iterator[Edit]:
    """The inner call in place of the call around it."""
    for site in own.sites:
        node = site.node
        if not isinstance(node, ast.Call) or len(node.args) != 1:
            continue
        inside = (own.start(node.args[0]), own.end(node.args[0]))
        if inside == (splice.start, splice.end):
            whole = Splice(own.start(node), own.end(node), splice.text)
            name = own.text(node.func)
            yield Edit((whole,), "function", edit.cost, (node.lineno,), name)


def _without_comparison(own: OwnFunction, edit: Edit, splice: Splice) -> Iterator[Edit]:
    """What a comparison is given in the place of the comparison: its other side shows nothing.

    Any share that is drawn is less than an entry of a mask that is 1, and none than 0.
    """
    for site in own.sites:
        node = site.node
        if not isinstance(node, ast.Compare) or len(node.ops) > 1:
            continue
        if (splice.start, splice.end) in [_span(own, n) for n in (node.left, *node.comparators)]:
            whole = Splice(*_span(own, node), splice.text)
            yield Edit((whole,), "donor", edit.cost, (node.lineno,))


def _span(own: OwnFunction, node: ast.expr) -> tuple[int, int]:
    return own.start(node), own.end(node)


def _without_statement(own: OwnFunction, edit: Edit) -> Iterator[Edit]:
    """Nothing in the place of a statement that could stand elsewhere as well."""
    for statement in own.statements:
        if statement.lineno in edit.lines and isinstance(statement, ast.Assign | ast.Expr):
            start = own.line_start(statement)
            splice = Splice(start, own.after(statement), " " * statement.col_offset + "pass\n")
            yield Edit((splice,), "extra", edit.cost, (statement.lineno,))


def _unwrapped(own: OwnFunction, edit: Edit, splice: Splice) -> Iterator[Edit]:
    """What a call is applied to, in the place of the call that is changed or moved."""
    for site in own.sites:
        node = site.node
        if isinstance(node, ast.Call) and len(node.args) == 1 and _holds(own, node, splice):
            inner = Splice(own.start(node), own.end(node), own.operand(node.args[0]))
            yield Edit((inner,), "call extra", edit.cost, (node.lineno,), own.text(node.func))


def _without_in_all(own: OwnFunction, edit: Edit, splice: Splice) -> Iterator[Edit]:
    """What is added here and taken off there, as `X + epsilon` and `X - epsilon`, in no place."""
    sums = [s.node for s in own.sites if isinstance(s.node, ast.BinOp) and _is_sum(s.node)]
    here = (splice.start, splice.end)
    changed = next((n for n in sums if (own.start(n), own.end(n)) == here), None)
    if changed is None:
        return
    both = own.text(changed.left), own.text(changed.right)
    alike = [n for n in sums if (own.text(n.left), own.text(n.right)) == both]
    if len(alike) > 1:
        splices = tuple(Splice(own.start(n), own.end(n), own.operand(n.left)) for n in alike)
        lines = tuple(sorted({n.lineno for n in alike}))
        yield Edit(splices, "term extra", edit.cost, lines)


def _is_sum(node: ast.BinOp) -> bool:
    return isinstance(node.op, ast.Add | ast.Sub)


def _without_factor(own: OwnFunction, edit: Edit) -> Iterator[Edit]:
    """A product without the factor by which something of it was divided, or the other way."""
    for site in own.sites:
        node = site.node
        if not isinstance(node, ast.BinOp) or node.lineno not in edit.lines:
            continue
        if not isinstance(node.op, ast.Mult | ast.Div):
            continue
        for factor, rest in ((node.left, node.right), (node.right, node.left)):
            if own.text(factor) == edit.name and (
                rest is node.left or isinstance(node.op, ast.Mult)
            ):
                whole = Splice(own.start(node), own.end(node), own.operand(rest))
                yield Edit((whole,), "factor extra", edit.cost, (node.lineno,), edit.name)


def _holds(own: OwnFunction, node: ast.expr | ast.stmt, splice: Splice) -> bool:
    return own.start(node) <= splice.start and splice.end <= own.end(node)
