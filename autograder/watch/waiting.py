"""Which hand-ins of an assignment wait for an answer, and which of a student's is next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

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
        self._assignment = assignment
        self._rules = rules
        self._exchange = exchange
        self._ledger = ledger
        self._submitted = SubmittedFolder(course, assignment)
        self._foreign: set[str] = set()  # hand-ins that are not of whom they name
        self._looked_at: set[str] = set()  # whose owner is known
        self._failed: dict[str, float] = {}  # hand-in → when it is tried again

    @property
    def arriving(self) -> int:
        """Submissions in submitted/ that may still have been written at the last look."""
        return self._submitted.arriving

    def is_out_of_order(self, hand_in: HandIn) -> bool:
        """Whether its time stamp is earlier than that of one which was answered before."""
        last = self._ledger.last(hand_in.student)
        return last is not None and bool(hand_in.stamp) and hand_in.stamp < last.timestamp

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

    def put_off(self, hand_in: HandIn, now: float) -> None:
        """Let a hand-in wait for AGAIN_SECONDS."""
        self._failed[hand_in.name] = now + AGAIN_SECONDS

    def _is_put_off(self, hand_in: HandIn, now: float) -> bool:
        until = self._failed.get(hand_in.name, now)
        return now < until <= now + AGAIN_SECONDS  # or the clock has been put back

    def look_again(self, student: str) -> None:
        """Note that the watcher itself has changed this student's folder in submitted/."""
        self._submitted.forget(student)

    def pending(
        self, arrived: Iterable[HandIn], now: float, incomplete: Iterable[HandIn] = ()
    ) -> list[HandIn]:
        """Of each student the hand-in to be answered next, if there is one; the oldest first.

        What is `incomplete` in the exchange is passed over by what is answered and was made later.
        """
        of_student = self._by_student(arrived)
        others = self._by_student(incomplete)
        chosen = {
            student: self._next(student, found, others[student])
            for student, found in of_student.items()
        }
        for hand_in in self._submitted.look(now):
            student = hand_in.student
            stamps = {h.stamp for h in of_student.get(student, ())} - self._answered(student)
            is_there_too = hand_in.timestamp and hand_in.stamp in stamps
            if not (is_there_too or chosen.get(student) or self._is_graded(hand_in)):
                chosen[student] = hand_in
        found = [h for h in chosen.values() if h and not self._is_put_off(h, now)]
        return sorted(found, key=lambda h: (h.stamp, h.name))

    def _by_student(self, hand_ins: Iterable[HandIn]) -> dict[str, list[HandIn]]:
        found: dict[str, list[HandIn]] = defaultdict(list)
        for hand_in in (h for h in hand_ins if h.name not in self._foreign):
            found[hand_in.student].append(hand_in)
        return found

    def _answered(self, student: str) -> set[str]:
        return {a.timestamp for a in self._out(student)}

    def _is_graded(self, hand_in: HandIn) -> bool:
        """Whether what lies in submitted/ is what was answered, by its contents.

        Where the last one counts, it is that one, and none from before that was put back there.
        """
        same = [a for a in self._out(hand_in.student) if _is_same(a, hand_in)]
        last = self._ledger.last(hand_in.student)
        is_old = self._rules.keep == "last" and last is not None and last not in same
        return bool(same) and not (is_old and all(a.is_graded for a in same))

    def _next(
        self, student: str, found: Sequence[HandIn], incomplete: Sequence[HandIn]
    ) -> HandIn | None:
        """The hand-in to be answered, with those that it stands for: whatever else comes later is
        answered, too, whatever time its stamp tells."""
        there = [*found, *incomplete]
        answers = [self._with_passed(student, a, there) for a in self._out(student)]
        names = {answer.hand_in for answer in answers}
        names |= {name for answer in answers for name in answer.passed or ()}
        new = [h for h in found if h.name not in names]
        if not new:
            return None
        if self._rules.keep == "best":
            chosen = min(new, key=lambda h: h.stamp)
            older = [h for h in incomplete if h.stamp <= chosen.stamp]
            return replace(chosen, passes=_names(older))
        if self._exchange.before_duedate and (due := self._due()):
            in_time = [h for h in found if h.stamp <= due]
            new = [h for h in in_time if h.name not in names] if in_time else new
        if not new:
            return None
        chosen = max(new, key=lambda h: h.stamp)
        return replace(chosen, passes=_names(h for h in there if h.stamp <= chosen.stamp))

    def _out(self, student: str) -> list[LedgerEntry]:
        return [a for a in self._ledger.of(student) if a.is_out]

    def _with_passed(
        self, student: str, answer: LedgerEntry, there: Iterable[HandIn]
    ) -> LedgerEntry:
        """An answer, with what was passed over: all that is older, where nobody has noted it."""
        if answer.passed is not None:
            return answer
        older = _names(h for h in there if h.stamp <= answer.timestamp)
        noted = replace(answer, passed=older)
        self._ledger.change(student, noted)
        return noted

    def _due(self) -> str:
        with (
            explained(self._coursedir.db_url),
            SharedGradebook(self._coursedir.db_url, self._coursedir.course_id) as gradebook,
            suppress(MissingEntry),
        ):
            due = gradebook.find_assignment(self._assignment).duedate
            return due.isoformat() if due else ""
        return ""


def _is_same(answer: LedgerEntry, hand_in: HandIn) -> bool:
    if answer.contents and hand_in.contents and answer.contents != hand_in.contents:
        return False
    stamp = hand_in.stamp if hand_in.timestamp else None
    return answer.hand_in == hand_in.name or answer.timestamp == stamp


def _names(hand_ins: Iterable[HandIn]) -> tuple[str, ...]:
    return tuple(sorted(hand_in.name for hand_in in hand_ins))
