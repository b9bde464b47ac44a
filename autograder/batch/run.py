"""Grades a class: decides which submissions to grade, and sends them through the pool.

A report is stored only after its rows are committed, and the earlier report is removed before. So
a run that is killed at any moment resumes where it stopped: whatever has a stored report is
recorded, and the rest is graded again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from autograder.batch.alone import graded_alone
from autograder.batch.order import Order, Product
from autograder.batch.pool import (
    Failure,
    Job,
    MakeExecutor,
    Outcome,
    grading,
    local_pool,
    nursery_address,
)
from autograder.batch.submission_digests import HandedIn, handed_in
from autograder.course import Course
from autograder.course.folders import chosen
from autograder.gradebook.report_store import ReportStore, StoredReport
from autograder.gradebook.rows import NotebookScores
from autograder.graders.marked import judges_of
from autograder.grading.fingerprint import fingerprint, with_libraries
from autograder.grading.own_files import AuthorsFiles
from autograder.grading.planning import ordinary_inputs
from autograder.model import CourseError, GraderError, Key, Report, SubmissionError
from autograder.notebook.reading import read
from autograder.sandbox import Nursery
from autograder.sandbox.nursery import take_nursery


@dataclass(frozen=True)
class Shard:
    """Part `index` (from 1) of `count` equal parts of a class, for a cluster's job arrays."""

    index: int = 1
    count: int = 1

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Read ``i/n``; raises CourseError when it is none."""
        head, slash, tail = text.partition("/")
        if slash and head.isdigit() and tail.isdigit() and 1 <= int(head) <= int(tail):
            return cls(int(head), int(tail))
        raise CourseError(f"{text!r} is no shard: write i/n with 1 ≤ i ≤ n, such as 2/8")

    def of(self, students: Sequence[str]) -> list[str]:
        """This shard's students; the shards of one class are disjoint and together complete."""
        return list(students[self.index - 1 :: self.count])


@dataclass
class Plan:
    """The work of a run, filled while the run reads the class."""

    students: list[str]  # to look at, in order
    unchanged: list[str] = field(default_factory=list)
    unreadable: list[Failure] = field(default_factory=list)
    reasons: dict[str, tuple[str, ...]] = field(default_factory=dict)  # student → why again
    known: dict[str, Mapping[str, NotebookScores]] = field(default_factory=dict)  # of unchanged

    @property
    def skipped(self) -> int:
        """The number of submissions so far that needed no grading."""
        return len(self.unchanged) + len(self.unreadable)


