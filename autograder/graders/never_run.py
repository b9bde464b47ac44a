"""Checks that an author has written and that no grading would run."""

from __future__ import annotations

import ast
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


@lru_cache(maxsize=64)  # forked workers ask again; by content, which may change
def written_checks(content: bytes) -> tuple[WrittenCheck, ...]:
    """The marked functions of a grader's file, also in classes; none where it is not Python."""
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError):
        return ()
    return tuple(_marked(tree.body, ""))


def _marked(body: list[ast.stmt], outer: str) -> Iterator[WrittenCheck]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _marked(node.body, f"{outer}{node.name}.")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            decorators = node.decorator_list
            if any(map(_is_mark, decorators)):
                first = min(decorator.lineno for decorator in decorators)
                yield WrittenCheck(f"{outer}{node.name}", first, node.lineno)


def _is_mark(decorator: ast.expr) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else None
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    return bool(name == MARK)


def never_run(
    files: Mapping[Path, bytes], lines: Collection[tuple[Path, int]]
) -> Iterator[tuple[Path, WrittenCheck]]:
    """The marked functions of some files that begin at none of the lines of collected ones."""
    for path, content in files.items():
        for check in written_checks(content):
            if (path, check.first) not in lines and (path, check.line) not in lines:
                yield path, check
