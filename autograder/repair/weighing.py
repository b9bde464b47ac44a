"""Which of several repairs was meant, by the values on the way of the repaired functions.

An edit that makes good elsewhere what a slip has spoilt leaves the wrong value where it is, or
makes another one wrong. An edit of the slip itself leaves what right versions compute, too.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace

from autograder.repair.candidates import Edit
from autograder.repair.places import OwnFunction, Splice, target_of
from autograder.repair.traces import Trace, compared, names_at_end, traced
from autograder.repair.trying import Trials
from autograder.repair.ways import Way, Ways

LEFT = 2.0  # added to the cost of a repair for every statement that it leaves wrong
TO_NOTHING = 1.5  # and where it lets something vanish, as x - x does
MOST_OF_ONE, MOST_OF_ALL = 2, 8  # calls of one check, and of all, that are looked at


class Evidence:
    """The values on the way of a function and of its repairs, in the calls of several checks."""

    def __init__(self, own: OwnFunction, trials: Trials, ways: Ways) -> None:
        self._own = own
        self._trials = trials
        self._calls = trials.known_calls(MOST_OF_ONE, MOST_OF_ALL)
        calls = [call for call, _ in self._calls] or trials.calls
        checks = trials.known_checks if self._calls else trials.check
        self._way: Way = ways.way(own, f"first of {checks}", calls)
        self._known: dict[tuple[Splice, ...], Trace | None] = {}

    def weighed(self, found: Sequence[Edit]) -> list[Edit]:
        """The repairs, dearer by what they leave wrong more than the best one of them."""
        self._look(found)
        dearer = [LEFT * self._wrong(e) + TO_NOTHING * self.vanishes(e) for e in found]
        least = min(dearer, default=0.0)
        return [
            replace(e, cost=e.cost + more - least) for e, more in zip(found, dearer, strict=True)
        ]  # fmt: skip

    def left(self, edit: Edit) -> list[ast.stmt]:
        """The student's statements outside of an edit that are wrong before and after it."""
        self._look([edit])
        before, after = self._known.get(()), self._known.get(edit.splices)
        if before is None or after is None:
            return []
        if len(before.states) != len(after.states):
            return []
        states = zip(self._own.statements, before.states, after.states, strict=True)
        return [
            s for s, old, new in states
            if old is False and new is False and s.lineno not in edit.lines
        ]  # fmt: skip

    def vanishes(self, edit: Edit) -> bool:
        """Whether there is nothing in the repaired function where there was something."""
        self._look([edit])
        before, after = self._known.get(()), self._known.get(edit.splices)
        return before is not None and after is not None and after.nothing > before.nothing

    def holds(self, name: str) -> bool:
        """Whether a variable holds in the end what one of a right version does."""
        before = self._known.get(())
        held = names_at_end(self._own, before.rows).get(name) if before is not None else None
        return any(held in donor.values() for donor in self._way.names)

    def _wrong(self, edit: Edit) -> int:
        """How many statements a repair leaves wrong, or makes wrong.

        What a term has left unread that should not be there does not count.
        """
        trace = self._known.get(edit.splices)
        if trace is None:
            return 0
        wrong = [
            s for s, state in zip(trace.own.statements, trace.states, strict=True) if state is False
        ]  # fmt: skip
        is_less = edit.kind.endswith("extra")
        return sum(not is_less or not _is_unread(trace.own, s) for s in wrong)

    def _look(self, found: Sequence[Edit]) -> None:
        """Trace the function and its repairs, those that are not known yet."""
        versions: list[OwnFunction] = []
        sources: list[str] = []
        places: list[tuple[Splice, ...]] = []
        for splices in dict.fromkeys([(), *(edit.splices for edit in found)]):
            if splices in self._known:
                continue
            self._known[splices] = None
            try:
                version = OwnFunction(self._own.with_splices(splices), self._own.name)
                sources.append(traced(version))
            except (SyntaxError, LookupError, ValueError):
                continue
            versions.append(version)
            places.append(splices)
        rows = self._trials.tables(sources, self._calls) if sources else []
        for splices, version, table in zip(places, versions, rows, strict=False):
            if len(table):
                self._known[splices] = compared(version, table, self._way.values)


def _is_unread(own: OwnFunction, statement: ast.stmt) -> bool:
    return bool(target_of(statement)) and not own.read[target_of(statement)]
