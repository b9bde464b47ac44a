"""Tells of hand-ins of one assignment that are passed over, and hold something else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.course import Course
from autograder.language.catalogue import words
from autograder.watch.arrivals import HandIn
from autograder.watch.exchange import shown
from autograder.watch.grading import changed_since
from autograder.watch.ledger import Ledger, LedgerEntry
from autograder.watch.notes import Notes
from autograder.watch.overtaken import overtaken, replaced
from autograder.watch.responding import Event
from autograder.watch.waiting import Waiting

# Hand-ins of one student: each is a page and a line of the ledger, so that thousands would keep
# the others waiting.
MOST_TOLD = 20


class PassedOver:
    """What the watcher does not grade, because a later hand-in or the same time stamp is graded."""

    def __init__(
        self,
        coursedir: CourseDirectory,
        config: Config,
        course: Course,
        assignment: str,
        ledger: Ledger,
        waiting: Waiting,
        notes: Notes,
    ) -> None:
        self._coursedir, self._config, self._course = coursedir, config, course
        self._assignment = assignment
        self._ledger = ledger
        self._waiting = waiting
        self._notes = notes
        self._say = words(course.language)
        self._seen: set[str] = set()  # hand-ins that this watcher has seen in the exchange
        self._late: set[str] = set()  # of these, who came after the answer to a later one

    def overtaken(self, arrived: Iterable[HandIn], now: float) -> Iterator[Event]:
        """Events, once each, on what came too late for its time stamp; the student gets a page."""
        for hand_in in self._overtaken(self._waiting.own(arrived)):
            answer, text = overtaken(self._ledger, hand_in, now, self._say)
            self._notes.refused(hand_in.name, answer.why)
            self._ledger.add(hand_in.student, answer)
            yield Event("warning", self._assignment, hand_in.student, shown(text))

    def replaced(self) -> Iterator[Event]:
        """Events, once each, on what lies in submitted/ and is not what was graded."""
        answers = self._waiting.uncompared()
        if not answers:
            return
        changed = changed_since(
            self._coursedir, self._config, self._course, self._assignment, answers
        )
        self._waiting.note_compared()
        for student in changed:
            text = replaced(self._assignment, student, answers[student], self._say)
            yield Event("warning", self._assignment, shown(student), shown(text))

    def _overtaken(self, own: Sequence[HandIn]) -> Iterator[HandIn]:
        """What came after an answer to a hand-in that is later by its name, or of the same time.

        This watcher has seen it come, or its folder's time says so. A clock was wrong, or somebody
        put an old hand-in back. As in nbgrader the last by its name counts, so that nobody would
        ever grade this one. Earlier ones that lay beside the answered one are left alone, as
        nbgrader leaves them.
        """
        self._note_who_is_late(own)
        for hand_in in own:
            answers, later = self._ledger.of(hand_in.student), self._later(hand_in)
            is_new = all(a.hand_in != hand_in.name for a in answers)
            if later and is_new and sum(a.shown == "overtaken" for a in answers) < MOST_TOLD:
                with suppress(OSError):  # taken away since the look
                    changed = hand_in.path.lstat().st_mtime if hand_in.path else 0
                    if hand_in.name in self._late or changed > min(a.answered for a in later):
                        yield hand_in

    def _note_who_is_late(self, arrived: Sequence[HandIn]) -> None:
        """Note whom this watcher sees come after the answer to a later one; it asks no clock."""
        if self._seen:  # nothing was seen while the exchange was away, and all is back at once
            new = [h for h in arrived if h.name not in self._seen]
            self._late |= {h.name for h in new if self._later(h)}
        self._seen |= {h.name for h in arrived}

    def _later(self, hand_in: HandIn) -> list[LedgerEntry]:
        answers = self._ledger.of(hand_in.student)
        return [a for a in answers if a.is_out and self._counts_before(a, hand_in)]

    def _counts_before(self, answer: LedgerEntry, hand_in: HandIn) -> bool:
        """Whether an answered hand-in is later by its name, or another of the same time."""
        if answer.timestamp != hand_in.stamp:
            return answer.timestamp > hand_in.stamp
        return answer.hand_in != hand_in.name and answer.hand_in in self._seen
