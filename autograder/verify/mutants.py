"""Mutants of a reference solution: every small change of its code.

A mutant is the source of a solution cell with one thing changed in the lines that a student
writes. Graders that let a mutant pass either miss a check or meet a change that makes no
difference; `equivalent` lists the second kind.

Why not a library. Read were mutmut 3.8, cosmic-ray 8.7, mutatest 3.1 and MutPy 0.6:

- **mutmut** rewrites the files of an installed package into trampolines that hold all mutants
  and drives pytest through a harness of its own, choosing the mutant by an environment
  variable. Our mutants are cells of a notebook and their judge is a warm object, not a test
  run; the generator alone is a private function behind libcst, coverage and textual.
- **cosmic-ray** has a clean in-process ``mutate_code(text, operator, occurrence)``, but starts
  a shell command per mutant, and the package brings aiohttp, sqlalchemy and gitpython.
- **mutatest** writes compiled mutants into ``__pycache__``, one interpreter per trial, and
  pins coverage below 6.
- **MutPy** works in-process on modules; its last release predates Python 3.8's ``ast``.

None knows the mistakes of this field (axis, keepdims, ε inside the root, a transposed
operand …), none mutates a marked part of a function, and all but one start a process per
mutant where a mutant here costs a few milliseconds. What remains to be written is a page of
``ast``: the operators are in `mutation_operators` and `field_operators`.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from autograder.authoring.stub import NBGRADERS_REGION, regions
from autograder.model import CourseError
from autograder.verify.field_operators import FIELD_EXPRESSIONS, FIELD_STATEMENTS
from autograder.verify.mutation_operators import EXPRESSIONS, STATEMENTS, NodePlace

DEFINITIONS = (ast.FunctionDef, ast.ClassDef)  # their heads are handed out


@dataclass(frozen=True)
class Mutant:
    """A solution cell with one change."""

    id: str  # stable while the changed statement keeps its text: "update_lr-3fa9c1"
    function: str
    operator: str
    line: int  # of the cell, from 1
    before: str  # the changed statement, as `ast.unparse` writes it
    after: str
    source: str  # the whole cell

    def __str__(self) -> str:
        return f"{self.id} [{self.operator}] line {self.line}: {self.before}  →  {self.after}"


def mutants(
    source: str, function: str, mixed_up: Sequence[frozenset[str]] = ()
) -> tuple[Mutant, ...]:
    """All mutants of one solution cell, in the order of their lines.

    `mixed_up` are groups of names, each of which may stand where another one belongs.

    Only code between the START and END markers changes; a cell without markers counts as
    written by the student altogether, its docstrings excepted. No two mutants are equal as
    syntax trees, and none equals the original. Raises CourseError when the cell does not
    parse.
    """
    cell = _SolutionCell(source, function, tuple(mixed_up))
    found: dict[str, Mutant | None] = {ast.dump(cell.tree): None}
    for mutant in cell.mutants():
        found.setdefault(ast.dump(ast.parse(mutant.source)), mutant)
    return tuple(filter(None, found.values()))


def student_lines(source: str) -> frozenset[int]:
    """Line numbers (from 1) between markers, nbgrader's too; all lines when there are none."""
    spans = [(region.start, region.end) for region in regions(source)]
    for found in NBGRADERS_REGION.finditer(source):
        first = source.count("\n", 0, found.start()) + 1
        spans.append((first, first + found[0].rstrip("\n").count("\n")))
    if not spans:
        return frozenset(range(1, source.count("\n") + 2))
    return frozenset(n for start, end in spans for n in range(start + 1, end))


