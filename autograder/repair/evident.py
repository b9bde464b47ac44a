"""Which edits are evidence by what they make right, where nothing repairs the whole function."""

from __future__ import annotations

import ast

from autograder.repair.candidates import Edit
from autograder.repair.places import OwnFunction, filled_names, names_in, target_of

# There are so many of these that one of them gives a value of the right way by accident.
GUESSED = ("call missing", "term missing", "arguments", "again", "elsewhere")
# What is said of a `return` itself, whatever the variables hold.
OF_WHAT_IS_RETURNED = ("key", "name", "names", "returned", "transposed", "index extra", "copy")


def is_guessed(own: OwnFunction, edit: Edit) -> bool:
    """Whether a right value on the way is no evidence for an edit."""
    return edit.kind in GUESSED or is_suspect_reading(own, edit) or _leaves_a_variable(own, edit)


def _leaves_a_variable(own: OwnFunction, edit: Edit) -> bool:
    """Whether a statement only hands on, with an edit, what a variable holds, right anyway."""
    wholes = {(own.start(s.node), own.end(s.node)) for s in own.sites if s.parent is s.statement}
    return any(
        p.text.strip("()").isidentifier() and (p.start, p.end) in wholes for p in edit.splices
    )


def is_suspect_reading(own: OwnFunction, edit: Edit) -> bool:
    """Whether an edit reads another variable where the one that is read could itself be wrong.

    What the function puts into a variable is as suspicious as the reading of it, and names that
    change in several lines are several slips at once.
    """
    if edit.kind == "names":
        return True
    if edit.kind != "name":
        return False
    replaced = _replaced(own, edit)
    return len(set(edit.lines)) > 1 or not replaced or not replaced.isdisjoint(_filled(own))


def is_made_good_late(own: OwnFunction, edit: Edit) -> bool:
    """Whether an edit calculates, in a `return`, with a variable that other lines read as it is.

    What is wrong in that one spoils those lines, too: the slip is where it gets its value.
    """
    if edit.kind in OF_WHAT_IS_RETURNED:
        return False
    returns = [s for s in own.statements if isinstance(s, ast.Return)]
    lines = {n for s in returns for n in range(s.lineno, (s.end_lineno or s.lineno) + 1)}
    if not lines.issuperset(edit.lines):
        return False
    read = {
        s.node.id for s in own.sites if isinstance(s.node, ast.Name) and s.statement not in returns
    }  # fmt: skip
    return bool(_replaced(own, edit) & _filled(own) & read)


def _replaced(own: OwnFunction, edit: Edit) -> set[str]:
    """The variables in whose places an edit puts something else."""
    return {
        s.node.id for s in own.sites if isinstance(s.node, ast.Name)
        and any(p.start <= own.start(s.node) < own.end(s.node) <= p.end for p in edit.splices)
    }  # fmt: skip


def _filled(own: OwnFunction) -> set[str]:
    """The variables that get a value in the function, or an argument of one inside it."""
    nodes = [node for statement in own.statements for node in ast.walk(statement)]
    stored = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    given = {node.arg for node in nodes if isinstance(node, ast.arg)}
    return stored | given | {target_of(statement) for statement in own.statements}


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
