"""The best hand-in of each student, stored while a later one lies in submitted/."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

from autograder.course import Course
from autograder.gradebook.files import kept_name
from autograder.nbgrader_plugins.collecting import copy_regular_files
from autograder.watch.exchange import put_in_place
from autograder.watch.ledger import LedgerEntry
from autograder.watch.responding import stamp_of


class StoredBest:
    """Of one assignment, where the course says that the best hand-in counts."""

    def __init__(self, course: Course, assignment: str, folder: Path) -> None:
        self._course = course
        self._assignment = assignment
        self._folder = folder

    def lies(self, student: str) -> str:
        """The time stamp of what lies in submitted/, as the ledger keeps it."""
        return stamp_of(self._course.submitted(self._assignment, student))

    def store(self, student: str, best: LedgerEntry | None) -> None:
        """Keep the best hand-in before another takes its place in submitted/."""
        stored = self._folder / kept_name(student)
        if best is None or best.timestamp != self.lies(student):
            return
        if stamp_of(stored) != best.timestamp:
            _copied(self._course.submitted(self._assignment, student), stored, "new")

    def put_back(self, student: str, best: LedgerEntry) -> bool:
        """Let submitted/ hold it again; whether it has to be recorded then.

        A watcher that was killed may have put it back and not recorded it.
        """
        lies = self.lies(student)
        if lies == best.timestamp:
            return stamp_of(self._course.autograded(self._assignment, student)) != lies
        stored = self._folder / kept_name(student)
        if stamp_of(stored) != best.timestamp:
            return False  # an instructor has put something else there
        _copied(stored, self._course.submitted(self._assignment, student), "arriving")
        return True


def _copied(source: Path, place: Path, what: str) -> None:
    """Put a copy of a submission in place: of its regular files, with their permissions."""
    aside = place.with_name(f".{kept_name(place.name)}.{what}")
    shutil.rmtree(aside, ignore_errors=True)
    copy_regular_files(source, aside)
    for path in (aside, *aside.rglob("*")):
        with suppress(OSError):  # changed since
            shutil.copymode(source / path.relative_to(aside), path)
    put_in_place(aside, place)
