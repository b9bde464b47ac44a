"""The results of a class into the gradebook, in batches, and then into the report store."""

from __future__ import annotations

from types import TracebackType

from autograder.batch.pool import Failure
from autograder.batch.run import ClassRun
from autograder.gradebook.recorder import Recorder
from autograder.gradebook.refusals import explained
from autograder.gradebook.staging import Prepared, Staged
from autograder.model import Graded, GraderError, Report, SubmissionError


class RecordingRun:
    """Puts outcomes into the gradebook in batches, and then by.

    Use as a context manager around all that gives outcomes: when it is left by an error,
    nothing that was prepared and not recorded stays behind.
    """

    def __init__(self, run: ClassRun, recorder: Recorder) -> None:
        self._run = run
        self._recorder = recorder
        recorder.before_commit = run.kept.forget
        self._waiting: list[tuple[str, Report | None]] = []  # without a report: it is drafted
        self.failures: list[Failure] = []

    def __enter__(self) -> RecordingRun:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            for student in self._run.plan.students:
                self._recorder.leave(student)
                self._run.kept.discard(student)

    def take(self, graded: Graded | Prepared | Staged) -> None:
        """Record one result; a full batch is committed.

        What is staged already has its report drafted too.
        """
        student = graded.report.student
        self._waiting.append((student, None if isinstance(graded, Staged) else graded.report))
        try:
            self._recorder.record(graded)
        except (SubmissionError, GraderError) as error:
            self._waiting.pop()
            self.fail(Failure(student, str(error), ours=isinstance(error, GraderError)))
            return
        if not self._recorder.waiting:
            self._put_by()

    def fail(self, failure: Failure) -> None:
        """A submission that is not recorded; what was prepared for it is removed."""
        self.failures.append(failure)
        self._recorder.leave(failure.student)
        self._run.kept.discard(failure.student)

    def finish(self) -> None:
        """Commit what is left."""
        self._recorder.flush()
        self._put_by()

    def _put_by(self) -> None:
        lost = {u.student: u.reason for u in self._recorder.unrecorded}
        for student, report in self._waiting:
            if student in lost:
                self.fail(Failure(student, lost[student]))
                continue
            with explained(self._run.kept.folder):
                if report is None:
                    self._run.kept.publish(student)
                else:
                    self._run.keep(report)
        self._waiting.clear()
