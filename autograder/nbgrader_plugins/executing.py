"""The execution step of `nbgrader autograde` and Formgrader's button: runs and scores cells."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import Execute

from autograder.batch.pool import budget_of, overrun
from autograder.batch.workers import Overran, WorkerLost, in_own_worker
from autograder.course import Course
from autograder.gradebook.scores import scored
from autograder.gradebook.sources import written_tests
from autograder.grading.nbgrader_scored import Ran, run_behind_the_wall
from autograder.grading.notebooks_trial import require_tried_notebooks
from autograder.grading.own_files import (
    authors_files,
    authors_notebooks,
    links_left_out,
    notebooks_left_out,
    own_files,
)
from autograder.grading.planning import judged_outside, plan_of_ordinary, unsound_cells
from autograder.grading.warm import grade_warm, stamps_of_files
from autograder.language.translation import Translation
from autograder.model import GraderError, SubmissionError
from autograder.nbgrader_plugins.run_state import (
    SubmittedNotebook,
    Tables,
    converter_of,
    tables_of,
)
from autograder.notebook.reading import read_bytes, refuse_linked_folder
from autograder.notebook.safe_outputs import for_a_terminal
from autograder.testcells.plan import JudgedOutside

NO_LIMIT = 24 * 3600.0  # seconds; what Execute.timeout = None asks for
CELLS = 10  # as slow as nbgrader's limit for one allows, for which a notebook gets time


class GradeBehindTheWall(Execute):  # type: ignore[misc]  # nbgrader is untyped
    """Replaces Execute: runs cells in the sandbox. Hidden graders give the scores; without them
    nbgrader's own rule reads the scores from the outputs."""

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any], km: object = None
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Raises GraderError when the grader itself fails: nbgrader then keeps the old grade."""
        submitted = SubmittedNotebook.from_resources(resources)
        coursedir = converter_of(self).coursedir
        course = Course.from_config(self.config, Path(coursedir.root))
        assignment, student = submitted.assignment, submitted.student
        folder = Path(coursedir.format_path(coursedir.submitted_directory, student, assignment))
        tables = tables_of(converter_of(self), submitted.db_url)
        if submitted.notebook == assignment and course.has_graders(assignment):
            tables.check_release(assignment)
            kept = converter_of(self).exclude_overwriting.get(assignment, ())
            executed = self._graded(course, submitted, folder, kept)
        else:
            source = Path(coursedir.format_path(coursedir.source_directory, ".", assignment))
            course = self.with_timeout(course)
            beside = Path(resources["metadata"]["path"])
            errors = dict(self.error_on_timeout)
            name = submitted.notebook
            outside, unsound = _planned(tables, course, assignment)
            planned = outside.get(name), unsound.get(name, frozenset())
            ran = _watched(course, _ran, nb, course, beside, source, errors, *planned)
            left_out = _notebooks_left_out(course, assignment, folder)
            self._warn(submitted, (*ran.flags, *map(Translation(course.language), left_out)))
            executed = ran.notebook
        return nbformat.from_dict(executed), resources  # type: ignore[no-untyped-call]

    def _graded(
        self, course: Course, submitted: SubmittedNotebook, folder: Path, kept: Collection[str]
    ) -> dict[str, Any]:
        """Grade the submission as it was handed in, so that both doors give one report."""
        refuse_linked_folder(folder)
        path = folder / f"{submitted.notebook}.ipynb"
        content = read_bytes(path, course.limits.notebook_bytes, below=folder)
        if self._timeout_is_set():
            course = self.with_timeout(course)
        assignment, student = submitted.assignment, submitted.student
        plan_of_ordinary(course, assignment)  # here, where it counts for no submission
        authors = authors_files(course, assignment, kept)
        files = own_files(folder, course.ignored, authors, course.limits)
        flags, executed = _watched(
            course, _graded, course, assignment, content, student, files,
            (*links_left_out(folder, course.ignored, authors),
             *_notebooks_left_out(course, assignment, folder)),
        )  # fmt: skip
        self._warn(submitted, flags)
        return dict(executed)

    def _warn(self, submitted: SubmittedNotebook, flags: Iterable[str]) -> None:
        for flag in flags:
            names = submitted.student, submitted.notebook
            self.log.warning("%s/%s: %s", *names, for_a_terminal(flag))

    def _timeout_is_set(self) -> bool:
        return any("timeout" in self.config[n] for n in self.section_names() if n in self.config)

    def with_timeout(self, course: Course) -> Course:
        """The course with nbgrader's own limit for one cell."""
        limited = self.timeout is not None and self.timeout >= 0
        seconds = float(self.timeout) if limited else NO_LIMIT
        limits = replace(course.limits, cell_seconds=seconds)
        if not (limited and "submission_seconds" in self.config.Autograder):
            course = replace(course, submission_seconds=min(CELLS * seconds, NO_LIMIT))
        return replace(course, limits=limits)


_Planned = tuple[Mapping[str, JudgedOutside], Mapping[str, frozenset[str]]]


def _planned(tables: Tables, course: Course, assignment: str) -> _Planned:
    """The test cells judged outside, and those whose failure shows nothing, by notebook.

    Found once for what lies in source/.
    """
    key = (course, assignment, stamps_of_files(course.source(assignment)))
    return tables.once(key, lambda: _by_plans(tables, course, assignment))


def _by_plans(tables: Tables, course: Course, assignment: str) -> _Planned:
    written = written_tests(course, assignment, tables.gradebook)
    outside = judged_outside(course, assignment, written)
    return outside, unsound_cells(course, assignment, written)


def _graded(
    course: Course,
    assignment: str,
    content: bytes,
    student: str,
    files: Mapping[str, bytes],
    left_out: tuple[str, ...],
    *,
    hints: bool = True,
) -> tuple[tuple[str, ...], dict[str, Any]]:
    """The flags of a submission and its notebook with scores, made in a process of their own."""
    graded = grade_warm(course, assignment, content, student, files, left_out, hints=hints)
    return graded.report.flags, scored(graded)


def _notebooks_left_out(course: Course, assignment: str, folder: Path) -> tuple[str, ...]:
    return notebooks_left_out(folder, course.ignored, authors_notebooks(course, assignment))


def _ran(
    nb: NotebookNode,
    course: Course,
    folder: Path,
    source: Path,
    on_timeout: Mapping[str, Any],
    outside: JudgedOutside | None,
    unsound: frozenset[str],
) -> Ran:
    """Run a notebook that nbgrader's own rule scores, after the author's has passed its trial."""
    require_tried_notebooks(course, source)
    return run_behind_the_wall(nb, course, folder, source, on_timeout, outside, unsound)


def _watched(course: Course, function: Callable[..., Any], *arguments: Any) -> Any:
    """Run a function for one submission in a process that is killed when it exceeds the budget.

    Where it does so when all is judged, it is run again without the search for hints.
    """
    try:
        return in_own_worker(budget_of(course), function, *arguments)
    except (Overran, WorkerLost) as error:
        if error.after_judging:
            return _watched(course, partial(function, hints=False), *arguments)
        raise _told(error) from error


def _told(error: Overran | WorkerLost) -> SubmissionError | GraderError:
    if isinstance(error, Overran):
        return SubmissionError(overrun(error))
    return GraderError("the process that graded this submission died: grade it again")
