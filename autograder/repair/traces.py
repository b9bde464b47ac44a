"""Where a wrong function leaves the way of a right one: the values of its expressions in one call.

A traced version answers a call with a table of digests, a row for each value that an expression
took. The digests of a right version's expressions are the values that may occur; the first value
that does not occur there is where a student's function goes wrong.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from autograder.repair.places import OwnFunction, Site, names_in, target_of

BROKE = -1  # the place in a last row: an exception ended the call
MOST_ROWS = 4000  # of one call; what comes later is not looked at
MOST_COUNTED = 1 << 40  # the largest length that a digest may name
WIDTH = 7  # place, axes, three lengths, two numbers that stand for the entries
TRACED = (
    ast.Name, ast.BinOp, ast.UnaryOp, ast.Call, ast.Subscript, ast.Compare, ast.BoolOp, ast.IfExp,
    ast.Attribute,
)  # fmt: skip
KEEP = f"""
import numpy as _np_
_rows_ = []
def _keep_(place, value):
    try:
        if len(_rows_) < {MOST_ROWS} and not isinstance(value, (dict, str)):
            a = _np_.asarray(value)
            if a.dtype.kind in "biuf" and a.ndim < 4 and a.size < 20000:
                flat = a.astype(float).ravel()
                waves = _np_.cos(1.0 + _np_.arange(flat.size))
                shape = list(a.shape) + [0] * (3 - a.ndim)
                _rows_.append([place, a.ndim, *shape, float(flat.sum()), float(flat @ waves)])
    except Exception:
        pass
    return value
"""
MOST_PAIRS = 1 << 20  # of digests that are compared at once: all of two long tables fill a gigabyte
NOISE = 1e-9  # of the larger number: what is centred adds up to nearly nothing
TINY = 1e-15  # more would take any small number for the difference of two nearly equal ones
CALL = 10  # added to the axes, times the number of the call: values of other calls are no match
SMALL = 16  # whole numbers from -1 up to it are counters: right versions count in other ways
Table = np.ndarray[Any, np.dtype[np.float64]]


def traced(own: OwnFunction, *, turned: bool = False) -> str:
    """The text of a function that returns the values of all its expressions, in the order of time.

    With `turned` all of them transposed. Raises ValueError for a function that cannot be rewritten.
    """
    places = {id(site.node): place for place, site in enumerate(own.sites)}
    numbered = OwnFunction(own.with_splices(), own.name).node  # faster than a copy of a tree
    for old, new in zip(ast.walk(own.node), ast.walk(numbered), strict=True):
        if id(old) in places:
            new.place = places[id(old)]  # type: ignore[attr-defined]
    node = _Tracing().visit(numbered)
    keep = ast.parse(KEEP.replace("asarray(value)", "asarray(value).T") if turned else KEEP).body
    answer = ast.parse(f"_np_.array(_rows_, dtype=float).reshape(-1, {WIDTH})", mode="eval").body
    broke = ast.parse(
        f"try:\n    pass\nexcept Exception:\n    _rows_.append([{BROKE}] + [0] * 6)"
    ).body[0]
    assert isinstance(broke, ast.Try)
    ends = ast.Try(node.body, broke.handlers, [], [ast.Return(value=answer)])
    node.body = [*keep, ends]
    node.decorator_list = []
    return ast.unparse(ast.fix_missing_locations(node)) + "\n"


class _Tracing(ast.NodeTransformer):
    """Passes every numbered expression through `_keep_`."""

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST | list[ast.stmt]:
        """What the target holds afterwards stands for the value of the statement."""
        place = getattr(node.value, "place", None)
        visited = self.generic_visit(node)
        grows = isinstance(node.op, ast.Add | ast.Sub)  # parts of a sum: right ones differ, too
        if place is None or grows or not isinstance(node.target, ast.Name):
            return visited
        result = ast.Name(node.target.id, ast.Load())
        kept = ast.Call(ast.Name("_keep_", ast.Load()), [ast.Constant(place), result], [])
        return [node, ast.Expr(kept)]

    def generic_visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.FunctionDef | ast.Lambda) and hasattr(node, "place"):
            return node
        if isinstance(node, ast.Call):
            inner = node.func.value if isinstance(node.func, ast.Attribute) else None
            if isinstance(inner, ast.Name) and _grows(node):
                inner = None  # a list on the way: others are filled in another order
            if inner is not None and isinstance(node.func, ast.Attribute):
                node.func.value = self.visit(inner)
            node.args = [self.visit(a) for a in node.args]
            for keyword in node.keywords:
                keyword.value = self.visit(keyword.value)
        elif isinstance(node, ast.FormattedValue | ast.JoinedStr):
            return node
        else:
            node = super().generic_visit(node)
        place = getattr(node, "place", None)
        if place is None or not isinstance(node, TRACED) or _is_range(node):
            return node
        kept = ast.Call(ast.Name("_keep_", ast.Load()), [ast.Constant(place), node], [])
        return kept


def _grows(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Attribute) and node.func.attr in ("append", "extend")


def _is_range(node: ast.AST) -> bool:
    """Loops count in many ways; what they count over is not compared."""
    return (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range"
    )


def is_table(value: Any) -> bool:
    """Whether a value is a table of digests; a student's process can answer anything."""
    is_of_numbers = isinstance(value, np.ndarray) and value.dtype == np.float64
    if not is_of_numbers or value.ndim != 2 or value.shape[1] != WIDTH:
        return False
    if len(value) > MOST_ROWS + 1:
        return False
    whole = value[:, :5]  # place, axes and lengths
    is_whole = np.all((whole >= BROKE) & (whole <= MOST_COUNTED) & (whole == np.floor(whole)))
    return bool(is_whole and not np.any(value[:-1, 0] == BROKE))


