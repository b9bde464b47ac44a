"""Edits of whole statements, and pieces of the solution in place of the student's."""

from __future__ import annotations

import ast
import builtins
import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import TypeVar, cast

from autograder.repair.edit_operators import Change
from autograder.repair.places import OwnFunction, Splice, names_in, root_name, target_of

FARTHEST = 6  # places that a statement is moved by
OF_A_SEED = 1.6  # what it costs to put a seed above the draw that it is for
MOST_DONATED = 32  # nodes of a piece of the solution

Tree = TypeVar("Tree", bound=ast.AST)


@dataclass(frozen=True)
class Move:
    """Splices that change whole statements."""

    splices: tuple[Splice, ...]
    kind: str
    cost: float
    line: int
    lines: tuple[int, ...] = ()  # where it is of several statements


def moves(own: OwnFunction, given: Sequence[str]) -> Iterator[Move]:
    """Statements dropped, moved in or out of a block, swapped; `given` ones put in between."""
    yield from _moves(own, own.body)
    inner = (s.body for s in own.statements if isinstance(s, ast.FunctionDef))
    for body in chain(_bodies(own.body), *map(_bodies, inner)):
        yield from _farther(own, body)
        yield from _joined(own, body)
    yield from _like_siblings(own)
    steps = [(text, _put_anew(ast.parse(text).body[0])) for text in given]
    for body in _bodies(own.body):
        filled: set[str] = set()
        for statement in body:
            indent = " " * statement.col_offset
            for text, anew in steps:
                if _alike(statement, text):
                    own_text = Splice(own.start(statement), own.end(statement), text)
                    yield Move((own_text,), "donor", 4.0, statement.lineno)
                if anew & filled:
                    continue  # not missing: the statement above that fills it is wrong
                place = own.line_start(statement)
                new = "".join(f"{indent}{line}\n" for line in text.splitlines())
                yield Move((Splice(place, place, new),), "missing", 4.5, statement.lineno)
            branches = ast.walk(statement) if isinstance(statement, ast.If) else [statement]
            for branch in branches:
                filled |= _put_anew(branch) if isinstance(branch, ast.stmt) else set()


def _alike(statement: ast.stmt, text: str) -> bool:
    """Whether a step assigns to the target of a statement in another way."""
    if not isinstance(statement, ast.Assign | ast.AugAssign) or "\n" in text:
        return False
    target = target_of(ast.parse(text).body[0])
    return bool(target) and target == target_of(statement)


def _put_anew(statement: ast.stmt) -> set[str]:
    """The target that a statement assigns to without reading it, as it is written."""
    if not isinstance(statement, ast.Assign) or isinstance(statement.value, ast.Constant):
        return set()
    targets = statement.targets[0]
    read = names_in(statement.value)
    parts = targets.elts if isinstance(targets, ast.Tuple) else [targets]
    return {ast.unparse(part) for part in parts if root_name(part) not in read}


def _moves(own: OwnFunction, body: Sequence[ast.stmt]) -> Iterator[Move]:
    for number, statement in enumerate(body):
        start, end = own.line_start(statement), own.after(statement)
        if not isinstance(statement, ast.Return):
            indent = " " * statement.col_offset
            yield Move((Splice(start, end, f"{indent}pass\n"),), "extra", 3.2, statement.lineno)
        inner = getattr(statement, "body", None)
        if isinstance(statement, ast.FunctionDef):
            yield from _moves(own, statement.body)
        elif inner:
            yield from _to_the_end(own, inner[-1])
            last = inner[-1]
            outside = " " * statement.col_offset + own.text(last) + "\n"
            if len(inner) > 1 and not getattr(last, "body", None):
                yield Move(
                    (Splice(own.line_start(last), own.after(last), outside),),
                    "moved", 3.0, last.lineno,
                )  # fmt: skip
            first = inner[0]
            if len(inner) > 1 and isinstance(statement, ast.For) and "\n" not in own.text(first):
                before_it = Splice(
                    start, start, " " * statement.col_offset + own.text(first) + "\n"
                )
                without = Splice(own.line_start(first), own.after(first), "")
                yield Move((before_it, without), "moved", 2.8, first.lineno)
            yield from _moves(own, inner)
            yield from _moves(own, getattr(statement, "orelse", []))
        yield from _into_the_loop_below(own, statement, body[number + 1 : number + 2])
        if number:
            yield from _past(own, statement, body[number - 1])


