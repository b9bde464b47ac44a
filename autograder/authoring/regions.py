"""One region of a solved cell, and the stub's lines for its statements."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

PLACEHOLDER = 'raise NotImplementedError("your code here")'


@dataclass(frozen=True)
class Region:
    """One marked part of a cell: the line numbers (from 1) of its two markers."""

    start: int
    end: int
    indent: str


@dataclass
class Line:
    """One line of the stub: where it came from, to keep the order, and its text."""

    number: int
    text: str
    code: bool = True


@dataclass
class Written:
    """The text of a solved cell, and one region in it."""

    source: str
    region: Region
    text: list[str] = field(init=False)
    tokens: list[tokenize.TokenInfo] = field(init=False)
    comments: dict[int, str] = field(init=False)  # by line number
    trailing: set[int] = field(init=False)  # lines where one stands behind a statement's end

    def __post_init__(self) -> None:
        self.text = self.source.split("\n")
        self.tokens = list(tokenize.generate_tokens(io.StringIO(self.source).readline))
        self.comments, self.trailing = {}, set()
        depth = 0
        for token, before in zip(self.tokens, [None, *self.tokens], strict=False):
            depth += opens(token)
            if token.type == tokenize.COMMENT and self.inside(token.start[0]):
                self.comments[token.start[0]] = token.string
                if before and before.end[0] == token.start[0] and depth == 0:
                    self.trailing.add(token.start[0])

    def inside(self, number: int) -> bool:
        """Whether a line is in the region."""
        return self.region.start < number < self.region.end

    def indent_of(self, number: int) -> str:
        """The indentation of a line."""
        line = self.text[number - 1]
        return line[: len(line) - len(line.lstrip())]

    def target(self, target: ast.expr) -> str:
        """The target of an assignment as the author wrote it."""
        text = ast.get_source_segment(self.source, target) or ""
        return ast.unparse(target) if not text or "\n" in text else text

    def attach(self, line: Line, number: int) -> None:
        """Append the comment behind a statement to the stub's line for that statement."""
        if number in self.comments:
            line.text += f"  {self.comments.pop(number)}"

    def deeper(self, node: ast.stmt, indent: str) -> str:
        """The indentation of a block, where its header is moved to `indent`."""
        first = next(children(node))
        if first.lineno == node.lineno:
            return indent + "    "
        return indent + self.indent_of(first.lineno)[len(self.indent_of(node.lineno)) :]

    def header(self, node: ast.stmt, indent: str) -> list[Line]:
        """``for …:`` as the author wrote it, moved to `indent`."""
        first = first_line(node)
        row, column = self.header_end(node)
        old = len(self.indent_of(first))
        texts = self.text[first - 1 : row]
        texts[-1] = texts[-1][:column]
        made = [Line(first + i, indent + text[old:]) for i, text in enumerate(texts)]
        self.attach(made[-1], row)
        return made

    def header_end(self, node: ast.stmt) -> tuple[int, int]:
        """Where the colon of a block's header ends: line (from 1) and column."""
        depth, lambdas, start = 0, 0, (node.lineno, node.col_offset)
        for token in self.tokens:
            if token.start < start:
                continue
            depth += opens(token)
            lambdas += token.string == "lambda" and depth == 0
            if token.string == ":" and token.type == tokenize.OP and depth == 0:
                if not lambdas:
                    return token.end
                lambdas -= 1
        return node.lineno, len(self.text[node.lineno - 1])


