"""One slip after the other, along the way of the values: where no edit repairs all.

An edit where a function goes astray that gives the variable its right value, in every call, mends
one slip for certain, whatever is wrong behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from autograder.judge.calls import Call
from autograder.repair.candidates import VAGUE, Edit
from autograder.repair.localizing import Astray, astray, gets_right
from autograder.repair.pairing import LETS_GO
from autograder.repair.places import OwnFunction
from autograder.repair.right_versions import RightVersion
from autograder.repair.traces import traced
from autograder.repair.trying import BATCH, Trials
from autograder.repair.ways import Ways

MOST_TRACED = 300  # edits of the statements where a function goes astray
MOST_TRACED_ALONE = 60  # where every call is made by itself


@dataclass(frozen=True)
class Mended:
    """Where a function goes astray, and the edits that put that right; perhaps none does."""

    own: OwnFunction
    astray: Astray
    edits: Sequence[Edit]


class Mending:
    """Finds where versions of one function go astray."""

    def __init__(self, trials: Trials, ways: Ways, is_over: Callable[[], bool]) -> None:
        self._trials = trials
        self._ways = ways
        self._is_over = is_over

    def mended(self, own: OwnFunction, candidates: Callable[[], Sequence[Edit]]) -> Mended | None:
        """Where a function goes astray, and which of the candidates put it right."""
        if not self._trials.telling_calls or self._is_over():
            return None
        right = self._ways.in_calls(own, self._trials.telling_calls)
        calls = list(self._trials.telling_calls.values())
        rows = self._trials.tables_of_calls([traced(own)], calls)
        if not rows or len(rows[0]) < len(calls):
            return None
        found = astray(own, list(zip(rows[0], right, strict=True)), self._trials.doubtful)
        if found is None:
            return None
        edits = list(self._edits(own, found, calls, right, candidates())) if found.name else []
        return Mended(own, found, edits)

    def _edits(
        self, own: OwnFunction, found: Astray, calls: Sequence[Call],
        right: Sequence[Sequence[RightVersion]], candidates: Sequence[Edit],
    ) -> Iterator[Edit]:  # fmt: skip
        lines = {
            n for s in found.statements for n in range(s.lineno, (s.end_lineno or s.lineno) + 1)
        }
        most = MOST_TRACED if self._trials.is_quick else MOST_TRACED_ALONE
        here = [e for e in candidates if set(e.lines) <= lines][:most]
        here = [e for e in here if e.kind not in (*VAGUE, *LETS_GO)]
        one = found.call
        for start in range(0, len(here), BATCH):
            if self._is_over():
                return
            batch = here[start : start + BATCH]
            near = self._right(own, found.name, batch, calls[one : one + 1], right[one : one + 1])
            yield from self._right(own, found.name, list(near), calls, right)

    def _right(
        self, own: OwnFunction, name: str, edits: Sequence[Edit], calls: Sequence[Call],
        right: Sequence[Sequence[RightVersion]],
    ) -> Iterator[Edit]:  # fmt: skip
        """The edits with which a variable gets its value in all of these calls."""
        versions = {}
        for edit in edits:
            try:
                version = OwnFunction(own.with_splices(edit.splices), own.name)
                versions[traced(version)] = edit, version
            except (SyntaxError, LookupError, ValueError):
                continue
        rows = self._trials.tables_of_calls(list(versions), calls) if versions else []
        for (edit, version), tables in zip(versions.values(), rows, strict=False):
            if len(tables) == len(calls) and gets_right(version, name, tables, right):
                yield edit