class ClassRun:
    """One grading of one assignment's submissions."""

    def __init__(
        self,
        course: Course,
        assignment: str,
        *,
        pattern: str = "*",
        exclude: Sequence[str] = (),
        only: Collection[str] | None = None,
        force: bool = False,
        shard: Shard | None = None,
        order: Order | None = None,
    ) -> None:
        """Raises CourseError when the assignment, its release or its submissions are missing."""
        self.course = course
        self.assignment = assignment
        self.order = order or Order()
        self.kept = ReportStore(course, assignment)
        names: list[str] = []
        made_from: dict[str, str] = {}
        if self.order.has_main:
            course.require(assignment)
            release = read(course.release_notebook(assignment), error=CourseError)
            judges = judges_of(course, assignment, release)
            names = [exercise.name for exercise in judges.hidden]
            if judges.ordinary:
                made_from = ordinary_inputs(course, assignment)
        self.now = self._key(names, made_from)
        students = [s for s in chosen(self._submitted(), pattern) if s not in exclude]
        if only is not None:
            students = [student for student in students if student in only]
        if not students:
            place = course.submitted(assignment, "<student>") / f"{assignment}.ipynb"
            raise CourseError(
                f"no submissions of {assignment} in {course.step(course.submitted_directory)}: "
                f"they belong in {place.relative_to(course.root)}"
            )
        self.plan = Plan((shard or Shard()).of(students))
        self._force = force or not course.resume
        kept = self.order.staging.files.kept if self.order.staging else ()
        self._authors = AuthorsFiles.of(course, assignment, kept)

    def _key(self, exercises: Sequence[str], made_from: Mapping[str, str]) -> Key:
        """The part of a result's key that the whole class shares.

        `made_from` are the further inputs of ordinary test cells.
        """
        key = fingerprint(self.course, self.assignment, exercises)
        others, staging = self.order.others, self.order.staging
        return replace(
            key,
            run={**key.run, **made_from, **(others.parts() if others else {})},
            outputs=staging.outputs() if staging else {},
        )

    def _submitted(self) -> list[str]:
        """The students with a submission, readable or not."""
        place = self.course.submitted_directory, self.assignment
        return sorted((*self.course.students(*place), *self.course.misnamed(*place)))

    def jobs(self) -> Iterator[Job]:
        """The submissions to grade, read one by one; the others go into the plan."""
        for student in self.plan.students:
            try:
                job = self._job(student)
            except (SubmissionError, GraderError) as error:
                self.plan.unreadable.append(Failure.of(student, error))
                continue
            if job is None:
                self.plan.unchanged.append(student)
            else:
                yield job

    def read(self, student: str) -> tuple[HandedIn, Key]:
        """A student's submission and its result's key; SubmissionError where it cannot be read."""
        found = handed_in(self.course, self.assignment, student, self.order, self._authors)
        run = with_libraries(self.now.run, found.imported)
        return found, replace(self.now, submission=found.digests, run=run)

    def _job(self, student: str) -> Job | None:
        """The job of one submission; None when its stored report is up to date."""
        found, key = self.read(student)
        job = Job(
            self.course, self.assignment, student, found.notebook,
            order=self.order, key=key, beside=found.beside, files=found.files,
            flags=found.flags,
        )  # fmt: skip
        kept = self.kept.find(student)
        return self._again(job, key, kept) if kept and not self._force else job

    def _again(self, job: Job, key: Key, kept: StoredReport) -> Job | None:
        change = kept.change(key)
        if change is None:
            missing = _what_is_missing(self.course.autograded(self.assignment, job.student), kept)
            if not missing:
                self.plan.known[job.student] = kept.scores
                return None
            self.plan.reasons[job.student] = (missing,)
            return replace(job, known=kept.report, only=frozenset())
        self.plan.reasons[job.student] = change.reasons
        if change.only is None:
            return job
        return replace(job, known=kept.report, only=change.only)

    @contextmanager
    def grading(
        self, workers: int, make_executor: MakeExecutor | None = None
    ) -> Iterator[Iterator[Outcome]]:
        """Grade, without recording anything; workers start warming up on entry.

        On an error it removes the files that workers have staged and nobody has recorded.
        """
        with ExitStack() as stack:
            if self.order.product is not Product.GRADED:  # it is to be recorded
                stack.enter_context(graded_alone(self.course, self.assignment))
            stack.enter_context(self._left_clean())
            if make_executor is None:
                make_executor = self._local_pool(workers, stack.enter_context(take_nursery()))
            yield stack.enter_context(grading(self.jobs(), make_executor, workers))

    def _local_pool(self, workers: int, nursery: Nursery | None) -> MakeExecutor:
        """Worker processes on this machine."""
        others = self.order.others
        address = nursery_address(nursery, self.course, self.assignment, others)
        return lambda: local_pool(self.course, self.assignment, workers, address, others)

    @contextmanager
    def _left_clean(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            if self.order.staging is not None:
                for student in self.plan.students:
                    self.order.staging.discard(student)
            raise

    def outcomes(
        self, workers: int, make_executor: MakeExecutor | None = None
    ) -> Iterator[Outcome]:
        """The results of `grading`, for callers that do nothing in the meantime."""
        with self.grading(workers, make_executor) as outcomes:
            yield from outcomes

    def before(self, student: str) -> Report | None:
        """The student's report from before this run; None once a new one is recorded."""
        kept = self.kept.find(student)
        return kept.report if kept else None


def _what_is_missing(folder: Path, kept: StoredReport) -> str:
    """Why the autograded folder of an up-to-date report is to be made again; or nothing."""
    if not any(folder.glob("*.ipynb")):
        return "its autograded folder is gone"
    if kept.contents is None or not kept.contents.are_those_of(folder):
        return "its autograded folder is not the one that was recorded"
    return ""
