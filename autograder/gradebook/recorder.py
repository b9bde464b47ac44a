"""Reports into the gradebook and the autograded folders: one writer, many submissions at a time.

The order makes a kill harmless: files are staged aside, the gradebook's transaction is
committed, then the files are moved into place. Whoever is missing afterwards is graded again,
with the same result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import OperationalError
from traitlets.config import Config

from autograder.gradebook.files import handed_in_at
from autograder.gradebook.late_penalty import late_penalty
from autograder.gradebook.refusals import explained, refused
from autograder.gradebook.released import release_into_gradebook
from autograder.gradebook.rows import AssignmentRows, Entry
from autograder.gradebook.shared import SharedGradebook, analyze, prepare_gradebook
from autograder.gradebook.staging import Prepared, Staged, Staging, stage
from autograder.model import Graded, GraderError

BATCH = 100  # submissions per transaction


@dataclass(frozen=True)
class Unrecorded:
    """A submission that could not be recorded, and why; its old grade stays."""

    student: str
    reason: str


class Recorder:
    """Writes graded submissions of one assignment as `nbgrader autograde` would.

        with Recorder(coursedir, "optimization", config) as recorder:
            for graded in results:
                recorder.record(graded)

    Leaving the block writes what is left; `unrecorded` then names what could not be written.
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
            self._rows = AssignmentRows(self._gradebook, assignment, late_penalty(config))
        self._waiting: dict[str, Entry] = {}
        self.before_commit: Callable[[str], None] = lambda student: None
        self.recorded = 0
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

    @property
    def waiting(self) -> int:
        """How many submissions are taken and not yet written."""
        return len(self._waiting)

    def close(self) -> None:
        """End the session; what was not flushed is dropped."""
        for student in self._waiting:
            self._files.discard(student)
        self._waiting.clear()
        self._gradebook.close()
        if self.recorded:
            with suppress(OperationalError):  # it makes nothing right, only faster
                analyze(self._gradebook.engine)

    def record(self, *notebooks: Graded | Prepared | Staged) -> None:
        """Take one student's graded notebooks; written when a batch is full.

        Raises GraderError when a report holds an error of ours, and SubmissionError when the
        submission's timestamp.txt or another file cannot be read: nothing of that student is
        then written. Raises Refused when nothing more can be written at all.
        """
        student = notebooks[0].report.student
        if student in self._waiting:
            self.flush()
        entry = self._entry(student, notebooks)
        self._waiting[student] = entry
        if len(self._waiting) >= self._batch:
            self.flush()

    def _entry(self, student: str, notebooks: Sequence[Graded | Prepared | Staged]) -> Entry:
        """What the gradebook gets; the files are staged afterwards, if they were not before."""
        ready = [self.preparation(n) if isinstance(n, Graded) else n for n in notebooks]
        scores = {name: found for n in ready for name, found in n.scores.items()}
        missing = self._missing(student, scores)
        if left := sorted(set(self._rows.notebooks) - {*scores, *missing}):
            raise GraderError(
                f"{', '.join(left)} of {student} was handed in and not graded: the gradebook "
                f"knows it and {self._files.assignment}'s release does not. Run "
                f"`nbgrader generate_assignment {self._files.assignment} --force`"
            )
        if isinstance(ready[0], Staged):
            return Entry(student, ready[0].timestamp, scores, missing)
        timestamp = handed_in_at(self._files.submitted(student))
        prepared = [n for n in ready if isinstance(n, Prepared)]
        texts = {name: text for n in prepared for name, text in n.texts.items()}
        made = {path: text for n in prepared for path, text in n.made.items()}
        stage(self._files, student, texts, made)
        return Entry(student, timestamp, scores, missing)

    def leave(self, student: str) -> None:
        """Forget what was staged for a student who is not recorded after all."""
        if student not in self._waiting:
            self._files.discard(student)

    def flush(self) -> None:
        """Write all that waits; raises Refused when the gradebook or the disk does not let us."""
        if not self._waiting:
            return
        entries = list(self._waiting.values())
        try:
            self._write(entries)
        except Exception as error:
            self._raise_if_refused(error)
            self._write_one_by_one(entries)
        self._waiting.clear()

    def _write_one_by_one(self, entries: Sequence[Entry]) -> None:
        """Find the entries that cannot be written; the others are not to suffer for them."""
        for entry in entries:
            try:
                self._write([entry])
            except Exception as error:
                self._raise_if_refused(error)
                self._files.discard(entry.student)
                reason = f"{type(error).__name__}: {error}"
                self.unrecorded.append(Unrecorded(entry.student, reason))
            del self._waiting[entry.student]

    def _write(self, entries: Sequence[Entry]) -> None:
        session = self._gradebook.db()
        try:
            self._rows.write(session, entries)
            for entry in entries:
                self.before_commit(entry.student)
            session.commit()
        except BaseException:
            session.rollback()
            raise
        for entry in entries:
            self._files.publish(entry.student)
        self.recorded += len(entries)

    def _raise_if_refused(self, error: Exception) -> None:
        if isinstance(error, OperationalError):
            told = refused(error, self._coursedir.db_url)
        else:
            told = refused(error) if isinstance(error, OSError) else None
        if told is not None:
            text = f"{len(self._waiting)} graded submissions wait to be written: {told}"
            raise type(told)(text) from error

    def _notebooks_of(self, student: str) -> Iterable[Path]:
        folder = self._files.submitted(student)
        return (folder / f"{name}.ipynb" for name in self._rows.notebooks)

    def _missing(self, student: str, graded: Mapping[str, Any]) -> tuple[str, ...]:
        """Notebooks of the assignment that were not handed in; a graded one was, somewhere."""
        missing = (path.stem for path in self._notebooks_of(student) if not path.exists())
        return tuple(name for name in missing if name not in graded)
