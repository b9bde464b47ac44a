"""Hints for what no author foresaw: found by repairing the student's own function."""

from __future__ import annotations

import ast
import inspect
import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from autograder.graders.misconceptions import alternatives
from autograder.judge.judge import Judge
from autograder.judge.rehearsal import Remembered
from autograder.language.catalogue import unsure
from autograder.model import Check, Exercise, Verdict
from autograder.repair.places import OwnFunction
from autograder.repair.search import BETTER, Edit, by_cost, edits
from autograder.repair.sentences import sentence
from autograder.repair.statements import Donor
from autograder.repair.trials import BATCH, Trials, Versions
from autograder.sandbox import SandboxError

_LOG = logging.getLogger(__name__)

A_SECOND = 1500  # versions: a fixed number, so that a busy machine finds the same
PATIENCE = 30  # times the seconds granted, after which a slow function is left alone
SHARE = 0.25  # of a submission's seconds, which all its repairs have together
HOPELESS = (Verdict.NOT_ATTEMPTED, Verdict.MISSING, Verdict.TIMEOUT, Verdict.MEMORY)


@dataclass(frozen=True)
class Repair:
    """What repaired a function: the kind of slip, and the nodes in whose lines it stands."""

    kind: str
    nodes: tuple[int, ...]  # places in ast.walk of the function
    name: str = ""
    either: bool = False  # one of these lines, and nobody knows which


class Repairer:
    """Searches repairs for the functions of one assignment; remembers them by source."""

    def __init__(self, judge: Judge, seconds: float) -> None:
        self._judge = judge
        self._seconds = seconds
        self._known: Remembered[tuple[Repair | None]] = Remembered()
        self._donors: dict[str, list[Donor]] = {}
        self._deadline = 0.0

    def hinted(self, exercises: Sequence[Exercise], live: Versions) -> tuple[Exercise, ...]:
        """The exercises, with a hint for every function that one small edit repairs."""
        if self._seconds <= 0:
            return tuple(exercises)
        self._deadline = time.monotonic() + SHARE * self._judge.course.submission_seconds
        return tuple(self._with_hint(e, live) if _needs_hint(e) else e for e in exercises)

    def _with_hint(self, exercise: Exercise, live: Versions) -> Exercise:
        try:
            own = OwnFunction(live.source_of(exercise.name), exercise.name)
        except (SyntaxError, LookupError, ValueError, RecursionError):
            return exercise
        failing = tuple(check.id for check in exercise.checks if not check.passed)
        key = (exercise.name, own.normalized, failing, tuple(sorted(live.files.items())))
        if key not in self._known:
            try:
                repair = self._repair(own, exercise, live)
            except (SandboxError, MemoryError):
                raise
            except Exception:  # a fault of the search costs a hint and never a grade
                _LOG.exception("no repair of %s was found", exercise.name)
                repair = None
            if repair is None and time.monotonic() > self._deadline:
                return exercise  # broken off: for another student it may be found
            self._known[key] = (repair,)
        [repair] = self._known[key]
        if repair is None:
            return exercise
        nodes = list(ast.walk(own.node))
        lines = [n.lineno for p in repair.nodes if isinstance(n := nodes[p], ast.expr | ast.stmt)]
        hint = self._judge.voice(sentence(repair.kind, lines, repair.name, either=repair.either))
        checks = (c if c.passed else _told(c, hint) for c in exercise.checks)
        return replace(exercise, checks=tuple(checks))

    def _repair(self, own: OwnFunction, exercise: Exercise, live: Versions) -> Repair | None:
        trials = Trials(self._judge, live, exercise.name, exercise.checks)
        most = int(A_SECOND * self._seconds)
        right = trials.right_places(own.with_splices())
        settled = {name for place, name in own.returned().items() if place in right}
        candidates = edits(own, self._donors_of(exercise.name), most, settled)
        try:
            found = list(self._repairs(own, candidates, trials))
        finally:
            trials.restore(own.with_splices())
        return _chosen(own, found)

    def _repairs(
        self, own: OwnFunction, candidates: Sequence[Edit], trials: Trials
    ) -> Iterator[Edit]:
        """The cheapest edits that repair, and others that are not clearly dearer."""
        deadline = min(self._deadline, time.monotonic() + PATIENCE * self._seconds)
        seen = {own.with_splices()}
        best: float | None = None
        for group in by_cost(candidates):
            for start in range(0, len(group), BATCH):
                batch = {}
                for edit in group[start : start + BATCH]:
                    source = own.with_splices(edit.splices)
                    if source not in seen and (best is None or edit.cost < best + BETTER):
                        seen.add(source)
                        batch[source] = edit
                sources = list(batch)
                for place in trials.promising(sources) if sources else ():
                    if trials.passes_all(sources[place]):
                        best = min(best or 99.0, batch[sources[place]].cost)
                        yield batch[sources[place]]
                if trials.is_over or time.monotonic() > deadline:
                    return
            if best is not None and group[-1].cost >= best + BETTER:
                return

    def _donors_of(self, name: str) -> list[Donor]:
        if name not in self._donors:
            original = inspect.getsource(getattr(self._judge.reference, name))
            versions = alternatives(self._judge.course, self._judge.assignment)
            texts = [original, *(v.source(original) for v in versions if v.function == name)]
            self._donors[name] = list(_donors(texts, name))
        return self._donors[name]


def _donors(texts: Sequence[str], name: str) -> Iterator[Donor]:
    for text in texts:
        try:
            yield Donor(text, name)
        except (SyntaxError, LookupError):
            continue


def _needs_hint(exercise: Exercise) -> bool:
    """Whether something fails, can be tried, and is not explained as a fact already."""
    failing = [check for check in exercise.checks if not check.passed]
    if not failing or any(check.verdict in HOPELESS for check in failing):
        return False
    return any(not check.misconception or unsure(check.hint) for check in failing)


def _told(check: Check, hint: str) -> Check:
    return replace(check, hint=hint, section="", misconception="")


def _chosen(own: OwnFunction, found: Sequence[Edit]) -> Repair | None:
    """The cheapest repair; the places alone where another line could be meant as well."""
    if not found:
        return None
    first = min(found, key=lambda e: (e.cost, len(e.lines)))
    others = [e for e in found if not set(e.lines) & set(first.lines)]
    if others:
        kind = first.kind if first.kind == others[0].kind else "unsure"
        return Repair(kind, _nodes(own, (*first.lines, *others[0].lines)), either=True)
    return Repair(first.kind, _nodes(own, first.lines), first.name)


def _nodes(own: OwnFunction, lines: Sequence[int]) -> tuple[int, ...]:
    """A node for each line, by its place in the tree, which layout and comments do not change."""
    firsts: dict[int, int] = {}
    for place, node in enumerate(ast.walk(own.node)):
        if isinstance(node, ast.expr | ast.stmt):
            firsts.setdefault(node.lineno, place)
    return tuple(firsts[line] for line in dict.fromkeys(lines) if line in firsts)
