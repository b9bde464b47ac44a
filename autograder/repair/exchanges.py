"""Edits of assignments: another target, two names exchanged, an old value lost."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import combinations

from autograder.repair.edit_operators import SYMBOLS
from autograder.repair.places import OwnFunction, Splice, masked, target_of

MOST_PAIRS = 60  # pairs of names that are exchanged
MOST_INDICES = 4
MOST_UNPACKED = 8  # names on the left of one statement
TOGETHER = 0.15  # added to the cost of a slip that is made in several statements
AUGMENTED = {
    "+": (("-", "sign", 1.4),),
    "-": (("+", "sign", 1.4),),
    "*": (("/", "op", 1.8),),
    "/": (("*", "op", 1.8),),
}


@dataclass(frozen=True)
class Exchange:
    """Splices that belong together, with the lines that they change."""

    splices: tuple[Splice, ...]
    kind: str
    cost: float
    lines: tuple[int, ...]
    name: str = ""
    detail: str = ""  # alike for the same slip in another statement


def exchanges(own: OwnFunction, settled: Collection[str]) -> Iterator[Exchange]:
    """All exchanges; statements that assign to a `settled` variable are not edited."""
    free = [s for s in own.statements if target_of(s) not in settled or not target_of(s)]
    for statement in free:
        yield from _of_target(own, statement)
        yield from _of_branches(own, statement)
        yield from _carried(own, statement)
    yield from with_twins([(s, e) for s in free for e in _of_old_value(own, s)])
    yield from _of_names(own, free)
    yield from _resets(own)


def _of_target(own: OwnFunction, statement: ast.stmt) -> Iterator[Exchange]:
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return
    target = statement.targets[0]
    if isinstance(target, ast.Tuple):
        yield from _unpacked(own, target)
    if not isinstance(target, ast.Name):
        return
    yield from _renamed(own, statement, target)
    splice = (own.start(target), own.end(target))
    line = (target.lineno,)
    filled = {target_of(s) for s in own.statements}
    for name in own.variables:
        if name != target.id and SequenceMatcher(None, name, target.id).ratio() > 0.5:
            cost = 3.2 if name in filled else 2.2  # it gets a value already
            yield Exchange((Splice(*splice, name),), "target", cost, line, target.id)
    loops = [s.target.id for s in own.statements if _counts(s, statement)]  # type: ignore[attr-defined]
    for index in loops[:MOST_INDICES]:
        yield Exchange((Splice(*splice, f"{target.id}[{index}]"),), "index missing", 2.4, line)


def _renamed(own: OwnFunction, statement: ast.Assign, target: ast.Name) -> Iterator[Exchange]:
    """Another variable on both sides of a statement that changes one."""
    places = [
        (own.start(node), own.end(node))
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and node.id == target.id
    ]
    if len(places) < 2:
        return
    for name in own.variables:
        if name != target.id and SequenceMatcher(None, name, target.id).ratio() >= 0.5:
            splices = tuple(Splice(*place, name) for place in sorted(places))
            yield Exchange(splices, "target", 3.4, (target.lineno,), target.id)


def _unpacked(own: OwnFunction, target: ast.Tuple) -> Iterator[Exchange]:
    """Two targets of an unpacking, exchanged."""
    for one, other in combinations(target.elts[:MOST_UNPACKED], 2):
        splices = (
            Splice(own.start(one), own.end(one), own.text(other)),
            Splice(own.start(other), own.end(other), own.text(one)),
        )
        yield Exchange(splices, "names", 1.8, (target.lineno,), own.text(one))


def _counts(loop: ast.stmt, statement: ast.stmt) -> bool:
    """Whether a statement stands in a loop over one variable."""
    return (
        isinstance(loop, ast.For)
        and isinstance(loop.target, ast.Name)
        and any(node is statement for node in ast.walk(loop))
    )


def _of_old_value(own: OwnFunction, statement: ast.stmt) -> Iterator[Exchange]:
    """`+=` in place of `=`, or `=` in place of `+=`; `*=` that takes in a whole sum."""
    line = (statement.lineno,)
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target, value = statement.targets[0], statement.value
        if isinstance(target, ast.Tuple):
            return
        place = own.end(target)
        for symbol in ("+", "-", "*", "/"):
            old, new = own.text(target), own.operand(value)
            text = f" = {old} {symbol} {new}"
            if isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.USub) and symbol == "-":
                text = f" = {old} {symbol} {own.operand(value.operand)}"
            splice = Splice(place, own.end(value), text)
            cost = 2.8 if symbol in "+-" else 3.4
            yield Exchange((splice,), "old value", cost, line, detail=symbol)
    elif isinstance(statement, ast.AugAssign):
        value_text = own.text(statement.value)
        place = own.end(statement.target)
        end = own.end(statement.value)
        yield Exchange((Splice(place, end, f" = {value_text}"),), "anew", 2.6, line)
        symbol = SYMBOLS[type(statement.op)]
        if symbol in "*/" and _is_sum(statement.value) and "\n" not in value_text:
            text = f" = {own.text(statement.target)} {symbol} {value_text}"
            yield Exchange((Splice(place, end, text),), "brackets", 2.4, line, detail="first part")
        for other, kind, cost in AUGMENTED.get(symbol, ()):
            splice = Splice(place, end, f" {other}= {value_text}")
            yield Exchange((splice,), kind, cost, line, detail=other)


def _is_sum(node: ast.expr) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub)


def with_twins(found: Sequence[tuple[ast.stmt, Exchange]]) -> Iterator[Exchange]:
    """Each of them, and the same one in all statements that are alike."""
    alike: dict[tuple[str, ...], list[Exchange]] = {}
    for statement, exchange in found:
        yield exchange
        key = (masked(statement), exchange.kind, exchange.detail)
        alike.setdefault(key, []).append(exchange)
    for group in alike.values():
        if len(group) > 1:
            splices = tuple(e.splices[0] for e in group)
            lines = tuple(sorted({line for e in group for line in e.lines}))
            yield Exchange(splices, group[0].kind, group[0].cost + TOGETHER, lines)


def _carried(own: OwnFunction, loop: ast.stmt) -> Iterator[Exchange]:
    """A parameter that every turn of a loop starts from, in place of the previous turn's value."""
    if not isinstance(loop, ast.For):
        return
    inside = {id(node) for node in ast.walk(loop)}
    for site in own.sites:
        node, statement = site.node, site.statement
        if id(statement) not in inside or not isinstance(statement, ast.Assign):
            continue
        target = statement.targets[0]
        if not isinstance(node, ast.Name) or node.id not in own.parameters:
            continue
        if isinstance(target, ast.Name) and target.id != node.id:
            start = own.line_start(loop)
            before = f"{' ' * loop.col_offset}{target.id} = {node.id}\n"
            carried = Splice(own.start(node), own.end(node), target.id)
            yield Exchange(
                (Splice(start, start, before), carried), "carried", 2.6, (node.lineno,), node.id
            )


