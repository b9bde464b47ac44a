"""The search for a repair of one function: one edit, or two where one does not do."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from autograder.judge.hint_matching import WrongVersion
from autograder.repair.candidates import BETTER, VAGUE, Clues, Edit, by_cost, cheapest, edits
from autograder.repair.holding import most_versions
from autograder.repair.leaving_out import without
from autograder.repair.mending import Mended, Mending
from autograder.repair.pairing import (
    LETS_GO,
    EditPair,
    Half,
    independent,
    partial_repairs,
    within,
)
from autograder.repair.places import (
    OwnFunction,
    in_original,
    original_line,
    overlap,
    returned,
    target_of,
)
from autograder.repair.traces import BROKE, LATER, Trace, compared, dearer, names_at_end, traced
from autograder.repair.trying import BATCH, Trials
from autograder.repair.ways import Way, Ways, by_value

ANEW = ("missing", "missing below")  # with another edit: half of the function written anew
FEW = 8  # statements of a function in which any two edits are tried
MOST_FIRST = 6  # first edits from which a second one is looked for
MOST_BETTER = 3  # and such as are known by what they make right in the answers
DEEPER = ((12, 11), (3, 2))  # part of the edits that are tried behind how many first ones
MOST_TRACED = 400  # edits whose values on the way are looked at
MOST_TRACED_ALONE = 60  # where every call is made by itself


class Search:
    """Tries versions of a function, up to a number, and stops when the time is over."""

    def __init__(
        self, own: OwnFunction, trials: Trials, ways: Ways, most: int, is_late: Callable[[], bool],
        breaks_off: Callable[[], bool] | None = None, known: Sequence[WrongVersion] | None = None,
    ) -> None:  # fmt: skip
        """`breaks_off` ends the search for one edit, before two are looked for.

        With `known` wrong versions it is noted what the versions repair that do not repair all.
        """
        self._own = own
        self._trials = trials
        self._ways = ways
        self._most = most_versions(own, most)
        self._is_late = is_late
        self._breaks_off = breaks_off or is_late
        self._noted = known
        self.tried: dict[str, Edit] = {}  # versions, each with the edit that makes it
        self.better: Collection[str] = ()  # those that make more right in a few calls

    @cached_property
    def trace(self) -> Trace | None:
        """The values on the way beside those of right versions."""
        tables = self._trials.tables([traced(self._own)])
        if not tables or not len(tables[0]):
            return None
        return compared(self._own, tables[0], self._way.values)

    def is_right(self, statement: ast.stmt) -> bool:
        """Whether all values of a statement occur on the right way."""
        return self.trace is not None and self.trace.mends(statement)

    @cached_property
    def _way(self) -> Way:
        return self._ways.way(self._own, self._trials.check, self._trials.calls)

    @cached_property
    def _candidates(self) -> list[Edit]:
        donors = self._ways.donors(self._own.name)
        return edits(self._own, donors, self._most, self._known)

    @cached_property
    def _right(self) -> frozenset[Any]:
        """Places of what is returned that are right already."""
        return next(iter(self._trials.right_places([self._own.with_splices()])), frozenset())

    @cached_property
    def _known(self) -> Clues:
        """Where the slip can hardly be, and which variables hold what the solution's hold."""
        settled = {name for place, name in returned(self._own).items() if place in self._right}
        if self.trace is None:
            return Clues(settled)
        held = names_at_end(self._own, self.trace.rows)
        names = [by_value(donor, held) for donor in self._way.names]
        first = self.trace.first
        unsettled = _of_unsettled(self._own, settled)
        if first is not None:
            unsettled = [s for s in unsettled if _is_filled_before(s, first.statement)]
        wrong = [first.statement, *unsettled] if first else unsettled
        lines = (line for s in wrong for line in range(s.lineno, last_line(s) + 1))
        costs = dearer(self._own, self.trace)
        costs = _cheap_in(unsettled, self._own, costs if first or not wrong else None)
        return Clues(settled, costs, names, frozenset(lines), astray=first is None)

    @property
    def _is_over(self) -> bool:
        return self._trials.is_over or self._is_late()

    def singles(self) -> Iterator[Edit]:
        """The cheapest edits that repair, with others of about the same cost."""
        own, trials = self._own, self._trials
        trials.screen(own.with_splices())
        trials.notes = None
        if self._noted is not None:
            trials.note(own.with_splices(), self._noted)
            assert trials.notes is not None
            self.better = trials.notes.better  # more and more of them
        best: float | None = None
        for group in by_cost(self._candidates):
            for start in range(0, len(group), BATCH):
                batch = {}
                for edit in group[start : start + BATCH]:
                    source = own.with_splices(edit.splices)
                    is_dear = best is not None and edit.cost >= best + BETTER
                    if source not in self.tried and source != own.with_splices() and not is_dear:
                        self.tried[source] = batch[source] = edit
                sources = list(batch)
                for place in trials.promising(sources) if sources else ():
                    if trials.passes_all(sources[place]):
                        best = min(best or 99.0, batch[sources[place]].cost)
                        yield batch[sources[place]]
                if self._is_over or self._breaks_off():
                    return
            if best is not None and group[-1].cost >= best + BETTER:
                return

    def simplest(self, edit: Edit) -> Edit:
        """The edit, or the removal of what stands around it, where that repairs as well."""
        versions = {self._own.with_splices(e.splices): e for e in without(self._own, edit)}
        sources = list(versions)
        for place in self._trials.promising(sources) if sources else ():
            if self._trials.passes_all(sources[place]):
                return versions[sources[place]]
        return edit


