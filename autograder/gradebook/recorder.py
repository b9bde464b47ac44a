"""Writes reports into the gradebook and the autograded folders: one writer, in batches.

A kill is harmless at any moment: files are staged aside, the gradebook's transaction is committed,
then the files are moved into place. A submission that is missing afterwards is graded again, with
the same result.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Set
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType

from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from traitlets.config import Config

from autograder.gradebook.disk_errors import explained, refused
from autograder.gradebook.late_penalty import LatePolicy
from autograder.gradebook.released import release_into_gradebook
from autograder.gradebook.rows import AssignmentRows, Entry, NotebookScores
from autograder.gradebook.shared import SharedGradebook, analyze, prepare_gradebook
from autograder.gradebook.staging import Prepared, Staged, Staging, known_entry, not_handed_in
from autograder.model import CourseError, Graded, GraderError

BATCH = 100  # submissions per transaction


@dataclass(frozen=True)
class Unrecorded:
    """A submission that could not be recorded, and why; its old grade stays."""

    student: str
    reason: str


class Recorder:
    """Writes graded submissions of one assignment as `nbgrader autograde` would.

        with Recorder(coursedir, "ps1", config) as recorder:
            for graded in results:
                recorder.record(graded)

    Leaving the block writes the last batch; `unrecorded` then names what could not be written.
    """

    def __init__(
        self,
        coursedir: CourseDirectory,
        assignment: str,
        config: Config | None = None,
        *,
        batch: int = BATCH,
    ) -> None:
        """Raises CourseError when the assignment is not in the gradebook nor released, and
        Refused when the gradebook cannot be used."""
        config = config or Config()
        self._coursedir = coursedir
        self._batch = batch
        self.staging = Staging.of(coursedir, assignment, config)
        self.preparation = self.staging.preparation
        self._files = self.staging.files
        with explained(coursedir.db_url):
            prepare_gradebook(coursedir.db_url, coursedir.course_id)
            release_into_gradebook(coursedir, assignment)
            self._gradebook = SharedGradebook(coursedir.db_url, coursedir.course_id)
            self._rows = AssignmentRows(self._gradebook, assignment, LatePolicy(config))
        self._writer = _Writer(self.staging, self._gradebook, self._rows)
        self._waiting: dict[str, Staged | Entry] = {}
        self.recorded = 0
        self.renewed: dict[str, list[str]] = {}  # student → what changed, in words
        self.unrecorded: list[Unrecorded] = []

    def __enter__(self) -> Recorder:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self.flush()
        finally:
            self.close()

    def close(self) -> None:
        """End the session; what was not flushed is dropped."""
        for student, result in self._waiting.items():
            if isinstance(result, Staged):
                self.staging.discard(student)
        self._waiting.clear()
        self._gradebook.close()
        if self.recorded:
            with suppress(OperationalError):  # it makes nothing right, only faster
                analyze(self._gradebook.engine)

    def record(self, result: Graded | Prepared | Staged) -> None:
        """Add one student's result to the batch; a full batch is written.

        Raises GraderError when the report holds an error of the grader, and SubmissionError when
        the submission's timestamp.txt or another file cannot be read: nothing of that student is
        then written. Raises Refused when nothing more can be written at all.
        """
        student = result.report.student
        if isinstance(result, Graded):
            result = self.preparation(result)
        missing = self._missing(student, result.scores)
        self._require_all(student, {*result.scores, *missing})
        if student in self._waiting:
            self.flush()
        staged = result if isinstance(result, Staged) else self.staging(result)
        self._wait(student, staged)

    def renew(self, student: str, scores: Mapping[str, NotebookScores]) -> None:
        """Compare the rows of an up-to-date result with the gradebook, and write what differs.

        Rows differ in another gradebook, or when a due date, an extension, the time stamp or the
        late policy has changed. Raises SubmissionError and Refused as `record` does.
        """
        self._wait(student, known_entry(self._files, student, self._rows.notebooks, scores))

    def _missing(self, student: str, graded: Collection[str]) -> tuple[str, ...]:
        return not_handed_in(self._files, student, self._rows.notebooks, graded)

    def _wait(self, student: str, result: Staged | Entry) -> None:
        self._waiting[student] = result
        if len(self._waiting) >= self._batch:
            self.flush()

    def _require_all(self, student: str, graded: Set[str]) -> None:
        if left := sorted(set(self._rows.notebooks) - graded):
            raise GraderError(
                f"{', '.join(left)} of {student} was handed in and not graded: the gradebook "
                f"knows it and {self._files.assignment}'s release does not. Run "
                f"`nbgrader generate_assignment {self._files.assignment} --force`"
            )

    def leave(self, student: str) -> None:
        """Remove the staged files of a student who is not recorded after all."""
        if student not in self._waiting:
            self.staging.discard(student)

    def flush(self) -> None:
        """Write the batch; raises Refused when the gradebook or the disk does not allow it."""
        if not self._waiting:
            return
        waiting = dict(self._waiting)
        try:
            self._write(waiting)
        except Exception as error:
            self._raise_if_refused(error)
            self._write_one_by_one(waiting)
        self._waiting.clear()

    def _write_one_by_one(self, waiting: Mapping[str, Staged | Entry]) -> None:
        """Write each entry by itself, so that one that cannot be written affects no other."""
        for student, result in waiting.items():
            try:
                self._write({student: result})
            except Exception as error:
                self._raise_if_refused(error)
                if isinstance(result, Staged):
                    self.staging.discard(student)
                kind = "" if isinstance(error, CourseError) else f"{type(error).__name__}: "
                self.unrecorded.append(Unrecorded(student, f"{kind}{error}"))
            del self._waiting[student]

    def _write(self, waiting: Mapping[str, Staged | Entry]) -> None:
        self.renewed |= self._writer.write(waiting)
        self.recorded += sum(isinstance(result, Staged) for result in waiting.values())

    def _raise_if_refused(self, error: Exception) -> None:
        if isinstance(error, SQLAlchemyError):
            told = refused(error, self._coursedir.db_url)
        else:
            told = refused(error) if isinstance(error, OSError) else None
        if told is not None:
            text = f"{len(self._waiting)} graded submissions wait to be written: {told}"
            raise type(told)(text) from error


class _Writer:
    """Writes rows, files and reports of one batch; on an error the rows stay as they were."""

    def __init__(self, staging: Staging, gradebook: SharedGradebook, rows: AssignmentRows) -> None:
        self._staging = staging
        self._gradebook = gradebook
        self._rows = rows

    def write(self, waiting: Mapping[str, Staged | Entry]) -> dict[str, list[str]]:
        """Write rows, then files and reports; an earlier report is removed before the rows change.

        Returns sentences on what changed, for students that were recorded before.
        """
        session = self._gradebook.db()
        entries = [self._entry(student, result) for student, result in waiting.items()]
        staged = [result for result in waiting.values() if isinstance(result, Staged)]
        try:
            changed = self._rows.write(session, entries)
            for result in staged:
                self._staging.reports.forget(result.report.student)
            for student in waiting:
                is_changed = bool(changed.get(student))
                self._staging.files.forget_other_pages(student, is_changed=is_changed)
            session.commit()
        except BaseException:
            session.rollback()
            raise
        for result in staged:
            self._staging.publish(result)
        known = waiting.keys() - {result.report.student for result in staged}
        renewed = {student: self._renew_receipt(student, changed.get(student)) for student in known}
        return {student: words for student, words in renewed.items() if words}

    def _entry(self, student: str, result: Staged | Entry) -> Entry:
        if isinstance(result, Entry):
            return result
        names = self._rows.notebooks
        missing = not_handed_in(self._staging.files, student, names, result.scores)
        return Entry(student, result.timestamp, result.scores, missing)

    def _renew_receipt(self, student: str, changed: list[str] | None) -> list[str]:
        if self._staging.files.is_receipt_old(student):
            self._staging.files.renew_receipt(student)
            return changed or ["handed in again"]
        return changed or []
