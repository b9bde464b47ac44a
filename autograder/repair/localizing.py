"""Where a wrong function goes astray, told without an edit that repairs it.

What a statement reads is right, and what it makes is not: the slip is there. That is known where
the variable is one that right versions have, too, under the same name, and their value for it
never occurs. Of what is calculated in another way nothing is said.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from autograder.repair.inputs import Inputs, draws, draws_again
from autograder.repair.places import OwnFunction
from autograder.repair.right_versions import (
    RightVersion,
    filled_by,
    fills,
    grown,
    is_added_up,
    is_whole,
    made_by,
    rows_of,
    wholes,
)
from autograder.repair.traces import BROKE, Table, Trace, compared, counters, same_digests

MOST_STATEMENTS = 3  # of which one is meant


@dataclass(frozen=True)
class Astray:
    """One of these statements goes wrong, and what goes into them is right."""

    statements: Sequence[ast.stmt]
    name: str  # of the variable that is wrong afterwards; empty where a value is returned
    call: int = 0  # the number of the call that shows it


def astray(
    own: OwnFunction,
    calls: Sequence[tuple[Table, Sequence[RightVersion]]],
    doubtful: Collection[str] = (),
) -> Astray | None:
    """Where a function goes astray, if that is beyond doubt, by what some calls show.

    `calls` are the values of a function in each call, beside the right versions in the same one;
    `doubtful` are other functions of the student's that may be wrong. The earliest line counts: a
    call can make a wrong line right by accident.
    """
    shown = {
        number: _InCall(own, rows, right, doubtful)
        for number, (rows, right) in enumerate(calls)
        if len(rows) and right
    }
    wrong = [(one.first.lineno, number) for number, one in shown.items() if one.first]
    if not wrong or len(own.statements) == 1:
        return None
    number = min(wrong)[1]
    found = shown[number].astray()
    return replace(found, call=number) if found else None


def gets_right(
    own: OwnFunction, name: str, rows: Sequence[Table], right: Sequence[Sequence[RightVersion]]
) -> bool:
    """Whether a variable gets, in every call, the last values that a right version gives it."""
    versions = zip(*right, strict=True)
    return any(
        all(_ends_alike(own, name, *call) for call in zip(rows, version, strict=True))
        for version in versions
    )


def _ends_alike(own: OwnFunction, name: str, rows: Table, version: RightVersion) -> bool:
    wanted = replace(version, layouts=()).last(name)
    mine = wholes(own, rows, name)
    if not len(wanted) or not len(mine) or counters(wanted[:, 1:]).all():
        return False
    same = same_digests(mine[:, 1:], wanted[:, 1:])
    return bool(np.all(np.any(same, axis=0)) and same[-1].any())


class _InCall:
    """One call of a function, beside the same call of right versions."""

    def __init__(
        self, own: OwnFunction, rows: Table, right: Sequence[RightVersion],
        doubtful: Collection[str],
    ) -> None:  # fmt: skip
        known = np.unique(np.concatenate([v.forms[:, 1:] for v in right]), axis=0)
        self._trace = compared(own, rows, known)
        self._own = own
        self._right = right
        self._doubtful = doubtful

    @cached_property
    def first(self) -> ast.stmt | None:
        """The first statement whose value is wrong, or not the one of its variable."""
        last = {n: s for s in self._own.statements for n in filled_by(s)}
        for name in grown(self._own):
            last.pop(name, None)
        whole = {
            n: s.statement for n, s in enumerate(self._own.sites)
            if is_whole(s) and s.statement in last.values()
        }  # fmt: skip
        fine = self._trace.fine
        for number, row in enumerate(self._trace.rows):
            place = int(row[0])
            if place == BROKE:
                return None
            if not fine[number] and not makes_room(self._own.sites[place].statement):
                return self._own.sites[place].statement
            if place in whole and self._is_misnamed(whole[place]):
                return whole[place]
        return None

    def _made_by(self, statement: ast.stmt) -> str | None:
        """What a statement fills; None also for what a function inside of this one returns."""
        name = made_by(statement)
        return None if not name and statement in self._own.inner else name

    def _is_misnamed(self, statement: ast.stmt) -> bool:
        """Whether what a statement makes is not what its variable holds in right versions.

        The lesson's own version has to be among them: others have names as anybody could choose.
        """
        name = self._made_by(statement)
        if (
            not name
            or makes_room(statement)
            or not any(v is self._right[0] for v in self._versions(name))
        ):
            return False
        return not self._is_a_value_of(statement, name, self._right)

    def astray(self) -> Astray | None:
        """The statement, with what has to do with it, if a mistake is in them without a doubt."""
        own, first = self._own, self.first
        if first is None or (self._trace.rows[:, 0] == BROKE).any():
            return None
        region, name = [first], self._made_by(first)
        while name is not None and not self._versions(name):
            follower = _follower(own, region, name) if name else None
            if follower is None or len(region) == MOST_STATEMENTS or self._is_right(follower):
                return None
            region, name = [*region, follower], self._made_by(follower)
        if name is None:
            return None
        versions = self._versions(name)
        region += self._also_filling(region, name, versions)
        if len(region) > MOST_STATEMENTS:
            return None
        if any(_is_unclear(s, self._doubtful) for s in region) or _recovers(self._trace, region):
            return None
        if name and _follower(own, region, name) is None:
            return None  # nobody reads it
        for version in versions:
            inputs = Inputs(self._trace, region, version, name, self._right)
            region = [*region, *inputs.unsure]
            known = [s for s in inputs.unsure if not draws_again(self._trace, s)]
            if any(_is_unclear(s, self._doubtful) for s in known):
                return None
            if len(region) <= MOST_STATEMENTS and inputs.are_right():
                return Astray(sorted(region, key=lambda s: s.lineno), name)
        return None

    def _is_right(self, statement: ast.stmt) -> bool:
        """Whether a statement makes a right value, that not any number could be."""
        places = [
            n for n, site in enumerate(self._own.sites)
            if site.statement is statement and site.parent is statement
        ]  # fmt: skip
        rows = self._trace.rows
        whole = np.isin(rows[:, 0].astype(int), places)
        return bool(np.any(whole & self._trace.right & ~counters(rows[:, 1:])))

    def _versions(self, name: str) -> list[RightVersion]:
        """The right versions that show that a variable is wrong, if all that have it do."""
        if name not in self._shown:
            having = [(v, _is_wrong(self._trace, name, v.last(name))) for v in self._right]
            judged = [(v, wrong) for v, wrong in having if wrong is not None]
            self._shown[name] = [v for v, _ in judged] if all(w for _, w in judged) else []
        return self._shown[name]

    @cached_property
    def _shown(self) -> dict[str, list[RightVersion]]:
        return {}

    def _also_filling(
        self, region: Sequence[ast.stmt], name: str, versions: Sequence[RightVersion]
    ) -> list[ast.stmt]:
        """Other statements that fill a variable, with a value that it has in no right version."""
        if not name:
            return []
        others = [
            s for s in self._own.statements
            if s not in region and fills(s, name) and not makes_room(s)
        ]  # fmt: skip
        return [s for s in others if not self._is_a_value_of(s, name, versions)]

    def _is_a_value_of(
        self, statement: ast.stmt, name: str, versions: Sequence[RightVersion]
    ) -> bool:
        rows = self._trace.rows
        mine = wholes(self._own, rows[rows_of(self._own, rows, [statement])], name)
        known = np.concatenate([v.filled(name) for v in versions])
        return not len(mine) or bool(
            np.all(np.any(same_digests(mine[:, 1:], known[:, 1:]), axis=1))
        )


def makes_room(statement: ast.stmt) -> bool:
    """Whether a statement makes an array that is filled below: what it holds is nobody's choice."""
    nodes = ast.walk(statement)
    return any(isinstance(n, ast.Attribute) and n.attr in ("empty", "empty_like") for n in nodes)


