"""The best hand-in of each student, stored while a later one lies in submitted/."""

from __future__ import annotations

import shutil
from pathlib import Path

from autograder.course import Course
from autograder.gradebook.files import kept_name
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
            aside = stored.with_name(f".{stored.name}.new")
            shutil.rmtree(aside, ignore_errors=True)
            aside.parent.mkdir(parents=True, exist_ok=True)
            shutil.copytree(self._course.submitted(self._assignment, student), aside)
            put_in_place(aside, stored)

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
        place = self._course.submitted(self._assignment, student)
        aside = place.with_name(f".{kept_name(place.name)}.arriving")
        shutil.rmtree(aside, ignore_errors=True)
        shutil.copytree(stored, aside)
        put_in_place(aside, place)
        return True
