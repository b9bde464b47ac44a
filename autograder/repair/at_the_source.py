"""Edits that do the same where a variable gets its value as others do where it is read.

The root of a variance that nobody has taken can be taken in both lines, and both repair.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from autograder.repair.candidates import Edit
from autograder.repair.edit_operators import SYMBOLS
from autograder.repair.places import OwnFunction, Splice, names_in, replaced_by, target_of

OF_A_SLICE = ("slice begin", "slice end")
OF_A_FACTOR = ("factor missing", "op")
OF_A_TERM = ("term missing", "sign")
MOST = 6  # variables that one edit is tried for


def at_the_source(own: OwnFunction, edit: Edit) -> Iterator[Edit]:
    """The same slip where the only statement that fills a variable does it, as it may be.

    These are guesses: whether they repair has to be tried.
    """
    pairs = {_bound(replaced_by(own, s), s.text) for s in edit.splices}
    if len(pairs) != 1:
        return
    old, new = pairs.pop()
    before, after = _value(old), _value(new)
    if before is None or after is None:
        return
    for name in sorted(names_in(before))[:MOST]:
        filling = [s for s in own.statements if target_of(s) == name]
        if name in own.parameters or len(filling) != 1 or filling[0].lineno in edit.lines:
            continue
        [statement] = filling
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            value = own.operand(statement.value)
            for text in _changed(edit.kind, (old, before), (new, after), name, value):
                splice = Splice(own.start(statement.value), own.end(statement.value), text)
                kind = "unsure" if edit.kind in OF_A_SLICE else edit.kind
                yield Edit((splice,), kind, edit.cost, (statement.lineno,), edit.name, edit.detail)


def _changed(
    kind: str, old: tuple[str, ast.expr], new: tuple[str, ast.expr], name: str, value: str
) -> Iterator[str]:
    """What the variable would have to hold for its reading to be right as it is."""
    (text, before), (changed, after) = old, new
    if text == name:
        if [n.id for n in ast.walk(after) if isinstance(n, ast.Name)].count(name) == 1:
            yield re.sub(rf"(?<![\w.]){name}(?!\w)", lambda _: value, changed)
    elif kind in (*OF_A_FACTOR, *OF_A_TERM) and isinstance(after, ast.BinOp):
        if ast.dump(after.left) == ast.dump(before):
            yield f"{value} {SYMBOLS[type(after.op)]} ({ast.unparse(after.right)})"
        elif kind == "op":
            yield f"1 / {value}"
        elif kind == "sign":
            yield f"-{value}"


def _bound(old: str, new: str) -> tuple[str, str]:
    """Of two slices the end that differs, as they are written; other texts as they are."""
    try:
        one, other = (ast.parse(f"x[{t}]", mode="eval").body.slice for t in (old, new))  # type: ignore[attr-defined]
    except SyntaxError:
        return old, new
    if isinstance(one, ast.Slice) and isinstance(other, ast.Slice):
        ends = [(one.lower, other.lower), (one.upper, other.upper), (one.step, other.step)]
        differ = [(a, b) for a, b in ends if _dumped(a) != _dumped(b)]
        if len(differ) == 1 and differ[0][0] is not None and differ[0][1] is not None:
            return ast.unparse(differ[0][0]), ast.unparse(differ[0][1])
    return old, new


def _dumped(node: ast.expr | None) -> str:
    return ast.dump(node) if node is not None else ""


def _value(text: str) -> ast.expr | None:
    try:
        return ast.parse(text.strip(), mode="eval").body
    except SyntaxError:
        return None