def _is_behind(statement: ast.stmt, region: Sequence[ast.stmt]) -> bool:
    return statement not in region and statement.lineno > region[-1].lineno


def _is_wrong(trace: Trace, name: str, wanted: Table) -> bool | None:
    """Whether a variable of a right version never gets its value, in no other shape either.

    None where that version has no such variable, or one that any number could be.
    """
    wanted = wanted[~counters(wanted[:, 1:])] if len(wanted) else wanted
    if any(is_added_up(s) and fills(s, name) for s in trace.own.statements):
        return None
    mine = wholes(trace.own, trace.rows, name)
    if not len(wanted) or not len(mine):
        return None
    filling = [s for s in trace.own.statements if fills(s, name)]
    elsewhere = trace.rows[
        ~rows_of(trace.own, trace.rows, filling)
    ]  # parts of it may well be right
    if np.any(same_digests(np.concatenate([elsewhere, mine])[:, 1:], wanted[:, 1:])):
        return False
    same_sum = np.abs(mine[:, None, 5] - wanted[None, :, 5]) <= 1e-9 + 1e-6 * abs(wanted[:, 5])
    centred = abs(wanted[:, 5]) <= 1e-6 * abs(wanted[:, 6])  # these all add up to nothing
    same_shape = np.all(mine[:, None, 1:5] == wanted[None, :, 1:5], axis=2)
    return not np.any(same_sum & ~(centred & same_shape))


def _follower(own: OwnFunction, region: Sequence[ast.stmt], name: str) -> ast.stmt | None:
    """The first statement below that reads a variable, or adds to it."""
    below = (s for s in own.statements if _is_behind(s, region))
    return next((s for s in below if _reads(own, s, name)), None)


def _reads(own: OwnFunction, statement: ast.stmt, name: str) -> bool:
    if is_added_up(statement) and fills(statement, name):
        return True
    return any(
        site.statement is statement and isinstance(site.node, ast.Name) and site.node.id == name
        for site in own.sites
    )


def _is_unclear(statement: ast.stmt, doubtful: Collection[str]) -> bool:
    """Whether more than what it reads decides what a statement makes."""
    if draws(statement):
        return True
    for node in ast.walk(statement):
        if isinstance(node, ast.Lambda | ast.ListComp | ast.GeneratorExp | ast.DictComp):
            return True
        if isinstance(node, ast.Name) and node.id in doubtful:
            return True
    return hasattr(statement, "body")


def _recovers(trace: Trace, region: Sequence[ast.stmt]) -> bool:
    """Whether something right is made of what looks wrong."""
    names = set().union(*map(filled_by, region))
    readers = [
        s for s in trace.own.statements
        if s not in region and any(
            site.statement is s and isinstance(site.node, ast.Name) and site.node.id in names
            and not site.path.startswith("/target")
            for site in trace.own.sites
        )
    ]  # fmt: skip
    behind = np.arange(len(trace.rows)) > trace.length
    roots = [n for n, s in enumerate(trace.own.sites) if s.parent is s.statement]
    whole = np.isin(trace.rows[:, 0].astype(int), roots)
    right = trace.right & ~counters(trace.rows[:, 1:])
    return bool(np.any(behind & whole & right & rows_of(trace.own, trace.rows, readers)))
