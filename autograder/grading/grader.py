"""One submission → one report.

grader = Grader(course, "ps1")      # once per process: everything stays warm
graded = grader.grade(notebook_bytes, "ada")  # many times
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from importlib import metadata
from typing import Any

import numpy as np

from autograder.course import Course, load_solution
from autograder.graders.marked import judges_of
from autograder.grading.fingerprint import digest, digest_file, digest_files
from autograder.grading.hand_outs import open_sandbox
from autograder.grading.inner_imports import with_inner_imports
from autograder.grading.only_hints import only_hints_are_left
from autograder.grading.ordinary_cells import (
    cells_to_run,
    ordinary_cells,
    outside_judge,
    results_of_cells,
    with_scores,
)
from autograder.grading.own_files import all_of_it, digests
from autograder.grading.own_helpers import OwnHelpers
from autograder.grading.own_lines import OwnLines
from autograder.grading.released_functions import ReleasedFunctions
from autograder.grading.running import LiveSubmission
from autograder.handout.words import Text
from autograder.judge.collected import preload
from autograder.judge.judge import Judge
from autograder.judge.known_words import KnownWords
from autograder.judge.stops import tell
from autograder.language.translation import Translation
from autograder.model import CourseError, Exercise, Graded, Report
from autograder.notebook.cells import RunnableCell, source_text, with_outputs
from autograder.notebook.flags import joined_by_kind
from autograder.notebook.reading import loads, read
from autograder.notebook.restoring import MISSING_CELL_NOTICE, SourceCells, sanitize
from autograder.repair.hints import Repairer
from autograder.sandbox import CellResult, CellStop, NurseryAddress

_VERSION = metadata.version("dl-autograder")


class Grader:
    """The judge and the sandbox of one assignment, started once and used for many submissions.

    Raises CourseError when graders, solution or release are missing or broken, and SandboxError
    when this machine does not support the configured tier.
    """

    def __init__(
        self, course: Course, assignment: str, nursery: NurseryAddress | None = None
    ) -> None:
        course.require(assignment)
        self.course = course
        self.assignment = assignment
        self._say = Translation.of(course, assignment)
        self._stack = ExitStack()
        with self._stack:
            release = read(course.release_notebook(assignment))
            judges = judges_of(course, assignment, release)
            self.points = {e.name: e.points for e in judges.hidden}
            self._own_helpers = OwnHelpers(release.provided_code, self.points)
            warming = open_sandbox(course, assignment, release, nursery=nursery)
            with ThreadPoolExecutor(1) as aside:  # while graders and reference are imported
                started = aside.submit(warming.__enter__)
                try:
                    self.judge = self._open_judge()
                finally:
                    self.sandbox = started.result()
                    self._stack.push(warming.__exit__)
            self._repairer = Repairer(self.judge, course.repair_seconds) if self.judge else None
            self._own_lines = OwnLines(course, assignment)
            self.ordinary = ordinary_cells(course, assignment, release, self.sandbox)
            if self.judge:
                _require_cells(assignment, self.judge.graded, self.points)
            released = SourceCells.from_notebook(release.raw)
            self.release = self.ordinary.put_into(released) if self.ordinary else released
            reference = self.judge.reference if self.judge else None
            self.functions = ReleasedFunctions(judges.hidden, reference)
            self._provenance = _provenance(course, assignment, str(self.sandbox.tier))
            self._stack = self._stack.pop_all()

    def _open_judge(self) -> Judge | None:
        """The judge; None for an assignment that nbgrader itself scores."""
        if not self.course.has_graders(self.assignment):
            return None
        return self._stack.enter_context(Judge(self.course, self.assignment, self.points))

    def __enter__(self) -> Grader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the warm processes."""
        self._stack.close()

    def grade(
        self,
        notebook: bytes,
        student: str,
        *,
        files: Mapping[str, bytes] | None = None,
        flags: tuple[str, ...] = (),
        known: Report | None = None,
        only: frozenset[str] | None = None,
        hints: bool = True,
    ) -> Graded:
        """Grade a submitted notebook; `files` were handed in beside it (`own_files`).

        `flags` are sentences on files that were left out. With `known`, an earlier result of the
        same notebook, only the exercises in `only` are checked again. Without `hints` no slip is
        searched for. Raises SubmissionError when the notebook cannot be read, GraderError when a
        check is broken.
        """
        clock = Clock()
        parsed = loads(notebook)
        clock.lap("read")
        notice = self._say(MISSING_CELL_NOTICE)
        clean, repaired = sanitize(parsed.raw, self.release, notice=notice)
        clock.lap("sanitize")
        told = (*joined_by_kind(parsed.flags), *repaired, *flags)
        return self.grade_clean(clean, student, told, clock, known, only, files, hints)

    def grade_clean(
        self,
        notebook: dict[str, Any],
        student: str,
        flags: tuple[str, ...] = (),
        clock: Clock | None = None,
        known: Report | None = None,
        only: frozenset[str] | None = None,
        files: Mapping[str, bytes] | None = None,
        hints: bool = True,
    ) -> Graded:
        """Grade a notebook whose locked cells are known to be the course's own."""
        clock = clock or Clock()
        untouched_cells = self.functions.untouched_cells(notebook)
        cells = self.functions.runnable(notebook, untouched_cells)
        with self.running(notebook, cells, files) as live:
            results = results_of_cells(live)
            untouched = live.find_not_attempted(self.functions.stubs, frozenset(untouched_cells))
            clock.lap("cells")
            checked = _checked(self.judge, live, untouched, known, only, notebook)
            clock.lap("checks")
            if self._repairer is not None:
                checked = _hinted(self._repairer, checked, live, clock, searched=hints)
            checked = tuple(self._own_lines.with_lines(e, live.source_of) for e in checked)
        clock.lap("close")
        shown = _with_stops(results, live.stops, self._say)
        if self.ordinary:
            shown |= self.ordinary.shown(notebook, results, live.stops, self._say)
        executed, scored = with_scores(self.ordinary, with_outputs(notebook, shown))
        report = Report(
            assignment=self.assignment,
            student=student,
            notebook=self.assignment,
            exercises=(*checked, *scored),
            flags=tuple(map(self._say, (*flags, *_tier_flags(self.sandbox.tier)))),
            provenance={**self._provenance, **_handed_in(notebook, files)},
            seconds=clock.laps,
        )
        return Graded(report, executed, ordinary=frozenset(e.name for e in scored))

    @contextmanager
    def running(
        self,
        notebook: Mapping[str, Any],
        cells: list[RunnableCell],
        files: Mapping[str, bytes] | None = None,
    ) -> Iterator[LiveSubmission]:
        """A notebook of this assignment in the sandbox, with its ordinary test cells."""
        outside = self.ordinary.outside if self.ordinary else None
        begun = len(self.sandbox.begun)
        cells = [*with_inner_imports(self._own_helpers.kept_in(cells, begun), begun)]
        with (
            outside_judge(self.sandbox, notebook, outside) as judge,
            LiveSubmission(
                self.sandbox,
                cells_to_run(notebook, cells, outside) if self.ordinary else cells,
                seconds=self.course.submission_seconds,
                reference_seconds=self.judge.reference_seconds if self.judge else {},
                files=files,
                judge=judge.run,
            ) as live,
        ):
            yield live


