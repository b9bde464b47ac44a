"""Pieces of the solution that stand for what a function of the student's own returns.

Where nothing else repairs, that is wrong; its call may be right, and what is done with it as well.
"""

from __future__ import annotations

import ast

from autograder.repair.candidates import VAGUE, Edit
from autograder.repair.handing_on import CALCULATES, LAYOUT
from autograder.repair.places import OwnFunction, filled_names, names_in


def bypassed(own: OwnFunction, edit: Edit) -> tuple[int, str] | None:
    """The line of a call, and the function of the cell, that an edit replaces by a piece.

    It stands for the call as a whole, or for the variable that holds what was returned. None for
    any other edit.
    """
    if edit.kind not in VAGUE or len(edit.splices) != 1:
        return None
    [splice] = edit.splices
    for site in own.sites:
        if (own.start(site.node), own.end(site.node)) == (splice.start, splice.end):
            node = _value(site.node)
            if isinstance(node, ast.Name) and site.statement not in own.inner:
                node = _call_behind(own, node.id) or node
            name = _called(node)
            is_gone = name in own.neighbours and name not in _names(splice.text)
            return (node.lineno, name) if is_gone else None
    return None


def suspected(own: OwnFunction, edit: Edit) -> tuple[int, str] | None:
    """The line of a call, and its function of the cell, which is as suspicious as its call.

    That is one in whose place an edit calls another one wherever it is called, and a method of a
    class, which is not looked into, where an edit calculates with what it is given or returns.
    """
    calls = [s.node for s in own.sites if isinstance(s.node, ast.Call)]
    if edit.kind == "function" and edit.name in own.neighbours:
        mine = [c for c in calls if _called(c) == edit.name]
        replaced = {(s.start, s.end) for s in edit.splices if not _names(s.text) & own.neighbours}
        if mine and all((own.start(c.func), own.end(c.func)) in replaced for c in mine):
            return mine[0].lineno, edit.name
    if edit.kind in CALCULATES:
        for call in calls:
            method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
            inside = (own.start(call) <= s.start and s.end <= own.end(call) for s in edit.splices)
            if method in own.neighbours and all(inside):
                return call.lineno, method
    return None


def _value(node: ast.expr) -> ast.expr:
    """What an expression holds, whatever becomes of its axes."""
    while True:
        method = node.func if isinstance(node, ast.Call) else node
        if isinstance(node, ast.Subscript) and _adds_axes(node.slice):
            node = node.value
        elif isinstance(method, ast.Attribute) and method.attr in (*LAYOUT, "reshape"):
            node = method.value
        else:
            return node


def _adds_axes(index: ast.expr) -> bool:
    """Whether an index takes everything, with a further axis: ``[:, None]``."""
    parts = index.elts if isinstance(index, ast.Tuple) else [index]
    return all(ast.unparse(part) in (":", "None", "np.newaxis", "...") for part in parts)


def _call_behind(own: OwnFunction, name: str) -> ast.expr | None:
    """The call that alone fills a variable, or several at once."""
    filling = [
        s for s in own.statements
        if isinstance(s, ast.Assign) and s not in own.inner and name in filled_names(s)
    ]  # fmt: skip
    is_other = name in own.parameters or len(filling) != 1
    return None if is_other else _value(filling[0].value)


def _called(node: ast.expr) -> str:
    is_named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    return node.func.id if is_named else ""  # type: ignore[attr-defined]


def _names(text: str) -> set[str]:
    try:
        return names_in(ast.parse(text.strip()))
    except SyntaxError:
        return set()
