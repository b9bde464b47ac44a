"""Ordinary test cells in a notebook with hidden graders: nbgrader's own rule scores them.

Each test cell has one judge (see `graders/marked.py`). The text of an ordinary one comes from the
author's notebook, with its hidden tests. It runs in its place, outside of the student's process
where the plan says so, and its outputs decide its points.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from autograder.course import Course
from autograder.graders.marked import judges_of, two_judges
from autograder.grading.once import alone
from autograder.grading.plan_files import PlanFile
from autograder.grading.running import LiveSubmission
from autograder.grading.shown_errors import with_error_shown
from autograder.grading.waiting import automatic_score, waits, with_waiting
from autograder.judge.stops import tell
from autograder.language.translation import Translation
from autograder.model import Check, CourseError, Exercise, Verdict
from autograder.notebook.cells import (
    Notebook,
    NotebookCell,
    RunnableCell,
    is_written_by_nbgrader,
    nbgrader_metadata,
    runnable,
)
from autograder.notebook.reading import read
from autograder.notebook.restoring import SourceCells
from autograder.notebook.safe_outputs import short_traceback
from autograder.sandbox import CellResult, CellStop, Sandbox
from autograder.testcells.outside import OutsideJudge
from autograder.testcells.plan import JudgedOutside, NotebookPlan, Run, make_plan
from autograder.testcells.released import with_nbgraders_delimiters

BEFORE = -2  # the place of our own cell that runs first
SAY_WHO_RUNS = RunnableCell(BEFORE, '__import__("os").environ["NBGRADER_EXECUTION"] = "autograde"')
_MOST_SAID = 200  # characters of an error in a report
PART = ".mixed"  # in the name of the plan's file


@dataclass(frozen=True)
class OrdinaryCells:
    """The ordinary test cells of one notebook."""

    texts: Mapping[str, str]  # by nbgrader id, as the author wrote them
    points: Mapping[str, float]
    plan: NotebookPlan
    outside: JudgedOutside | None  # what the plan says
    unsound: frozenset[str] = frozenset()  # those whose failure shows nothing

    def put_into(self, released: SourceCells) -> SourceCells:
        """The released cells, the ordinary test cells among them with their hidden tests."""
        own = {
            name: replace(cell, source=self.texts[name]) if name in self.texts else cell
            for name, cell in released.cells.items()
        }
        return replace(released, cells=own)

    def shown(
        self,
        notebook: Mapping[str, Any],
        results: Mapping[int, CellResult],
        stops: Mapping[int, CellStop],
        say: Translation,
    ) -> dict[int, CellResult]:
        """What these cells show by nbgrader's rule: one that failed or never began, an error."""
        found = {}
        for index, result in results.items():
            if nbgrader_metadata(notebook["cells"][index]).get("grade_id") in self.texts:
                stop = stops.get(index)
                sentence = say(tell(stop)) if stop else result.error_message
                error = {"ename": result.error_name or "TimeoutError", "evalue": sentence,
                         "traceback": [sentence]}  # fmt: skip
                found[index] = with_error_shown(result, error)
        return found

    def scored(self, notebook: Mapping[str, Any]) -> tuple[Exercise, ...]:
        """Each cell as an exercise of its own, for summaries and the report."""
        return tuple(
            waiting_exercise(name, self.points[name])
            if waits(cell)
            else as_exercise(name, self.points[name], _points_of(cell), said=error_of(cell))
            for cell in notebook["cells"]
            if (name := str(nbgrader_metadata(cell).get("grade_id"))) in self.texts
        )


def with_scores(
    ordinary: OrdinaryCells | None, executed: dict[str, Any]
) -> tuple[dict[str, Any], tuple[Exercise, ...]]:
    """An executed notebook, its cells marked that wait for a person, and its ordinary cells."""
    if ordinary is None:
        return executed, ()
    marked = with_waiting(executed, ordinary.unsound)
    return marked, ordinary.scored(marked)


