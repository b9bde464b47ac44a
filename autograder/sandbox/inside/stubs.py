"""Decides whether a function, a class or a variable is still what was handed out.

Blanks and prints aside. Of a variable it is known by its value: a blank leaves None.
"""

from __future__ import annotations

import ast
import linecache
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from types import CodeType
from typing import Any, NamedTuple

from autograder.sandbox.inside.interruption import is_cell

_READ_ERRORS = (SyntaxError, ValueError, TypeError, MemoryError, RecursionError)
_SAYS_NOTHING = {"print", "NotImplementedError"}


class Stub(NamedTuple):
    """A released function or class without its blanks, to compare with; or names of variables."""

    essence: tuple[str, ...]  # its parameters and its statements; empty: of variables
    names: frozenset[str]  # that its code and its blanks may use; of variables: that are None
    silent: bool = True  # whether a print is a blank; not where printing is the answer

    @property
    def parts(self) -> tuple[tuple[str, ...], list[str], bool]:
        """What a judge sends of it."""
        return self.essence, sorted(self.names), self.silent

    def is_there(self, name: str, space: Mapping[str, Any]) -> bool:
        """Whether a notebook defines what was handed out under this name."""
        return callable(space.get(name)) if self.essence else name in space


def stub_of(source: str, name: str, *, silent: bool = True) -> Stub | None:
    """The stub of what a released cell defines; None where the cell is not Python.

    A cell that defines no function or class of this name leaves a variable to be filled.
    """
    try:
        tree = ast.parse(source)
        node = definition_of(tree, name, 0)
        code = compile(source, "<stub>", "exec")
    except _READ_ERRORS:
        return None
    if node is None:
        return Stub((), frozenset({name, *_left_blank(tree)}))
    inner = next(c for c in code.co_consts if getattr(c, "co_name", "") == name)
    codes = [*_codes(inner)] if isinstance(node, ast.ClassDef) else [inner]
    used = {used for code in codes for used in code.co_names}
    return Stub(tuple(_essence(node, silent)), frozenset({*used, *_SAYS_NOTHING}), silent)


def is_untouched(space: Mapping[str, Any], name: str, stub: Stub) -> bool:
    """Whether what a notebook defines does no more than the stub, or nothing."""
    if not stub.essence:
        return all(space.get(blank) is None or space[blank] is ... for blank in stub.names)
    codes = [code for code in _codes_of(space[name]) if is_cell(code.co_filename)]
    if not codes or not all(stub.names.issuperset(code.co_names) for code in codes):
        return False  # most answers end here: they use more names than there were
    try:
        tree = ast.parse("".join(linecache.getlines(codes[0].co_filename)))
        node = definition_of(tree, name, codes[0].co_firstlineno)
    except _READ_ERRORS:
        return False
    if node is None:
        return False
    if is_idle(node, stub.silent):
        return True
    if len(_kept(node.body, stub.silent)) + 1 != len(stub.essence):
        return False  # a blank that is filled is a statement more
    return all(
        own == known for own, known in zip_longest(_essence(node, stub.silent), stub.essence)
    )


Definition = ast.FunctionDef | ast.ClassDef


def definition_of(tree: ast.Module, name: str, line: int) -> Definition | None:
    """The function of this name that begins at a line, or the last one; or the last class."""
    for nodes in (tree.body, ast.walk(tree)):  # most stand at the top level
        found = [n for n in nodes if isinstance(n, Definition) and n.name == name]
        here = [n for n in found if line in (n.lineno, *(d.lineno for d in n.decorator_list))]
        if here:
            return here[-1]
    return found[-1] if found else None


def _codes_of(value: Any) -> Iterator[CodeType]:
    """The code of a function, or of the methods of a class."""
    members = type.__dict__["__dict__"].__get__(value).values() if isinstance(value, type) else ()
    for member in members if isinstance(value, type) else (value,):
        code = getattr(member, "__code__", None)
        if isinstance(code, CodeType):
            yield code


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _codes(inner)


def _left_blank(tree: ast.Module) -> Iterator[str]:
    """Variables that a cell sets to None."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and _is_blank(node):
            names = (n for target in node.targets for n in ast.walk(target))
            yield from (n.id for n in names if isinstance(n, ast.Name))


def _essence(node: Definition, silent: bool) -> Iterator[str]:
    """The parameters or bases, then each statement: where one differs, nobody asks for the next."""
    for argument in ast.walk(node if isinstance(node, ast.ClassDef) else node.args):
        if isinstance(argument, ast.arg):
            argument.annotation = None
    yield str(list(map(ast.dump, node.bases if isinstance(node, ast.ClassDef) else [node.args])))
    for statement in _kept(node.body, silent):
        yield ast.dump(_WithoutBlanks(silent).visit(statement))


def is_idle(node: ast.stmt, silent: bool) -> bool:
    """Whether a function, or every method of a class, does nothing."""
    if isinstance(node, ast.FunctionDef):
        return not _kept(node.body, silent)
    inner = _kept(node.body, silent) if isinstance(node, ast.ClassDef) else [node]
    return isinstance(node, ast.ClassDef) and all(is_idle(part, silent) for part in inner)


def _kept(body: list[ast.stmt], silent: bool) -> list[ast.stmt]:
    return [statement for statement in body if not _is_blank(statement, silent)]


def _is_blank(node: ast.stmt, silent: bool = True) -> bool:
    """A docstring, `pass`, `...`, a print, `raise NotImplementedError`, `x = None`."""
    match node:
        case ast.Pass() | ast.Expr(ast.Constant()):
            return True
        case ast.Expr(ast.Call(ast.Name("print"))):
            return silent
        case ast.Raise(ast.Name("NotImplementedError")):
            return True
        case ast.Raise(ast.Call(ast.Name("NotImplementedError"))):
            return True
        case ast.Assign(value=ast.Constant(value=value)):
            return value is None or value is ...
    return False


class _WithoutBlanks(ast.NodeTransformer):
    """Takes the blanks out of every body."""

    def __init__(self, silent: bool) -> None:
        self._silent = silent

    def generic_visit(self, node: ast.AST) -> ast.AST:
        for field in ("body", "orelse", "finalbody"):
            statements = getattr(node, field, None)
            if isinstance(statements, list):
                setattr(node, field, _kept(statements, self._silent))
        return super().generic_visit(node)
