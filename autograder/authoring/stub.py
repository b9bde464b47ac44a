"""The stub of a solution cell, derived from the solution itself.

    ### START CODE HERE ### (≈ 2 lines of code)         ### START CODE HERE ### (≈ 2 lines of code)
    # one row per unit                                   # one row per unit
    W = rng.normal(size=(n, m)) * scale           →      W = None
    W *= 0.01
    ### END CODE HERE ###                                ### END CODE HERE ###

Markers, hints and comments stay, each assignment becomes ``target = None`` once, a ``return`` that
ends the region ``return None``, everything else goes. A region without an assignment becomes
``raise NotImplementedError``.
"""

from __future__ import annotations

import ast
import re
import tokenize
from collections.abc import Iterator, Sequence

from autograder.authoring.regions import (
    PLACEHOLDER,
    Line,
    Region,
    Rewriting,
    Written,
    children,
    first_line,
    last_line,
)
from autograder.model import CourseError

START = re.compile(r"\s*#+\s*START CODE HERE\b")
END = re.compile(r"\s*#+\s*END CODE HERE\b")
NBGRADERS_REGION = re.compile(
    r"^([ \t]*)#+\s*BEGIN SOLUTION\b.*?^[^\n]*#+\s*END SOLUTION\b[^\n]*\n?",
    re.MULTILINE | re.DOTALL,
)


def has_nbgraders_region(source: str) -> bool:
    """Whether a cell holds a region that nbgrader itself takes out."""
    return NBGRADERS_REGION.search(source) is not None


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
    """The released text of a solved cell: it parses and defines the same functions.

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


class _Stubber:
    """The lines of one region in the stub."""

    def __init__(self, source: str, tree: ast.Module, region: Region) -> None:
        self._tree = tree
        self._written = Written(source, region)

    def lines(self) -> list[str]:
        statements = list(self._statements(self._tree.body))
        covered = self._covered(statements)
        indent = (
            self._written.indent_of(statements[0].lineno)
            if statements
            else self._written.region.indent
        )
        made = Rewriting(self._written).block(statements, indent, set())
        made = [*made, *self._last_return(statements, indent)] if made else []
        made = made or [self._placeholder(indent)]
        loose = [
            Line(number, self._written.indent_of(number) + text, code=False)
            for number, text in self._written.comments.items()
            if number not in covered or number in self._written.trailing
        ]
        blank = [
            Line(number, "", code=False)
            for number in range(self._written.region.start + 1, self._written.region.end)
            if not self._written.text[number - 1].strip() and number not in covered
        ]
        return _tidy(sorted([*made, *loose, *blank], key=lambda line: line.number))

    def _last_return(self, statements: Sequence[ast.stmt], indent: str) -> Iterator[Line]:
        """``return None`` for a return that ends the region: without it nobody would see that one
        is missing."""
        last = statements[-1]
        if isinstance(last, ast.Return) and last.value is not None:
            line = Line(last.lineno, f"{indent}return None")
            self._written.attach(line, last_line(last))
            yield line

    def _placeholder(self, indent: str) -> Line:
        if not indent:
            raise CourseError(
                f"line {self._written.region.start}: a region outside of a function needs an "
                "assignment"
            )
        return Line(self._written.region.end, indent + PLACEHOLDER)

    def _statements(self, body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
        """The outermost statements that begin in the region, whole."""
        for node in body:
            first, last = first_line(node), node.end_lineno or node.lineno
            if self._written.inside(first):
                if not self._written.inside(last):
                    raise CourseError(f"line {first}: the region ends inside this statement")
                yield node
            elif first <= self._written.region.start <= last:
                yield from self._statements(list(children(node)))

    def _covered(self, statements: Sequence[ast.stmt]) -> set[int]:
        """Lines that belong to code; every line with code in the region must be one of them."""
        spans = {n for node in statements for n in range(first_line(node), last_line(node) + 1)}
        skip = (tokenize.NL, tokenize.NEWLINE, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT)
        for token in self._written.tokens:
            number = token.start[0]
            if self._written.inside(number) and number not in spans and token.type not in skip:
                raise CourseError(f"line {number}: this line belongs to a block outside the region")
        return {n for node in statements for n in self._code_lines(node)}

    def _code_lines(self, node: ast.stmt) -> Iterator[int]:
        """The lines of a statement, without the loose lines between the statements in it."""
        inner = list(children(node))
        if not inner:
            yield from range(first_line(node), last_line(node) + 1)
            return
        yield from range(first_line(node), self._written.header_end(node)[0] + 1)
        for child in inner:
            yield from self._code_lines(child)


def _tidy(lines: list[Line]) -> list[str]:
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


def _as_deep_as_code(text: str, lines: Sequence[Line], index: int) -> str:
    before = next((n.text for n in reversed(lines[:index]) if n.code), "")
    after = next((n.text for n in lines[index:] if n.code), "")
    room = max(len(other) - len(other.lstrip()) for other in (before, after))
    depth = len(text) - len(text.lstrip())
    return " " * min(depth, room) + text.lstrip()