def results_of_cells(live: LiveSubmission) -> dict[int, CellResult]:
    """Run the cells of a notebook; results by place, without those of cells of our own."""
    return {index: result for index, result in live.run_cells().items() if index >= 0}


def _points_of(cell: Mapping[str, Any]) -> float | None:
    """By nbgrader's own function; None for a partial grade that it refuses when it records."""
    with suppress(ValueError):
        return automatic_score(cell)
    return None


def error_of(cell: Mapping[str, Any]) -> str:
    """The first line of the error that ended a cell, as its page shows it; "" without one."""
    errors = [o for o in cell.get("outputs", ()) if o["output_type"] == "error"]
    if not errors:
        return ""
    name, _, said = short_traceback({**errors[-1], "traceback": []}).partition(": ")
    first = said.strip().partition("\n")[0]
    return f"{name}: {first}"[:_MOST_SAID]


def as_exercise(
    name: str, most: float, score: float | None, shown: str = "", said: str = ""
) -> Exercise:
    """A test cell that nbgrader's rule scored, as an exercise; without a score it is missing.

    `shown` is its name where several notebooks have such cells; `said` is how it failed.
    """
    own = shown or name
    if score is None:
        return Exercise(own, most, (Check(name, name, own, Verdict.MISSING),))
    earned = Check(name, name, own, Verdict.PASSED, weight=score)
    rest = f"{name}-rest" if score > 0 else name
    lost = Check(rest, name, own, Verdict.WRONG, weight=most - score, message=said)
    return Exercise(own, most, tuple(c for c in (earned, lost) if c.weight > 0) or (earned,))


def waiting_exercise(name: str, most: float, shown: str = "") -> Exercise:
    """A test cell that a person has to grade, as an exercise: no points are lost by it yet."""
    own = shown or name
    return Exercise(own, most, (Check(name, name, own, Verdict.WAITS),))


def unsound(course: Course, plan: NotebookPlan) -> frozenset[str]:
    """The test cells of a notebook whose failed points wait for a person."""
    return frozenset(plan.lost) if course.unsound_tests == "manual" else frozenset()


def ordinary_cells(
    course: Course, assignment: str, release: Notebook, sandbox: Sandbox
) -> OrdinaryCells | None:
    """The ordinary test cells beside hidden graders; None where there are none.

    Without a stored plan, this runs the author's notebook in the sandbox to make one. Raises
    CourseError when the release was not made from the author's notebook, and when a test cell
    would have two judges.
    """
    if not course.has_graders(assignment):
        return None
    source = read(course.source_notebook(assignment), error=CourseError)
    hidden, ordinary = judges_of(course, assignment, release)
    for exercise in hidden:
        cell = source.cell(exercise.grade.grade_id)
        if cell is not None and course.hidden_delimiters[0] in cell.source:
            raise CourseError(
                f"{assignment}: {two_judges(cell.grade_id, course.tests(assignment))}"
            )
    if not ordinary:
        return None
    texts, nb = authors_tests(course, assignment, source, ordinary)
    file = PlanFile(course, assignment, PART)
    with alone(file.path):
        known = file.known([assignment])
        if known is None:
            run = _AuthorsMixedNotebook(course, sandbox, nb)
            plan = make_plan(nb, run, outside=course.test_cells == "outside")
            file.keep({assignment: plan})
        else:
            plan = known[assignment]
    outside = JudgedOutside.by(plan, nb, tried=True)
    points = {cell.grade_id: cell.points or 0.0 for cell in ordinary}
    return OrdinaryCells(texts, points, plan, outside, unsound(course, plan))


def authors_tests(
    course: Course, assignment: str, source: Notebook, ordinary: Iterable[NotebookCell]
) -> tuple[dict[str, str], dict[str, Any]]:
    """The texts of ordinary test cells by name, and the author's notebook with only these tests.

    `ordinary` are cells of the release. Raises CourseError where it is of another notebook.
    """
    texts = {cell.grade_id: _text_of(source, cell, course, assignment) for cell in ordinary}
    return texts, without_others(_with_texts(source.raw, texts), texts)