def _past(own: OwnFunction, statement: ast.stmt, before: ast.stmt) -> Iterator[Move]:
    """A statement put into the block above it, or above its neighbour."""
    text = own.text(statement)
    if "\n" in text or isinstance(before, ast.FunctionDef):
        return
    start, end = own.line_start(statement), own.after(statement)
    inside = getattr(before, "body", None)
    if inside and not getattr(before, "orelse", None):
        into = " " * inside[-1].col_offset + text + "\n"
        yield Move((Splice(start, end, into),), "moved", 2.8, statement.lineno)
    elif not inside:
        place = own.line_start(before)
        lines = " " * statement.col_offset + text + "\n"
        is_seed = ".seed(" in text and "random." in own.text(before)
        cost = OF_A_SEED if is_seed else 3.4
        splices = Splice(place, place, lines), Splice(start, end, "")
        yield Move(splices, "moved", cost, statement.lineno)


def _to_the_end(own: OwnFunction, statement: ast.stmt) -> Iterator[Move]:
    """A `return` that ends the function in a round or a branch, and belongs below all of it."""
    last = own.body[-1]
    if isinstance(statement, ast.Return) and statement.end_lineno == own.node.end_lineno:
        text = " " * last.col_offset + own.text(statement) + "\n"
        splice = Splice(own.line_start(statement), own.after(statement), text)
        yield Move((splice,), "moved", 2.8, statement.lineno)


def _farther(own: OwnFunction, body: Sequence[ast.stmt]) -> Iterator[Move]:
    """A statement that belongs several lines above or below, in the same block."""
    for number, statement in enumerate(body):
        if "\n" in own.text(statement) or isinstance(statement, ast.Return):
            continue
        away = Splice(own.line_start(statement), own.after(statement), "")
        text = " " * statement.col_offset + own.text(statement) + "\n"
        for steps in range(2, FARTHEST + 1):
            for place in (number - steps, number + steps):
                if 0 <= place < len(body) and not isinstance(body[place], ast.Return):
                    other = body[place]
                    at = own.line_start(other) if place < number else own.after(other)
                    splices = tuple(sorted((away, Splice(at, at, text)), key=lambda s: s.start))
                    yield Move(splices, "moved", 3.4 + steps / 10, statement.lineno)


def _joined(own: OwnFunction, body: Sequence[ast.stmt]) -> Iterator[Move]:
    """``elif`` for the `if` below another one."""
    for above, statement in pairwise(body):
        if isinstance(above, ast.If) and isinstance(statement, ast.If) and not above.orelse:
            start = own.start(statement)
            splice = Splice(start, start + len("if"), "elif")
            yield Move((splice,), "asked again", 2.6, statement.lineno)


def _like_siblings(own: OwnFunction) -> Iterator[Move]:
    """Several values unpacked for the dev set, where the test set is given one."""
    plain = [
        s for s in own.statements
        if isinstance(s, ast.Assign) and isinstance(s.targets[0], ast.Name)
    ]  # fmt: skip
    for statement in own.statements:
        target = statement.targets[0] if isinstance(statement, ast.Assign) else None
        if not isinstance(target, ast.Tuple) or not isinstance(target.elts[0], ast.Name):
            continue
        name = target.elts[0].id
        for other in plain:
            sibling = root_name(other.targets[0])
            same = [a == b for a, b in zip(name, sibling, strict=False)]
            ahead = [*same, False].index(False)
            if not ahead or name == sibling:
                continue
            rest = re.escape(sibling[ahead:])
            text = re.sub(rf"(?<![a-z]){rest}(?![a-z])", name[ahead:], own.text(other))
            splice = Splice(own.start(statement), own.end(statement), text)
            yield Move((splice,), "donor", 3.2, statement.lineno)