class Rewriting:
    """Turns the statements of a region into the lines of the stub."""

    def __init__(self, written: Written) -> None:
        self._written = written

    def block(self, body: Sequence[ast.stmt], indent: str, seen: set[str]) -> list[Line]:
        """The stub's lines for a block; `seen` are targets that have a ``= None`` already."""
        return [line for node in body for line in self._statement(node, indent, seen)]

    def _statement(self, node: ast.stmt, indent: str, seen: set[str]) -> list[Line]:
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            return self._assignment(node, indent, seen)
        if isinstance(node, ast.For | ast.AsyncFor | ast.If):
            return self._branches(node, indent, seen)
        if isinstance(node, ast.With | ast.AsyncWith):
            return self._headed(node, node.body, indent, seen)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            return [] if indent else self._function(node)
        if isinstance(node, ast.ClassDef):
            return []
        return self.block(list(children(node)), indent, seen)

    def _assignment(
        self, node: ast.Assign | ast.AugAssign | ast.AnnAssign, indent: str, seen: set[str]
    ) -> list[Line]:
        if isinstance(node, ast.AnnAssign) and node.value is None:
            return []
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        made = [
            Line(node.lineno, f"{indent}{self._written.target(target)} = None")
            for target in targets
            if _take(target, seen)
        ]
        if made:
            self._written.attach(made[-1], last_line(node))
        return made

    def _branches(
        self, node: ast.For | ast.AsyncFor | ast.If, indent: str, seen: set[str]
    ) -> list[Line]:
        before = set(seen)
        made = self._headed(node, node.body, indent, seen)
        other = before
        if node.orelse and self._is_elif(node):
            rest = self._statement(node.orelse[0], indent, other)
        else:
            rest = self._headed_else(node, indent, other)
        seen |= other
        if rest and not made:
            header = self._written.header(node, indent)
            made = [*header, Line(header[-1].number, self._written.deeper(node, indent) + "pass")]
        return [*made, *rest]

    def _is_elif(self, node: ast.For | ast.AsyncFor | ast.If) -> bool:
        first = node.orelse[0]
        line = self._written.text[first.lineno - 1][first.col_offset :]
        return isinstance(node, ast.If) and isinstance(first, ast.If) and line.startswith("elif")

    def _headed_else(
        self, node: ast.For | ast.AsyncFor | ast.If, indent: str, seen: set[str]
    ) -> list[Line]:
        body = self.block(node.orelse, self._written.deeper(node, indent), seen)
        if not body:
            return []
        number = node.orelse[0].lineno
        while not self._written.text[number - 1].lstrip().startswith("else"):
            number -= 1
        return [Line(number, f"{indent}else:"), *body]

    def _headed(
        self, node: ast.stmt, body: Sequence[ast.stmt], indent: str, seen: set[str]
    ) -> list[Line]:
        """The header and its block; nothing when the block holds nothing to fill in."""
        made = self.block(body, self._written.deeper(node, indent), seen)
        return [*self._written.header(node, indent), *made] if made else []

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[Line]:
        """A whole function inside a region keeps its signature and docstring."""
        deeper = self._written.deeper(node, "")
        made = self._written.header(node, "")
        body = list(node.body)
        if ast.get_docstring(node) is not None:
            first = body.pop(0)
            made += [
                Line(n, self._written.text[n - 1])
                for n in range(first.lineno, last_line(first) + 1)
            ]
        rest = self.block(body, deeper, set())
        return [*made, *(rest or [Line(last_line(node), deeper + PLACEHOLDER)])]


def opens(token: tokenize.TokenInfo) -> int:
    """1 for an opening bracket, -1 for a closing one, 0 for anything else."""
    if token.type != tokenize.OP:
        return 0
    return int(token.string in "([{") - int(token.string in ")]}")


def children(node: ast.AST) -> Iterator[ast.stmt]:
    """The statements directly below a statement, whatever kind of block they are in."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            yield child
        elif isinstance(child, ast.excepthandler | ast.match_case):
            yield from children(child)


def first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(d.lineno for d in decorators)])


def last_line(node: ast.stmt) -> int:
    return node.end_lineno or node.lineno


def _take(target: ast.expr, seen: set[str]) -> bool:
    """Add the names of a target to `seen`; False when all were there before."""
    parts = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
    names = {ast.unparse(part) for part in parts}
    new = bool(names - seen)
    seen |= names
    return new
