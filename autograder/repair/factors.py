"""Edits over two places: a factor that belongs in another line, an index on the other side."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence
from itertools import islice

from autograder.repair.edit_operators import SYMBOLS
from autograder.repair.exchanges import Exchange, with_twins
from autograder.repair.places import OwnFunction, Splice, names_in, target_of

MOST_SHIFTED = 300  # ways of putting a factor into another line
MUTABLE = (ast.Call, ast.Dict, ast.List, ast.DictComp, ast.ListComp, ast.Name)


def of_two_places(own: OwnFunction, settled: Collection[str]) -> Iterator[Exchange]:
    """All of these edits; statements that assign to a `settled` variable are not edited."""
    plain = [s for s in own.statements if isinstance(s, ast.Assign) and target_of(s) not in settled]
    yield from with_twins([(s, e) for s in plain for e in _other_side(own, s)])
    yield from islice(_shifted(own, plain), MOST_SHIFTED)
    for statement in own.statements:
        if isinstance(statement, ast.Assign):
            yield from _apart(own, statement)


def _other_side(own: OwnFunction, statement: ast.Assign) -> Iterator[Exchange]:
    """``a = b[:, order]`` for ``a[:, order] = b``, and two indices exchanged."""
    target, value, line = statement.targets[0], statement.value, (statement.lineno,)
    if not isinstance(target, ast.Subscript) or isinstance(target.slice, ast.Constant):
        return
    start, end = own.start(target), own.end(value)
    if isinstance(target.value, ast.Name) and not isinstance(target.slice, ast.JoinedStr):
        text = f"{target.value.id} = {own.operand(value)}[{own.text(target.slice)}]"
        yield Exchange((Splice(start, end, text),), "other side", 2.4, line, detail="index")
    if isinstance(value, ast.Subscript) and own.text(value.slice) != own.text(target.slice):
        one, other = own.text(target.slice), own.text(value.slice)
        text = f"{own.text(target.value)}[{other}] = {own.text(value.value)}[{one}]"
        yield Exchange((Splice(start, end, text),), "other side", 2.4, line, detail="both")


def _shifted(own: OwnFunction, plain: Sequence[ast.Assign]) -> Iterator[Exchange]:
    """A factor or two taken out of one statement and put into one that it is joined to."""
    for statement in plain:
        for product, factors in _products(own, statement.value):
            for first in range(len(factors)):
                for last in range(first, min(first + 2, len(factors))):
                    kept = [*factors[:first], *factors[last + 1 :]]
                    gone = factors[first : last + 1]
                    if not kept or kept[0][0] == "/" or not _is_told(own, gone):
                        continue
                    away = Splice(own.start(product), own.end(product), _written(own, kept))
                    for place in _places(own, statement, plain):
                        text = f"({own.operand(place)}{_written(own, gone, ahead=True)})"
                        there = Splice(own.start(place), own.end(place), text)
                        yield Exchange(
                            tuple(sorted((away, there), key=lambda s: s.start)), "elsewhere", 2.7,
                            (product.lineno,), own.text(gone[0][1]),
                        )  # fmt: skip


def _products(
    own: OwnFunction, value: ast.expr
) -> Iterator[tuple[ast.BinOp, list[tuple[str, ast.expr]]]]:
    """Products that are no factors of another one, each with its factors and divisors."""
    inside: set[int] = set()
    for node in ast.walk(value):
        if _is_product(node) and id(node) not in inside:
            assert isinstance(node, ast.BinOp)
            factors: list[tuple[str, ast.expr]] = []
            whole: ast.expr = node
            while isinstance(whole, ast.BinOp) and _is_product(whole):
                inside.add(id(whole))
                factors.insert(0, (SYMBOLS[type(whole.op)], whole.right))
                whole = whole.left
            yield node, [("*", whole), *factors]


def _is_product(node: ast.AST) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div)


def _is_told(own: OwnFunction, gone: Sequence[tuple[str, ast.expr]]) -> bool:
    """Whether a hint can name what is moved: a variable, with a divisor perhaps."""
    return isinstance(gone[0][1], ast.Name) and not any(
        isinstance(node, ast.Constant) for _, node in gone
    )


def _written(
    own: OwnFunction, factors: Sequence[tuple[str, ast.expr]], *, ahead: bool = False
) -> str:
    text = "".join(f" {symbol} {own.operand(node)}" for symbol, node in factors)
    return text if ahead else text.removeprefix(" * ")


def _places(
    own: OwnFunction, statement: ast.Assign, plain: Sequence[ast.Assign]
) -> Iterator[ast.expr]:
    """What this statement reads, where it gets its value; and where its own target is read."""
    target, read = target_of(statement), names_in(statement.value)
    for other in plain:
        if other is statement:
            continue
        if target_of(other) in read - {target}:
            yield other.value
        written = own.text(statement.targets[0])
        for node in ast.walk(other.value):
            if isinstance(node, ast.Name | ast.Subscript) and own.text(node) == written:
                yield node


def _apart(own: OwnFunction, statement: ast.Assign) -> Iterator[Exchange]:
    """``a = {}`` and ``b = {}`` for ``a = b = {}``, which is one thing with two names."""
    if len(statement.targets) < 2 or not isinstance(statement.value, MUTABLE):
        return
    value = own.text(statement.value)
    copied = f"{value}.copy()" if isinstance(statement.value, ast.Name) else value
    between = "\n" + " " * statement.col_offset
    text = between.join(f"{own.text(target)} = {copied}" for target in statement.targets)
    splice = Splice(own.start(statement), own.end(statement), text)
    name = own.text(statement.targets[0])
    yield Exchange((splice,), "copy", 2.2, (statement.lineno,), name)