def _into_the_loop_below(
    own: OwnFunction, statement: ast.stmt, following: Sequence[ast.stmt]
) -> Iterator[Move]:
    """A statement made once, which every turn of the loop below it should begin with."""
    for loop in following:
        if isinstance(loop, ast.For) and "\n" not in own.text(statement):
            away = Splice(own.line_start(statement), own.after(statement), "")
            begin = own.line_start(loop.body[0])
            text = " " * loop.body[0].col_offset + own.text(statement) + "\n"
            there = Splice(begin, begin, text)
            yield Move((away, there), "moved", 2.8, statement.lineno)


def _bodies(body: Sequence[ast.stmt]) -> Iterator[Sequence[ast.stmt]]:
    yield body
    for statement in body:
        for field in ("body", "orelse"):
            if (inner := getattr(statement, field, None)) and not isinstance(
                statement, ast.FunctionDef
            ):
                yield from _bodies(inner)


class Donor:
    """A right version of the function, whose pieces may stand in for the student's."""

    def __init__(self, source: str, name: str) -> None:
        """Raises SyntaxError or LookupError for a text that does not define the function."""
        self.function = OwnFunction(source, name)

    def pieces(
        self, own: OwnFunction, by_value: Mapping[str, str]
    ) -> tuple[dict[str, list[str]], list[tuple[str, str]], list[str]]:
        """Right sides by the name of their target, expressions with their kind, statements.

        Parameters are mapped by place, other names `by_value` (the student's that held the same)
        or by themselves; a name that the student does not have is replaced by its right side.
        """
        names = dict(zip(self.function.parameters, own.parameters, strict=False))
        known = {**{n: n for n in own.variables}, **by_value, **names}
        values: dict[str, ast.expr] = {}
        by_target: dict[str, list[str]] = {}
        others: list[tuple[str, str]] = []
        statements: list[str] = []
        for statement in self.function.statements:
            if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                target = statement.targets[0].id
                if target == self._returned:
                    mapped_value = _mapped(statement.value, known, values)
                    if _is_closed(mapped_value, self.function, known):
                        by_target.setdefault("return", []).append(ast.unparse(mapped_value))
                if target not in known:
                    values[target] = _mapped(statement.value, known, values)
            if not isinstance(statement, ast.For | ast.If | ast.While | ast.Return):
                mapped = _mapped(statement, known, values)
                if _is_closed(mapped, self.function, known):
                    statements.append(ast.unparse(ast.fix_missing_locations(mapped)))
        for site in self.function.sites:
            if isinstance(site.node, ast.Name | ast.Constant):
                continue
            mapped_expression = _mapped(site.node, known, values)
            if sum(1 for _ in ast.walk(mapped_expression)) > MOST_DONATED:
                continue
            if _is_closed(mapped_expression, self.function, known):
                text = ast.unparse(mapped_expression)
                if isinstance(site.parent, ast.Assign | ast.Return):
                    target = target_of(site.statement)
                    by_target.setdefault(known.get(target, target), []).append(text)
                others.append((type(site.node).__name__, text))
        return by_target, list(dict.fromkeys(others)), list(dict.fromkeys(statements))

    @property
    def _returned(self) -> str:
        """The single variable that a function returns, or nothing."""
        found = [s.value for s in self.function.statements if isinstance(s, ast.Return)]
        alone = found[0] if len(found) == 1 else None
        return alone.id if isinstance(alone, ast.Name) else ""

    def calls_around(self, own: OwnFunction) -> Iterator[tuple[str, str]]:
        """Calls of functions of the lesson with several arguments: what stands around one of them.

        Those in which all others are the student's, too.
        """
        known = {n: n for n in own.variables}
        known |= dict(zip(self.function.parameters, own.parameters, strict=False))
        for site in self.function.sites:
            call = site.node
            if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
                continue
            if len(call.args) < 2 or call.keywords or hasattr(builtins, call.func.id):
                continue  # the larger of two: it would be another way around many slips
            for place in range(len(call.args)):
                others = [_mapped(a, known, {}) for n, a in enumerate(call.args) if n != place]
                if all(_is_closed(a, self.function, known) for a in others):
                    texts = [ast.unparse(a) for a in others]
                    ahead = ", ".join([*texts[:place], ""])
                    behind = ", ".join(["", *texts[place:]])
                    yield f"{call.func.id}({ahead}", f"{behind})"

    def tests(self, own: OwnFunction) -> list[str]:
        """The conditions that it asks, in the student's names."""
        known = {n: n for n in own.variables}
        known |= dict(zip(self.function.parameters, own.parameters, strict=False))
        found = [n.test for n in ast.walk(self.function.node) if isinstance(n, ast.If | ast.IfExp)]
        mapped = [_mapped(test, known, {}) for test in found]
        return [ast.unparse(t) for t in mapped if _is_closed(t, self.function, known)]

    @property
    def strings(self) -> list[str]:
        return self.function.strings

    @property
    def functions(self) -> list[str]:
        """The functions that it calls by name or by their module, without methods of values."""
        found = []
        for site in self.function.sites:
            if isinstance(site.node, ast.Call):
                written = ast.unparse(site.node.func)
                if written.split(".")[0] not in self.function.variables and "(" not in written:
                    found.append(written)
        return list(dict.fromkeys(found))

    @property
    def calls(self) -> list[str]:
        """Those that are statements of their own: a seed."""
        found = (s.value for s in self.function.statements if isinstance(s, ast.Expr))
        return [ast.unparse(value) for value in found if isinstance(value, ast.Call)]

    @property
    def factors(self) -> list[str]:
        """Numbers that have a name, such as np.pi."""
        found = (s.node for s in self.function.sites if isinstance(s.node, ast.Attribute))
        return [ast.unparse(node) for node in found if node.attr in ("pi", "e")]

    @property
    def constants(self) -> list[str]:
        found = (s.node.value for s in self.function.sites if isinstance(s.node, ast.Constant))
        numbers = (v for v in found if isinstance(v, int | float) and not isinstance(v, bool))
        return list(dict.fromkeys(map(repr, numbers)))


