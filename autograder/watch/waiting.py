"""Which hand-ins of an assignment wait for an answer, and which of a student's is next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

from nbgrader.api import MissingEntry
from nbgrader.coursedir import CourseDirectory

from autograder.course import Course
from autograder.gradebook.disk_errors import explained
from autograder.gradebook.shared import SharedGradebook
from autograder.watch.arrivals import HandIn, SubmittedFolder
from autograder.watch.exchange import CourseExchange, NotTheirs
from autograder.watch.ledger import Ledger, LedgerEntry
from autograder.watch.rules import Rules

AGAIN_SECONDS = 60.0  # until what failed by our own fault is tried again


class Waiting:
    """Hand-ins in the exchange and in submitted/ that the ledger holds no answer to."""

    def __init__(
        self,
        coursedir: CourseDirectory,
        course: Course,
        assignment: str,
        rules: Rules,
        exchange: CourseExchange,
        ledger: Ledger,
    ) -> None:
        self._coursedir = coursedir
        self._course = course
        self._assignment = assignment
        self._rules = rules
        self._exchange = exchange
        self._ledger = ledger
        self._submitted = SubmittedFolder(course, assignment)
        self._misnamed: set[str] = set()  # folders whose names cannot be anybody's
        self._foreign: set[str] = set()  # hand-ins that are not of whom they name
        self._looked_at: set[str] = set()  # whose owner is known
        self._known: dict[str, tuple[HandIn, LedgerEntry]] = {}  # what lies in submitted/
        self._compared: dict[str, HandIn] = {}  # of these, by student
        self._failed: dict[str, float] = {}  # hand-in → when it is tried again

    @property
    def arriving(self) -> int:
        """Submissions in submitted/ that may still have been written at the last look."""
        return self._submitted.arriving

    def misnamed(self) -> Iterator[str]:
        """Folders of submitted/ whose names cannot be anybody's, each once."""
        for name in self._course.misnamed(self._course.submitted_directory, self._assignment):
            if name not in self._misnamed:
                self._misnamed.add(name)
                yield name

    def leave_out(self, hand_in: HandIn) -> None:
        """Ignore a hand-in that does not belong to the student whom it names."""
        self._foreign.add(hand_in.name)

    def strangers(self, arrived: Iterable[HandIn]) -> Iterator[tuple[HandIn, NotTheirs]]:
        """What arrived and is not of whom it names, each once; it is left out from now on.

        All at once: whoever puts a thousand folders there in a student's name is to keep that
        student's own from being graded for no longer than one look.
        """
        for hand_in in (h for h in arrived if h.name not in self._looked_at):
            self._looked_at.add(hand_in.name)
            try:
                self._exchange.require_owner(hand_in)
            except NotTheirs as error:
                self.leave_out(hand_in)
                yield hand_in, error

    def uncompared(self) -> dict[str, LedgerEntry]:
        """By student the answer whose hand-in's name or time stamp submitted/ bears.

        Whether it holds the same, only its contents can tell; asked once until somebody changes it.
        """
        known = self._known.items()
        return {s: a for s, (lies, a) in known if self._compared.get(s) is not lies}

    def note_compared(self) -> None:
        """Let only what somebody changes from now on be compared."""
        self._compared = {student: lies for student, (lies, _) in self._known.items()}

    def own(self, arrived: Iterable[HandIn]) -> list[HandIn]:
        """What arrived and is of whom it names."""
        return [h for h in arrived if h.name not in self._foreign]

    def put_off(self, hand_in: HandIn, now: float) -> None:
        """Let a hand-in wait for AGAIN_SECONDS."""
        self._failed[hand_in.name] = now + AGAIN_SECONDS

    def _is_put_off(self, hand_in: HandIn, now: float) -> bool:
        until = self._failed.get(hand_in.name, now)
        return now < until <= now + AGAIN_SECONDS  # or the clock has been put back

    def look_again(self, student: str) -> None:
        """Note that the watcher itself has changed this student's folder in submitted/."""
        self._submitted.forget(student)

    def pending(self, arrived: Iterable[HandIn], now: float) -> list[HandIn]:
        """Of each student the hand-in to be answered next, if there is one; the oldest first."""
        of_student: dict[str, list[HandIn]] = defaultdict(list)
        for hand_in in self.own(arrived):
            of_student[hand_in.student].append(hand_in)
        chosen = {student: self._next(student, found) for student, found in of_student.items()}
        self._known.clear()
        for hand_in in self._submitted.look(now):
            student = hand_in.student
            known = self._answers_to_what_lies(hand_in)
            if not known and chosen.get(student) is None:
                chosen[student] = hand_in
            if known and known[-1].is_graded:
                self._known[student] = hand_in, known[-1]
        found = [h for h in chosen.values() if h and not self._is_put_off(h, now)]
        return sorted(found, key=lambda h: (h.stamp, h.name))

    def _answers_to_what_lies(self, hand_in: HandIn) -> list[LedgerEntry]:
        """Those to its name or time stamp, the last one last."""
        answers = [a for a in self._ledger.of(hand_in.student) if a.is_out]
        stamp = hand_in.stamp or None
        return [
            a
            for a in answers
            if a.hand_in == hand_in.name or (a.timestamp == stamp and a.shown != "overtaken")
        ]

    def _next(self, student: str, found: Sequence[HandIn]) -> HandIn | None:
        answers = [a for a in self._ledger.of(student) if a.is_out]
        names = {answer.hand_in for answer in answers}
        last = max((answer.timestamp for answer in answers), default="")
        new = [h for h in found if h.name not in names and h.stamp > last]
        if not new:
            return None
        if self._rules.keep == "best":
            return min(new, key=lambda h: h.stamp)
        newest = max(new, key=lambda h: h.stamp)
        if self._exchange.before_duedate and (due := self._due()):
            in_time = [h for h in found if h.stamp <= due]
            if in_time:
                newest = max(in_time, key=lambda h: h.stamp)
                return newest if newest in new else None
        return newest

    def _due(self) -> str:
        with (
            explained(self._coursedir.db_url),
            SharedGradebook(self._coursedir.db_url, self._coursedir.course_id) as gradebook,
            suppress(MissingEntry),
        ):
            due = gradebook.find_assignment(self._assignment).duedate
            return due.isoformat() if due else ""
        return ""
