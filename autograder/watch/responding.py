"""Makes and releases the pages of recorded submissions, each with what may be shown of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from nbgrader.api import Assignment, SubmittedAssignment
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.course import Course
from autograder.feedback.feedback_page import Extent
from autograder.feedback.generating import FeedbackJob, feedback_jobs, generated
from autograder.gradebook.disk_errors import explained
from autograder.gradebook.files import handed_in_at
from autograder.gradebook.shared import SharedGradebook
from autograder.language.catalogue import words
from autograder.model import SubmissionError
from autograder.nbgrader_plugins.releasing import has_secret
from autograder.watch.arrivals import HandIn
from autograder.watch.exchange import CourseExchange
from autograder.watch.ledger import Ledger, LedgerEntry
from autograder.watch.pools import WarmPools
from autograder.watch.rationing import Ration, ration
from autograder.watch.rules import Rules


@dataclass(frozen=True)
class Event:
    """One action or problem of a watcher, for the log."""

    kind: str  # answered, more, refused, failed, kept, trouble, well
    assignment: str = ""
    student: str = ""
    text: str = ""
    points: float = 0.0  # less the penalty for being late
    most: float = 0.0
    shown: str = ""
    number: int = 0  # of this student's hand-ins
    seconds: float | None = None  # from handing in to the answer
    waits: float = 0.0  # of `most`, what a person has yet to give


class Responder:
    """Makes, releases and notes the answers of one assignment."""

    def __init__(
        self,
        coursedir: CourseDirectory,
        config: Config,
        course: Course,
        assignment: str,
        rules: Rules,
        exchange: CourseExchange,
        ledger: Ledger,
        clock: Callable[[], float],
    ) -> None:
        self._clock = clock
        self._coursedir = coursedir
        self._config = config
        self._course = course
        self._assignment = assignment
        self._rules = rules
        self._exchange = exchange
        self._ledger = ledger
        self._zone = _zone(exchange.timezone)
        self._say = words(course.language)

    def note_what_was_before(self, students: Sequence[str], now: float) -> None:
        """Whatever is recorded already is no hand-in to be answered."""
        for job in self._jobs(students):
            place = self._course.autograded(self._assignment, job.student)
            stamp = stamp_of(place)
            if job.grades and not self._ledger.of(job.student):
                net, most = _points(job)
                name = f"{job.student}+{self._assignment}+{stamp}"
                self._ledger.add(job.student, LedgerEntry(name, stamp, "before", now, net, most))
        self._ledger.begin()

    def answer(
        self, hand_ins: Mapping[str, HandIn], pools: WarmPools, now: float, *, kind: str
    ) -> Iterator[Event]:
        """Answer what is recorded of these students; an answer is noted when it is out."""
        dues = self._dues(hand_ins) if self._rules.points == "after_due" else {}
        chosen = {}
        jobs = []
        for job in self._jobs(sorted(hand_ins)):
            found = self._ration(job, hand_ins[job.student], now, dues.get(job.student))
            chosen[job.student] = (job, found)
            extent = Extent(found.shown != "receipt", found.shown == "everything", found.notice)
            jobs.append(replace(job, extent=extent))
        for made in generated(jobs, pools.get(self._assignment)):
            if made.error:
                yield Event("failed", self._assignment, made.student, made.error)
                continue
            job, found = chosen[made.student]
            answer = _answer(hand_ins[made.student], job, found, now)
            if has_secret(self._course.feedback(self._assignment, made.student)):
                self._put_out(made.student, answer)
            self._ledger.add(made.student, answer)
            yield self._told(hand_ins[made.student], job, answer, kind)

    def count_anew(self, student: str, lies: str) -> None:
        """Note the points that the gradebook has now of the hand-in that lies in place."""
        for answer in _with_points(self._ledger.of(student), lies, self._jobs([student])):
            self._ledger.add(student, answer)

    def more(self, student: str, lies: Callable[[], str], now: float) -> HandIn | None:
        """A student's hand-in that counts, when more of it may be shown than is.

        `lies` says which hand-in's files are in place: of another nothing can be shown.
        """
        last = self._ledger.counting(student, self._rules.keep)
        if last is None or last.again is None or now < last.again:
            return None
        if lies() != last.timestamp:
            self._ledger.add(student, replace(last, again=None))
            return None
        due = self._dues([student]).get(student)
        found = self._rationed(self._ledger.others(student, last.hand_in), now, due, last.timestamp)
        if found.rank <= Ration(last.shown).rank:
            self._ledger.add(student, replace(last, again=found.again))
            return None
        return HandIn(student, self._assignment, last.hand_in, last.handed_in)

    def left_closed(self, student: str) -> list[tuple[LedgerEntry, LedgerEntry]]:
        """Hand-ins that still wait for points, beside the open one that counts: pairs with it."""
        counting = self._ledger.counting(student, self._rules.keep)
        if counting is None or counting.shown == "receipt":
            return []
        others = self._ledger.others(student, counting.hand_in)
        return [(other, counting) for other in others if other.shown == "receipt"]

    def _put_out(self, student: str, answer: LedgerEntry) -> None:
        """Let the student read the pages, which count from the moment before."""
        before = self._ledger.entry(student, answer.hand_in)
        self._ledger.add(student, replace(answer, is_out=False))
        try:
            self._exchange.release(self._assignment, student)
        except Exception:
            self._ledger.take_back(student, answer.hand_in, before)
            raise

    def _told(self, hand_in: HandIn, job: FeedbackJob, answer: LedgerEntry, kind: str) -> Event:
        number = sum(a.counts_as_attempt for a in self._ledger.of(hand_in.student))
        arrived = hand_in.timestamp.replace(tzinfo=UTC).timestamp() if hand_in.timestamp else None
        return Event(
            kind, self._assignment, hand_in.student, "", answer.net, answer.most, answer.shown,
            number, None if arrived is None else self._clock() - arrived,
            sum(grades.waits for grades in job.grades.values()),
        )  # fmt: skip

    def _ration(self, job: FeedbackJob, hand_in: HandIn, now: float, due: float | None) -> Ration:
        before = self._ledger.others(job.student, hand_in.name)
        found = self._rationed(before, now, due)
        best = max((a for a in before if a.is_graded), key=lambda a: a.net, default=None)
        if self._rules.keep == "last" or best is None or best.net <= _points(job)[0]:
            return found
        if found.shown == "receipt":
            return replace(found, again=None)
        counts = self._say("An earlier hand-in counts, with {points} of {most} points.")
        counts = counts.format(points=f"{round(best.net, 2):g}", most=f"{round(best.most, 2):g}")
        if found.again is not None:  # its files give way to those of the better one
            text = self._say("Hints come again on what you hand in from {time} on.")
            found = Ration(found.shown, text.format(time=self._when(found.again)))
        return replace(found, notice=f"{found.notice} {counts}")

    def _rationed(
        self, others: Sequence[LedgerEntry], now: float, due: float | None, until: str = ""
    ) -> Ration:
        return ration(self._rules, others, now, due, self._say, self._when, until)

    def _jobs(self, students: Sequence[str]) -> list[FeedbackJob]:
        with explained(self._coursedir.db_url):
            return feedback_jobs(self._coursedir, self._assignment, students, self._config)

    def _dues(self, students: Iterable[str]) -> dict[str, float | None]:
        """Due dates with the students' extensions, in seconds since 1970."""
        wanted = list(students)
        with (
            explained(self._coursedir.db_url),
            SharedGradebook(self._coursedir.db_url, self._coursedir.course_id) as gradebook,
        ):
            rows = (
                gradebook.db.query(SubmittedAssignment)
                .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
                .filter(Assignment.name == self._assignment)
                .filter(SubmittedAssignment.student_id.in_(wanted))
            )
            return {row.student_id: _seconds(row.duedate) for row in rows}

    def _when(self, moment: float) -> str:
        return datetime.fromtimestamp(moment, self._zone).strftime("%Y-%m-%d %H:%M %Z").strip()


