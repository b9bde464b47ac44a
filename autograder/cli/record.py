"""``autograder record``"""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from autograder.batch.alone import graded_alone
from autograder.batch.order import Order
from autograder.batch.pool import Failure
from autograder.batch.recording import RecordingRun
from autograder.batch.run import ClassRun
from autograder.cli.base import CourseApp
from autograder.cli.graded_class import because
from autograder.cli.help import aliases
from autograder.gradebook.recorder import Recorder
from autograder.gradebook.staging import Staging
from autograder.grading.fingerprint import change
from autograder.language.catalogue import words
from autograder.language.refusals import in_own_words
from autograder.model import CourseError, Executed, Graded, Key, Report, SubmissionError
from autograder.nbgrader_plugins.other_notebooks import other_notebooks
from autograder.notebook.safe_outputs import for_a_terminal


class RecordApp(CourseApp):
    """Put reports that `autograder grade --reports` wrote elsewhere into the gradebook."""

    name = "autograder-record"
    description = __doc__
    takes = "ASSIGNMENT FILE..."
    examples = """
        autograder record optimization shard1.jsonl shard2.jsonl
        autograder record optimization shard*.jsonl
        """

    aliases: ClassVar[dict[str, Any]] = aliases("db")

    def run(self) -> None:
        if len(self.extra_args) < 2:
            raise CourseError("say what to record: autograder record ASSIGNMENT FILE...")
        assignment, *files = self.extra_args
        run = ClassRun(
            self.course,
            assignment,
            order=Order(
                staging=Staging.of(self.coursedir, assignment, self.config),
                others=other_notebooks(self.coursedir, assignment, self.course, self.config),
            ),
        )
        with (
            graded_alone(self.course, assignment),
            Recorder(self.coursedir, assignment, self.config) as recorder,
        ):
            recording = RecordingRun(run, recorder)
            looked_at = set()
            for path in files:
                for found in read_reports(Path(path)):
                    found = found if isinstance(found, Failure) else as_of_today(run, found)
                    if isinstance(found, Failure):
                        looked_at.add(found.student)
                        recording.fail(found)
                    else:
                        looked_at.add(found.report.student)
                        recording.take(found)
            recording.finish()
            recording.remember_refusals(looked_at)
        say, n = words(self.course.language), recorder.recorded
        one = say("recorded {n} submission of {assignment}")
        line = one if n == 1 else say("recorded {n} submissions of {assignment}")
        print(line.format(n=n, assignment=assignment))
        for failure in recording.failures:
            reason = in_own_words(failure.reason, say)
            told = say("{name}: {message}").format(name=failure.student, message=reason)
            self.log.error("%s", for_a_terminal(told))
        self._say_what_is_left(run, {failure.student for failure in recording.failures})
        if recording.failures:
            sys.exit(1)

    def _say_what_is_left(self, run: ClassRun, failed: Collection[str]) -> None:
        """Name whose submissions no file holds a result of, and whose result is out of date."""
        say = words(self.course.language)
        left = {job.student for job in run.jobs()} - set(failed)
        if not left:
            return
        command = f"autograder grade {run.assignment}"
        print(say("WARNING: {text}").format(text=say(
            "not everybody's grade is up to date: run `{command}`"
        ).format(command=command)))  # fmt: skip
        nowhere = ("no file has a report of it",)
        reasons = {student: run.plan.reasons.get(student, nowhere) for student in left}
        for text in because(say("not up to date"), reasons, say):
            print(for_a_terminal(text))


def as_of_today(run: ClassRun, graded: Graded) -> Graded | Failure:
    """A result from a file, unless it is of another hand-in or of other graders than today's.

    Versions of Python and libraries may be others where it was made: the next grading says so.
    """
    student = graded.report.student
    try:
        _, now = run.read(student)
    except SubmissionError as error:
        return Failure.of(student, error)
    key = graded.key and replace(graded.key, run=now.run, outputs=now.outputs)
    since = key and change(key, now)
    if not since:
        return graded
    what = "; ".join(since.reasons)
    return Failure(student, f"not recorded, as this has changed since it was graded: {what}")


def read_reports(path: Path) -> Iterator[Graded | Failure]:
    """The results in a file, and who could not be graded.

    Raises CourseError naming the line that is none.
    """
    try:
        file = path.open(encoding="utf-8")
    except OSError as error:
        raise CourseError(f"{path} cannot be read: {error.strerror}") from error
    with file:
        for number, line in enumerate(file, start=1):  # a class of notebooks is large
            try:
                yield _revived(line)
            except (ValueError, KeyError, TypeError) as error:
                raise CourseError(
                    f"{path}, line {number} is no report ({error}): make the file again with "
                    "`autograder grade ASSIGNMENT --shard i/n --reports FILE`"
                ) from error


def _revived(line: str) -> Graded | Failure:
    data = json.loads(line)
    if "refused" in data:
        return Failure(**data["refused"])
    others = [Executed(name, nb) for name, nb in data.get("others", {}).items()]
    report, made = Report.from_json(data["report"]), data.get("made", {})
    key = Key.from_json(data["key"]) if data["key"] else None
    ordinary = frozenset(data.get("ordinary", ()))
    shown = tuple(data["shown"]) if data.get("shown") is not None else None
    return Graded(report, data["notebook"], tuple(others), made, key, ordinary, shown)
