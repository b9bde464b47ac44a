"""A student's function as text and tree: where each expression stands, and what is in scope."""

from __future__ import annotations

import ast
import copy
import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from autograder.repair.cell_text import CellText
from autograder.repair.helpers import functions_above, inside, is_deep, with_helpers

MASKED = "·"
MOST_READ = 100_000  # characters of a cell; what is longer takes seconds to parse
_WORDS = (re.compile(r"\w+"), re.compile(r"\w+(?:\.\w+)+"))


@dataclass(frozen=True)
class Splice:
    """Bytes of the function's text, and the text that replaces them."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, eq=False)
class Site:
    """An expression in a function: its node, its statement, and the way there."""

    node: ast.expr
    statement: ast.stmt
    path: str  # from the statement down to the node
    parent: ast.AST


def _parsed(cell: str) -> ast.Module:
    """The tree of a text that a student may have written to break the parser."""
    if len(cell) > MOST_READ:
        raise LookupError("a cell that is too long to be looked at")
    try:
        return ast.parse(cell)
    except (MemoryError, RecursionError, ValueError) as error:  # how Python says "too deep"
        raise SyntaxError(str(error)) from error


class OwnFunction(CellText):
    """A function as its author wrote it, in the lines of its notebook cell, with its helpers.

    Raises SyntaxError for a cell that is not plain Python, LookupError when it defines no such
    function, or one that is too large or nested too deeply to be looked at.
    """

    def __init__(self, cell: str, name: str, *, alone: bool = False) -> None:
        tree = _parsed(cell)
        found = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == name]
        if not found:
            raise LookupError(name)
        self.node = found[-1] if alone else with_helpers(tree, found[-1])
        if is_deep(self.node):
            raise LookupError(name)
        self.name = name
        self._tree = tree
        super().__init__(cell)
        begins = [self.node, *([] if alone else functions_above(tree, found[-1]))]
        first = min(
            line for f in begins for line in (f.lineno, *(d.lineno for d in f.decorator_list))
        )
        self.first_line = first  # of the function and those right above it, in the cell
        self._begin = self._starts[first - 1]
        self._end = self.end(self.node)
        self.body = self.node.body[1:] if ast.get_docstring(self.node) else self.node.body
        self.bare = copy.copy(self.node)  # without its docstring
        self.bare.body = self.body or self.node.body

    def lines_with(self, splice: Splice) -> tuple[str, str]:
        """The lines that a splice changes, as they are and as they become."""
        start = self._bytes.rfind(b"\n", 0, splice.start) + 1
        end = self._bytes.find(b"\n", splice.end)
        end = end if end >= 0 else len(self._bytes)
        before, after = self._bytes[start : splice.start], self._bytes[splice.end : end]
        return self._bytes[start:end].decode(), (before + splice.text.encode() + after).decode()

    def after(self, statement: ast.stmt) -> int:
        """Where the line below a statement begins, or the function's end."""
        return min(self._starts[(statement.end_lineno or 1)], self._end)

    def with_splices(self, splices: tuple[Splice, ...] = ()) -> str:
        """The function's text, changed in some places that do not overlap."""
        parts, place = [], self._begin
        for splice in sorted(splices, key=lambda s: (s.start, s.end)):
            parts += [self._bytes[place : splice.start], splice.text.encode()]
            place = splice.end
        return b"".join([*parts, self._bytes[place : self._end]]).decode()

    @property
    def helpers(self) -> list[str]:
        """The functions of the cell that stand above it and are looked at with it."""
        begin = self.node.lineno
        return [s.name for s in self.body if isinstance(s, ast.FunctionDef) and s.lineno < begin]

    @cached_property
    def neighbours(self) -> set[str]:
        """Other functions that the cell defines."""
        found = {n.name for n in ast.walk(self._tree) if isinstance(n, ast.FunctionDef)}
        return found - {self.name}

    @cached_property
    def inner(self) -> frozenset[ast.stmt]:
        """The statements of helpers, and of functions that are defined inside."""
        return frozenset(inside(self.body))

    @cached_property
    def statements(self) -> list[ast.stmt]:
        """All statements of the body, those inside loops and conditions too."""
        return list(_statements(self.body))

    @cached_property
    def targets(self) -> frozenset[str]:
        """The assignment targets of all statements, and "" where one has none."""
        return frozenset(map(target_of, self.statements))

    @cached_property
    def sites(self) -> list[Site]:
        """All expressions that are read, in the order of the text."""
        return [site for s in self.statements for site in _sites(s)]

    @cached_property
    def read(self) -> Mapping[str, int]:
        """How often each name is read."""
        return Counter(s.node.id for s in self.sites if isinstance(s.node, ast.Name))

    @cached_property
    def parameters(self) -> list[str]:
        a = self.node.args
        return [arg.arg for arg in (*a.posonlyargs, *a.args, *a.kwonlyargs)]

    @cached_property
    def variables(self) -> list[str]:
        """Parameters, then all names that the body assigns to, in order."""
        stored = (
            n.id
            for s in self.statements
            for n in ast.walk(s)
            if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
        )
        inner = (
            a.arg for s in self.statements if isinstance(s, ast.FunctionDef) for a in s.args.args
        )
        return list(dict.fromkeys([*self.parameters, *stored, *inner]))

    @cached_property
    def containers(self) -> frozenset[str]:
        """Variables that are indexed somewhere."""
        nodes = (n for s in self.body for n in ast.walk(s))
        return frozenset(
            root_name(n) for n in nodes if isinstance(n, ast.Subscript) and not _of_shape(n)
        )

    @cached_property
    def numbers(self) -> frozenset[str]:
        """Variables that are most likely single numbers: lengths, and what is never indexed."""
        nodes = [n for s in self.body for n in ast.walk(s)]
        looked_into = self.containers | {
            root_name(n) for n in nodes if isinstance(n, ast.Attribute | ast.For)
        }
        plain = {p for p in self.parameters if p not in looked_into and not p[:1].isupper()}
        lengths = {
            target_of(s)
            for s in self.statements
            if isinstance(s, ast.Assign) and re.search(r"\.shape\[|\blen\(|//", self.text(s.value))
        }
        return frozenset(plain | lengths - {""})

    @cached_property
    def indices(self) -> list[str]:
        """What stands in square brackets, as in ``[:, order]``, without keys and plain numbers."""
        found = (
            self.text(s.node.slice)
            for s in self.sites
            if isinstance(s.node, ast.Subscript) and not isinstance(s.node.slice, ast.Constant)
        )
        return list(dict.fromkeys(found))

    @cached_property
    def normalized(self) -> str:
        """The function without its docstring, comments and layout."""
        return ast.dump(self.bare)

    @cached_property
    def strings(self) -> list[str]:
        found = (n.value for s in self.body for n in ast.walk(s) if isinstance(n, ast.Constant))
        return list(dict.fromkeys(v for v in found if isinstance(v, str)))


