"""The right ways through a function: pieces of right versions, and the values they have on the way.

Everything here is run by the judge, on the solution and the author's alternatives. It is the same
for every student and kept for a class.
"""

from __future__ import annotations

import copy
import inspect
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from autograder.graders.misconceptions import alternatives
from autograder.judge.calls import Call, call_open
from autograder.judge.judge import Judge
from autograder.repair.layouts import other_layouts, turns
from autograder.repair.places import OwnFunction
from autograder.repair.right_versions import RightVersion
from autograder.repair.statements import Donor
from autograder.repair.traces import WIDTH, Table, names_at_end, tables, traced

Digest = tuple[float, ...]


@dataclass(frozen=True)
class Way:
    """The values of all right versions in some calls; of each donor, what its variables held."""

    values: Table
    names: Sequence[Mapping[str, Digest]]


class Ways:
    """Right versions of the functions of one assignment."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._donors: dict[str, list[Donor]] = {}
        self._known: dict[tuple[str, str, bool], Way] = {}
        self._in_calls: dict[tuple[str, str, bool], list[RightVersion]] = {}

    def donors(self, name: str) -> list[Donor]:
        """The solution's version of a function, then the author's alternatives."""
        if name not in self._donors:
            original = inspect.getsource(getattr(self._judge.reference, name))
            versions = alternatives(self._judge.course, self._judge.assignment)
            texts = [original, *(v.source(original) for v in versions if v.function == name)]
            self._donors[name] = list(_donors(texts, name))
        return self._donors[name]

    def way(self, own: OwnFunction, check: str, calls: Sequence[Call]) -> Way:
        """What right versions of a function do in the calls of a check.

        Where it transposes something, their values in other layouts are as right.
        """
        name, is_turned = own.name, turns(own)
        key = (name, check, is_turned)
        if key not in self._known:
            found = [self._table(donor, name, calls) for donor in self.donors(name)]
            every = list(found)
            for donor, table in zip(self.donors(name), found, strict=True):
                every += self._in_other_layouts(donor, name, calls, table) if is_turned else ()
            values = np.concatenate([t[:, 1:] for t in every] or [np.zeros((0, WIDTH - 1))])
            names = [
                names_at_end(donor.function, table)
                for donor, table in zip(self.donors(name), found, strict=True)
            ]
            self._known[key] = Way(np.unique(values, axis=0), names)
        return self._known[key]

    def in_calls(self, own: OwnFunction, calls: Mapping[str, Call]) -> list[list[RightVersion]]:
        """The right versions of a function in each of some calls, which go by names of their own.

        With their values in other layouts where the function transposes something.
        """
        name, is_turned = own.name, turns(own)
        for key, call in calls.items():
            if (name, key, is_turned) not in self._in_calls:
                self._in_calls[name, key, is_turned] = [
                    self._right_version(donor, name, call, is_turned) for donor in self.donors(name)
                ]
        return [self._in_calls[name, key, is_turned] for key in calls]

    def _right_version(self, donor: Donor, name: str, call: Call, is_turned: bool) -> RightVersion:
        rows = self._table(donor, name, [call])
        if not is_turned:
            return RightVersion(donor.function, rows)
        layouts = self._in_other_layouts(donor, name, [call], rows)
        return RightVersion(donor.function, rows, layouts)

    def _in_other_layouts(
        self, donor: Donor, name: str, calls: Sequence[Call], rows: Table
    ) -> Sequence[Table]:
        return other_layouts(rows, self._table(donor, name, calls, turned=True))

    def _table(
        self, donor: Donor, name: str, calls: Sequence[Call], *, turned: bool = False
    ) -> Table:
        space = dict(vars(self._judge.reference))
        try:
            text = traced(donor.function, turned=turned)
            exec(compile(text, f"<traced {name}>", "exec"), space)
        except (SyntaxError, ValueError):
            return tables([])
        found = []
        for call in calls:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # an author's slow way is as right as others
                result = call_open(
                    space, name, copy.deepcopy(call.args), copy.deepcopy(dict(call.kwargs)),
                    seed=call.seed, stand_ins=call.stand_ins,
                )  # fmt: skip
            found.append(result.value)
        return tables(found)


def by_value(donor: Mapping[str, Digest], student: Mapping[str, Digest]) -> dict[str, str]:
    """A donor's variables → the student's that held the same, where only one did."""
    holders: dict[Digest, list[str]] = {}
    for name, value in student.items():
        holders.setdefault(value, []).append(name)
    found = {}
    for name, value in donor.items():
        own = holders.get(value, [])
        if name in own:
            found[name] = name
        elif len(own) == 1:
            found[name] = own[0]
    return found


def _donors(texts: Sequence[str], name: str) -> Iterator[Donor]:
    for text in texts:
        try:
            yield Donor(text, name)
        except (SyntaxError, LookupError):
            continue
