"""The code objects of a cell, made before the fork where most notebooks hold the cell."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from types import CodeType
from typing import Any

NOT_PARSED = (
    SyntaxError, ValueError, TypeError, OverflowError, MemoryError, RecursionError,
)  # fmt: skip


@dataclass(frozen=True)
class Ahead:
    """What compiling a cell gave before the fork; the flags are those of imports of __future__."""

    flags_before: int
    codes: list[CodeType]
    flags_after: int


class CellCodes:
    """Compiles cells with IPython's compiler, each once."""

    def __init__(self, compiler: Any) -> None:
        self._compiler = compiler
        self._ahead: dict[tuple[str, int], Ahead] = {}  # by text and count

    def compile_ahead(self, cells: Iterable[str]) -> None:
        """Compile the cells that most notebooks hold, in their order.

        Done before the fork, this saves each session of the course's lessons 4 to 7 ms of 41 to 69.
        A cell that warns is left to the session, whose output that is. The compiler's flags are
        afterwards what they were: no session begins with an import that its notebook lacks.
        """
        flags = self._compiler.flags
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            for count, source in enumerate(cells, start=1):
                before = self._compiler.flags
                codes = _compiled(self._compiler, source, count)
                if codes is not None:
                    self._ahead[source, count] = Ahead(before, codes, self._compiler.flags)
        self._compiler.flags = flags

    def of(self, source: str, count: int) -> list[CodeType] | None:
        """The code objects to execute, the last expression apart; None for no plain Python."""
        ahead = self._ahead.get((source, count))
        if ahead is None or self._compiler.flags != ahead.flags_before:
            return _compiled(self._compiler, source, count)
        self._compiler.flags = ahead.flags_after
        return ahead.codes


def _compiled(compiler: Any, source: str, count: int) -> list[CodeType] | None:
    name = compiler.get_code_name(source, source, count)
    try:
        tree = compiler.ast_parse(source, filename=name)
        assert isinstance(tree, ast.Module)
        shown = [tree.body.pop()] if tree.body and isinstance(tree.body[-1], ast.Expr) else []
        return [
            *([compiler(tree, name, "exec")] if tree.body else []),
            *(compiler(ast.Interactive([node]), name, "single") for node in shown),
        ]
    except NOT_PARSED:
        return None
