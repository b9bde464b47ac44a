"""Test cells that the author's notebook cannot try, since it holds no solution for them.

Some authors keep the stubs in their source, and the solution elsewhere or nowhere. That a test
fails there says nothing about the test.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Collection, Iterable, Iterator

from autograder.testcells.program import Code

_BUILTINS = frozenset(dir(builtins))


def without_solution(cells: Iterable[Code], failed: Collection[str]) -> frozenset[str]:
    """Those of the failed test cells that need what only a stub of the source would define.

    `cells` are all code cells of the author's notebook, in order.
    """
    unsolved: set[str] = set()  # names that a stub binds, or that depend on one
    bound: set[str] = set()
    is_open = False  # whether a cell is left empty, which might have bound any name
    found = set()
    for code in cells:
        if code.tree is None:
            continue
        if code.role != "test":  # some authors mark no cell for the answer
            stubs, stops = _stubs(code.tree)
            unsolved |= stubs
            is_open |= stops or (code.role == "solution" and _is_empty(code.tree))
        names = set(_names(code.tree, ast.Load))
        makes = set(_names(code.tree, ast.Store))
        needs = names & unsolved or (is_open and names - bound - makes - _BUILTINS)
        if needs and code.role == "test" and code.name in failed:
            found.add(code.name)
        if needs:
            unsolved |= makes
        bound |= makes
    return frozenset(found)


def _stubs(tree: ast.Module) -> tuple[set[str], bool]:
    """Names that a cell binds without a solution, and whether it stops since it has none."""
    names: set[str] = set()
    stops = False
    for statement in tree.body:
        is_stub = _is_stub(statement)
        stops |= is_stub and isinstance(statement, ast.Raise)
        if is_stub or stops:
            names |= set(_names(statement, ast.Store))
    return names, stops


def _is_empty(tree: ast.Module) -> bool:
    """Whether a cell holds nothing but words."""
    return all(isinstance(s, ast.Pass | ast.Expr) and _is_stub(s) for s in tree.body)


def _is_stub(statement: ast.stmt) -> bool:
    match statement:
        case ast.Pass() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Raise(exc=ast.expr() as raised):
            return "NotImplementedError" in ast.unparse(raised)
        case ast.Return(value=None) | ast.Return(value=ast.Constant(value=None)):
            return True
        case (
            ast.Assign(value=ast.Constant(value=None))
            | ast.Assign(value=ast.Constant(value=builtins.Ellipsis))
        ):
            return True
        case ast.FunctionDef(body=body) | ast.ClassDef(body=body):
            return all(map(_is_stub, body))
    return False


def _names(tree: ast.AST, how: type[ast.expr_context]) -> Iterator[str]:
    """The names that code loads, or stores: functions, classes and imports among them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, how):
            yield node.id
        elif how is ast.Store and isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif how is ast.Store and isinstance(node, ast.arg):
            yield node.arg
        elif how is ast.Store and isinstance(node, ast.alias):
            yield (node.asname or node.name).partition(".")[0]
        elif how is ast.Store and isinstance(node, ast.ExceptHandler) and node.name:
            yield node.name