class PairSearch(Search):
    """Looks for two edits where none repairs alone."""

    def two_apart(self) -> EditPair | None:
        """Two edits, each of which repairs other parts of the answers."""
        return independent(self._own, self._trials, self.tried, self.is_right)

    def two_within(self, lines: Collection[int]) -> EditPair | None:
        """Two edits in a few lines of the function."""
        near = [e for e in self._candidates if set(e.lines) <= set(lines)]
        return within(self._own, self._trials, near, self.is_right, lambda: self._is_over)

    def along(self) -> EditPair | None:
        """An edit that puts right where the function goes astray, and one for what is left."""
        first = self.astray
        if first is None or not first.edits:
            return None
        half = self._second(cheapest(first.edits), self._most // DEEPER[1][0])
        if not half.edits:
            return None
        source = half.own.with_splices(cheapest(half.edits).splices)
        return EditPair((Half(self._own, first.edits, self.is_right), half), source)

    @cached_property
    def astray(self) -> Mended | None:
        """Where the function goes astray, with the edits that put that right."""
        return self._mending.mended(self._own, lambda: self._candidates)

    def astray_behind(self, first: Edit) -> Mended | None:
        """Where it goes astray when an edit has been made."""
        if not keeps_lines(self._own, first):
            return None
        own = OwnFunction(self._own.with_splices(first.splices), self._own.name)
        inner = Search(own, self._trials, self._ways, self._most, self._is_late)
        return self._mending.mended(own, lambda: inner._candidates)

    @property
    def _mending(self) -> Mending:
        return Mending(self._trials, self._ways, lambda: self._is_over)

    def anywhere(self) -> EditPair | None:
        """Two of the cheapest edits, of a function of a few lines."""
        if len(self._own.statements) > FEW:
            return None
        found = within(
            self._own, self._trials, self._candidates, self.is_right, lambda: self._is_over
        )
        if found is None:
            return None
        one, other = (cheapest(half.edits) for half in found.halves)
        return None if set(one.lines) & set(other.lines) else found

    def pair(self) -> EditPair | None:
        """Two edits that repair together; such as say no more than a line where there are no other.

        After the first one, the first wrong value or more of the answers are right.
        """
        firsts = self._firsts()
        vague: EditPair | None = None
        for share, count in DEEPER:
            for first in firsts[:count]:
                if (pair := self._behind(first, self._most // share)) is not None:
                    if not any(cheapest(half.edits).kind in VAGUE for half in pair.halves):
                        return pair
                    vague = vague or pair
                if self._is_over:
                    return vague
        return vague

    def _behind(self, first: Edit, most: int) -> EditPair | None:
        """A second edit behind a first one, and the first one looked for anew."""
        half = self._second(first, most)
        if not half.edits:
            return None
        source = half.own.with_splices(cheapest(half.edits).splices)
        return EditPair((self._first_anew(first, cheapest(half.edits)), half), source)

    def _second(self, first: Edit, most: int) -> Half:
        """The edits that repair what a first one leaves."""
        own = OwnFunction(self._own.with_splices(first.splices), self._own.name)
        self._trials.aim(own.with_splices())
        inner = Search(own, self._trials, self._ways, most, self._is_late)
        second = tuple(e for e in inner.singles() if _go_together(self._own, first, e))
        return Half(own, second, inner.is_right, first.splices)

    def proof(self, first: Edit) -> str:
        """The function with an edit and a second one in other lines, which repair it together."""
        own, trials, notes = self._own, self._trials, self._trials.notes
        half = self._second(first, self._most // DEEPER[0][0])
        trials.notes = notes
        trials.aim(own.with_splices())
        trials.screen(own.with_splices())
        ahead = own.first_line - half.own.first_line
        for edit in sorted(half.edits, key=lambda e: e.cost):
            lines = {original_line(own, first.splices, line + ahead) for line in edit.lines}
            if edit.kind not in (*VAGUE, *LETS_GO) and not lines & set(first.lines):
                return half.own.with_splices(edit.splices)
        return ""

    def unhidden(self, pair: EditPair) -> EditPair:
        """The pair with the edit first that repairs what raises an exception, where one does."""
        if len(pair.halves) != 2:
            return pair  # found along the way
        first, second = pair.halves
        version = second.own
        if version is self._own:
            splices = cheapest(first.edits).splices
            version = OwnFunction(self._own.with_splices(splices), self._own.name)
        tables = self._trials.tables([traced(version)])
        still = bool(tables and len(tables[0]) and tables[0][-1, 0] == BROKE)
        return EditPair((second, first), pair.source) if still else pair

    def _first_anew(self, first: Edit, second: Edit) -> Half:
        """The first edit, looked for again where the second slip is mended."""
        splices = in_original(self._own, first.splices, second.splices)
        if splices is None or not keeps_lines(self._own, replace(second, splices=splices)):
            return Half(self._own, (first,), self.is_right)
        own = OwnFunction(self._own.with_splices(splices), self._own.name)
        self._trials.aim(own.with_splices())
        alone = Search(own, self._trials, self._ways, self._most // DEEPER[0][0], self._is_late)
        found = tuple(alone.singles())
        if not found or cheapest(found).cost > first.cost + BETTER:
            return Half(self._own, (first,), self.is_right)
        return Half(own, found, alone.is_right, splices)

    def _firsts(self) -> list[Edit]:
        """Edits that repair one of two slips, it seems; the most promising first."""
        mending, further = self._firsts_by_trace()
        traced_ones = [*mending[:MOST_FIRST], *further][: MOST_FIRST + 2]
        better = partial_repairs(self._own, self._trials, self.tried)[:MOST_BETTER]
        return list(dict.fromkeys([*traced_ones[:MOST_BETTER], *better, *traced_ones]))

    def _firsts_by_trace(self) -> tuple[list[Edit], list[Edit]]:
        """Edits that mend the statement of the first wrong value, and that lead further only."""
        if self.trace is None or self.trace.first is None:
            return [], []
        statement = self.trace.first.statement
        number = self._own.statements.index(statement)
        most = MOST_TRACED if self._trials.is_quick else MOST_TRACED_ALONE
        here = _of_statement(self._own, statement, self._candidates)[:most]
        ranked = []
        for start in range(0, len(here), BATCH):
            batch = here[start : start + BATCH]
            for edit, trace in _traced(self._own, self._trials, self._way, batch):
                if trace.length > self.trace.length:
                    ranked.append((*_rank(trace, self.trace, number), edit.cost, edit))
            if self._is_over:
                break
        ranked.sort(key=lambda item: item[:-1])
        return [i[-1] for i in ranked if not i[0]], [i[-1] for i in ranked if i[0]]


def _of_statement(own: OwnFunction, statement: ast.stmt, found: Sequence[Edit]) -> list[Edit]:
    """Edits of one statement, and of a seed above it."""
    calls = {s.lineno for s in own.statements if isinstance(s, ast.Expr)}
    above = {line for line in calls if line < statement.lineno}
    within = set(range(statement.lineno, last_line(statement) + 1))
    return [
        e for e in found
        if not (above if e.kind == "constant" else within).isdisjoint(e.lines)
        and e.kind not in ANEW and keeps_lines(own, e)
    ]  # fmt: skip


def _rank(trace: Trace, before: Trace, number: int) -> tuple[bool, bool, int]:
    """How promising an edit of a statement is, by the values that it brings; the least is best.

    One that mends the statement is; of these one that brings a value which was not there already,
    and one after which more is right: the same slip in two lines goes further. Where none mends it,
    there are two slips in one statement.
    """
    if not trace.mends(trace.own.statements[number]):
        return True, False, -trace.length
    return False, trace.met <= before.met, -_reached(trace)


def _reached(trace: Trace) -> int:
    """Up to which statement everything is right."""
    statements = trace.own.statements
    return statements.index(trace.first.statement) if trace.first else len(statements)


def _of_unsettled(own: OwnFunction, settled: Collection[str]) -> list[ast.stmt]:
    """What returns several things, and what fills those that are wrong, where some are right."""
    places = returned(own)
    wrong = set(places.values()) - set(settled)
    return [
        s for s in own.statements
        if (settled and target_of(s) in wrong) or (places and isinstance(s, ast.Return))
    ]  # fmt: skip


def _cheap_in(
    likely: Sequence[ast.stmt], own: OwnFunction, costs: Sequence[float] | None
) -> list[float]:
    """The costs of all expressions, none in likely statements; without costs all others alike."""
    places = {id(statement) for statement in likely}
    known = costs if costs is not None else [LATER] * len(own.sites)
    pairs = zip(own.sites, known, strict=True)
    return [0.0 if id(site.statement) in places else cost for site, cost in pairs]


def _is_filled_before(statement: ast.stmt, first: ast.stmt) -> bool:
    """Whether it fills something, with a value that occurs and is not the one for this name."""
    return statement.lineno < first.lineno and not isinstance(statement, ast.Return)


def _traced(
    own: OwnFunction, trials: Trials, way: Way, batch: Sequence[Edit]
) -> Iterator[tuple[Edit, Trace]]:
    """Edits, each with the values on the way of the function that it makes."""
    known, sources = [], []
    for edit in batch:
        try:
            version = OwnFunction(own.with_splices(edit.splices), own.name)
            sources.append(traced(version))
        except (SyntaxError, LookupError, ValueError):
            continue
        known.append((edit, version))
    tables = trials.tables(sources)
    for (edit, version), table in zip(known, tables, strict=False):
        if len(version.statements) == len(own.statements) and len(table):
            yield edit, compared(version, table, way.values)


def _go_together(own: OwnFunction, first: Edit, second: Edit) -> bool:
    """Whether two edits, one made after the other, are two slips and not a function anew."""
    if second.kind in ANEW or first.kind == second.kind == "donor":
        return False
    is_alike = first.kind == second.kind or not keeps_lines(own, first)
    return not (is_alike and overlap(own, first.splices, second.splices))


def keeps_lines(own: OwnFunction, edit: Edit) -> bool:
    """Whether the lines below an edit keep their numbers."""
    return all(s.text.count("\n") == own.lines_between(s.start, s.end) for s in edit.splices)


def last_line(statement: ast.stmt) -> int:
    """Where a statement itself ends; of a loop or a condition, its head."""
    body = getattr(statement, "body", None)
    if body and isinstance(body[0], ast.stmt):
        return max(statement.lineno, int(body[0].lineno) - 1)
    return statement.end_lineno or statement.lineno
