"""A fact from what a function gives to others: `forward_propagation` is called with a value that no
right version gives it, and never with one that all of them do."""

from __future__ import annotations

import ast
import copy
import inspect
import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from autograder.handout.words import Text
from autograder.judge.calls import Call, call_open
from autograder.judge.judge import Judge
from autograder.repair.places import OwnFunction
from autograder.repair.statements import Donor
from autograder.repair.traces import WIDTH, Table, is_table
from autograder.repair.trying import Trials

GIVEN = (
    "What `{function}` is given as `{name}` is not always what it should be given: look at how "
    "that is made."
)
GIVEN_HERE = (
    "Line {line}: what `{function}` is given here as `{name}` is not always what it should be "
    "given: look at how that is made."
)
FEWEST = 2  # calls that show it, where there are so many
MOST_CALLS = 6
MOST_ROWS = 800  # of a call that are looked at
NEAR = 1e-10  # of a digest: a step of 1e-7 in one of many numbers is another value
MOST_ARGUMENTS = 8
RECORDING = """
import numpy as _np_
_rows_ = []
def _flat_(value):
    if isinstance(value, dict):
        return _np_.concatenate([_np_.ravel(value[k]) for k in sorted(value)])
    return _np_.asarray(value)
def _watched_(place, names, function):
    def watched(*args, **kwargs):
        for name, value in [*zip(names, args), *kwargs.items()]:
            try:
                a = _flat_(value)
                if name in names and a.dtype.kind in "biuf" and a.ndim < 4 and a.size < 20000:
                    number = place * {most} + names.index(name)
                    flat = a.astype(float).ravel()
                    waves = _np_.cos(1.0 + _np_.arange(flat.size))
                    shape = list(a.shape) + [0] * (3 - a.ndim)
                    if len(_rows_) < 4000:
                        _rows_.append(
                            [number, a.ndim, *shape, float(flat.sum()), float(flat @ waves)])
            except Exception:
                pass
        return function(*args, **kwargs)
    return watched
""".replace("{most}", str(MOST_ARGUMENTS))


