"""Lines in which one too many could make good one too few in another line."""

from __future__ import annotations

import ast

from autograder.repair.candidates import Edit
from autograder.repair.places import OwnFunction, filled_names, names_in


def counted(own: OwnFunction, edit: Edit) -> list[int]:
    """Lines that add or take off a number where they fill what an edit counts by, or reads from.

    One too many in a line can be made good by one too few in another.
    """
    if edit.kind != "count":
        return []
    lines = set(edit.lines)
    read = (s for s in own.sites if s.node.lineno in lines and not s.path.startswith("/target"))
    touched = set().union(*(names_in(s.node) for s in read))
    return [
        s.lineno for s in own.statements
        if isinstance(s, ast.Assign) and s.lineno not in lines and touched & filled_names(s)
        and any(isinstance(n, ast.BinOp) and _is_off_by_a_number(n) for n in ast.walk(s))
    ]  # fmt: skip


def _is_off_by_a_number(node: ast.BinOp) -> bool:
    sides = (node.left, node.right)
    whole = any(isinstance(n, ast.Constant) and isinstance(n.value, int) for n in sides)
    return whole and isinstance(node.op, ast.Add | ast.Sub)