def _with_texts(nb: Mapping[str, Any], texts: Mapping[str, str]) -> dict[str, Any]:
    """The author's notebook with its test cells as submissions get them."""
    cells = [
        {**cell, "source": texts.get(str(nbgrader_metadata(cell).get("grade_id")), cell["source"])}
        for cell in nb["cells"]
    ]
    return {**nb, "cells": cells}


def without_others(nb: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    """The author's notebook with only these cells as test cells; others become provided ones."""
    return {**nb, "cells": [_provided(cell, names) for cell in nb["cells"]]}


def _provided(cell: Mapping[str, Any], names: Collection[str]) -> Mapping[str, Any]:
    meta = nbgrader_metadata(cell)
    if not meta.get("grade") or meta.get("solution") or meta.get("grade_id") in names:
        return cell
    return {**cell, "metadata": {**cell["metadata"], "nbgrader": {**meta, "grade": False}}}


def _text_of(source: Notebook, released: NotebookCell, course: Course, assignment: str) -> str:
    """The author's text of a released test cell, with its hidden tests.

    Where nbgrader has written the tests (AUTOTEST), the release has them.
    """
    cell = source.cell(released.grade_id)
    if cell is not None and is_written_by_nbgrader(cell.source):
        _require_written(cell.source, released, course, assignment)
        return released.source
    rest = iter(_lines(cell.source) if cell else ())
    if cell is None or not all(line in rest for line in _lines(released.source)):
        raise CourseError(
            f"{assignment}: the test cell {released.grade_id!r} of the release is not that of "
            f"{course.source_notebook(assignment)}: run `autograder build {assignment}`"
        )
    return with_nbgraders_delimiters(cell.source, course.hidden_delimiters)


def _require_written(text: str, released: NotebookCell, course: Course, assignment: str) -> None:
    """Raise CourseError when the release does not hold the whole test that nbgrader wrote."""
    where = f"{assignment}: the test cell {released.grade_id!r}"
    if course.hidden_delimiters[0] in text:
        raise CourseError(
            f"{where} has hidden tests beside AUTOTEST, which only the gradebook holds once "
            "nbgrader has written the others. In a notebook with hidden graders, put the hidden "
            "tests into a test cell of their own"
        )
    if is_written_by_nbgrader(released.source):
        raise CourseError(
            f"{where} says AUTOTEST, and the release does not hold what nbgrader writes there: run "
            f"`autograder build {assignment}`"
        )


def _lines(text: str) -> Iterator[str]:
    return (line.strip() for line in text.splitlines() if line.strip())


@dataclass(frozen=True)
class _AuthorsMixedNotebook:
    """Runs the author's own notebook, with some test cells outside or none."""

    course: Course
    sandbox: Sandbox
    nb: Mapping[str, Any]

    def __call__(self, plan: NotebookPlan | None, tried: bool) -> Run:
        outside = JudgedOutside.by(plan, self.nb, tried=tried) if plan else None
        cells = cells_to_run(self.nb, runnable(self.nb, frozenset()), outside)
        with (
            outside_judge(self.sandbox, self.nb, outside) as judge,
            LiveSubmission(
                self.sandbox, cells, seconds=self.course.submission_seconds, judge=judge.run
            ) as live,
        ):
            return Run(results_of_cells(live), judge.used)


def outside_judge(
    sandbox: Sandbox, nb: Mapping[str, Any], outside: JudgedOutside | None
) -> OutsideJudge:
    """The object that runs a submission's test cells outside of the student's process."""
    judged = outside.places(nb) if outside else {}
    return OutsideJudge(sandbox, judged, outside.objects if outside else {})


def cells_to_run(
    nb: Mapping[str, Any], cells: list[RunnableCell], outside: JudgedOutside | None
) -> list[RunnableCell]:
    """The cells to run of a notebook with ordinary test cells, after this module's first cell."""
    judged = outside.places(nb) if outside else {}
    return [SAY_WHO_RUNS, *(replace(cell, outside=cell.index in judged) for cell in cells)]
