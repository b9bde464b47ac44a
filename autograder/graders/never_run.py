"""Checks that an author has written and that no grading would run."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

MARK = "exercise"  # the last word of the decorator


class WrittenCheck(NamedTuple):
    """A function that is marked as a check: its name with that of its class, and its lines."""

    name: str
    first: int  # of its decorators
    line: int  # of its `def`


class GraderFile(NamedTuple):
    """The functions that a grader's file defines."""

    checks: tuple[WrittenCheck, ...]  # but those that its author keeps out by `__test__ = False`
    functions: Counter[str]  # how often a function of a name is written, with that of its class


@lru_cache(maxsize=64)  # forked workers ask again; by content, which may change
def grader_file(content: bytes) -> GraderFile:
    """The marked functions of a grader's file, also in classes; none where it is not Python."""
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError):
        return GraderFile((), Counter())
    return GraderFile(tuple(_marked(tree.body, "")), Counter(_functions(tree, "")))


def _marked(body: list[ast.stmt], outer: str) -> Iterator[WrittenCheck]:
    if any(map(_says_no_tests, body)):
        return
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _marked(node.body, f"{outer}{node.name}.")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            decorators = node.decorator_list
            if any(map(_is_mark, decorators)):
                first = min(decorator.lineno for decorator in decorators)
                yield WrittenCheck(f"{outer}{node.name}", first, node.lineno)


def _functions(node: ast.AST, outer: str) -> Iterator[str]:
    """The names of the functions that a module or a class defines, also under an `if`."""
    for inner in ast.iter_child_nodes(node):
        if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{outer}{inner.name}"
        elif isinstance(inner, ast.ClassDef):
            yield from _functions(inner, f"{outer}{inner.name}.")
        else:
            yield from _functions(inner, outer)


def _says_no_tests(node: ast.stmt) -> bool:
    """`__test__ = False`, by which pytest collects nothing of a module or a class."""
    match node:
        case ast.Assign([ast.Name("__test__")], ast.Constant(value=value)):
            return not value
    return False


def _is_mark(decorator: ast.expr) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else None
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    return bool(name == MARK)


def never_run(
    files: Mapping[Path, bytes],
    lines: Collection[tuple[Path, int]],
    names: Collection[tuple[Path, str]],
) -> Iterator[tuple[Path, WrittenCheck]]:
    """The marked functions of some files that are none of the collected ones.

    A collected one begins at one of the `lines`; or, where a decorator has put another function in
    its place, it has one of the `names` and no other function of its file has that name.
    """
    for path, content in files.items():
        found = grader_file(content)
        for check in found.checks:
            if (path, check.first) in lines or (path, check.line) in lines:
                continue
            if (path, check.name) not in names or found.functions[check.name] > 1:
                yield path, check
