"""The stub of a solution cell, derived from the solution itself.

    ### START CODE HERE ### (≈ 2 lines of code)         ### START CODE HERE ### (≈ 2 lines of code)
    # one row per unit                                   # one row per unit
    W = rng.normal(size=(n, m)) * scale           →      W = None
    W *= 0.01
    ### END CODE HERE ###                                ### END CODE HERE ###

Markers, hints and comments stay, each assignment becomes ``target = None`` once, everything
else goes. A region without an assignment becomes ``raise NotImplementedError``.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from autograder.model import CourseError

START = re.compile(r"\s*#+\s*START CODE HERE\b")
END = re.compile(r"\s*#+\s*END CODE HERE\b")
PLACEHOLDER = 'raise NotImplementedError("your code here")'


@dataclass(frozen=True)
class Region:
    """One marked part of a cell: the line numbers (from 1) of its two markers."""

    start: int
    end: int
    indent: str


def has_region(source: str) -> bool:
    """Whether a cell holds a marker at all."""
    return any(START.match(line) or END.match(line) for line in source.split("\n"))


def regions(source: str) -> tuple[Region, ...]:
    """The marked regions of a cell, in order; raises CourseError on unpaired markers."""
    found: list[Region] = []
    opened: tuple[int, str] | None = None
    for number, line in enumerate(source.split("\n"), start=1):
        if START.match(line):
            if opened:
                raise CourseError(
                    f"line {number}: START CODE HERE inside the region of line {opened[0]}"
                )
            opened = number, line[: len(line) - len(line.lstrip())]
        elif END.match(line):
            if not opened:
                raise CourseError(
                    f"line {number}: END CODE HERE without a START CODE HERE before it"
                )
            found.append(Region(opened[0], number, opened[1]))
            opened = None
    if opened:
        raise CourseError(f"line {opened[0]}: START CODE HERE without an END CODE HERE after it")
    return tuple(found)


def stub(source: str) -> str:
    """What a student gets for a solved cell: it parses and defines the same functions.

    Raises CourseError when the cell does not parse, a marker has no partner, or a region cuts
    through a statement.
    """
    tree = _parse(source)
    lines = source.split("\n")
    for region in reversed(regions(source)):
        lines[region.start : region.end - 1] = _Stubber(source, tree, region).lines()
    result = "\n".join(lines)
    if defined(_parse(result)) != defined(tree):
        raise CourseError("a region outside of a function hides a definition: put it inside")
    return result


def without_markers(source: str) -> str:
    """The solved cell without the marker lines."""
    kept = (n for n in source.split("\n") if not START.match(n) and not END.match(n))
    return "\n".join(kept)


def defined(tree: ast.Module) -> list[str]:
    """Names of the functions and classes that a cell defines at its top level."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return [node.name for node in tree.body if isinstance(node, kinds)]


