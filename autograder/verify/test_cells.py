"""The proof of test cells: which mutants of the author's solution cells they let pass.

Each mutant is the author's own notebook with one change in one solution cell. It runs as a
submission would, its test cells judged outside or inside as planned, and it is killed when a test
cell gives another score than for the author.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from autograder.course import Course
from autograder.graders.marked import judges_of
from autograder.grading.nbgrader_scored import end_sandbox, try_cells
from autograder.grading.ordinary_cells import authors_tests
from autograder.grading.planning import (
    AutotestTexts,
    has_ordinary,
    notebooks_without_graders,
    plan_of_ordinary,
    plans_of,
    solved_notebook,
)
from autograder.model import CourseError
from autograder.notebook.cells import cell_text, is_written_by_nbgrader
from autograder.notebook.reading import read
from autograder.testcells.plan import JudgedOutside, NotebookPlan, shown_score
from autograder.testcells.program import Code, codes
from autograder.verify.equivalent import exceptions
from autograder.verify.mutants import Mutant, mutants
from autograder.verify.proof import Claim, Fate, Proof, Tried
from autograder.verify.questions import Kind

MOST_MUTANTS = 300  # of one notebook: of more, some of each solution cell
_ENOUGH = 5.0  # times as long as the author's longest cell, and a second: then a mutant hangs
OnProgress = Callable[[int, int], None]


@dataclass(frozen=True)
class _TriedNotebook:
    name: str
    raw: Mapping[str, Any]
    cells: tuple[Code, ...]
    proven_elsewhere: frozenset[str] = frozenset()  # solution cells that hidden graders prove

    @property
    def tests(self) -> list[Code]:
        return [code for code in self.cells if code.role == "test"]


def prove_test_cells(
    course: Course,
    assignment: str,
    *,
    exercise: str = "",
    written: AutotestTexts | None = None,
    progress: OnProgress | None = None,
) -> Proof:
    """What the test cells of an assignment prove that hidden graders do not judge.

    `exercise` narrows it to one solution cell, by its nbgrader id or a function that it defines.
    `written` are the tests that nbgrader wrote itself when the release was made. Raises CourseError
    where there is nothing to mutate or no test cell.
    """
    start = time.monotonic()
    claims: list[Claim] = []
    tried: list[Tried] = []
    mixed = has_ordinary(course, assignment)
    names = [*([assignment] if mixed else []), *notebooks_without_graders(course, assignment)]
    notebooks = [_notebook(course, assignment, name, written or {}) for name in names]
    changes = {
        notebook.name: (notebook, found)
        for notebook in notebooks
        if notebook.tests and (found := list(_changes(notebook, exercise)))
    }
    if not changes:
        raise _nothing_to_change(course, assignment, exercise)
    plans = plans_of(course, assignment, written or {})
    if mixed and (plan := plan_of_ordinary(course, assignment)):
        plans = {assignment: plan, **plans}
    for name, (notebook, chosen) in changes.items():
        plan = plans.get(name, NotebookPlan())
        own_claims, own = _of_notebook(course, assignment, notebook, plan, chosen, progress)
        claims += own_claims
        tried += own
    exercises = tuple(dict.fromkeys(mutant.exercise for mutant in tried))
    seconds = round(time.monotonic() - start, 2)
    return Proof(
        assignment, exercises, tuple(claims), tuple(tried), checks=(), catches=(), seconds=seconds
    )


def _nothing_to_change(course: Course, assignment: str, exercise: str) -> CourseError:
    where = f" in {exercise!r}" if exercise else ""
    return CourseError(
        f"{assignment} cannot be proven: there is nothing to change{where}: hidden graders "
        f"(test_*.py) in {course.tests(assignment)}, or solution cells and test cells in "
        f"{course.source(assignment)}"
    )


def _notebook(course: Course, assignment: str, name: str, written: AutotestTexts) -> _TriedNotebook:
    """A notebook of the author's; without the test cells that hidden graders judge."""
    if name in notebooks_without_graders(course, assignment):
        raw = solved_notebook(course, assignment, name, written)
        return _TriedNotebook(name, raw, tuple(codes(raw)))
    notebook = read(course.source_notebook(assignment), error=CourseError)
    release = read(course.release_notebook(assignment), error=CourseError)
    judges = judges_of(course, assignment, release)
    raw = notebook.raw
    if judges.ordinary:
        _, raw = authors_tests(course, assignment, notebook, judges.ordinary)
    proven_elsewhere = frozenset(e.name for e in judges.hidden) if judges.ordinary else frozenset()
    return _TriedNotebook(name, raw, tuple(codes(raw)), proven_elsewhere)


