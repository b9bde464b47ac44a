"""The student's own functions that stand right above a function and are called by it.

Such a helper counts as if it were defined inside: its lines are read, watched and edited, too.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Sequence

DEEPEST = 60  # nodes of a function inside each other; what visits them is recursive


def is_deep(function: ast.FunctionDef) -> bool:
    level: list[ast.AST] = [function]
    for _ in range(DEEPEST):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return False
    return True


def functions_above(tree: ast.Module, function: ast.FunctionDef) -> list[ast.FunctionDef]:
    """The functions of a cell between which and a function nothing else stands."""
    found: list[ast.FunctionDef] = []
    for statement in reversed(tree.body[: tree.body.index(function)]):
        if not isinstance(statement, ast.FunctionDef) or statement.name == function.name:
            break
        found.insert(0, statement)
    return found


def with_helpers(tree: ast.Module, function: ast.FunctionDef) -> ast.FunctionDef:
    """The function, with those above it that it calls as the first statements of its body."""
    above = {f.name: f for f in functions_above(tree, function)}
    later = tree.body[tree.body.index(function) :]
    for name in [n.name for n in later if isinstance(n, ast.FunctionDef)]:
        above.pop(name, None)  # the one below counts
    called = set(_called(function, above)) if above else ()
    helpers = [without_docstring(f) for name, f in above.items() if name in called]
    if not helpers:
        return function
    found = copy.copy(function)
    first = 1 if ast.get_docstring(function) else 0
    found.body = [*function.body[:first], *helpers, *function.body[first:]]
    return found


def without_docstring(function: ast.FunctionDef) -> ast.FunctionDef:
    """The same function, unless it has nothing but a docstring."""
    if not ast.get_docstring(function) or len(function.body) == 1:
        return function
    found = copy.copy(function)
    found.body = function.body[1:]
    return found


def inside(functions: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements inside of functions that are defined among some statements."""
    for statement in functions:
        for node in ast.walk(statement):
            if isinstance(node, ast.FunctionDef):
                yield from (n for n in ast.walk(node) if isinstance(n, ast.stmt) and n is not node)


def _called(function: ast.FunctionDef, known: dict[str, ast.FunctionDef]) -> Iterator[str]:
    """The names of known functions that a function reads, and those that these read."""
    to_read, seen = [function], set[str]()
    while to_read:
        for node in ast.walk(to_read.pop()):
            name = node.id if isinstance(node, ast.Name) else ""
            if name in known and name not in seen:
                seen.add(name)
                to_read.append(known[name])
                yield name