def _answer(hand_in: HandIn, job: FeedbackJob, found: Ration, now: float) -> LedgerEntry:
    net, most = _points(job)
    hinted = now if found.shown == "everything" else None
    return LedgerEntry(
        hand_in.name, hand_in.stamp, found.shown, now, net, most, hinted, found.again
    )  # fmt: skip


def _with_points(
    answers: Sequence[LedgerEntry], lies: str, jobs: Sequence[FeedbackJob]
) -> Iterator[LedgerEntry]:
    """The answer with a time stamp, if a person or a mended grader has changed its points."""
    known = [a for a in answers if a.is_graded and a.timestamp == lies]
    for answer, job in zip(known[-1:], jobs, strict=False):
        net, most = _points(job)
        if job.grades and (net, most) != (answer.net, answer.most):
            yield replace(answer, net=net, most=most)


def stamp_of(folder: Path) -> str:
    """When what lies in a folder was handed in, as the ledger keeps it."""
    try:
        found = handed_in_at(folder)
    except SubmissionError:
        return ""
    return found.isoformat() if found else ""


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def _seconds(moment: datetime | None) -> float | None:
    return None if moment is None else moment.replace(tzinfo=UTC).timestamp()


def _points(job: FeedbackJob) -> tuple[float, float]:
    """Points less the penalty for being late, and how many there are, over all notebooks."""
    found = job.grades.values()
    return sum(g.score for g in found), sum(g.max_score for g in found)
