"""The search for the smallest edit that repairs a function, the likely slips first."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, groupby, pairwise
from typing import TypeVar

from autograder.repair.alike import NOT_OF_A_KEY, keys, likenesses, parents
from autograder.repair.arguments import of_arguments
from autograder.repair.edit_operators import Change, Scope, changes
from autograder.repair.exchanges import exchanges
from autograder.repair.factors import of_two_places
from autograder.repair.handing_on import of_a_call
from autograder.repair.holding import Holding, TooManyEdits
from autograder.repair.nesting import conditions, groups
from autograder.repair.own_pieces import of_its_own
from autograder.repair.places import (
    OwnFunction,
    Site,
    Splice,
    is_number,
    is_returned_by_name,
    masked,
    names_in,
    target_of,
)
from autograder.repair.products import of_a_product, of_an_exponent
from autograder.repair.rewrites import rewrites
from autograder.repair.shapes import of_a_shape
from autograder.repair.slices import of_a_slice
from autograder.repair.statements import Donated, Donor, donated, moves

TOGETHER = 0.15  # added to the cost of a slip that is made in several places
UNREAD = 0.8  # taken off an edit that reads a variable which nothing else reads
MOST_LETTERS = 24  # of a key, or of a string that is returned
MOST_ALIKE = 12  # places in which one slip is made
LATE = 0.8  # added to what is done with a variable when it is returned, and not where it is filled
USELESS = 0.8  # added to a piece of the solution that makes a line above it useless
ASTRAY = 1.5  # taken off the move of a statement where all values are right
SUSPECTED = 0.6  # of the edits: in the statement whose value is the first wrong one
VAGUE = ("donor", "unsure", "missing", "missing below")
VAGUER = 0.5  # added to their cost where others say more than the line
BETTER = 0.6  # of another line at least, or both lines are named
Item = TypeVar("Item")
_WORD = re.compile(r"[^\W\d]\w*")
_ALONE = re.compile(r"[()\s]|[+-]\s*\d+")  # what is taken off a name and a number added to it
_ENTRY = re.compile(r"\(?(\w+)\[")
OF_A_BOUND = ("factor missing", "factor extra", "term missing", "term extra", "sign")
RETURNED = 2.6
GOES_THROUGH = ("enumerate", "zip", "list", "tuple", "reversed", "sorted", "iter")
TAKES_OVER = ("donor", "name", "index missing")  # where it is more than another name
KEEPS_CONSTANT = ("constant", "digit", "key", "option")


@dataclass(frozen=True)
class Edit:
    """One candidate: the change, the kind of slip that it mends, and its lines."""

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

    @property
    def splices(self) -> tuple[Splice, ...]:
        return self.edit.splices


@dataclass(frozen=True)
class Clues:
    """Findings about a wrong function that rank its edits."""

    settled: Collection[str] = ()  # variables that are returned and right
    dearer: Sequence[float] = ()  # for each expression, how much likelier the slip is elsewhere
    names: Sequence[Mapping[str, str]] = ()  # of each donor: whose names are whose, by value
    suspects: frozenset[int] = frozenset()  # lines of the statement with the first wrong value
    astray: bool = False  # no value on the way is wrong: what is wrong is what is done when


def edits(
    own: OwnFunction, donors: Sequence[Donor], most: int, known: Clues | None = None
) -> list[Edit]:
    """At most `most` candidates with one slip, made in one place or in several alike.

    The likely ones come first. Statements that assign to a variable whose value is known to be
    right are not edited. There are none of a function that has more than `Holding` allows.
    """
    try:
        return _edits(own, donors, most, known or Clues(), Holding())
    except TooManyEdits:
        return []


def _edits(
    own: OwnFunction, donors: Sequence[Donor], most: int, known: Clues, holding: Holding
) -> list[Edit]:
    scope = _scope(own, donors)
    given = donated(own, donors, known.names)
    free = (
        s for s in _singles(own, scope, given, known.dearer)
        if target_of(s.site.statement) not in known.settled or s.change.kind == "copy"
    )  # fmt: skip
    singles = list(holding.counted(free))
    chosen = _likely(singles, lambda s: s.edit, known.suspects, most)
    found = [single.edit for single in chosen]
    found += holding.counted(_twins(own, singles, {id(single.edit) for single in chosen}))
    tests = conditions(own, given.tests)
    for move in holding.counted(chain(moves(own, given.statements), groups(own, tests))):
        is_order = known.astray and move.kind in ("moved", "extra", "asked again")
        cheaper = ASTRAY if is_order else 0.0
        lines = move.lines or (move.line,)
        found.append(Edit(move.splices, move.kind, move.cost - cheaper, lines))
    swaps = chain(exchanges(own, known.settled), of_two_places(own, known.settled))
    for swap in holding.counted(swaps):
        found.append(Edit(swap.splices, swap.kind, swap.cost, swap.lines, swap.name))
    unique: dict[tuple[Splice, ...], Edit] = {}
    for edit in sorted(found, key=_told_cost):
        unique.setdefault(edit.splices, edit)
    return _likely(list(unique.values()), lambda e: e, known.suspects, most)


def _likely(
    found: list[Item], edit_of: Callable[[Item], Edit], suspects: frozenset[int], most: int
) -> list[Item]:
    """At most `most` edits, the likely ones first, a share of them in the suspected lines."""
    found.sort(key=lambda item: edit_of(item).cost)
    here = [i for i in found if not suspects.isdisjoint(edit_of(i).lines)] if suspects else []
    chosen = {id(item) for item in here[: int(SUSPECTED * most)]}
    for item in found:
        if len(chosen) >= most:
            break
        chosen.add(id(item))
    return [item for item in found if id(item) in chosen]


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
        strings=tuple(dict.fromkeys(s for d in donors for s in d.strings if len(s) < MOST_LETTERS)),
        functions=tuple(dict.fromkeys(f for f in functions if f not in ("range", "len", "dict"))),
        constants=tuple(dict.fromkeys(c for d in donors for c in d.constants)),
        integers=tuple(dict.fromkeys([*counted, *small])),
        factors=tuple(dict.fromkeys(f for d in donors for f in d.factors)),
        calls=frozenset(c for d in donors for c in d.calls),
    )


def _singles(
    own: OwnFunction,
    scope: Scope,
    given: Donated,
    dearer: Sequence[float],
) -> Iterator[_Single]:
    of_keys = keys(own)
    unread = {name for name in own.variables if not own.read[name]}
    compares = (n for n in ast.walk(own.node) if isinstance(n, ast.Compare))
    compared = {id(part): compare for compare in compares for part in ast.walk(compare)}
    for place, site in enumerate(own.sites):
        more = dearer[place] if dearer else 0.0
        old = own.text(site.node)
        constant = is_number(site.node)
        for change in _changes(own, site, scope, given):
            if change.kind == "constant" and isinstance(site.parent, ast.keyword):
                change = replace(change, kind="option")  # axis=0
            is_of_key = id(site.node) in of_keys and change.kind in NOT_OF_A_KEY
            if is_of_key or change.text in (old, f"({old})"):
                continue  # no text is multiplied, and no root taken of it
            if change.kind.startswith("factor") and _is_gone_through(own, site):
                continue  # a list times a number is a longer list
            keeps = constant or isinstance(site.node, ast.Slice) or change.kind in KEEPS_CONSTANT
            if not keeps and not _WORD.search(change.text):
                continue
            change = _as_seen(own, site, change)
            if change.kind == "donor" and _is_a_result(own, site):
                continue
            splice = Splice(own.start(site.node), own.end(site.node), _fitting(site, change.text))
            if _decides_alone(own, compared.get(id(site.node)), splice):
                continue
            lines = (site.node.lineno,)
            cost = change.cost + more + _late(own, site, change)
            cost += of_a_call(own, change.kind, lines)
            if change.kind in TAKES_OVER and _makes_useless(own, site.node, change.text):
                cost += USELESS
            if unread and unread & set(_WORD.findall(change.text)):
                cost -= UNREAD
            edit = Edit((splice,), change.kind, cost, lines, change.name, change.detail)
            yield _Single(site, change, edit)


def _is_a_result(own: OwnFunction, site: Site) -> bool:
    """Whether it is a variable that is returned: where its value is wrong, that line is not."""
    name = site.node.id if isinstance(site.node, ast.Name) else ""
    return isinstance(site.parent, ast.Return) and name in own.targets


def _late(own: OwnFunction, site: Site, change: Change) -> float:
    """What it costs more to change a variable where it is returned."""
    is_late = is_returned_by_name(own, site) and own.text(site.node) in _WORD.findall(change.text)
    return LATE if is_late else 0.0


def _is_gone_through(own: OwnFunction, site: Site) -> bool:
    """Whether an expression is what a loop iterates over."""
    parent = site.parent
    if isinstance(parent, ast.For | ast.comprehension):
        return site.node is parent.iter
    return isinstance(parent, ast.Call) and own.text(parent.func) in GOES_THROUGH


def _as_seen(own: OwnFunction, site: Site, change: Change) -> Change:
    """The kind of slip as a reader would call it: the end of a slice, what is returned."""
    if isinstance(site.parent, ast.Slice) and change.kind in OF_A_BOUND:
        end = "begin" if site.node is site.parent.lower else "end"
        return replace(change, kind=f"slice {end}")
    if isinstance(site.parent, ast.Return) and change.kind in ("donor", "tuple", "index missing"):
        texts = (own.text(site.node), change.text)
        if all(map(_is_named, texts)) and any("," in text for text in texts):
            return replace(change, kind="returned", cost=min(change.cost, RETURNED))
        if _is_tuple(change.text) and not isinstance(site.node, ast.Tuple):
            return replace(change, kind="returned")
    return change


def _is_tuple(text: str) -> bool:
    return isinstance(_value(text), ast.Tuple)


def _is_named(text: str) -> bool:
    """Whether a text is a name, or a tuple of names."""
    value = _value(text)
    parts = value.elts if isinstance(value, ast.Tuple) else [value]
    return all(isinstance(part, ast.Name) for part in parts)


def _makes_useless(own: OwnFunction, node: ast.expr, text: str) -> bool:
    """Whether an edit leaves a variable that is assigned above unread."""
    if text.strip("()").isidentifier():
        return False
    gone = names_in(node) - set(_WORD.findall(text)) - set(own.parameters)
    return any(own.read[name] == 1 for name in gone if name in own.variables)


def _changes(
    own: OwnFunction,
    site: Site,
    scope: Scope,
    given: Donated,
) -> Iterator[Change]:
    yield from changes(own, site, scope)
    yield from rewrites(own, site.node, site.statement, scope)
    yield from of_its_own(own, site)
    yield from of_arguments(own, site.node)
    yield from of_a_shape(own, site.node)
    yield from of_a_product(own, site.node)
    yield from of_an_exponent(own, site.node, scope)
    if isinstance(site.node, ast.Slice):
        yield from of_a_slice(own, site.node)
        yield from given.anywhere.get("Slice", ())
    if isinstance(site.node, ast.Slice | ast.Starred | ast.Constant):
        return
    if site.parent is site.statement:
        yield from given.into.get(target_of(site.statement), ())
    if isinstance(site.node, ast.Name):
        if isinstance(site.parent, ast.Return):
            yield from given.into.get("return", ())
        yield from _entries(own, site, given)
        return
    own_names = names_in(site.node)
    for change in given.anywhere.get(type(site.node).__name__, ()):
        if own_names & set(_WORD.findall(change.text)):
            yield change
    if isinstance(site.node, ast.Subscript | ast.BinOp):
        outer = own.text(site.parent.func) if isinstance(site.parent, ast.Call) else ""
        for ahead, behind in (a for a in given.around if a[0].partition("(")[0] != outer):
            text = f"{ahead}{own.text(site.node)}{behind}"
            yield Change(text, "call missing", 2.9, f"{ahead}…{behind}")


def _entries(own: OwnFunction, site: Site, given: Donated) -> Iterator[Change]:
    """An entry of a container in place of a variable, as right versions read it."""
    assert isinstance(site.node, ast.Name)
    if isinstance(site.parent, ast.Subscript | ast.Attribute | ast.Return):
        return
    if isinstance(site.parent, ast.Call) and site.parent.func is site.node:
        return
    for change in given.anywhere.get("Subscript", ()):
        if found := _ENTRY.match(change.text):
            kind = "index missing" if found[1] == site.node.id else "name"
            cost = 2.4 if kind == "index missing" else 2.6
            yield replace(change, kind=kind, cost=cost, name=site.node.id)


def _fitting(site: Site, text: str) -> str:
    """The new text with brackets where it would fall apart without."""
    if isinstance(site.node, ast.Slice):
        return text
    if isinstance(site.parent, ast.BinOp | ast.UnaryOp | ast.Compare | ast.BoolOp | ast.Attribute):
        return f"({text})"
    return text


def _decides_alone(own: OwnFunction, compare: ast.Compare | None, splice: Splice) -> bool:
    """Whether an edit lets a variable be compared with itself, a number added or not."""
    if compare is None or len(compare.ops) > 1:
        return False
    start, old = own.start(compare), own.text(compare).encode()
    pieces = (old[: splice.start - start], splice.text.encode(), old[splice.end - start :])
    changed = _value(b"".join(pieces).decode())
    if not isinstance(changed, ast.Compare):
        return False
    one, two = (_ALONE.sub("", ast.unparse(s)) for s in (changed.left, changed.comparators[0]))
    return one == two and one.isidentifier()


def _twins(own: OwnFunction, singles: Iterable[_Single], chosen: Collection[int]) -> Iterator[Edit]:
    """The same slip in several places: the same text, statements alike, expressions alike.

    One of the places at least is among the `chosen` edits.
    """
    groups: dict[tuple[str, ...], list[Edit]] = {}
    shapes = {id(s): masked(s) for s in own.statements}
    shapes |= {id(s.node): masked(s.node) for s in own.sites}
    around = parents(own)
    for single in singles:
        for key in dict.fromkeys(likenesses(own, single.site, single.change, shapes, around)):
            groups.setdefault(key, []).append(single.edit)
    for group in groups.values():
        if (
            1 < len(group) <= MOST_ALIKE
            and any(id(e) in chosen for e in group)
            and not _overlap(group)
        ):
            splices = tuple(sorted((s for e in group for s in e.splices), key=lambda s: s.start))
            lines = tuple(sorted({line for e in group for line in e.lines}))
            cost = min(e.cost for e in group) + TOGETHER
            name = group[0].name if len({e.name for e in group}) == 1 else ""
            yield Edit(splices, group[0].kind, cost, lines, name, group[0].detail)


def _overlap(group: Sequence[Edit]) -> bool:
    spans = sorted((s.start, s.end) for e in group for s in e.splices)
    return any(a[1] > b[0] or a == b for a, b in pairwise(spans))


def by_cost(found: Sequence[Edit]) -> Iterator[list[Edit]]:
    """Candidates in groups of about equal cost."""
    for _, group in groupby(found, key=lambda e: round(e.cost * 2)):
        yield list(group)


def cheapest(found: Iterable[Edit]) -> Edit:
    """The cheapest repair; of about equal ones one that says more than the line."""
    return min(found, key=lambda e: (_told_cost(e), len(e.lines)))


def _told_cost(edit: Edit) -> float:
    is_vague = edit.kind in VAGUE or (edit.kind == "call missing" and len(edit.splices) > 1)
    return edit.cost + (VAGUER if is_vague else 0)


def _value(text: str) -> ast.expr | None:
    """An expression's tree; None for what is none by itself, as the slices of an index."""
    try:
        return ast.parse(text, mode="eval").body
    except SyntaxError:
        return None
