"""The search for the smallest edit that repairs a function, the likely slips first."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from autograder.repair.operators import Change, Scope, changes
from autograder.repair.places import OwnFunction, Site, Splice, masked, names_in, target_of
from autograder.repair.statements import Donated, Donor, donated, moves

TOGETHER = 0.15  # what the same slip in several places costs more
BETTER = 0.6  # of another line at least, or both lines are named
_WORD = re.compile(r"[^\W\d]\w*")
KEEPS_CONSTANT = ("constant", "digit", "key", "option")


@dataclass(frozen=True)
class Edit:
    """One candidate: what is changed, which kind of slip that mends, and in which lines."""

    splices: tuple[Splice, ...]
    kind: str
    cost: float
    lines: tuple[int, ...]
    name: str = ""
    detail: str = ""


@dataclass(frozen=True)
class _Single:
    site: Site
    change: Change
    edit: Edit


def edits(
    own: OwnFunction, donors: Sequence[Donor], most: int, settled: Collection[str] = ()
) -> list[Edit]:
    """At most so many candidates with one slip, also made in several places alike.

    The likely ones come first. Statements that put something into a `settled` variable, whose
    value is right, stay as they are.
    """
    scope = _scope(own, donors)
    given = donated(own, donors)
    free = (s for s in _singles(own, scope, given) if target_of(s.site.statement) not in settled)
    singles = sorted(free, key=lambda s: s.edit.cost)[:most]
    found = [single.edit for single in singles]
    found += _twins(own, singles)
    for move in moves(own, given.statements):
        found.append(Edit(move.splices, move.kind, move.cost, (move.line,)))
    unique: dict[tuple[Splice, ...], Edit] = {}
    for edit in sorted(found, key=lambda e: e.cost):
        unique.setdefault(edit.splices, edit)
    return list(unique.values())[:most]


def _scope(own: OwnFunction, donors: Sequence[Donor]) -> Scope:
    counted = [
        n.id
        for s in own.statements
        if isinstance(s, ast.For)
        for n in ast.walk(s.target)
        if isinstance(n, ast.Name)
    ]
    small = [n for n in own.parameters if n in ("t", "k", "l", "i", "epoch_num", "epoch", "step")]
    functions = [f for d in donors for f in d.functions if f != own.name]
    return Scope(
        strings=tuple(dict.fromkeys(s for d in donors for s in d.strings if len(s) < 12)),
        functions=tuple(dict.fromkeys(f for f in functions if f not in ("range", "len", "dict"))),
        constants=tuple(dict.fromkeys(c for d in donors for c in d.constants)),
        integers=tuple(dict.fromkeys([*counted, *small])),
    )


def _singles(
    own: OwnFunction,
    scope: Scope,
    given: Donated,
) -> Iterator[_Single]:
    for site in own.sites:
        old = own.text(site.node)
        constant = isinstance(site.node, ast.Constant)
        for change in _changes(own, site, scope, given):
            if change.text in (old, f"({old})"):
                continue
            if not constant and change.kind not in KEEPS_CONSTANT and _is_constant(change.text):
                continue
            text = _fitting(site, change.text)
            splice = Splice(own.start(site.node), own.end(site.node), text)
            lines = (site.node.lineno,)
            edit = Edit((splice,), change.kind, change.cost, lines, change.name, change.detail)
            yield _Single(site, change, edit)


def _changes(
    own: OwnFunction,
    site: Site,
    scope: Scope,
    given: Donated,
) -> Iterator[Change]:
    yield from changes(own, site, scope)
    if isinstance(site.node, ast.Slice | ast.Starred | ast.Constant | ast.Name):
        return
    if site.parent is site.statement:
        yield from given.into.get(target_of(site.statement), ())
    own_names = names_in(site.node)
    for change in given.anywhere.get(type(site.node).__name__, ()):
        if own_names & set(_WORD.findall(change.text)):
            yield change


def _fitting(site: Site, text: str) -> str:
    """The new text with brackets where it would fall apart without."""
    if isinstance(site.node, ast.Slice):
        return text
    if isinstance(site.parent, ast.BinOp | ast.UnaryOp | ast.Compare | ast.BoolOp | ast.Attribute):
        return f"({text})"
    return text


def _is_constant(text: str) -> bool:
    """Whether a text holds no name: a number, or an operation on numbers."""
    return not _WORD.search(text)


def _twins(own: OwnFunction, singles: Iterable[_Single]) -> Iterator[Edit]:
    """The same slip in several places: the same text, statements alike, expressions alike."""
    groups: dict[tuple[str, ...], list[Edit]] = {}
    shapes = {id(s): masked(s) for s in own.statements}
    shapes |= {id(s.node): masked(s.node) for s in own.sites}
    for single in singles:
        site, change = single.site, single.change
        kind, detail = change.kind, change.detail
        old = own.text(site.node)
        shape = shapes[id(site.statement)]
        target = target_of(site.statement)
        general = _general(change)
        for key in (
            ("text", kind, old, change.text),
            ("statement", kind, shape, site.path, detail),
            ("statement", kind, shape, site.path, general),
            ("target", kind, shape, site.path, general, target),
            ("expression", kind, shapes[id(site.node)], detail, type(site.parent).__name__),
        ):
            groups.setdefault(key, []).append(single.edit)
    for group in groups.values():
        if len(group) > 1 and not _overlap(group):
            splices = tuple(sorted((s for e in group for s in e.splices), key=lambda s: s.start))
            lines = tuple(sorted({line for e in group for line in e.lines}))
            cost = group[0].cost + TOGETHER
            yield Edit(splices, group[0].kind, cost, lines, group[0].name, group[0].detail)


def _general(change: Change) -> str:
    """The slip without the names: beta1 for beta2 here, b for W there."""
    return change.detail if change.kind not in ("name", "key") else change.detail.split(">")[-1]


def _overlap(group: Sequence[Edit]) -> bool:
    spans = sorted((s.start, s.end) for e in group for s in e.splices)
    return any(a[1] > b[0] or a == b for a, b in pairwise(spans))


def by_cost(found: Sequence[Edit]) -> Iterator[list[Edit]]:
    """Candidates in groups of about equal cost."""
    for _, group in groupby(found, key=lambda e: round(e.cost * 2)):
        yield list(group)