def _of_shape(node: ast.Subscript) -> bool:
    return isinstance(node.value, ast.Attribute) and node.value.attr == "shape"


def replaced_by(own: OwnFunction, splice: Splice) -> str:
    """What the student wrote where a splice puts something else."""
    return own._bytes[splice.start : splice.end].decode()


def words_in(own: OwnFunction, lines: Iterable[int]) -> set[str]:
    """The words of some lines of a cell, names with dots as a whole, too."""
    written = own._bytes.decode().split("\n")
    texts = [written[number - 1] for number in lines]
    return {word for text in texts for words in _WORDS for word in words.findall(text)}


def own_word(name: str, own: Container[str], mended: Container[str]) -> str:
    """A word that is told, unless only another edit has put it into the line."""
    return name if name in own or name not in mended else ""


def overlap(own: OwnFunction, first: tuple[Splice, ...], second: tuple[Splice, ...]) -> bool:
    """Whether splices of the changed text touch what the first ones have inserted."""
    ahead = -own._begin
    for splice in sorted(first, key=lambda s: (s.start, s.end)):
        start, size = splice.start + ahead, len(splice.text.encode())
        if any(s.start < start + size and start < s.end for s in second):
            return True
        ahead += size - (splice.end - splice.start)
    return False


def in_original(
    own: OwnFunction, first: tuple[Splice, ...], second: tuple[Splice, ...]
) -> tuple[Splice, ...] | None:
    """Splices of the changed text as splices of the original one; None where they touch."""
    if overlap(own, first, second):
        return None
    found = []
    for splice in second:
        ahead = own._begin
        for one in sorted(first, key=lambda s: (s.start, s.end)):
            size = len(one.text.encode())
            if one.start - ahead + size <= splice.start:
                ahead += (one.end - one.start) - size
        found.append(replace(splice, start=splice.start + ahead, end=splice.end + ahead))
    return tuple(found)


def original_line(own: OwnFunction, splices: tuple[Splice, ...], line: int) -> int:
    """The student's line for a line of the changed function, both counted in the cell.

    For a line that a splice has put in, it is the one where the splice begins.
    """
    for splice in sorted(splices, key=lambda s: (s.start, s.end)):
        begin = 1 + own.lines_between(0, splice.start)
        if line < begin:
            break
        added = splice.text.count("\n")
        line = max(begin, line - added + own.lines_between(splice.start, splice.end))
    return line


