"""The results of `autograder grade`: recorded, written to a file, or compared only."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.batch.order import Result
from autograder.batch.pool import Failure, MakeExecutor, Outcome, default_workers
from autograder.batch.recording import RecordingRun
from autograder.batch.run import ClassRun
from autograder.cli.progress import Progress, Tally
from autograder.gradebook.disk_errors import GradebookLocked, Refused, explained, whole_file
from autograder.gradebook.recorder import Recorder
from autograder.gradebook.recording_preview import gradebook_differences
from autograder.language.catalogue import Say, words
from autograder.language.what_changed import in_words
from autograder.model import CourseError, Exercise, Graded, Report
from autograder.notebook.safe_outputs import for_a_terminal

NAMED = 3  # students in one line


class GradedClass:
    """One run over a class and its results."""

    def __init__(
        self,
        run: ClassRun,
        coursedir: CourseDirectory,
        config: Config,
        progress: Progress,
        make_executor: MakeExecutor | None,
    ) -> None:
        self.run = run
        self.tally = Tally()
        self.failures: list[Failure] = []
        self.renewed: Mapping[str, Sequence[str]] = {}  # student → why the rows were written again
        self._coursedir = coursedir
        self._config = config
        self._progress = progress
        self._make_executor = make_executor
        self._say = words(run.course.language)

    def record(self) -> None:
        """Into the gradebook, which is opened while the workers get warm.

        What is left to one process is to commit rows and to move files into place.
        """
        run = self.run
        with (
            run.grading(default_workers(run.course), self._make_executor) as outcomes,
            Recorder(self._coursedir, run.assignment, self._config) as recorder,
        ):
            recording = RecordingRun(run, recorder)
            try:
                for result in self._told(outcomes):
                    if isinstance(result, Failure):
                        recording.fail(result)
                    else:
                        recording.take(result)
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
            self.failures += recording.failures
            self.renewed = recorder.renewed

    def write_reports(self, path: Path) -> None:
        """To a file, for `autograder record`: all of them, or none where the run ends before."""
        with explained(path), whole_file(path) as file:
            for graded in self._graded():
                print(written(graded), file=file)
            for failure in (*self.failures, *self.run.plan.unreadable):
                print(json.dumps({"refused": asdict(failure)}), file=file)

    def show_differences(self) -> None:
        """Whose points would change, to the terminal."""
        reworded: dict[str, list[str]] = {}  # exercise → students
        for graded in self._graded():
            before = self.run.before(graded.report.student)
            for line in changed_points(before, graded.report, self._say):
                print(for_a_terminal(line))
            for name in changed_words(before, graded.report):
                reworded.setdefault(name, []).append(graded.report.student)
        for line in with_other_words(reworded, self._say):
            print(for_a_terminal(line))
        found = gradebook_differences(
            self._coursedir, self.run.assignment, self._config, self.run.plan.known
        )
        self.renewed = dict(found)
        again = self._say("graded again")
        for line in because(again, self.run.plan.reasons, self._say):
            print(for_a_terminal(line))

    def _graded(self) -> Iterator[Graded]:
        """Every result as it comes; failures are kept aside."""
        outcomes = self.run.outcomes(default_workers(self.run.course), self._make_executor)
        for result in self._told(outcomes):
            if isinstance(result, Failure):
                self.failures.append(result)
            else:
                assert isinstance(result, Graded)  # what is not recorded is not prepared
                yield result

    def _told(self, outcomes: Iterable[Outcome]) -> Iterator[Result | Failure]:
        """Outcomes, each counted and shown once it has been dealt with."""
        for _, outcome in outcomes:
            yield outcome
            if not isinstance(outcome, Failure):
                self.tally.add(outcome.report)
            shown = outcome if isinstance(outcome, Failure) else outcome.report
            self._progress.advance(shown, skipped=self.run.plan.skipped)


def written(graded: Graded) -> str:
    """A result as a line of a file, for `autograder record`."""
    data = {
        "key": graded.key.to_json() if graded.key else None,
        "report": graded.report.to_json(),
        "notebook": graded.notebook,
        "others": {other.name: other.notebook for other in graded.others},
        "ordinary": sorted(graded.ordinary),
        "made": dict(graded.made),
        "shown": graded.shown,
    }
    return json.dumps(data)


def because(what: str, reasons: Mapping[str, Sequence[str]], say: Say) -> Iterator[str]:
    """One line for each reason, with the students it applies to; the most common first."""
    whose: dict[str, list[str]] = defaultdict(list)
    for student, found in sorted(reasons.items()):
        for reason in found:
            whose[reason].append(student)
    for reason, students in sorted(whose.items(), key=lambda item: -len(item[1])):
        left = len(students) - NAMED
        more = say(" and {n} more").format(n=left) if left > 0 else ""
        names = say(", ").join(students[:NAMED]) + more
        yield say("{what}: {reason}: {names}").format(
            what=what, reason=in_words(reason, say), names=names
        )


def changed_points(before: Report | None, after: Report, say: Say) -> list[str]:
    """Whose points change, by how much and why; empty when nothing does."""
    if before is None:
        new = say("{student}: new, {points:g} of {most:g} points")
        return [new.format(student=after.student, points=after.points, most=after.max_points)]
    old = {e.name: e for e in before.exercises}
    lines = []
    for exercise in after.exercises:
        was = old.get(exercise.name)
        if was is None or was.points != exercise.points:
            why = _changes(was, exercise, say) or say("other weights")
            line = say("{student}: {exercise} {before} → {after:g} ({why})")
            lines.append(
                line.format(
                    student=after.student, exercise=exercise.name, why=why,
                    before=f"{was.points:g}" if was else say("none"), after=exercise.points,
                )
            )  # fmt: skip
    return lines


def changed_words(before: Report | None, after: Report) -> list[str]:
    """The exercises with the same points of which something else is said than before."""
    old = {e.name: e for e in before.exercises} if before else {}
    return [
        now.name
        for now in after.exercises
        if (was := old.get(now.name)) and was.points == now.points and _said(was) != _said(now)
    ]


def _said(exercise: Exercise) -> dict[str, tuple[str, str]]:
    return {check.id: (check.message, check.remark) for check in exercise.checks}


def with_other_words(students: Mapping[str, Sequence[str]], say: Say) -> Iterator[str]:
    """One line for each exercise: who keeps the points and reads something else."""
    for exercise, names in students.items():
        left = len(names) - NAMED
        more = say(" and {n} more").format(n=left) if left > 0 else ""
        line = say("{exercise}: the same points, and something else is said: {names}")
        yield line.format(exercise=exercise, names=say(", ").join(names[:NAMED]) + more)


def _changes(was: Exercise | None, now: Exercise, say: Say) -> str:
    """Which checks changed: one by its title, several of a kind by their number."""
    before = {check.id: str(check.verdict) for check in was.checks} if was else {}
    kinds: dict[str, list[str]] = {}
    for check in now.checks:
        old = before.get(check.id) or before.get(check.id.removesuffix("-rest"), "")
        if old != check.verdict:
            earlier = say(old.replace("_", " ")) if old else say("new")
            kind = f"{earlier} → {say(str(check.verdict).replace('_', ' '))}"
            kinds.setdefault(kind, []).append(check.title)
    line, many = say("{what}: {kind}"), say("{n} checks")
    return say("; ").join(
        line.format(what=titles[0] if len(titles) == 1 else many.format(n=len(titles)), kind=kind)
        for kind, titles in kinds.items()
    )