def _checked(
    judge: Judge | None,
    live: LiveSubmission,
    untouched: frozenset[str],
    known: Report | None,
    only: frozenset[str] | None,
    notebook: Mapping[str, Any],
) -> tuple[Exercise, ...]:
    """The exercises with hidden checks; those in `only` anew, when the others are known."""
    if judge is None:
        return ()
    own_inputs = judge.course.fresh == "submission"  # else nothing depends on its text
    text = all_of_it(notebook, live.files) if own_inputs else ""
    if known is None or only is None:
        return judge.run(live, not_attempted=untouched, submission=text)
    again = judge.run(live, not_attempted=untouched, only=only, submission=text)
    fresh = {e.name: e for e in again}
    checked = (e for e in known.exercises if e.name in judge.points)
    return tuple(fresh.get(e.name, e) for e in checked)


def _hinted(
    repairer: Repairer, checked: tuple[Exercise, ...], live: LiveSubmission, clock: Clock,
    *, searched: bool,
) -> tuple[Exercise, ...]:  # fmt: skip
    """The exercises with the hints that a search finds, which is the last thing that is done."""
    if not searched:
        return repairer.unsearched(checked)
    only_hints_are_left()
    found = repairer.hinted(checked, live)
    clock.lap("hints")
    return found


def _require_cells(assignment: str, graded: frozenset[str], exercises: Iterable[str]) -> None:
    """Raise CourseError for checks of an exercise without a test cell: nothing would use them."""
    if others := sorted(graded - set(exercises)):
        raise CourseError(
            f"tests/{assignment} has checks of {', '.join(others)}, and no test cell is "
            f"theirs: it is called test_{others[0]}, its solution cell {others[0]}, and the "
            f'mark names it as it stands: @pytest.mark.exercise("{others[0]}")'
        )


def _with_stops(
    results: Mapping[int, CellResult], stops: Mapping[int, CellStop], say: Translation
) -> dict[int, CellResult]:
    """The results, with a sentence in each cell that had to be stopped."""
    told = dict(results)
    for index, stop in stops.items():
        if stop.status != "error" and index in told:
            sentence = say(tell(stop))
            output = {"output_type": "error", "ename": stop.error_name, "evalue": sentence,
                      "traceback": [sentence]}  # fmt: skip
            told[index] = replace(told[index], outputs=[*told[index].outputs, output])
    return told


def _tier_flags(tier: str) -> tuple[str, ...]:
    if tier != "weak":
        return ()
    return (Text("Graded in the weak sandbox: student code was not confined."),)


def _provenance(course: Course, assignment: str, tier: str) -> dict[str, str]:
    """Versions, seed, tier and digests that a report records."""
    return {
        "autograder": _VERSION,
        "python": sys.version.split()[0],
        "numpy": np.__version__,
        "sandbox": tier,
        "language": course.language,
        "seed": digest(course.seed),
        "solution": digest_file(course.solution(assignment)),
        "graders": digest_files(sorted(course.tests(assignment).glob("*"))),
    }


def _handed_in(notebook: Mapping[str, Any], files: Mapping[str, bytes] | None) -> dict[str, str]:
    """Digests of what was graded: the notebook's cells, and the files beside it if any."""
    found = {"submission": digest(source_text(notebook))}
    return {**found, "files": digest(repr(digests(files)))} if files else found


class Clock:
    """Seconds spent in each step of one submission."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, step: str) -> None:
        """End a step here."""
        now = time.perf_counter()
        self.laps[step] = round(now - self._last, 6)
        self._last = now


def preload_judge(course: Course, assignment: str) -> None:
    """Import and read once what the judges of all forked workers will ask for."""
    preload()
    with suppress(CourseError, SyntaxError, OSError):  # told by the judge that meets it
        KnownWords.of(course.tests(assignment))
        load_solution(course, assignment)