class _SolutionCell:
    """One solution cell: its text, its tree, and where a student writes in it."""

    def __init__(self, source: str, function: str, mixed_up: tuple[frozenset[str], ...]) -> None:
        self.mixed_up = mixed_up
        self.source = source
        self.function = function
        self.lines = source.splitlines(keepends=True)
        self.allowed = student_lines(source)
        try:
            self.tree = ast.parse(source)
        except SyntaxError as error:
            where = f"the solution cell of {function!r}"
            raise CourseError(
                f"{where} does not parse: {error}. Run it in the notebook."
            ) from error
        self._repeats: dict[str, int] = {}

    def mutants(self) -> Iterator[Mutant]:
        """Every change by every operator, twins included."""
        for body, index in list(_statements(self.tree)):
            statement = body[index]
            given = _is_docstring(statement) or isinstance(statement, DEFINITIONS)
            if statement.lineno in self.allowed and not given:
                yield from self._mutants_of(body, index)

    def _mutants_of(self, body: list[ast.stmt], index: int) -> Iterator[Mutant]:
        statement = body[index]
        before = _head(statement)
        for name in _expression_changes(self.tree, statement, self.mixed_up):
            after, text = _head(statement), self._spliced(statement, [statement])
            yield self._mutant(name, statement.lineno, before, after, text)
        for name, replacement in _statement_changes(self.tree, body, index):
            after, text = (
                "; ".join(map(_head, replacement)),
                self._replaced(body, index, replacement),
            )
            yield self._mutant(name, statement.lineno, before, after, text)

    def _replaced(self, body: list[ast.stmt], index: int, replacement: list[ast.stmt]) -> str:
        statement = body[index]
        body[index : index + 1] = replacement
        text = self._spliced(statement, replacement)
        body[index : index + len(replacement)] = [statement]
        return text

    def _spliced(self, statement: ast.stmt, replacement: Sequence[ast.stmt]) -> str:
        """The cell's text with a statement, or only the head of a block, written anew."""
        block = _body(statement)
        keep = len(replacement) == 1 and replacement[0] is statement and block is not None
        first = statement.lineno
        last = statement.end_lineno or first
        text = "\n".join(ast.unparse(new) for new in replacement)
        if keep and block is not None and block[0].lineno > first:
            last = block[0].lineno - 1
            text = _head(statement)
        margin = self.lines[first - 1][: statement.col_offset]
        if margin.strip() or self._shares_its_line(statement, last):
            return ast.unparse(self.tree)
        elif_ = self.lines[first - 1].lstrip().startswith("elif ")
        text = f"el{text}" if elif_ else text
        written = "".join(f"{margin}{line}\n" for line in text.splitlines())
        return "".join([*self.lines[: first - 1], written, *self.lines[last:]])

    def _shares_its_line(self, statement: ast.stmt, last: int) -> bool:
        """Whether other code stands on the statement's last line, behind a semicolon."""
        if last != statement.end_lineno:
            return False
        rest = self.lines[last - 1].encode()[statement.end_col_offset or 0 :].decode()
        return rest.strip().startswith(";")

    def _mutant(self, operator: str, line: int, before: str, after: str, text: str) -> Mutant:
        content = f"{self.function}\0{before}\0{after}"
        repeat = self._repeats.get(content, 0)
        self._repeats[content] = repeat + 1
        digest = hashlib.sha256(f"{content}\0{repeat}".encode()).hexdigest()[:6]
        return Mutant(
            f"{self.function}-{digest}", self.function, operator, line, before, after, text
        )


def _expression_changes(
    tree: ast.Module, statement: ast.stmt, mixed_up: tuple[frozenset[str], ...]
) -> Iterator[str]:
    """Make each change of an expression for a moment, and name the operator that made it."""
    for parent, field, index, node in list(_expressions(statement)):
        place = NodePlace(tree, statement, parent, field, node, mixed_up=mixed_up)
        for name, operator in [*EXPRESSIONS.items(), *FIELD_EXPRESSIONS.items()]:
            for replacement in list(operator(place)):
                _put(parent, field, index, replacement)
                try:
                    yield name
                finally:
                    _put(parent, field, index, node)


def _statement_changes(
    tree: ast.Module, body: list[ast.stmt], index: int
) -> Iterator[tuple[str, list[ast.stmt]]]:
    statement = body[index]
    place = NodePlace(tree, statement, statement, "", statement, tuple(body[index + 1 :]))
    for name, operator in [*STATEMENTS.items(), *FIELD_STATEMENTS.items()]:
        for replacement in operator(place):
            yield name, replacement


def _put(parent: ast.AST, field: str, index: int | None, node: ast.AST) -> None:
    if index is None:
        setattr(parent, field, node)
    else:
        getattr(parent, field)[index] = node


def _statements(tree: ast.AST) -> Iterator[tuple[list[ast.stmt], int]]:
    """Every statement below a node, as (the list that holds it, its place), in line order."""
    for _, value in ast.iter_fields(tree):
        if not isinstance(value, list):
            continue
        for index, node in enumerate(value):
            if isinstance(node, ast.stmt):
                yield value, index
            if isinstance(node, (ast.stmt, ast.ExceptHandler, ast.match_case)):
                yield from _statements(node)


def _expressions(
    node: ast.AST,
) -> Iterator[tuple[ast.AST, str, int | None, ast.expr]]:
    """The expressions of one statement, its nested statements left out.

    Of an f-string those between its braces: Python knows no other text in its place.
    """
    if isinstance(node, ast.JoinedStr):
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                yield part, "value", None, part.value
                yield from _expressions(part.value)
        return
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "decorator_list", "op", "ctx"):
            continue
        for index, child in _children(value):
            if isinstance(child, ast.expr):
                yield node, field, index, child
            if isinstance(child, (ast.expr, ast.comprehension, ast.keyword, ast.arguments)):
                yield from _expressions(child)


def _children(value: object) -> Iterator[tuple[int | None, ast.AST]]:
    if isinstance(value, ast.AST):
        yield None, value
    elif isinstance(value, list):
        for index, child in enumerate(value):
            if isinstance(child, ast.AST) and not isinstance(child, ast.stmt):
                yield index, child


def _body(statement: ast.stmt) -> list[ast.stmt] | None:
    return getattr(statement, "body", None)


def _head(statement: ast.stmt) -> str:
    """A simple statement's text; a block's first line only."""
    body = _body(statement)
    if body is None:
        return ast.unparse(statement)
    shell = type(statement)(**dict(ast.iter_fields(statement)))
    shell.body = [ast.Pass()]  # type: ignore[attr-defined]
    for field in ("orelse", "finalbody"):
        if hasattr(shell, field):
            setattr(shell, field, [])
    text = ast.unparse(ast.fix_missing_locations(shell))
    return text.rsplit("\n", 1)[0]


def _is_docstring(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )
