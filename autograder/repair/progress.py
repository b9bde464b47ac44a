"""How far a version of a function keeps to the way of right ones, in some calls."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.repair.places import OwnFunction, Site, names_in, root_name
from autograder.repair.right_versions import RightVersion, filled_by, is_whole
from autograder.repair.traces import BROKE, Table, counters, fitting, same_digests, same_in_turn

READ_ONLY, CALCULATED, DIVIDED = range(3)
READ = (ast.Name, ast.Subscript, ast.Attribute)
Signature = tuple[str, ...]  # a variable, and the texts in the key that is filled


@dataclass(frozen=True)
class Reached:
    """What a version makes rightly until its first wrong value, in all calls together."""

    made: Sequence[int]  # values of statements, in each call
    met: int  # different right values that occur at all
    call: int = 0  # the first one that shows a wrong value
    near: Sequence[ast.stmt] = ()  # where it goes astray; nothing where no value is wrong
    wrong: frozenset[int] = frozenset()  # the lines of all statements with a wrong value
    ran: frozenset[int] = frozenset()  # and of all that made a value


class RightWay:
    """Right versions in some calls."""

    def __init__(self, right: Sequence[Sequence[RightVersion]]) -> None:
        self._calls = [_RightCall(versions) for versions in right]
        self._own: OwnFunction | None = None
        self._places: dict[Signature, list[int]] = {}
        self._sums = np.zeros(1, dtype=int)

    def reached(
        self, own: OwnFunction, tables: Sequence[Table], *, in_turn: bool = True,
        reads: Collection[str] = (),
    ) -> Reached:  # fmt: skip
        """How far a version gets; with `in_turn` each variable has to get its values in order.

        The version may read variables that the function itself does not read.
        """
        if self._own is not own:
            self._own, self._places = own, _places(own)
            self._sums = np.array([_kind(s.node) for s in own.sites] or [0])
        idle = [n for n, site in enumerate(own.sites) if _is_idle(own, site.statement, reads)]
        made, met = [], 0
        near: Sequence[ast.stmt] = ()
        showing, lines, ran = 0, set[int](), set[int]()
        for number, (table, call) in enumerate(zip(tables, self._calls, strict=False)):
            rows = fitting(own, table)
            right = call.known(rows, self._sums)
            if in_turn:
                right &= ~call.out_of_turn(self._places, rows)
            if idle:
                right |= np.isin(rows[:, 0].astype(int), idle)
            first = int(np.argmin(right)) if not right.all() else len(rows)
            made.append(first)
            ran |= {own.sites[int(p)].statement.lineno for p in rows[:, 0] if p != BROKE}
            lines |= {own.sites[int(p)].statement.lineno for p in rows[~right, 0] if p != BROKE}
            met += len({row.tobytes() for row in rows[right & ~counters(rows[:, 1:]), 1:]})
            if not near and first < len(rows):
                near, showing = _near(own, rows, first), number
        return Reached(made, met, showing, near, frozenset(lines), frozenset(ran))

    def shows(self, own: OwnFunction, before: Reached, after: Reached) -> bool:
        """Whether a statement that was wrong is right, and fills what right versions fill.

        The one that was wrong first has to run still.
        """
        if not before.near or before.near[0].lineno not in after.ran - after.wrong:
            return False
        lines = (before.wrong - after.wrong) & after.ran
        return any(s.lineno in lines and self._knows(_filled(s)) for s in own.statements)

    def _knows(self, key: Signature) -> bool:
        turns = (turn for call in self._calls for turn in call.turns)
        return bool(key) and any(key in turn or key[:2] in turn for turn in turns)

    def only(self, call: int) -> RightWay:
        """The way in one of the calls."""
        one = RightWay([])
        one._calls = [self._calls[call]]
        return one


class _RightCall:
    """One call of right versions."""

    def __init__(self, versions: Sequence[RightVersion]) -> None:
        self.turns = [_by_signature(v.own, v.rows) for v in versions]
        self._parts = _parts(versions)
        rows = [v.forms[v.forms[:, 0] != BROKE] for v in versions]
        made = [
            table[[not isinstance(v.own.sites[int(p)].node, READ) for p in table[:, 0]]]
            for v, table in zip(versions, rows, strict=True)
        ]  # fmt: skip
        self._all, self._made = (
            np.unique(_as_numbers(np.concatenate([t[:, 1:] for t in found])), axis=0)
            for found in (rows, made)
        )
        self._seen: dict[tuple[bytes, int], bool] = {}

    def known(self, rows: Table, kinds: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Which values right versions have, too; of a sum or product, that they calculate."""
        places = rows[:, 0].astype(int)
        keys = [(row.tobytes(), int(kinds[p])) for row, p in zip(rows[:, 1:], places, strict=True)]
        for kind in (READ_ONLY, CALCULATED, DIVIDED):
            new = [n for n, key in enumerate(keys) if key[1] == kind and key not in self._seen]
            if new:
                digests = _as_numbers(rows[new, 1:])
                right = np.any(same_digests(digests, self._made if kind else self._all), axis=1)
                if kind != DIVIDED:
                    right |= counters(digests)
                self._seen |= {keys[n]: bool(r) for n, r in zip(new, right, strict=True)}
        right = np.array([self._seen[key] for key in keys], dtype=np.bool_)
        return np.asarray(right & (places != BROKE))

    def out_of_turn(
        self, places: Mapping[Signature, Sequence[int]], rows: Table
    ) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Which values are others than right versions give the same variable at this turn."""
        wrong = np.zeros(len(rows), dtype=np.bool_)
        order, digests, counted = (
            rows[:, 0].astype(int),
            _as_numbers(rows[:, 1:]),
            counters(rows[:, 1:]),
        )
        for key, mine in places.items():
            wanted = [t[key] for t in self.turns if key in t and len(t[key])]
            here = np.flatnonzero(np.isin(order, mine))
            fine = counted[here]
            for one in wanted:
                count = min(len(here), len(one))
                fine[count:] = True
                fine[:count] |= same_in_turn(digests[here[:count]], one[:count])
                if np.all(fine):
                    break
            if key in self._parts and not np.all(fine):
                same = same_digests(digests[here[:-1]], self._parts[key])
                fine[:-1] |= np.any(same, axis=1)  # a step of the way, if it is not the last one
            if wanted:
                wrong[here] = ~fine
            some = [] if wanted else [t[key[:2]] for t in self.turns if key[:2] in t]
            if some and len(here):
                same = same_digests(digests[here], np.concatenate(some))
                wrong[here] = ~(np.any(same, axis=1) | counted[here])
        return wrong


def _is_idle(own: OwnFunction, statement: ast.stmt, reads: Collection[str]) -> bool:
    """Whether it puts a value into a variable that nothing reads."""
    target = statement.targets[0] if isinstance(statement, ast.Assign) else None
    return isinstance(target, ast.Name) and not own.read[target.id] and target.id not in reads


def _by_signature(own: OwnFunction, rows: Table) -> dict[Signature, Table]:
    """The digests that each variable, or each kind of key in it, gets in turn."""
    order, digests = rows[:, 0].astype(int), _as_numbers(rows[:, 1:])
    return {key: digests[np.isin(order, found)] for key, found in _places(own).items()}


def _as_numbers(digests: Table) -> Table:
    """The digests, those of arrays with one entry like those of a number."""
    found = digests.copy()
    lengths = found[:, 1:4]
    found[np.all((lengths == 0) | (lengths == 1), axis=1) & ~_are_empty(found), :4] = 0
    return found


def _are_empty(digests: Table) -> np.ndarray[Any, np.dtype[np.bool_]]:
    has_axis = np.arange(3) < digests[:, :1]
    return np.asarray(np.any(has_axis & (digests[:, 1:4] == 0), axis=1), dtype=np.bool_)


def _kind(node: ast.expr) -> int:
    """Whether an expression is calculated, and by a division: no counter comes of it."""
    if not isinstance(node, ast.BinOp):
        return READ_ONLY
    return DIVIDED if isinstance(node.op, ast.Div) else CALCULATED


def signature(statement: ast.stmt) -> Signature:
    """What an assignment fills: ``("v", "dW")`` of ``v["dW" + str(l)] = …``; or nothing."""
    if not isinstance(statement, ast.Assign) or len(statement.targets) > 1:
        return ()
    return _filled(statement)


def _filled(statement: ast.stmt) -> Signature:
    """The same, also of what adds to a variable or multiplies it."""
    if not isinstance(statement, ast.Assign | ast.AugAssign):
        return ()
    target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
    constants = [n.value for n in ast.walk(target) if isinstance(n, ast.Constant)]
    texts = [value for value in constants if isinstance(value, str)]
    entry = ["[]"] if isinstance(target, ast.Subscript) else []
    return (root_name(target), *entry, *texts) if root_name(target) else ()


def _parts(versions: Sequence[RightVersion]) -> dict[Signature, Table]:
    """What right versions calculate on the way to the values of each variable."""
    found: dict[Signature, list[Table]] = {}
    for version in versions:
        order = version.rows[:, 0].astype(int)
        for key, places in _places(version.own, _is_calculated).items():
            found.setdefault(key, []).append(version.rows[np.isin(order, places), 1:])
    return {key: _as_numbers(np.concatenate(tables)) for key, tables in found.items()}


def _is_calculated(site: Site) -> bool:
    """Whether it is calculated as a part of what a statement gives a variable."""
    is_part = not site.path.startswith("/target") and not is_whole(site)
    return is_part and isinstance(site.node, ast.BinOp | ast.Call)


def _places(
    own: OwnFunction, chosen: Callable[[Site], bool] = is_whole
) -> dict[Signature, list[int]]:
    """The places of the values that statements give each variable, or of parts of them."""
    found: dict[Signature, list[int]] = {}
    for number, site in enumerate(own.sites):
        if chosen(site) and (key := signature(site.statement)):
            found.setdefault(key, []).append(number)
    return found


def _raising(own: OwnFunction, last: ast.stmt | None) -> list[ast.stmt]:
    """The statements one of which raised an exception, behind the last one that made a value.

    That one itself may be it where it fills a place: of a variable alone nothing is raised.
    """
    begin = own.statements.index(last) if last is not None else 0
    around = [s for s in own.statements if isinstance(s, ast.For | ast.While)]
    if rounds := [s for s in around if last is not None and _ends(s.body, last)]:
        behind = [s for s in own.statements if s.lineno > (rounds[-1].end_lineno or 0)]
        return [rounds[-1].body[0], *behind[:1]]
    here = own.statements[begin : begin + 2]
    while hasattr(here[-1], "body") and here[-1] is not own.statements[-1]:
        here.append(own.statements[own.statements.index(here[-1]) + 1])
    targets = last.targets if isinstance(last, ast.Assign) else []
    if len(here) > 1 and targets and all(isinstance(t, ast.Name) for t in targets):
        return here[:0:-1]
    return here


def _ends(block: Sequence[ast.stmt], last: ast.stmt) -> bool:
    """Whether a statement is the last one that is run of a block."""
    blocks = [getattr(block[-1], name, ()) for name in ("body", "orelse")]
    return block[-1] is last or any(part and _ends(part, last) for part in blocks)


def _near(own: OwnFunction, rows: Table, row: int) -> list[ast.stmt]:
    """The statement of a wrong value, what surrounds it, and what counts for it or shows no value.

    Where an exception ended the call it may be the next one, too: it has no value yet.
    """
    place = int(rows[row, 0])
    if place == BROKE:
        here = _raising(own, own.sites[int(rows[row - 1, 0])].statement if row else None)
    else:
        here = [own.sites[place].statement]
    around = [
        s for s in own.statements
        if isinstance(s, ast.For | ast.While | ast.If) and any(n is here[0] for n in ast.walk(s))
    ]  # fmt: skip
    heads = [s.iter if isinstance(s, ast.For) else s.test for s in around]
    read = set().union(*map(names_in, (*here, *heads)))
    whole = counters(rows[:, 1:])
    counting = {
        id(own.sites[int(p)].statement) for p, small in zip(rows[:, 0], whole, strict=True)
        if p != BROKE and small and is_whole(own.sites[int(p)])
    }  # fmt: skip
    seen = {id(own.sites[int(p)].statement) for p in rows[:, 0] if p != BROKE}
    silent = {id(s) for s in own.statements if s.lineno < here[0].lineno} - seen  # as of a text
    fillers = [s for s in own.statements if id(s) in counting | silent and read & filled_by(s)]
    return list(dict.fromkeys([*here, *fillers, *around]))
