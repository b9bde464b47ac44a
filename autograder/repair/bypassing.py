"""Pieces of the solution that stand for the call of a function of the student's own.

Where nothing else repairs, what that function returns is wrong; its call may be as it should be.
"""

from __future__ import annotations

import ast

from autograder.repair.candidates import VAGUE, Edit
from autograder.repair.handing_on import LAYOUT
from autograder.repair.places import OwnFunction, names_in


def bypassed(own: OwnFunction, edit: Edit) -> str:
    """The function of the cell whose call, as a whole, an edit replaces by a piece; or nothing."""
    if edit.kind not in VAGUE or len(edit.splices) != 1:
        return ""
    [splice] = edit.splices
    for site in own.sites:
        if (own.start(site.node), own.end(site.node)) == (splice.start, splice.end):
            name = _called(site.node)
            is_gone = name in own.neighbours and name not in _names(splice.text)
            return name if is_gone else ""
    return ""


def _called(node: ast.expr) -> str:
    """The function that is called, whatever becomes of the axes of what it returns."""
    while True:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            return node.func.id
        method = node.func if isinstance(node, ast.Call) else node
        if not isinstance(method, ast.Attribute) or method.attr not in (*LAYOUT, "reshape"):
            return ""
        node = method.value


def _names(text: str) -> set[str]:
    try:
        return names_in(ast.parse(text.strip()))
    except SyntaxError:
        return set()