def _of_notebook(
    course: Course, assignment: str, notebook: _TriedNotebook, plan: NotebookPlan,
    chosen: Sequence[tuple[Code, Mutant]], progress: OnProgress | None,
) -> tuple[list[Claim], list[Tried]]:  # fmt: skip
    source = course.source(assignment)
    outside = JudgedOutside.by(plan, notebook.raw, tried=True)
    listed = exceptions(course.tests(assignment))
    try:
        own = try_cells(notebook.raw, course, source, outside).results
        scores = {code.name: shown_score(own.get(code.index)) for code in notebook.tests}
        claims = [_claim(code, scores[code.name]) for code in notebook.tests]
        longest = max((result.seconds for result in own.values()), default=0.0)
        limit = min(course.limits.cell_seconds, 1.0 + _ENOUGH * longest)
        hasty = replace(course, limits=replace(course.limits, cell_seconds=limit))
        end_sandbox(course, source)
        tried = []
        for count, (code, mutant) in enumerate(chosen, 1):
            changed = _with_source(notebook.raw, code.index, mutant.source)
            ran = try_cells(changed, hasty, source, outside).results
            caught = [
                t.name for t in notebook.tests if shown_score(ran.get(t.index)) != scores[t.name]
            ]
            tried.append(_tried(mutant, caught, listed.reason(mutant)))
            if progress is not None:
                progress(count, len(chosen))
        end_sandbox(hasty, source)
    finally:
        end_sandbox(course, source)
    return claims, tried


def _changes(notebook: _TriedNotebook, exercise: str) -> Iterator[tuple[Code, Mutant]]:
    """Mutants of the solution cells that test cells follow, spread evenly where there are many."""
    last = max(code.index for code in notebook.tests)
    found = [
        (code, mutant)
        for code in notebook.cells
        if code.role == "solution" and code.index < last and _is_meant(code, exercise)
        if code.name not in notebook.proven_elsewhere
        for mutant in _mutants_of(code)
    ]
    step = max(1, -(-len(found) // MOST_MUTANTS))
    yield from found[::step]


def _mutants_of(code: Code) -> Sequence[Mutant]:
    """Those in the parts that students write; none of a cell that is not plain Python."""
    try:
        return mutants(code.text, code.name or f"cell {code.index + 1}")
    except CourseError:
        return ()


def _is_meant(code: Code, exercise: str) -> bool:
    if not exercise or code.name == exercise:
        return True
    return bool(re.search(rf"^\s*(def|class)\s+{re.escape(exercise)}\b", code.text, re.MULTILINE))


def _claim(code: Code, score: str) -> Claim:
    why = "the author's own solution does not pass it here" if score in ("lost", "missing") else ""
    if is_written_by_nbgrader(code.text):
        why = "nbgrader has not written it yet (AUTOTEST): run `nbgrader generate_assignment` first"
    return Claim(Kind.REFERENCE, code.name, not why, why)


def _tried(mutant: Mutant, caught: Sequence[str], reason: str) -> Tried:
    fate = Fate.KILLED if caught else Fate.EQUIVALENT if reason else Fate.SURVIVED
    return Tried(
        mutant.id, mutant.function, mutant.operator, mutant.line, mutant.before, mutant.after,
        fate, caught[0] if caught else reason, tuple(caught),
    )  # fmt: skip


def _with_source(nb: Mapping[str, Any], index: int, source: str) -> dict[str, Any]:
    cells = list(nb["cells"])
    assert cell_text(cells[index]) != source
    cells[index] = {**cells[index], "source": source}
    return {**nb, "cells": cells}