def _of_branches(own: OwnFunction, statement: ast.stmt) -> Iterator[Exchange]:
    """Conditions of an if and its elif, each with what is done then, in another order."""
    if not isinstance(statement, ast.If):
        return
    chain = [statement]
    while len(chain[-1].orelse) == 1 and isinstance(chain[-1].orelse[0], ast.If):
        chain.append(chain[-1].orelse[0])
    for one, other in combinations(chain, 2):
        splices = []
        for a, b in ((one, other), (other, one)):
            splices.append(Splice(own.start(a.test), own.end(a.test), own.text(b.test)))
            begin, end = own.start(a.body[0]), own.end(a.body[-1])
            splices.append(Splice(begin, end, own.between(b.body[0], b.body[-1])))
        lines = (one.lineno, other.lineno)
        yield Exchange(tuple(sorted(splices, key=lambda s: s.start)), "branches", 3.2, lines)


def _of_names(own: OwnFunction, free: Sequence[ast.stmt]) -> Iterator[Exchange]:
    """Two names exchanged, in one statement or in all that are alike."""
    sites = [s for s in own.sites if isinstance(s.node, ast.Name)]
    plain = [n for n in own.variables if any(s.node.id == n for s in sites)]  # type: ignore[attr-defined]
    tests = {id(s) for s in free if isinstance(s, ast.If | ast.While)}
    likely = sorted(combinations(plain, 2), key=lambda pair: -_likeness(*pair))
    for number, (a, b) in enumerate(likely):
        if number > MOST_PAIRS:
            return
        found = [
            s for s in sites
            if s.node.id in (a, b) and any(s.statement is f for f in free)  # type: ignore[attr-defined]
        ]  # fmt: skip
        groups: dict[int, list[Splice]] = {}
        for site in found:
            other = b if site.node.id == a else a  # type: ignore[attr-defined]
            splice = Splice(own.start(site.node), own.end(site.node), other)
            groups.setdefault(id(site.statement), []).append(splice)
        lines = {id(s.statement): s.node.lineno for s in found}
        both = {
            key: splices for key, splices in groups.items() if len({s.text for s in splices}) == 2
        }
        for key, splices in both.items():
            cost = 3.4 if key in tests else 2.0  # what is compared: look at the comparison first
            yield Exchange(tuple(splices), "names", cost, (lines[key],), a)
        for size in (2, 4):
            yield from _together(groups, lines, size, a)


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other).ratio()


def _together(
    groups: dict[int, list[Splice]], lines: dict[int, int], size: int, name: str
) -> Iterator[Exchange]:
    """So many statements one after the other, each with one of the two names."""
    single = [key for key, splices in groups.items() if len(splices) == 1]
    for chosen in combinations(single, size) if len(single) < 9 else ():
        splices = sorted((groups[key][0] for key in chosen), key=lambda s: s.start)
        texts = [s.text for s in splices]
        if len(set(texts)) == 2 and texts.count(texts[0]) * 2 == size:
            where = tuple(sorted(lines[key] for key in chosen))
            yield Exchange(tuple(splices), "names", 2.6, where, name)


def _resets(own: OwnFunction) -> Iterator[Exchange]:
    """The first value of a variable assigned to it again in a block."""
    begins = [
        s for s in own.body
        if isinstance(s, ast.Assign) and isinstance(s.value, ast.Constant)
        and isinstance(s.targets[0], ast.Name)
    ]  # fmt: skip
    texts = [own.text(s) for s in begins]
    for statement in own.body:  # a, b, c = 0, 1, 2
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Tuple):
            target = statement.targets[0]
            if isinstance(target, ast.Tuple) and len(target.elts) == len(statement.value.elts):
                for name, value in zip(target.elts, statement.value.elts, strict=True):
                    if isinstance(value, ast.Constant):
                        texts.append(f"{own.text(name)} = {own.text(value)}")
    for statement in own.statements:
        for field in ("body", "orelse"):
            inner = getattr(statement, field, None)
            if not inner or (isinstance(inner[0], ast.If) and field == "orelse"):
                continue
            last = inner[-1]
            for text in texts:
                place = own.after(last)
                new = " " * last.col_offset + text + "\n"
                yield Exchange((Splice(place, place, new),), "missing below", 2.9, (last.lineno,))