def fitting(own: OwnFunction, rows: Table) -> Table:
    """The rows; none where one is of a place that the function does not have."""
    return rows if np.all(rows[:, 0] < len(own.sites)) else rows[:0]


@dataclass(frozen=True)
class Trace:
    """One call of a function, seen beside a right one.

    `rows` are the digests of its values, `right` those that occur on the right way; `met` is the
    number of different values of the right way that occur in it.
    """

    own: OwnFunction
    rows: Table
    right: np.ndarray[Any, np.dtype[np.bool_]] = field(repr=False)
    met: int = 0

    @cached_property
    def fine(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """The values that are right, or lead to a right value of the same statement."""
        fine = self.right.copy()
        wholes = self._wholes
        came: dict[int, bool] = {}  # whole of a statement → whether its next value is right
        for row in range(len(self.rows) - 1, -1, -1):
            place = int(self.rows[row, 0])
            if place == BROKE:
                continue
            whole = wholes[place]
            if whole == place:
                came[place] = bool(self.right[row])
            elif whole is None or came.get(whole, False):
                fine[row] = True
        return fine

    @cached_property
    def _wholes(self) -> list[int | None]:
        """For each expression the whole that its statement makes; None for a part of a target."""
        whole = {
            id(s.statement): n for n, s in enumerate(self.own.sites) if s.parent is s.statement
        }
        return [
            None if s.path.startswith("/target") else whole.get(id(s.statement), n)
            for n, s in enumerate(self.own.sites)
        ]

    @cached_property
    def status(self) -> dict[int, bool]:
        """Place of an expression → whether all its values occur on the right way."""
        found: dict[int, bool] = {}
        for place, right in zip(self.rows[:, 0].astype(int), self.fine, strict=True):
            found[place] = found.get(place, True) and bool(right)
        found.pop(BROKE, None)
        return found

    @cached_property
    def states(self) -> list[bool | None]:
        """Of each statement whether what it makes is right in all calls; None: nothing shows it.

        The parts of a sum and small whole numbers show nothing.
        """
        made = self._made
        parts = {id(s) for s in self.own.statements if _adds(s)}
        known: dict[int, bool] = {}
        for row, (right, small) in enumerate(
            zip(self.right, counters(self.rows[:, 1:]), strict=True)
        ):
            place = int(self.rows[row, 0])
            if place in made and not small:
                statement = id(self.own.sites[place].statement)
                known[statement] = known.get(statement, True) and bool(right)
        return [None if id(s) in parts else known.get(id(s)) for s in self.own.statements]

    @cached_property
    def nothing(self) -> int:
        """The number of expressions without any entry, and of operations that give only zeros."""
        kept = self.rows[self.rows[:, 0] != BROKE]
        has_axis = np.arange(3) < kept[:, 1:2] % CALL
        is_empty = np.any((kept[:, 2:5] == 0) & has_axis, axis=1)
        is_zero = np.all(kept[:, 5:] == 0, axis=1)
        found = 0
        for place in np.unique(kept[:, 0]):
            here = kept[:, 0] == place
            is_operation = isinstance(self.own.sites[int(place)].node, ast.BinOp)
            found += bool(is_empty[here].all() or (is_operation and is_zero[here].all()))
        return found

    @cached_property
    def _made(self) -> set[int]:
        """The places whose values are no part of another one of the same statement."""
        places = {int(place) for place in self.rows[:, 0]} - {BROKE}
        seen = {place: self.own.sites[place] for place in places}
        paths = {(id(site.statement), site.path) for site in seen.values()}
        return {
            place for place, site in seen.items()
            if not site.path.startswith("/target")
            and paths.isdisjoint((id(site.statement), above) for above in _above(site.path))
        }  # fmt: skip

    @cached_property
    def length(self) -> int:
        """The number of values before the first wrong one."""
        wrong = np.flatnonzero(~self.fine)
        return int(wrong[0]) if wrong.size else len(self.rows)

    @cached_property
    def first(self) -> Site | None:
        """The first expression whose value does not occur; the last one where a call broke off."""
        if self.length == len(self.rows):
            return None
        place = int(self.rows[self.length, 0])
        if place == BROKE:
            place = int(self.rows[self.length - 1, 0]) if self.length else BROKE
        return None if place == BROKE else self.own.sites[place]

    def mends(self, statement: ast.stmt) -> bool:
        """Whether a statement ran, and all its values are right."""
        if len(self.rows) and self.rows[-1, 0] == BROKE and self._ends_in(statement):
            return False
        places = [p for p, s in enumerate(self.own.sites) if s.statement is statement]
        known = [self.status[p] for p in places if p in self.status]
        return bool(known) and all(known)

    def _ends_in(self, statement: ast.stmt) -> bool:
        places = [int(place) for place in self.rows[:, 0] if place != BROKE]
        return bool(places) and self.own.sites[places[-1]].statement is statement


def _adds(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.AugAssign) and isinstance(statement.op, ast.Add | ast.Sub)


def _above(path: str) -> Iterator[str]:
    """The paths of what holds an expression."""
    while path := path.rpartition("/")[0]:
        yield path


def compared(own: OwnFunction, rows: Table, known: Table) -> Trace:
    """A call's trace beside the values of right versions."""
    rows = fitting(own, rows)
    broke = rows[:, 0] == BROKE
    if not len(rows) or not len(known):
        return Trace(own, rows, ~broke)
    right, met = counters(rows[:, 1:]), np.zeros(len(known), dtype=np.bool_)
    for call in np.unique(known[:, 0] // CALL):
        here, there = rows[:, 1] // CALL == call, known[:, 0] // CALL == call
        same = same_digests(rows[here, 1:], known[there])
        right[here] |= np.any(same, axis=1)
        met[there] = np.any(same[~broke[here]], axis=0)
    met &= ~counters(known)
    return Trace(own, rows, right & ~broke, int(np.count_nonzero(met)))


def same_digests(rows: Table, known: Table) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which digest (row) stands for the same value as which known one (column)."""
    most = max(1, MOST_PAIRS // max(1, len(known)))
    parts = [
        _same_digests(rows[n : n + most, None], known[None]) for n in range(0, len(rows), most)
    ]
    return np.concatenate([np.zeros((0, len(known)), dtype=np.bool_), *parts])


def same_in_turn(rows: Table, known: Table) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which digest stands for the same value as the one in the same row of the other table."""
    return _same_digests(rows, known)


def _same_digests(rows: Table, known: Table) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """The digests are along the last axis, and the other axes are broadcast."""
    shapes = np.all(rows[..., :4] == known[..., :4], axis=-1)
    with np.errstate(invalid="ignore", over="ignore"):
        gap = np.abs(rows[..., 4:] - known[..., 4:])
        size = np.abs(known[..., 4:])
        noise = TINY + NOISE * np.max(size, axis=-1, keepdims=True)
        close = np.all(gap <= noise + 1e-6 * size, axis=-1)
    both_nan = np.all(np.isnan(rows[..., 4:]) & np.isnan(known[..., 4:]), axis=-1)
    return np.asarray(shapes & (close | both_nan), dtype=np.bool_)


def counters(digests: Table) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which digests are of small whole numbers: these always count as right."""
    with np.errstate(invalid="ignore", over="ignore"):
        number = digests[:, 4]
        whole = (digests[:, 0] % CALL == 0) & (number >= -1) & (number <= SMALL) & (number % 1 == 0)
    return np.asarray(whole, dtype=np.bool_)


def tables(values: Sequence[Any]) -> Table:
    """The tables in a traced version's answers to several calls, one below the other."""
    ahead = np.eye(1, WIDTH, 1) * CALL
    found = (value + number * ahead for number, value in enumerate(values) if is_table(value))
    return np.concatenate([np.zeros((0, WIDTH)), *found])


def names_at_end(own: OwnFunction, rows: Table) -> dict[str, tuple[float, ...]]:
    """What each variable held when it was last read, as a digest; without small whole numbers."""
    found = {}
    for row in rows:
        node = own.sites[int(row[0])].node if row[0] != BROKE else None
        if isinstance(node, ast.Name):
            found[node.id] = tuple(float(f"{number:.6g}") for number in row[1:])
    return {
        n: v for n, v in found.items() if v[0] % CALL or not (v[4].is_integer() and abs(v[4]) < 100)
    }


def dearer(own: OwnFunction, trace: Trace | None) -> Sequence[float]:
    """How much likelier it is, for each expression, that the slip is somewhere else."""
    if trace is None or trace.first is None:
        return [0.0] * len(own.sites)
    first = trace.first.statement
    feeding = names_in(first)
    places = {(id(s.statement), s.path): n for n, s in enumerate(own.sites)}
    turning = _turning(own) if trace.rows[-1, 0] == BROKE else set()
    found = []
    for site in own.sites:
        known = list(_upwards(site, places, trace.status))
        if not known:
            cost = 0.0 if site.statement is first else LATER
        elif all(known):
            feeds = target_of(site.statement) in feeding and site.statement is not first
            cost = FEEDS if feeds else CLEAN if site.statement is not first else BESIDE
        else:
            cost = 0.0 if site.statement is first else LATER
        found.append(min(cost, TURNS) if id(site.statement) in turning else cost)
    return found


def _turning(own: OwnFunction) -> set[int]:
    """The heads of loops, and the right sides of the variables that they count to."""
    loops = [s for s in own.statements if isinstance(s, ast.For)]
    counted = set().union(*(names_in(loop.iter) for loop in loops))
    filling = (s for s in own.statements if target_of(s) in counted)
    return {id(s) for s in (*loops, *filling)}


TURNS = 0.4  # how often a loop turns, where an exception ends a call: counters look right
CLEAN = 1.6  # what an edit costs more where the value is right
BESIDE = 1.1  # in the same statement: the value is right, what is done with it may not be
FEEDS = 1.0  # where it is right and goes into the first one that is not
LATER = 1.0  # and behind the first value that is not


def _upwards(site: Site, places: dict[Any, int], status: dict[int, bool]) -> Iterator[bool]:
    """The status of the expression itself and of those that hold it, the nearest two."""
    path, given = site.path, 0
    while path and given < 2:
        place = places.get((id(site.statement), path))
        if place is not None and place in status:
            given += 1
            yield status[place]
        path = path.rpartition("/")[0]
