"""A whole class: what there is to grade, through the pool, into the gradebook.

Results are put by (`kept`) only after their rows are committed, and earlier ones are forgotten
before, so a run that is killed at any moment goes on where it stopped: what is kept is
recorded, what is not is graded again.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from autograder.batch.other_notebooks import Beside, OtherNotebooks, WithOthers
from autograder.batch.pool import Failure, Job, Outcome, grade_all, local_pool
from autograder.batch.report_store import KeptReports, content_digest
from autograder.course import Course
from autograder.gradebook.files import AutogradedFiles
from autograder.gradebook.refusals import explained
from autograder.grading.fingerprint import Fingerprint, fingerprint
from autograder.grading.hand_outs import warm_up
from autograder.model import CourseError, Graded, GraderError, Report, SubmissionError
from autograder.notebook.cells import exercises
from autograder.notebook.reading import read, read_bytes, refuse_linked_folder
from autograder.sandbox.nursery import take_nursery

Then = Callable[[Graded], Any]


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
    """What a run has to do."""

    students: list[str]  # to look at, in order
    unchanged: list[str] = field(default_factory=list)  # found unchanged while going through
    unreadable: list[Failure] = field(default_factory=list)

    @property
    def skipped(self) -> int:
        """How many needed no grading so far."""
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
        force: bool = False,
        shard: Shard | None = None,
        others: OtherNotebooks | None = None,
    ) -> None:
        """Raises CourseError when the assignment, its release or its submissions are missing."""
        course.require(assignment)
        self.course = course
        self.assignment = assignment
        self.kept = KeptReports(course, assignment)
        release = read(course.release_notebook(assignment), error=CourseError)
        names = [e.name for e in exercises(release)]
        self.now: Fingerprint = fingerprint(course, assignment, names)
        self._others = others
        if others is not None:
            self.now = replace(self.now, run=f"{self.now.run} {others.mark()}")
        students = [s for s in self._submitted() if fnmatchcase(s, pattern) and s not in exclude]
        if not students:
            raise CourseError(
                f"no submissions of {assignment} in {course.root / course.submitted_directory}: "
                f"they belong in <student>/{assignment}/{assignment}.ipynb"
            )
        self.plan = Plan((shard or Shard()).of(students))
        self._force = force or not course.resume
        self._digests: dict[str, str] = {}

    def _submitted(self) -> list[str]:
        """Who handed something in, be it readable or not."""
        base = self.course.root / self.course.submitted_directory
        if not base.is_dir():
            return []
        return sorted(p.name for p in base.iterdir() if _may_exist(p / self.assignment))

    def jobs(self, then: Then | None = None, *, draft: bool = False) -> Iterator[Job]:
        """What has to be graded, read as it is asked for; the rest goes into the plan.

        `then` is done to each result by its worker, which also drafts the report to keep if
        `draft` is set.
        """
        for student in self.plan.students:
            path = self.course.submitted(self.assignment, student) / f"{self.assignment}.ipynb"
            try:
                refuse_linked_folder(path.parent)
                beside = self._others.handed_in(student) if self._others else None
                only_others = beside is not None and beside.notebooks and not path.exists()
                content = None if only_others else read_bytes(path)
            except (SubmissionError, GraderError) as error:
                ours = isinstance(error, GraderError)
                self.plan.unreadable.append(Failure(student, str(error), ours))
                continue
            digest = content_digest(content or b"") + (f" {beside.digest()}" if beside else "")
            job = self._job(student, content, digest)
            if job is None:
                self.plan.unchanged.append(student)
            else:
                yield replace(job, then=self._then(digest, beside, then, draft))

    def _then(
        self, digest: str, beside: Beside | None, then: Then | None, draft: bool
    ) -> Then | None:
        """All that a worker does to the result of one job."""
        if then is not None and self._others is not None and beside is not None:
            then = WithOthers(self._others, beside, then)
        if then is not None and draft:
            then = _Drafting(then, self.kept, digest, self.now)
        return then

    def _job(self, student: str, content: bytes | None, digest: str) -> Job | None:
        self._digests[student] = digest
        kept = self.kept.find(student)
        stale = None if kept is None or self._force else kept.stale(digest, self.now)
        if stale is None or kept is None:
            return Job(self.course, self.assignment, student, content)
        if not stale and self._is_recorded(student):
            return None
        return Job(self.course, self.assignment, student, content, kept.report, stale)

    def _is_recorded(self, student: str) -> bool:
        folder = self.course.autograded(self.assignment, student)
        return any(folder.glob("*.ipynb"))

    def outcomes(
        self,
        workers: int,
        make_executor: Callable[[], Executor] | None = None,
        then: Then | None = None,
        *,
        draft: bool = False,
        meanwhile: Callable[[], None] | None = None,
    ) -> Generator[Outcome, None, None]:
        """Grade, without recording anything; `then` and `draft` as for `jobs`.

        `meanwhile` is called once, while the workers get warm, if there is anything to grade.
        """
        jobs = self.jobs(then, draft=draft)
        if make_executor is not None:
            yield from grade_all(jobs, make_executor, workers, meanwhile)
            return
        with take_nursery() as nursery:
            address = warm_up(nursery, self.course, self.assignment) if nursery else None
            yield from grade_all(
                jobs,
                lambda: local_pool(self.course, self.assignment, workers, address),
                workers,
                meanwhile,
            )

    def before(self, student: str) -> Report | None:
        """The student's report before this run, as long as nothing of it is recorded."""
        kept = self.kept.find(student)
        return kept.report if kept else None

    def digest(self, student: str) -> str:
        """The content of the student's submission, as it was read."""
        return self._digests[student]

    def adopt(self, student: str, digest: str) -> None:
        """Take a result for a submission that was read elsewhere."""
        self._digests[student] = digest

    def leave(self, files: AutogradedFiles) -> None:
        """Remove what workers have prepared, when nothing of it will be recorded."""
        for student in self.plan.students:
            files.discard(student)
            self.kept.discard(student)

    def keep(self, report: Report) -> None:
        """Put a recorded report by."""
        self.kept.keep(report, self._digests[report.student], self.now)


@dataclass(frozen=True)
class _Drafting:
    """What a worker does to a result whose report is to be kept."""

    then: Then
    kept: KeptReports
    submission: str
    now: Fingerprint

    def __call__(self, graded: Graded) -> Any:
        result = self.then(graded)
        with explained(self.kept.folder):
            self.kept.draft(graded.report, self.submission, self.now)
        return result


def _may_exist(path: Path) -> bool:
    """Whether something is there, or may be: a folder that is closed to us is not to be missed."""
    try:
        path.lstat()
    except PermissionError:
        return True
    except OSError:
        return False
    return True
