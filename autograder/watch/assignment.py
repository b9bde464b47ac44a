"""One watched assignment: answers its pending hand-ins.

All state lies in files: the exchange, submitted/, the gradebook, the ledger. After a kill at any
moment, the next watcher finds in them what is left to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import islice

from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.batch.pool import Fault
from autograder.course import Course
from autograder.course.folders import MISNAMED
from autograder.grading.planning import has_plan
from autograder.language.translation import Translation
from autograder.model import SubmissionError
from autograder.nbgrader_plugins.class_warnings import class_warnings
from autograder.nbgrader_plugins.collecting import TooMuch
from autograder.watch.arrivals import HandIn
from autograder.watch.best import StoredBest
from autograder.watch.exchange import CourseExchange, NotTheirs, shown
from autograder.watch.grading import Recorded, grade_and_record
from autograder.watch.ledger import Ledger, LedgerEntry
from autograder.watch.notes import Notes
from autograder.watch.passed_over import PassedOver
from autograder.watch.pools import WarmPools
from autograder.watch.responding import Event, Responder
from autograder.watch.rules import Rules
from autograder.watch.waiting import Waiting

AT_ONCE = 40  # hand-ins of one batch: who comes in a burst is answered before all are graded


class WatchedAssignment:
    """Answers the hand-ins of one assignment; `work` is one step."""

    def __init__(
        self,
        coursedir: CourseDirectory,
        config: Config,
        course: Course,
        assignment: str,
        rules: Rules,
        exchange: CourseExchange,
        pools: WarmPools,
        clock: Callable[[], float],
    ) -> None:
        self.name = assignment
        self._coursedir = coursedir
        self._config = config
        self._course = course
        self._rules = rules
        self._exchange = exchange
        self._pools = pools
        self.ledger = Ledger(course.root / ".autograder" / "watch" / assignment)
        self._waiting = Waiting(coursedir, course, assignment, rules, exchange, self.ledger)
        self._answering = Responder(
            coursedir, config, course, assignment, rules, exchange, self.ledger, clock
        )
        self._notes = Notes(course, assignment, exchange)
        self._passed_over = PassedOver(
            coursedir, config, course, assignment, self.ledger, self._waiting, self._notes
        )
        self._best = StoredBest(course, assignment, self.ledger.folder / "best")
        self._unsettled: set[str] | None = None  # students; None: nobody has looked yet
        self._warned: set[str] = set()
        self.waiting = 0

    @property
    def arriving(self) -> int:
        """Submissions in submitted/ that may still have been written at the last look."""
        return self._waiting.arriving

    def work(self, arrived: Sequence[HandIn], now: float) -> Iterator[Event]:
        """Answer a batch of what has arrived; raises CourseError and OSError when it cannot."""
        if not self.ledger.has_begun:
            students = self._course.students(self._course.autograded_directory, self.name)
            self._answering.note_what_was_before(students, now)
        if self._unsettled is None:
            self._unsettled = set(self.ledger.students())
            if has_plan(self._course, self.name):
                yield from self._class_warnings(again=True)
        for name in self._waiting.misnamed():
            yield Event("refused", self.name, name, MISNAMED)
        for hand_in, why in self._waiting.strangers(arrived):
            yield Event("refused", self.name, hand_in.student, shown(why))
        yield from islice(self._passed_over.overtaken(arrived, now), AT_ONCE)
        pending = self._waiting.pending(arrived, now)
        self.waiting = len(pending)  # also when what follows fails
        batch = {}
        for hand_in in pending[:AT_ONCE]:
            if (event := self._taken(hand_in, now)) is not None:
                yield event
            else:
                batch[hand_in.student] = hand_in
        if batch:
            self._unsettled |= batch.keys()
            yield from self._class_warnings()
            yield from self._answered(batch, now)
        self.waiting = len(self._waiting.pending(arrived, now)) if pending else 0
        if not self.waiting:
            yield from self._settled()
            yield from self._more(now)
            yield from self._passed_over.replaced()

    def _class_warnings(self, again: bool = False) -> Iterator[Event]:
        """Events, once each, on what can cost everybody points; see `class_warnings`."""
        found = class_warnings(self._coursedir, self._config, self._course, self.name, again=again)
        for text in map(Translation(self._course.language), found):
            if text not in self._warned:
                self._warned.add(text)
                yield Event("warning", self.name, text=shown(text))

    def _taken(self, hand_in: HandIn, now: float) -> Event | None:
        """Collect a hand-in; the event says why it cannot be."""
        if hand_in.path is None:
            return None
        if self._rules.keep == "best":
            self._answering.count_anew(hand_in.student, self._best.lies(hand_in.student))
            with suppress(TooMuch):  # lay in place already, and was graded by other limits
                self._best.store(hand_in.student, self.ledger.best(hand_in.student))
        try:
            self._exchange.collect(hand_in)
        except NotTheirs as error:  # no answer to the student: who else handed it in would decide
            self._waiting.leave_out(hand_in)
            return Event("refused", self.name, hand_in.student, shown(error))
        except SubmissionError as error:
            return self._refused(hand_in, str(error), now)
        except OSError as error:
            next(self._exchange.inbound.iterdir(), None)  # raises when the exchange is away
            return self._put_off(hand_in, f"it cannot be collected: {error}", now)
        self._waiting.look_again(hand_in.student)
        return None

    def _put_off(self, hand_in: HandIn, why: str, now: float) -> Event:
        """Let a hand-in wait after a failure of the grader or the disk."""
        self._waiting.put_off(hand_in, now)
        return Event("failed", self.name, hand_in.student, shown(why))

    def _refused(self, hand_in: HandIn, why: str, now: float) -> Event:
        self._notes.refused(hand_in.name, why)
        answer = LedgerEntry(hand_in.name, hand_in.stamp, "refused", now, why=why)
        self.ledger.add(hand_in.student, answer)
        return Event("refused", self.name, hand_in.student, shown(why))

    def _answered(self, batch: dict[str, HandIn], now: float) -> Iterator[Event]:
        recorded = self._graded(batch)
        for student, failure in recorded.failures.items():
            if failure.fault is Fault.GRADER:
                yield self._put_off(batch[student], failure.reason, now)
            else:
                yield self._refused(batch[student], failure.reason, now)
        ready = {student: batch[student] for student in recorded.students}
        for event in self._answering.answer(ready, self._pools, now, kind="answered"):
            is_out = event.kind != "failed"
            yield event if is_out else self._put_off(batch[event.student], event.text, now)

    def _graded(self, students: Iterable[str]) -> Recorded:
        return grade_and_record(
            self._coursedir, self._config, self._course, self._pools, self.name, set(students)
        )

    def _more(self, now: float) -> Iterator[Event]:
        """Release more of answers whose waiting time is over."""
        for student in self.ledger.students():
            lies = partial(self._best.lies, student)
            if hand_in := self._answering.more(student, lies, now):
                yield from self._answering.answer({student: hand_in}, self._pools, now, kind="more")
            for answer, counting in self._answering.left_closed(student):
                self._notes.does_not_count(answer, counting)
                self.ledger.add(student, replace(answer, shown="points", again=None))

    def _settled(self) -> Iterator[Event]:
        """Put the best hand-in back where one with fewer points counts."""
        unsettled, self._unsettled = self._unsettled or set(), set()
        if self._rules.keep != "best":
            return
        for student in sorted(unsettled):
            best = self.ledger.best(student)
            if best and self._best.put_back(student, best):
                self._waiting.look_again(student)
                self._graded({student})
                yield Event("kept", self.name, student, points=best.net, most=best.most)
