"""Decides whether a function is still the handed-out stub, apart from blanks and prints."""

from __future__ import annotations

import ast
import linecache
from typing import Any, NamedTuple

from autograder.sandbox.inside.interruption import is_cell

_READ_ERRORS = (SyntaxError, ValueError, TypeError, MemoryError, RecursionError)
_SAYS_NOTHING = {"print", "NotImplementedError"}


class Stub(NamedTuple):
    """A released function without its blanks, to compare with."""

    essence: str
    names: frozenset[str]  # that its code and its blanks may use


def stub_of(source: str, name: str) -> Stub | None:
    """The stub of a function in its released cell; None where the cell does not define it."""
    try:
        node = _function(ast.parse(source), name, 0)
        code = compile(source, "<stub>", "exec")
    except _READ_ERRORS:
        return None
    if node is None:
        return None
    inner = next(c for c in code.co_consts if getattr(c, "co_name", "") == name)
    return Stub(_essence(node), frozenset({*inner.co_names, *_SAYS_NOTHING}))


def is_untouched(function: Any, name: str, stub: Stub) -> bool:
    """Whether a function of the notebook does no more than the stub, or nothing."""
    code = getattr(function, "__code__", None)
    filename = getattr(code, "co_filename", "")
    if code is None or not is_cell(filename) or not stub.names.issuperset(code.co_names):
        return False  # most answers end here: they use more names than there were
    try:
        tree = ast.parse("".join(linecache.getlines(filename)))
        node = _function(tree, name, code.co_firstlineno)
    except _READ_ERRORS:
        return False
    return node is not None and (_essence(node) == stub.essence or not _kept(node.body))


def _function(tree: ast.AST, name: str, line: int) -> ast.FunctionDef | None:
    """The function of this name that begins at a line, or the last one."""
    found = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == name]
    here = [n for n in found if line in (n.lineno, *(d.lineno for d in n.decorator_list))]
    return next(reversed(here or found), None)


def _essence(node: ast.FunctionDef) -> str:
    for argument in ast.walk(node.args):
        if isinstance(argument, ast.arg):
            argument.annotation = None
    body = _WithoutBlanks().visit(ast.Module(node.body, []))
    return f"{ast.dump(node.args)}{ast.dump(body)}"


def _kept(body: list[ast.stmt]) -> list[ast.stmt]:
    return [statement for statement in body if not _is_blank(statement)]


def _is_blank(node: ast.stmt) -> bool:
    """A docstring, `pass`, `...`, a print, `raise NotImplementedError`, `x = None`."""
    match node:
        case ast.Pass():
            return True
        case ast.Expr(ast.Constant()) | ast.Expr(ast.Call(ast.Name("print"))):
            return True
        case ast.Raise(ast.Name("NotImplementedError")):
            return True
        case ast.Raise(ast.Call(ast.Name("NotImplementedError"))):
            return True
        case ast.Assign(value=ast.Constant(value=value)):
            return value is None or value is ...
    return False


class _WithoutBlanks(ast.NodeTransformer):
    """Takes the blanks out of every body."""

    def generic_visit(self, node: ast.AST) -> ast.AST:
        for field in ("body", "orelse", "finalbody"):
            statements = getattr(node, field, None)
            if isinstance(statements, list):
                setattr(node, field, _kept(statements))
        return super().generic_visit(node)
