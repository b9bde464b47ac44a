"""The text of a notebook cell, with the places in it where nodes of its tree stand."""

from __future__ import annotations

import ast

COMPOSITE = (ast.BinOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.UnaryOp, ast.Lambda, ast.NamedExpr)


class CellText:
    """What a student wrote, by bytes, as Python counts columns."""

    def __init__(self, cell: str) -> None:
        self._bytes = cell.encode()
        self._starts = [0]
        for line in cell.split("\n"):
            self._starts.append(self._starts[-1] + len(line.encode()) + 1)

    def start(self, node: ast.expr | ast.stmt) -> int:
        return self._starts[node.lineno - 1] + node.col_offset

    def end(self, node: ast.expr | ast.stmt) -> int:
        assert node.end_lineno is not None and node.end_col_offset is not None
        return self._starts[node.end_lineno - 1] + node.end_col_offset

    def text(self, node: ast.expr | ast.stmt) -> str:
        """What the student wrote for a node."""
        return self._bytes[self.start(node) : self.end(node)].decode()

    def lines_between(self, start: int, end: int) -> int:
        """How many line breaks there are from one byte to another."""
        return self._bytes[start:end].count(b"\n")

    def between(self, first: ast.stmt, last: ast.stmt) -> str:
        """What the student wrote from one statement to another, both included."""
        return self._bytes[self.start(first) : self.end(last)].decode()

    def head(self, statement: ast.stmt, first: ast.stmt) -> str:
        """What the student wrote of a statement before the first one that is inside it."""
        decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
        begin = self.start(decorators[0]) if decorators else self.start(statement)
        return self._bytes[begin : self.start(first)].decode()

    def operand(self, node: ast.expr) -> str:
        """The same as an operand of something: in brackets where it is made of several."""
        text = self.text(node)
        return f"({text})" if isinstance(node, COMPOSITE) else text

    def line_start(self, statement: ast.stmt) -> int:
        return self._starts[statement.lineno - 1]