class HandedOver:
    """What right versions give to other functions of the notebook; kept for a class."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._known: dict[tuple[str, str], list[Table]] = {}

    def said(self, own: OwnFunction, trials: Trials, donors: Sequence[Donor]) -> Text | None:
        """The sentence on the first argument that is wrong, by what a few calls show."""
        functions = self._functions(donors)
        watching = HandingOver(own, functions)
        if not watching.nodes or _reads(own) & set(trials.doubtful):
            return None
        calls = {k: c for k, c in trials.telling_calls.items() if k.endswith(" 0")}
        calls = dict([*calls.items()][:MOST_CALLS])
        [found] = trials.tables_of_calls([watching.source], list(calls.values())) or [[]]
        shown: dict[tuple[str, str], list[ast.Name]] = {}
        for (key, call), rows in zip(calls.items(), found, strict=False):
            right = self._right(own.name, key, call, donors, functions)
            for node, name in watching.first_wrong(rows, right):
                shown.setdefault((node.id, name), []).append(node)
        return _told(own, watching, shown, min(FEWEST, len(calls)))

    def _functions(self, donors: Sequence[Donor]) -> dict[str, list[str]]:
        """The functions of the notebook that the solution reads, with their parameters."""
        space = vars(self._judge.reference)
        names = _reads(donors[0].function)
        known = {n: space[n] for n in sorted(names) if inspect.isfunction(space.get(n))}
        return {n: list(inspect.signature(f).parameters) for n, f in known.items()}

    def _right(
        self, name: str, key: str, call: Call, donors: Sequence[Donor],
        functions: Mapping[str, Sequence[str]],
    ) -> list[Table]:  # fmt: skip
        """What each right version gives in a call; the numbers of places are those of functions."""
        if (name, key) not in self._known:
            found = []
            for donor in donors:
                watching = HandingOver(donor.function, functions)
                rows = self._table(name, watching.source, call)
                rows[:, 0] = watching.numbers(rows)
                found.append(rows[:MOST_ROWS])
            self._known[name, key] = found
        return self._known[name, key]

    def _table(self, name: str, source: str, call: Call) -> Table:
        space = dict(vars(self._judge.reference))
        exec(compile(source, f"<recorded {name}>", "exec"), space)
        args, kwargs = copy.deepcopy((call.args, dict(call.kwargs)))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = call_open(space, name, args, kwargs, seed=call.seed, stand_ins=call.stand_ins)
        return result.value if is_table(result.value) else np.zeros((0, WIDTH))


class HandingOver(ast.NodeTransformer):
    """A version of a function that answers with what it gives to other functions."""

    def __init__(self, own: OwnFunction, functions: Mapping[str, Sequence[str]]) -> None:
        mine = {*own.variables, *own.neighbours}  # such a name means something of the student's
        self._functions = {
            n: list(p)[:MOST_ARGUMENTS] for n, p in functions.items() if n not in mine
        }
        self._names = list(self._functions)
        self._inside = 0
        self.nodes: list[ast.Name] = []  # where other functions are read
        self.apart: set[ast.Name] = set()  # those inside of a function or lambda
        node = OwnFunction(own.with_splices(), own.name).node
        node.body = [self.visit(statement) for statement in node.body]
        answer = ast.parse(f"_np_.array(_rows_, dtype=float).reshape(-1, {WIDTH})", mode="eval")
        ended = ast.parse("try:\n    pass\nexcept Exception:\n    pass").body[0]
        assert isinstance(ended, ast.Try)
        ended.body, ended.finalbody = node.body, [ast.Return(value=answer.body)]
        node.body = [*ast.parse(RECORDING).body, ended]
        node.decorator_list = []
        self.source = ast.unparse(ast.fix_missing_locations(node)) + "\n"

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id not in self._functions or not isinstance(node.ctx, ast.Load):
            return node
        self.nodes.append(node)
        if self._inside:
            self.apart.add(node)
        names = ast.List([ast.Constant(n) for n in self._functions[node.id]], ast.Load())
        given = [ast.Constant(len(self.nodes) - 1), names, node]
        return ast.Call(ast.Name("_watched_", ast.Load()), given, [])

    def generic_visit(self, node: ast.AST) -> ast.AST:
        is_apart = isinstance(node, ast.FunctionDef | ast.Lambda)
        self._inside += is_apart
        found = super().generic_visit(node)
        self._inside -= is_apart
        return found

    def numbers(self, rows: Table) -> Table:
        """For each row the number of function and argument, in place of that of the place."""
        places, arguments = divmod(rows[:, 0].astype(int), MOST_ARGUMENTS)
        of_place = [self._names.index(node.id) for node in self.nodes]
        kept = np.clip(places, 0, len(of_place) - 1)
        found: Table = np.array(of_place, dtype=float)[kept] * MOST_ARGUMENTS + arguments
        return found

    def _fitting(self, rows: Table) -> Table:
        """The first rows; none where one is of a place that the function does not have."""
        rows = rows[:MOST_ROWS]
        with np.errstate(invalid="ignore"):  # a student's process may send what is no number
            places, arguments = divmod(rows[:, 0].astype(int), MOST_ARGUMENTS)
        counts = [len(self._functions[node.id]) for node in self.nodes]
        fit = all(
            0 <= place < len(counts) and argument < counts[place]
            for place, argument in zip(places, arguments, strict=True)
        )
        return rows if fit else rows[:0]

    def first_wrong(self, rows: Table, right: Sequence[Table]) -> Iterator[tuple[ast.Name, str]]:
        """The first value that no right version gives, where one is missing that all of them give.

        Both are of one shape: what is calculated in another way altogether is no such value.
        """
        rows = self._fitting(rows)
        if not len(rows):
            return
        numbers = np.column_stack([self.numbers(rows), rows[:, 1:]])
        held = [_held(numbers, table) for table in right]
        for number, row in enumerate(numbers):
            giving = [n for n, t in enumerate(right) if np.any(t[:, 0] == row[0])]
            if not giving or any(held[n][number] for n in giving):
                continue
            first, *others = (right[n] for n in giving)  # versions that give it something, too
            wanted = first[np.all(first[:, :5] == row[:5], axis=1)]
            for other in others:
                wanted = wanted[_held(wanted, other)]
            if not _held(wanted, numbers).all():
                place, argument = divmod(int(rows[number, 0]), MOST_ARGUMENTS)
                node = self.nodes[place]
                yield node, self._functions[node.id][argument]
                return


def _held(rows: Table, table: Table) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which of some rows a table holds."""
    same = np.all(rows[:, None, :5] == table[None, :, :5], axis=2)
    with np.errstate(invalid="ignore", over="ignore"):
        gap = np.abs(rows[:, None, 5:] - table[None, :, 5:])
        same &= np.all(gap <= NEAR * (1 + np.abs(rows[:, None, 5:])), axis=2)
    found: np.ndarray[Any, np.dtype[np.bool_]] = np.any(same, axis=1)
    return found


def _reads(own: OwnFunction) -> set[str]:
    return {n.id for n in ast.walk(own.bare) if isinstance(n, ast.Name)}


def _told(
    own: OwnFunction, watching: HandingOver, shown: Mapping[tuple[str, str], Sequence[ast.Name]],
    fewest: int,
) -> Text | None:  # fmt: skip
    for (function, name), nodes in shown.items():
        if len(nodes) < fewest:
            continue
        lines = {node.lineno for node in nodes}
        if len(lines) > 1 or watching.apart & set(nodes):
            return Text(GIVEN, function=function, name=name)
        line = min(lines) + own.first_line - 1
        return Text(GIVEN_HERE, line=line, function=function, name=name)
    return None
