"""``autograder grade``"""

from __future__ import annotations

import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from typing import Any, ClassVar

from nbgrader.converters import Autograde
from nbgrader.preprocessors import AssignLatePenalties, LimitOutput
from traitlets import Bool, Unicode
from traitlets.traitlets import MetaHasTraits

from autograder.batch.order import Order, Product
from autograder.batch.pool import Failure, Outcome, default_workers
from autograder.batch.recording import RecordingRun
from autograder.batch.run import ClassRun, Shard
from autograder.cli.base import CourseApp
from autograder.cli.help import FLAGS, aliases
from autograder.cli.progress import Progress, Summary, Tally, failure_event
from autograder.course import Course
from autograder.gradebook.differences import gradebook_differences
from autograder.gradebook.points import class_book
from autograder.gradebook.recorder import Recorder
from autograder.gradebook.refusals import GradebookLocked, Refused
from autograder.gradebook.staging import Staging
from autograder.model import CourseError, Exercise, Graded, Report
from autograder.nbgrader_plugins.other_notebooks import other_notebooks
from autograder.notebook.outputs import for_a_terminal
from autograder.report.decisions import missing

NAMED = 3  # students in one line


class GradeApp(CourseApp):
    """Grade a class: every new or changed submission, in parallel, behind the wall.

    Scores, hints and outputs go where `nbgrader autograde` puts them: autograded/ and the
    gradebook. What did not change since the last run is not run again; a run that was stopped
    goes on where it was.
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
        run = self._class_run(course, assignment)
        self._start = time.monotonic()
        self._tally = Tally()
        self._renewed: Mapping[str, Sequence[str]] = {}
        self._failures: list[Failure] = []
        with Progress(len(run.plan.students), assignment, as_json=self.as_json) as self._progress:
            if self.diff:
                self._show_differences(run)
            elif self.reports:
                self._write_reports(run)
            else:
                self._record(run)
        self._summarise(run)

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

    def _record(self, run: ClassRun) -> None:
        """The gradebook is opened while the workers get warm.

        What is left to one process is to commit rows and to move files into place.
        """
        with (
            run.grading(default_workers(run.course), self._executor()) as outcomes,
            Recorder(self.coursedir, run.assignment, self.config) as recorder,
        ):
            recording = RecordingRun(run, recorder)
            try:
                self._grade(run, outcomes, recording.take, recording.fail)
                recording.renew()
                recording.remember_refusals(run.plan.students)
            except Refused as error:
                if not isinstance(error, GradebookLocked):
                    with suppress(Refused):
                        recording.finish()
                raise Refused(f"{error}. {recorder.recorded} were recorded by this run") from error
            except (CourseError, KeyboardInterrupt, BrokenPipeError):
                recording.finish()
                raise
            self._failures += recording.failures
            self._renewed = recorder.renewed

    def _write_reports(self, run: ClassRun) -> None:
        with open(self.reports, "w", encoding="utf-8") as file:  # noqa: PTH123 - user's own path
            write = partial(print, file=file)
            self._grade(run, self._outcomes(run), lambda graded: write(written(graded)))
            for failure in (*self._failures, *run.plan.unreadable):
                write(json.dumps({"refused": asdict(failure)}))

    def _show_differences(self, run: ClassRun) -> None:
        def show(graded: Graded) -> None:
            student = graded.report.student
            for line in differences(run.before(student), graded.report):
                print(for_a_terminal(line))

        self._grade(run, self._outcomes(run), show)
        found = gradebook_differences(self.coursedir, run.assignment, self.config, run.plan.known)
        self._renewed = dict(found)
        for line in because("graded again", run.plan.reasons):
            print(for_a_terminal(line))

    def _outcomes(self, run: ClassRun) -> Iterator[Outcome]:
        return run.outcomes(default_workers(run.course), self._executor())

    def _grade(
        self,
        run: ClassRun,
        outcomes: Iterable[Outcome],
        take: Callable[[Any], None],
        fail: Callable[[Failure], None] | None = None,
    ) -> None:
        fail = fail or self._failures.append
        for _, outcome in outcomes:
            if isinstance(outcome, Failure):
                fail(outcome)
                self._progress.advance(outcome, skipped=run.plan.skipped)
            else:
                take(outcome)
                self._tally.add(outcome.report)
                self._progress.advance(outcome.report, skipped=run.plan.skipped)

    def _executor(self) -> Callable[[], Executor] | None:
        if not self.dask:
            return None
        from autograder.batch.dask import dask_executor

        return lambda: dask_executor(self.dask)

    def _summarise(self, run: ClassRun) -> None:
        self._failures += run.plan.unreadable
        lost = {failure.student for failure in self._failures}
        unchanged = len(set(run.plan.unchanged) - self._renewed.keys() - lost)
        seconds = time.monotonic() - self._start
        if self.as_json:
            failed = [failure_event(failure) for failure in self._failures]
            totals = {"unchanged": unchanged, "failed": failed, "seconds": round(seconds, 3)}
            renewed = {name: list(words) for name, words in self._renewed.items()}
            totals["not handed in"] = self._missing(run)
            print(json.dumps(self._tally.to_json() | totals | {"recorded again": renewed}))
        else:
            summary = Summary(
                self._tally, self._failures, unchanged, seconds, self._missing(run),
                self._next(run.assignment), run.course.language,
            )  # fmt: skip
            again = because("recorded again, nothing was run", self._renewed)
            for line in (*map(for_a_terminal, again), *summary.lines()):
                print(line)
            if self.diff:
                print("nothing was written: the same command without --diff does it")
        if self._failures:
            sys.exit(1)

    def _missing(self, run: ClassRun) -> list[str]:
        """Who has handed in nothing, where the whole class is graded."""
        if self.shard or self.diff or self.reports or self.coursedir.student_id != "*":
            return []
        enrolled: frozenset[str] = frozenset()
        with suppress(Refused):  # all is recorded: who is on the list is the least of it
            enrolled = class_book(self.coursedir, ()).students
        known = missing(run.course, run.assignment, run.plan.students, enrolled)
        left_out = self.coursedir.student_id_exclude.split(",")
        return [student for student in known if student not in left_out]

    def _next(self, assignment: str) -> list[str]:
        """What to type when this command has done its work."""
        if self.diff:
            return []
        if self.reports:
            return [f"autograder record {assignment} {self.reports}"]
        return [f"autograder {command} {assignment}" for command in ("feedback", "report")]


def written(graded: Graded) -> str:
    """A result as a line of a file, for `autograder record`."""
    data = {
        "key": graded.key.to_json() if graded.key else None,
        "report": graded.report.to_json(),
        "notebook": graded.notebook,
        "others": {other.name: other.notebook for other in graded.others},
        "made": dict(graded.made),
    }
    return json.dumps(data)


def because(what: str, reasons: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """What is done and why, by student; the most common reason first."""
    whose: dict[str, list[str]] = defaultdict(list)
    for student, found in sorted(reasons.items()):
        for reason in found:
            whose[reason].append(student)
    for reason, students in sorted(whose.items(), key=lambda item: -len(item[1])):
        more = f" and {len(students) - NAMED} more" if len(students) > NAMED else ""
        yield f"{what}: {reason}: {', '.join(students[:NAMED])}{more}"


def differences(before: Report | None, after: Report) -> list[str]:
    """Whose points change, by how much and why; empty when nothing does."""
    if before is None:
        return [f"{after.student}: new, {after.points:g} of {after.max_points:g} points"]
    old = {e.name: e for e in before.exercises}
    lines = []
    for exercise in after.exercises:
        was = old.get(exercise.name)
        if was is None or was.points != exercise.points:
            why = _changes(was, exercise)
            points = f"{was.points:g}" if was else "none"
            lines.append(
                f"{after.student}: {exercise.name} {points} → {exercise.points:g} "
                f"({why or 'other weights'})"
            )
    return lines


def _changes(was: Exercise | None, now: Exercise) -> str:
    """Which checks changed: one by its title, several of a kind by their number."""
    before = {check.id: str(check.verdict) for check in was.checks} if was else {}
    kinds: dict[str, list[str]] = {}
    for check in now.checks:
        old = before.get(check.id, "new")
        if old != check.verdict:
            kinds.setdefault(f"{old} → {check.verdict}".replace("_", " "), []).append(check.title)
    return "; ".join(
        f"{titles[0] if len(titles) == 1 else f'{len(titles)} checks'}: {kind}"
        for kind, titles in kinds.items()
    )
