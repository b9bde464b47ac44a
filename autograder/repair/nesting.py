"""Edits of where statements stand: groups of them inside or outside of a loop or a condition."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from autograder.repair.places import OwnFunction, Splice
from autograder.repair.statements import Move

MOST_MOVED = 5  # statements that are moved together
MOST_TESTS = 6  # conditions that are tried around a statement
ONE_MORE = 0.1  # added to the cost for every statement that is moved along


def groups(own: OwnFunction, tests: Sequence[str]) -> Iterator[Move]:
    """Statements moved together into or out of a block; `tests` are conditions of right versions.

    Also what stands under a condition done in every case, and the other way round.
    """
    yield from _of_block(own, own.body, tests)


def _of_block(own: OwnFunction, body: Sequence[ast.stmt], tests: Sequence[str]) -> Iterator[Move]:
    for number, statement in enumerate(body):
        for field in ("body", "orelse"):
            inner = getattr(statement, field, None) or []
            if not inner or isinstance(statement, ast.FunctionDef | ast.ClassDef):
                continue
            is_elif = field == "orelse" and isinstance(statement, ast.If)
            if not (is_elif and isinstance(inner[0], ast.If)):
                yield from _out_below(own, statement, inner, last=field == "body")
            yield from _of_block(own, inner, tests)
        if isinstance(statement, ast.For | ast.While):
            yield from _in_from_above(own, statement, body[:number])
        if isinstance(statement, ast.For | ast.While | ast.If):
            yield from _in_from_below(own, statement, body[number + 1 :])
        if isinstance(statement, ast.If):
            yield from in_every_case(own, statement)
        yield from _under_a_condition(own, statement, tests)


def _text(own: OwnFunction, statements: Sequence[ast.stmt], column: int) -> str:
    """The lines of some statements that follow each other, moved to a column."""
    first, last = statements[0], statements[-1]
    ahead = column - first.col_offset
    lines = own.between(first, last).split("\n")
    moved = [" " * column + lines[0]]
    for line in lines[1:]:
        bare = line.lstrip(" ")
        moved.append(" " * max(len(line) - len(bare) + ahead, 0) + bare if bare else line)
    return "\n".join(moved) + "\n"


def _away(own: OwnFunction, statements: Sequence[ast.stmt], left: str = "") -> Splice:
    return Splice(own.line_start(statements[0]), own.after(statements[-1]), left)


def _moved(statements: Sequence[ast.stmt], splices: Sequence[Splice], cost: float) -> Move:
    lines = tuple(s.lineno for s in statements)
    ordered = tuple(sorted(splices, key=lambda s: (s.start, s.end)))
    return Move(ordered, "moved", cost + ONE_MORE * len(lines), lines[0], lines)


def _out_below(
    own: OwnFunction, around: ast.stmt, inner: Sequence[ast.stmt], *, last: bool
) -> Iterator[Move]:
    """The last statements of a block put below the loop or condition that holds it.

    Without the index of the loop: what was done for one entry is done for the whole.
    """
    for count in range(1, min(MOST_MOVED, len(inner) - 1) + 1):
        chosen = inner[-count:]
        text = _text(own, chosen, around.col_offset)
        texts = [text]
        if isinstance(around, ast.For) and isinstance(around.target, ast.Name):
            texts.append(text.replace(f"[{around.target.id}]", ""))
        place = own.after(around)
        for new in dict.fromkeys(texts):
            if last and not getattr(around, "orelse", None):
                splices = [_away(own, chosen, new)]
            else:
                splices = [_away(own, chosen), Splice(place, place, new)]
            yield _moved(chosen, splices, 3.0)


def _in_from_above(
    own: OwnFunction, loop: ast.For | ast.While, above: Sequence[ast.stmt]
) -> Iterator[Move]:
    """The statements above a loop with which every turn of it should begin."""
    begin = own.line_start(loop.body[0])
    for count in range(2, min(MOST_MOVED, len(above)) + 1):
        chosen = above[-count:]
        text = _text(own, chosen, loop.body[0].col_offset)
        yield _moved(chosen, [_away(own, chosen), Splice(begin, begin, text)], 2.8)


def _in_from_below(
    own: OwnFunction, around: ast.For | ast.While | ast.If, below: Sequence[ast.stmt]
) -> Iterator[Move]:
    """The statements below a loop or condition that belong at the end of its block."""
    if isinstance(around, ast.If) and around.orelse:
        return
    for count in range(2, min(MOST_MOVED, len(below)) + 1):
        chosen = below[:count]
        if not any(isinstance(s, ast.Return) for s in chosen):
            text = _text(own, chosen, around.body[0].col_offset)
            yield _moved(chosen, [_away(own, chosen, text)], 2.8)


def in_every_case(own: OwnFunction, statement: ast.If) -> Iterator[Move]:
    """One of the branches of a condition in every case, and the others not at all."""
    if own.text(statement).startswith("elif"):
        return
    for branch, cost in ((statement.body, 3.2), (statement.orelse, 2.9)):
        if branch and not own.text(branch[0]).startswith("elif"):
            text = _text(own, branch, statement.col_offset)
            yield Move((_away(own, [statement], text),), "condition extra", cost, statement.lineno)


def _under_a_condition(
    own: OwnFunction, statement: ast.stmt, tests: Sequence[str]
) -> Iterator[Move]:
    """A statement that is to be done where a condition of a right version holds."""
    if isinstance(statement, ast.Return | ast.For | ast.While | ast.If | ast.FunctionDef):
        return
    head, column = " " * statement.col_offset, statement.col_offset + 4
    for test in [*dict.fromkeys(tests)][:MOST_TESTS]:
        text = f"{head}if {test}:\n{_text(own, [statement], column)}"
        yield Move((_away(own, [statement], text),), "condition missing", 3.2, statement.lineno)


def conditions(own: OwnFunction, of_right_versions: Sequence[str]) -> list[str]:
    """Conditions that a statement may be put under: those of right versions, and remainders."""
    found = [*of_right_versions]
    for site in own.sites:
        node = site.node
        if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.FloorDiv | ast.Mod):
            continue
        if not isinstance(node.left, ast.Constant | ast.JoinedStr):  # a text with places for values
            found.append(ast.unparse(ast.BinOp(node.left, ast.Mod(), node.right)))
    return [*dict.fromkeys(found)]