def _parse(source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or "?"
        raise CourseError(f"the cell is not Python: {error} (line {line} of the cell)") from error


@dataclass
class _Line:
    """One line of the stub: where it came from, to keep the order, and its text."""

    number: int
    text: str
    code: bool = True


@dataclass
class _Stubber:
    """Rewrites the statements of one region."""

    source: str
    tree: ast.Module
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
            depth += _opens(token)
            if token.type == tokenize.COMMENT and self._inside(token.start[0]):
                self.comments[token.start[0]] = token.string
                if before and before.end[0] == token.start[0] and depth == 0:
                    self.trailing.add(token.start[0])

    def lines(self) -> list[str]:
        statements = list(self._statements(self.tree.body))
        covered = self._covered(statements)
        indent = self._indent_of(statements[0].lineno) if statements else self.region.indent
        made = self._block(statements, indent, set()) or [self._placeholder(indent)]
        loose = [
            _Line(number, self._indent_of(number) + text, code=False)
            for number, text in self.comments.items()
            if number not in covered or number in self.trailing
        ]
        blank = [
            _Line(number, "", code=False)
            for number in range(self.region.start + 1, self.region.end)
            if not self.text[number - 1].strip() and number not in covered
        ]
        return _tidy(sorted([*made, *loose, *blank], key=lambda line: line.number))

    def _inside(self, number: int) -> bool:
        return self.region.start < number < self.region.end

    def _indent_of(self, number: int) -> str:
        line = self.text[number - 1]
        return line[: len(line) - len(line.lstrip())]

    def _placeholder(self, indent: str) -> _Line:
        if not indent:
            raise CourseError(
                f"line {self.region.start}: a region outside of a function needs an assignment"
            )
        return _Line(self.region.end, indent + PLACEHOLDER)

    # --- which statements -----------------------------------------------------------------

    def _statements(self, body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
        """The outermost statements that begin in the region, whole."""
        for node in body:
            first, last = _first_line(node), node.end_lineno or node.lineno
            if self._inside(first):
                if not self._inside(last):
                    raise CourseError(f"line {first}: the region ends inside this statement")
                yield node
            elif first <= self.region.start <= last:
                yield from self._statements(list(_children(node)))

    def _covered(self, statements: Sequence[ast.stmt]) -> set[int]:
        """Lines that belong to code; every line with code in the region must be one of them."""
        spans = {n for node in statements for n in range(_first_line(node), _last(node) + 1)}
        skip = (tokenize.NL, tokenize.NEWLINE, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT)
        for token in self.tokens:
            number = token.start[0]
            if self._inside(number) and number not in spans and token.type not in skip:
                raise CourseError(f"line {number}: this line belongs to a block outside the region")
        return {n for node in statements for n in self._code_lines(node)}

    def _code_lines(self, node: ast.stmt) -> Iterator[int]:
        """The lines of a statement, without the loose lines between the statements in it."""
        inner = list(_children(node))
        if not inner:
            yield from range(_first_line(node), _last(node) + 1)
            return
        yield from range(_first_line(node), self._header_end(node)[0] + 1)
        for child in inner:
            yield from self._code_lines(child)

    # --- what becomes of them -------------------------------------------------------------

    def _block(self, body: Sequence[ast.stmt], indent: str, seen: set[str]) -> list[_Line]:
        return [line for node in body for line in self._statement(node, indent, seen)]

    def _statement(self, node: ast.stmt, indent: str, seen: set[str]) -> list[_Line]:
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
        return self._block(list(_children(node)), indent, seen)

    def _assignment(
        self, node: ast.Assign | ast.AugAssign | ast.AnnAssign, indent: str, seen: set[str]
    ) -> list[_Line]:
        if isinstance(node, ast.AnnAssign) and node.value is None:
            return []
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        made = [
            _Line(node.lineno, f"{indent}{self._target(target)} = None")
            for target in targets
            if _take(target, seen)
        ]
        if made:
            self._attach(made[-1], _last(node))
        return made

    def _target(self, target: ast.expr) -> str:
        text = ast.get_source_segment(self.source, target) or ""
        return ast.unparse(target) if not text or "\n" in text else text

    def _attach(self, line: _Line, number: int) -> None:
        """Keep the comment behind a statement on the line that the statement became."""
        if number in self.comments:
            line.text += f"  {self.comments.pop(number)}"

    def _branches(
        self, node: ast.For | ast.AsyncFor | ast.If, indent: str, seen: set[str]
    ) -> list[_Line]:
        before = set(seen)
        made = self._headed(node, node.body, indent, seen)
        other = before
        if node.orelse and self._is_elif(node):
            rest = self._statement(node.orelse[0], indent, other)
        else:
            rest = self._headed_else(node, indent, other)
        seen |= other
        if rest and not made:
            header = self._header(node, indent)
            made = [*header, _Line(header[-1].number, self._deeper(node, indent) + "pass")]
        return [*made, *rest]

    def _is_elif(self, node: ast.For | ast.AsyncFor | ast.If) -> bool:
        first = node.orelse[0]
        line = self.text[first.lineno - 1][first.col_offset :]
        return isinstance(node, ast.If) and isinstance(first, ast.If) and line.startswith("elif")

    def _headed_else(
        self, node: ast.For | ast.AsyncFor | ast.If, indent: str, seen: set[str]
    ) -> list[_Line]:
        body = self._block(node.orelse, self._deeper(node, indent), seen)
        if not body:
            return []
        number = node.orelse[0].lineno
        while not self.text[number - 1].lstrip().startswith("else"):
            number -= 1
        return [_Line(number, f"{indent}else:"), *body]

    def _headed(
        self, node: ast.stmt, body: Sequence[ast.stmt], indent: str, seen: set[str]
    ) -> list[_Line]:
        """The header and its block, or nothing when nothing in the block is to be filled."""
        made = self._block(body, self._deeper(node, indent), seen)
        return [*self._header(node, indent), *made] if made else []

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[_Line]:
        """A whole function inside a region keeps its signature and docstring."""
        deeper = self._deeper(node, "")
        made = self._header(node, "")
        body = list(node.body)
        if ast.get_docstring(node) is not None:
            first = body.pop(0)
            made += [_Line(n, self.text[n - 1]) for n in range(first.lineno, _last(first) + 1)]
        rest = self._block(body, deeper, set())
        return [*made, *(rest or [_Line(_last(node), deeper + PLACEHOLDER)])]

    def _deeper(self, node: ast.stmt, indent: str) -> str:
        first = next(_children(node))
        if first.lineno == node.lineno:
            return indent + "    "
        return indent + self._indent_of(first.lineno)[len(self._indent_of(node.lineno)) :]

    def _header(self, node: ast.stmt, indent: str) -> list[_Line]:
        """``for …:`` as the author wrote it, moved to `indent`."""
        first = _first_line(node)
        row, column = self._header_end(node)
        old = len(self._indent_of(first))
        texts = self.text[first - 1 : row]
        texts[-1] = texts[-1][:column]
        made = [_Line(first + i, indent + text[old:]) for i, text in enumerate(texts)]
        self._attach(made[-1], row)
        return made

    def _header_end(self, node: ast.stmt) -> tuple[int, int]:
        """Where the colon of a block's header ends: line (from 1) and column."""
        depth, lambdas, start = 0, 0, (node.lineno, node.col_offset)
        for token in self.tokens:
            if token.start < start:
                continue
            depth += _opens(token)
            lambdas += token.string == "lambda" and depth == 0
            if token.string == ":" and token.type == tokenize.OP and depth == 0:
                if not lambdas:
                    return token.end
                lambdas -= 1
        return node.lineno, len(self.text[node.lineno - 1])


def _opens(token: tokenize.TokenInfo) -> int:
    """1 for an opening bracket, -1 for a closing one, 0 for anything else."""
    if token.type != tokenize.OP:
        return 0
    return int(token.string in "([{") - int(token.string in ")]}")


def _children(node: ast.AST) -> Iterator[ast.stmt]:
    """The statements directly below a statement, whatever kind of block they are in."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            yield child
        elif isinstance(child, ast.excepthandler | ast.match_case):
            yield from _children(child)


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(d.lineno for d in decorators)])


def _last(node: ast.stmt) -> int:
    return node.end_lineno or node.lineno


def _take(target: ast.expr, seen: set[str]) -> bool:
    """Note a target; False when all of it was there before."""
    parts = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
    names = {ast.unparse(part) for part in parts}
    new = bool(names - seen)
    seen |= names
    return new


def _tidy(lines: list[_Line]) -> list[str]:
    """No blank lines at the ends or twice, comments no deeper than the code around them."""
    made: list[str] = []
    for index, line in enumerate(lines):
        if not line.text.strip():
            if made and made[-1] and any(other.text.strip() for other in lines[index:]):
                made.append("")
        elif line.code:
            made.append(line.text)
        else:
            made.append(_as_deep_as_code(line.text, lines, index))
    return made


def _as_deep_as_code(text: str, lines: Sequence[_Line], index: int) -> str:
    before = next((n.text for n in reversed(lines[:index]) if n.code), "")
    after = next((n.text for n in lines[index:] if n.code), "")
    room = max(len(other) - len(other.lstrip()) for other in (before, after))
    depth = len(text) - len(text.lstrip())
    return " " * min(depth, room) + text.lstrip()
