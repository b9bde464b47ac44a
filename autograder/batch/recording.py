"""Records the results of a class, and names the submissions that cannot be recorded."""

from __future__ import annotations

from collections.abc import Collection

from autograder.batch.order import Result
from autograder.batch.pool import Failure
from autograder.batch.run import ClassRun
from autograder.gradebook.recorder import Recorder
from autograder.model import GraderError, SubmissionError


class RecordingRun:
    """Passes outcomes to the recorder, and collects failures."""

    def __init__(self, run: ClassRun, recorder: Recorder) -> None:
        self._run = run
        self._recorder = recorder
        self.failures: list[Failure] = []

    def take(self, result: Result) -> None:
        """Record one result; a full batch is committed."""
        student = result.report.student
        try:
            self._recorder.record(result)
        except (SubmissionError, GraderError) as error:
            self.fail(Failure.of(student, error))
        self._add_unrecorded()

    def fail(self, failure: Failure) -> None:
        """Note a submission that is not recorded, and remove its staged files."""
        self.failures.append(failure)
        self._recorder.leave(failure.student)

    def renew(self) -> None:
        """Bring the gradebook up to date with the results that were found unchanged."""
        for student, scores in self._run.plan.known.items():
            try:
                self._recorder.renew(student, scores)
            except SubmissionError as error:
                self.fail(Failure.of(student, error))
        self.finish()

    def finish(self) -> None:
        """Commit what is left."""
        self._recorder.flush()
        self._add_unrecorded()

    def remember_refusals(self, looked_at: Collection[str]) -> None:
        """Store who of `looked_at` could not be graded, for the class report."""
        kept = self._run.kept
        refused = {f.student: f.reason for f in (*self.failures, *self._run.plan.unreadable)}
        for student in kept.refusals().keys() & set(looked_at) - refused.keys():
            kept.admit(student)
        for student, reason in refused.items():
            kept.refuse(student, reason)

    def _add_unrecorded(self) -> None:
        while self._recorder.unrecorded:
            lost = self._recorder.unrecorded.pop(0)
            self.fail(Failure(lost.student, lost.reason))
