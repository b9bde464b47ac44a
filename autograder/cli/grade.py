"""``autograder grade``"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Collection
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties, LimitOutput
from traitlets import Bool, Unicode
from traitlets.traitlets import MetaHasTraits

from autograder.batch.order import Order, Product
from autograder.batch.pool import MakeExecutor
from autograder.batch.run import ClassRun, Shard
from autograder.cli.base import CourseApp
from autograder.cli.graded_class import GradedClass, because
from autograder.cli.help import FLAGS, aliases
from autograder.cli.progress import Progress, Summary, failure_event
from autograder.course import Course
from autograder.gradebook.disk_errors import Refused
from autograder.gradebook.points import class_book, late_hand_ins
from autograder.gradebook.staging import Staging
from autograder.language.catalogue import words
from autograder.language.translation import Translation
from autograder.model import CourseError
from autograder.nbgrader_plugins.class_warnings import class_warnings
from autograder.nbgrader_plugins.other_notebooks import other_notebooks
from autograder.notebook.reading import read
from autograder.notebook.safe_outputs import for_a_terminal
from autograder.report.decisions import without_hand_in


class GradeApp(CourseApp):
    """Grade a class: every new or changed submission, in parallel, behind the wall.

    Scores, hints and outputs go where `nbgrader autograde` puts them: autograded/ and the
    gradebook. What did not change since the last run is not run again; a run that was stopped
    resumes where it stopped.
    """

    name = "autograder-grade"
    description = __doc__
    takes = "ASSIGNMENT"
    examples = """
        autograder grade optimization                     # the class
        autograder grade optimization --student 'a*'      # some students
        autograder grade optimization --force             # everyone again
        autograder grade optimization --diff              # what would change, nothing written
        autograder grade optimization --workers 16
        autograder grade optimization --shard 3/8 --reports shard3.jsonl   # for a job array
        autograder grade optimization --dask scheduler:8786
        """
    aliases: ClassVar[dict[str, Any]] = aliases(
        "assignment", "student", "db", "sandbox", "workers", "seed",
        shard="GradeApp.shard", reports="GradeApp.reports", dask="GradeApp.dask",
    )  # fmt: skip
    flags: ClassVar[dict[str, Any]] = {
        **FLAGS,
        "force": ({"GradeApp": {"force": True}}, "Grade again what has not changed."),
        "f": ({"GradeApp": {"force": True}}, "The same as --force."),
        "diff": ({"GradeApp": {"diff": True}}, "Show whose points would change; write nothing."),
        "json": ({"GradeApp": {"as_json": True}}, "Print one line of JSON per submission."),
    }
    force = Bool(False, help="Grade again what has not changed.").tag(config=True)
    diff = Bool(False, help="Show whose points would change, and write nothing.").tag(config=True)
    as_json = Bool(False, help="Print one line of JSON per submission.").tag(config=True)
    shard = Unicode("", help="Grade only part i of n, as i/n; needs --reports.").tag(config=True)
    reports = Unicode(
        "", help="Write reports to this file instead of the gradebook, for `autograder record`."
    ).tag(config=True)
    dask = Unicode("", help="Grade on the dask cluster whose scheduler has this address.").tag(
        config=True
    )

    def _classes_default(self) -> list[MetaHasTraits]:
        return [*super()._classes_default(), Autograde, LimitOutput, AssignLatePenalties]

    def run(self) -> None:
        [assignment] = self.assignments(required=True, nbgraders=True)
        course = self.course
        if self.shard and not (self.reports or self.diff):
            raise CourseError("--shard needs --reports FILE: only one process writes the gradebook")
        found = class_warnings(self.coursedir, self.config, course, assignment, again=True)
        run = self._class_run(course, assignment)
        start = time.monotonic()
        self._warnings = list(map(Translation(course.language), found))
        self._warn()
        with Progress(
            len(run.plan.students), assignment, as_json=self.as_json, language=course.language
        ) as progress:
            graded = GradedClass(run, self.coursedir, self.config, progress, self._executor())
            if self.diff:
                graded.show_differences()
            elif self.reports:
                graded.write_reports(Path(self.reports))
            else:
                graded.record()
        self._summarise(graded, time.monotonic() - start)

    def _warn(self) -> None:
        """Say what can cost the class points, before and after it is graded."""
        say = words(self.course.language)
        for text in () if self.as_json else self._warnings:
            print(for_a_terminal(say("WARNING: {text}").format(text=text)), flush=True)

    def _class_run(
        self, course: Course, assignment: str, only: Collection[str] | None = None
    ) -> ClassRun:
        """The run that the command line asks for."""
        return ClassRun(
            course,
            assignment,
            pattern=self.coursedir.student_id,
            exclude=[s.strip() for s in self.coursedir.student_id_exclude.split(",") if s],
            only=only,
            force=self.force,
            shard=Shard.parse(self.shard) if self.shard else None,
            order=Order(
                self._product(),
                Staging.of(self.coursedir, assignment, self.config),
                other_notebooks(self.coursedir, assignment, course, self.config),
            ),
        )

    def _product(self) -> Product:
        """Workers of this machine write the files, too; others may not see the course's folder."""
        if self.diff or self.reports:
            return Product.GRADED
        return Product.PREPARED if self.dask else Product.STAGED

    def _executor(self) -> MakeExecutor | None:
        if not self.dask:
            return None
        from autograder.batch.dask import dask_executor

        return lambda: dask_executor(self.dask)

    def _summarise(self, graded: GradedClass, seconds: float) -> None:
        run, course = graded.run, graded.run.course
        failures = [*graded.failures, *run.plan.unreadable]
        lost = {failure.student for failure in failures}
        late = when_late(self.coursedir, run.assignment) if self._is_whole_class else (None, ())
        missing = left_out(run, self.coursedir) if self._is_whole_class else []
        unchanged = len(set(run.plan.unchanged) - graded.renewed.keys() - lost)
        if self.as_json:
            failed = [failure_event(failure) for failure in failures]
            totals = {"unchanged": unchanged, "failed": failed, "seconds": round(seconds, 3)}
            renewed = {name: list(words) for name, words in graded.renewed.items()}
            totals["not handed in"] = missing
            totals["late"] = list(late[1])
            totals["warnings"] = self._warnings
            print(json.dumps(graded.tally.to_json() | totals | {"recorded again": renewed}))
        else:
            summary = Summary(
                graded.tally, failures, unchanged, seconds, missing,
                self._next(run.assignment), course.language, points_by_hand(course, run.assignment),
                *late,
            )  # fmt: skip
            say = words(run.course.language)
            again = because(say("recorded again, nothing was run"), graded.renewed, say)
            for line in (*map(for_a_terminal, again), *summary.lines()):
                print(line)
            if self.diff:
                print(say("nothing was written: the same command without --diff does it"))
            self._warn()
        if failures:
            sys.exit(1)

    @property
    def _is_whole_class(self) -> bool:
        return not (self.shard or self.diff or self.reports) and self.coursedir.student_id == "*"

    def _next(self, assignment: str) -> list[str]:
        """What to type when this command has done its work."""
        if self.diff:
            return []
        if self.reports:
            return [f"autograder record {assignment} {self.reports}"]
        return [f"autograder {command} {assignment}" for command in ("feedback", "report")]


def left_out(run: ClassRun, coursedir: CourseDirectory) -> list[str]:
    """Who has handed in nothing, of a class that is graded as a whole."""
    enrolled: frozenset[str] = frozenset()
    with suppress(Refused):  # all is recorded: who is on the list is the least of it
        enrolled = class_book(coursedir, ()).students
    known = without_hand_in(run.course, run.assignment, run.plan.students, enrolled)
    excluded = coursedir.student_id_exclude.split(",")
    return [student for student in known if student not in excluded]


def when_late(
    coursedir: CourseDirectory, assignment: str
) -> tuple[datetime | None, tuple[str, ...]]:
    """As `late_hand_ins`; nothing where the gradebook cannot be read: all is recorded by then."""
    with suppress(Refused):
        return late_hand_ins(coursedir, assignment)
    return None, ()


def points_by_hand(course: Course, assignment: str) -> float:
    """The points of a release for what a person grades: answers and tasks."""
    notebooks = (
        read(path, error=CourseError) for path in course.release(assignment).glob("*.ipynb")
    )
    cells = [cell for notebook in notebooks for cell in notebook.cells]
    return sum(c.points or 0.0 for c in cells if c.task or (c.grade and c.solution))