@dataclass(frozen=True)
class Donated:
    """Pieces of right versions, in the student's names."""

    anywhere: Mapping[str, list[Change]]  # by the kind of node
    into: Mapping[str, list[Change]]  # by the name that they are assigned to
    statements: list[str]
    around: list[tuple[str, str]]  # calls of several arguments, around one of them
    tests: list[str]  # conditions


def donated(
    own: OwnFunction, donors: Sequence[Donor], by_value: Sequence[Mapping[str, str]] = ()
) -> Donated:
    """The pieces of the donors; `by_value` maps the names of each of them to the student's."""
    anywhere: dict[str, dict[str, Change]] = {}
    into: dict[str, dict[str, Change]] = {}
    statements: dict[str, None] = {}
    around: dict[tuple[str, str], None] = {}
    tests: dict[str, None] = {}
    for donor, same in zip(donors, by_value or [{}] * len(donors), strict=True):
        by_target, others, lines = donor.pieces(own, same)
        for target, texts in by_target.items():
            for text in texts:
                into.setdefault(target, {})[text] = Change(f"({text})", "donor", 3.5, text)
        for kind, text in others:
            if kind == "Slice":
                anywhere.setdefault(kind, {})[text] = Change(text, "slice", 2.8, text)
            else:
                anywhere.setdefault(kind, {})[text] = Change(f"({text})", "donor", 4.2, text)
        statements |= dict.fromkeys(lines)
        around |= dict.fromkeys(donor.calls_around(own))
        tests |= dict.fromkeys(donor.tests(own))
    return Donated(
        {kind: list(found.values()) for kind, found in anywhere.items()},
        {target: list(found.values()) for target, found in into.items()},
        list(statements),
        list(around),
        list(tests),
    )


class _Mapping(ast.NodeTransformer):
    def __init__(self, names: Mapping[str, str], values: Mapping[str, ast.expr]) -> None:
        self.names, self.values = names, values

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id in self.names:
            return ast.Name(self.names[node.id], node.ctx)
        if node.id in self.values and isinstance(node.ctx, ast.Load):
            return self.values[node.id]
        return node


def _mapped(node: Tree, names: Mapping[str, str], values: Mapping[str, ast.expr]) -> Tree:
    return cast(Tree, _Mapping(names, values).visit(copy.deepcopy(node)))


def _is_closed(node: ast.AST, function: OwnFunction, known: Mapping[str, str]) -> bool:
    """Whether every variable in it is one of the student's."""
    student = set(known.values())
    return all(n in student or n not in function.variables for n in names_in(node))