def returned(own: OwnFunction) -> dict[int | str, str]:
    """The variables that are returned, by place in the tuple or key of the dictionary."""
    found = (s for s in own.statements if s not in own.inner)
    returns = [s for s in found if isinstance(s, ast.Return) and s.value]
    if len(returns) != 1 or returns[0] not in own.body:
        return {}
    value: ast.expr | None = returns[0].value
    if isinstance(value, ast.Name):
        assigned = [
            s.value
            for s in own.statements
            if isinstance(s, ast.Assign) and target_of(s) == value.id and s not in own.inner
        ]
        value = assigned[0] if len(assigned) == 1 else None
    if isinstance(value, ast.Tuple):
        return {p: e.id for p, e in enumerate(value.elts) if isinstance(e, ast.Name)}
    if isinstance(value, ast.Dict):
        pairs = zip(value.keys, value.values, strict=True)
        return {
            k.value: v.id
            for k, v in pairs
            if isinstance(k, ast.Constant) and isinstance(k.value, str) and isinstance(v, ast.Name)
        }
    return {}


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for statement in body:
        yield statement
        if isinstance(statement, ast.ClassDef):
            continue
        for field in ("body", "orelse"):
            yield from _statements(getattr(statement, field, []))


def _sites(statement: ast.stmt) -> Iterator[Site]:
    """The expressions of a statement itself, not those of the statements inside it."""
    stack: list[tuple[ast.AST, str, ast.AST]] = [(statement, "", statement)]
    while stack:
        node, path, parent = stack.pop()
        if isinstance(node, ast.expr) and not isinstance(getattr(node, "ctx", None), ast.Store):
            yield Site(node, statement, path, parent)
        if isinstance(node, ast.JoinedStr):
            continue  # what is inside it has no places of its own
        children: list[tuple[ast.AST, str, ast.AST]] = []
        for field, value in ast.iter_fields(node):
            items = value if isinstance(value, list) else [value]
            for number, item in enumerate(items):
                if isinstance(item, ast.AST) and not isinstance(item, ast.stmt):
                    children.append((item, f"{path}/{field}{number}", node))
        stack += reversed(children)


def masked(node: ast.AST) -> str:
    """The shape of a piece of code: names and constants hidden, plus and minus alike."""
    if isinstance(node, ast.Name):
        return "n"
    if isinstance(node, ast.Constant):
        return "c"
    if isinstance(node, ast.Add | ast.Sub):
        return "±"
    parts = []
    for field, value in ast.iter_fields(node):
        if field in ("ctx", "body", "orelse", "type_comment"):
            continue
        items = value if isinstance(value, list) else [value]
        parts += [masked(i) if isinstance(i, ast.AST) else "" for i in items]
    return f"{type(node).__name__}({','.join(parts)})"


def picks_a_size(own: OwnFunction, site: Site) -> bool:
    """Whether a number picks one of the lengths of an array, or divides how many there are."""
    text = own.text(site.parent) if isinstance(site.parent, ast.expr) else ""
    return ".shape[" in text if isinstance(site.parent, ast.Subscript) else "len(" in text


def is_number(node: ast.expr) -> bool:
    """Whether an expression is a constant, or a negative one."""
    inner = node.operand if isinstance(node, ast.UnaryOp) else node
    return isinstance(inner, ast.Constant)


def is_returned_by_name(own: OwnFunction, site: Site) -> bool:
    """Whether it is a variable in a `return`, by itself or in a tuple, that a line above fills."""
    is_part = isinstance(site.parent, ast.Return | ast.Tuple | ast.Dict)
    if not is_part or not isinstance(site.statement, ast.Return):
        return False
    return own.text(site.node) in own.targets


def names_in(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


def root_name(node: ast.AST) -> str:
    """The variable of an assignment target: ``v`` of ``v["dW"][0]``."""
    while isinstance(node, ast.Subscript | ast.Attribute | ast.Starred):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def filled_names(statement: ast.Assign) -> set[str]:
    """The variables that an assignment gives a value, or puts something into."""
    targets = [
        part
        for target in statement.targets
        for part in (target.elts if isinstance(target, ast.Tuple | ast.List) else [target])
    ]
    return {root_name(target) for target in targets} - {""}


def target_of(statement: ast.stmt) -> str:
    """The assignment target of a statement, or nothing."""
    if isinstance(statement, ast.Assign):
        return root_name(statement.targets[0])
    if isinstance(statement, ast.AugAssign | ast.AnnAssign):
        return root_name(statement.target)
    return ""
