"""Tries the lesson before a class is graded: grades its own solution like a student's.

The provided cells have to run in the sandbox with the handed-out files, and the reference's answers
have to cross the wire and pass every check. A failure would cost every student the points; here it
stops the command instead.

.autograder/trials/<assignment>.json    the last trial and its problems
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.course import Course
from autograder.graders.marked import judges_of
from autograder.grading.fingerprint import digest, digest_file, fingerprint
from autograder.grading.grader import Grader
from autograder.grading.once import alone
from autograder.grading.ordinary_cells import results_of_cells
from autograder.grading.running import LiveSubmission
from autograder.judge.rehearsal import unsteady_checks
from autograder.model import CourseError, GraderError
from autograder.notebook.cells import Notebook, NotebookCell, runnable
from autograder.notebook.reading import read
from autograder.notebook.restoring import sanitize
from autograder.sandbox import CellResult, NurseryAddress, SandboxError

MAY_FAIL = "raises-exception"  # the tag that nbclient honours
ONLY_THERE = (
    "Where submissions are graded there are the modules of this Python, the files beside the "
    "notebook in {source} and no network"
)
_CROSSES = (
    "What a function answers has to cross the wall: numbers, texts, arrays, and lists, tuples and "
    "dictionaries of them"
)


def tried_grader(course: Course, assignment: str, nursery: NurseryAddress | None = None) -> Grader:
    """A grader whose lesson has passed its trial, now or since its last change.

    Raises CourseError with every cell, file and check that fails, and what `Grader` raises.
    """
    grader = Grader(course, assignment, nursery)
    try:
        with trial(course, assignment, _key(course, assignment, grader.points)) as now:
            if now.is_due:
                now.problems = list(problems(grader))
    except BaseException:
        grader.close()
        raise
    return grader


def require_tried(course: Course, assignment: str) -> None:
    """Raise as `tried_grader` does, but start nothing when the lesson was tried before."""
    release = read(course.release_notebook(assignment), error=CourseError)
    names = [e.name for e in judges_of(course, assignment, release).hidden]
    with trial(course, assignment, _key(course, assignment, names)) as now:
        if now.is_due:
            with Grader(course, assignment) as grader:
                now.problems = list(problems(grader))


@dataclass
class Trial:
    """One trial of a lesson, and the problems that it or an earlier one found."""

    is_due: bool  # whether the lesson has to be tried now
    problems: list[str]


@contextmanager
def trial(course: Course, assignment: str, key: str, part: str = "") -> Iterator[Trial]:
    """The trial for a key: where it is due, the block tries the lesson and sets the problems.

    Of several processes that start together one tries the lesson; the others read its result.
    Raises CourseError with the problems at the end of the block.
    """
    path = course.root / ".autograder" / "trials" / f"{assignment}{part}.json"
    with alone(path) as waited:
        known = _known(path, key)
        is_due = known is None or (bool(known) and not waited)  # a failure may have been mended
        now = Trial(is_due, known or [])
        yield now
        if is_due:
            aside = path.with_suffix(".new")
            try:
                aside.write_text(json.dumps({"key": key, "problems": now.problems}), "utf-8")
                aside.replace(path)
            except OSError:  # tried again the next time
                with suppress(OSError):
                    aside.unlink(missing_ok=True)
    if now.problems:
        head = f"{assignment} is not graded: it does not stand its own grading"
        raise CourseError("\n  ".join([head, *now.problems]))


def _key(course: Course, assignment: str, names: Iterable[str]) -> str:
    shared = fingerprint(course, assignment, names).to_json()
    source = digest_file(course.source_notebook(assignment))
    return digest(json.dumps([shared, source, sys.prefix], sort_keys=True))


def _known(path: Path, key: str) -> list[str] | None:
    """The problems that an earlier trial with this key found; None when there was none."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return [str(problem) for problem in found["problems"]] if found["key"] == key else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def problems(grader: Grader) -> Iterator[str]:
    """One sentence for each failure in the grading of the lesson's own solution."""
    course, assignment = grader.course, grader.assignment
    source = read(course.source_notebook(assignment), error=CourseError)
    release = read(course.release_notebook(assignment), error=CourseError)
    solved, _ = sanitize(with_solutions(release, source), grader.release)
    with grader.running(solved, runnable(solved, frozenset(grader.points))) as live:
        results = results_of_cells(live)
        failing = _failing_cells(release, results)
        for index, error in failing.items():
            yield f"the {name_of_cell(release.cells[index], index)} stops: {error}"
        if failing:
            yield ONLY_THERE.format(source=course.source(assignment))
        if grader.judge is not None and all(release.cells[index].grade for index in failing):
            yield from _failing_checks(grader, live)


def with_solutions(release: Notebook, source: Notebook) -> dict[str, Any]:
    """The released notebook as its author would fill it in."""
    answers = {c.grade_id: c.source for c in source.cells if c.solution and c.kind == "code"}
    cells = [
        {**raw, "source": answers[cell.grade_id]} if cell.grade_id in answers else raw
        for raw, cell in zip(release.raw["cells"], release.cells, strict=True)
    ]
    return {**release.raw, "cells": cells}


def _failing_cells(release: Notebook, results: Mapping[int, CellResult]) -> dict[int, str]:
    """Why provided cells stopped, by place in the notebook."""
    return {
        index: why_stopped(result)
        for index, result in sorted(results.items())
        if result.status not in ("ok", "output") and MAY_FAIL not in release.cells[index].tags
    }


def why_stopped(result: CellResult) -> str:
    """Why a cell stopped, in one line for the author."""
    return f"{result.error_name}: {result.error_message}".strip(": ") or result.status


def name_of_cell(cell: NotebookCell, index: int, where: str = "the release") -> str:
    """How to name a cell to its author."""
    kind = "solved cell" if cell.solution else "test cell" if cell.grade else "provided cell"
    return f"{kind} {(cell.grade_id or cell.id)!r} (cell {index + 1} of {where})"


def _failing_checks(grader: Grader, live: LiveSubmission) -> Iterator[str]:
    assert grader.judge is not None
    try:
        judged = grader.judge.run(live)
    except SandboxError:
        raise
    except GraderError as error:
        yield f"a check fails on the reference itself: {error}"
        return
    for name in grader.judge.free_checks:
        yield f"{name} calls no function of the student's: it passes whatever a student writes"
    reference = vars(grader.judge.reference)
    for name in unsteady_checks(grader.judge.collected, reference, grader.course.seed):
        yield (
            f"{name} asks for something else each time it runs: students would be judged by "
            "different inputs. Draw them from the fixture rng, and let nothing in the graders "
            "count or change from one run to the next"
        )
    for name in sorted(live.find_not_attempted(grader.functions.stubs, frozenset())):
        yield f"the solution of {name} is taken for what was released: nobody could earn its points"
    failing = [check for e in judged for check in e.checks if not check.passed]
    for check in failing:
        words = check.message.splitlines()[0] if check.message else str(check.verdict)
        yield f"the reference does not pass {check.id} of {check.exercise}: {words}"
    if failing:
        yield _CROSSES
