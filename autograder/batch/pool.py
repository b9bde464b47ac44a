"""Many submissions through warm graders: processes here, or any executor elsewhere.

Jobs and results are plain data; which process grades which job changes nothing. When a worker
dies, its jobs are given out again, one by one, so that a job which kills its worker is found and
set aside.
"""

from __future__ import annotations

import atexit
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    wait,
)
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import chain
from typing import Any

from autograder.batch.order import Order, Result
from autograder.batch.other_notebooks import Beside, OtherNotebooks
from autograder.batch.workers import Budget, Overran, WorkerLost, Workers
from autograder.course import Course
from autograder.grading.grader import Grader, preload_judge
from autograder.grading.hand_outs import warm_up
from autograder.grading.lesson_trial import tried_grader
from autograder.grading.warm import cool_down_all
from autograder.language.translation import Translation
from autograder.model import CourseError, Graded, GraderError, Key, Report, SubmissionError
from autograder.processors import processors
from autograder.sandbox import Nursery, NurseryAddress, SandboxError, TooBusy
from autograder.sandbox.processes import MakerDied

AHEAD = 4  # jobs in flight per worker: enough to keep it busy, few enough to keep memory flat
MOST_TRIES = 3
MARGIN_SECONDS = 10.0  # for a sandbox that has to be started again in between
MARGIN_BYTES = 256 << 20  # of what the judge itself holds


@dataclass(frozen=True)
class Job:
    """One student's submission, by content, as it is sent to a worker."""

    course: Course
    assignment: str
    student: str
    notebook: bytes | None  # None: not handed in, but others of the assignment were
    known: Report | None = None  # an earlier result, for the exercises not in `only`
    only: frozenset[str] | None = None  # exercises to check again; None means all
    order: Order = field(default_factory=Order)  # what is to come back
    key: Key | None = None  # what the result is made from
    beside: Beside | None = None  # handed in with it, where the assignment has other notebooks
    files: Mapping[str, bytes] = field(default_factory=dict)  # the student's own, by path
    flags: tuple[str, ...] = ()  # what of it was left out
    suspect: bool = False  # it was under way when a worker died
    tries: int = 0  # that ended a worker since then
    hints: bool = True  # whether slips are searched for


class Fault(StrEnum):
    """What is at fault when a submission could not be graded."""

    GRADER = "grader"  # this package, the graders or the machine: it may be graded later
    SUBMISSION = "submission"  # it cannot be read, or took more than it may: it is set aside


@dataclass(frozen=True)
class Failure:
    """A submission that could not be graded, and why; nothing of it may be recorded."""

    student: str
    reason: str
    fault: Fault = Fault.GRADER

    @classmethod
    def of(cls, student: str, error: SubmissionError | GraderError) -> Failure:
        """The failure that an error stands for."""
        is_grader = isinstance(error, GraderError)
        reason = str(error).encode("utf-8", "backslashreplace").decode()  # it may name any file
        return cls(student, reason, Fault.GRADER if is_grader else Fault.SUBMISSION)


Outcome = tuple[Job, Result | Failure]
MakeExecutor = Callable[[], AbstractContextManager[Executor]]  # what is entered is used

_graders: dict[tuple[Course, str], Grader] = {}
_nursery: NurseryAddress | None = None  # where this process's sandboxes come from


def grader_of_this_process(course: Course, assignment: str) -> Grader:
    """This process's grader of an assignment, made on first use and cached."""
    key = (course, assignment)
    if key not in _graders:
        if not _graders:
            atexit.register(close_graders)
        try:
            _graders[key] = tried_grader(course, assignment, _nursery)
        except MakerDied:
            raise  # killed while it got warm: the next one may live
        except SandboxError as error:
            raise CourseError(f"no submission can be graded here: {error}") from error
    return _graders[key]


def close_graders() -> None:
    """End the warm processes behind this process's graders."""
    while _graders:
        _graders.popitem()[1].close()


def grade_job(job: Job) -> Result | Failure:
    """Grade one job in this process; a failure is returned, not raised."""
    try:
        graded = _graded(job)
        return job.order.result(graded, job.beside, job.key)
    except CourseError:
        raise
    except SubmissionError as error:
        return Failure(job.student, str(error), Fault.SUBMISSION)
    except TooBusy as error:
        return Failure(job.student, str(error))
    except Exception as error:
        close_graders()  # whatever it was, the next submission starts clean
        return Failure(job.student, f"{type(error).__name__}: {error}")


def _graded(job: Job) -> Graded:
    """Grade the job; once more when the sandbox's process dies in between."""
    if job.notebook is None:
        missing = (f"{job.assignment}.ipynb was not handed in",) if job.order.has_main else ()
        provenance = {"language": job.course.language}
        flags = (*missing, *map(Translation(job.course.language), job.flags))
        report = Report(job.assignment, job.student, job.assignment, (), flags, provenance)
        return Graded(report, {})
    for _ in range(MOST_TRIES - 1):
        try:
            return _once(job, job.notebook)
        except MakerDied:
            continue  # the next session starts another one
    return _once(job, job.notebook)


def _once(job: Job, notebook: bytes) -> Graded:
    grader = grader_of_this_process(job.course, job.assignment)
    return grader.grade(
        notebook, job.student, files=job.files, flags=job.flags, known=job.known, only=job.only,
        hints=job.hints,
    )  # fmt: skip


def default_workers(course: Course) -> int:
    """How many processes grade: the course's setting, or one more than there are processors.

    A worker and its sandbox wait for each other; one worker more than processors uses these gaps.
    """
    return course.workers or processors() + 1


def budget_of(course: Course) -> Budget:
    """The budget of one submission in all: cells, calls, judging, preparing files.

    The limits of cells and calls are narrower and end in a verdict; a submission that exceeds this
    budget is set aside.
    """
    seconds = 2 * course.submission_seconds + MARGIN_SECONDS
    return Budget(seconds, course.limits.memory_bytes + MARGIN_BYTES)


def budget_of_job(job: Job) -> Budget:
    """The budget of one job, the notebooks beside it included."""
    budget = budget_of(job.course)
    if job.beside is None or job.order.others is None:
        return budget
    seconds = 2 * job.order.others.course.submission_seconds * len(job.beside.notebooks)
    return replace(budget, seconds=budget.seconds + seconds)


def _submitted(executor: Executor, job: Job) -> Future[Any]:
    if isinstance(executor, Workers):
        return executor.submit_within(budget_of_job(job), grade_job, job)
    return executor.submit(grade_job, job)


def nursery_address(
    nursery: Nursery | None, course: Course, assignment: str, others: OtherNotebooks | None
) -> NurseryAddress | None:
    """Tell a nursery what the sandboxes of an assignment import; None where there is no nursery.

    `others` are the notebooks without hidden graders: the nursery is theirs where no other is.
    """
    if nursery is None:
        return None
    if course.has_graders(assignment):
        return warm_up(nursery, course, assignment)
    return others.warm_up(nursery) if others else None


def local_pool(
    course: Course,
    assignment: str,
    workers: int,
    nursery: NurseryAddress | None = None,
    others: OtherNotebooks | None = None,
) -> Workers:
    """Warm worker processes on this machine.

    The sandboxes of the hidden graders' notebook come from the nursery, or those of the others
    where there are no hidden graders.
    """
    if threading.active_count() == 1:  # the workers are forked
        preload_judge(course, assignment)
    warm = (_warm_up, (course, assignment, nursery, others))
    return Workers(workers, budget_of(course), warm, _cool_down)


def _cool_down() -> None:
    close_graders()
    cool_down_all()


def _warm_up(
    course: Course,
    assignment: str,
    nursery: NurseryAddress | None,
    others: OtherNotebooks | None,
) -> None:
    """Start the grader before the first job comes; its errors surface with that job."""
    global _nursery
    if others is not None:
        others.get_warm(nursery if others.are_all else None)
    if course.has_graders(assignment):
        _nursery = nursery
        grader_of_this_process(course, assignment)


@contextmanager
def grading(
    jobs: Iterable[Job], make_executor: MakeExecutor, workers: int
) -> Iterator[Iterator[Outcome]]:
    """Grade jobs as they come; gives the results as they are done.

    The first jobs are given out at once: their workers get warm while the caller does other
    things. Reading the results raises CourseError when the graders or the solution are at fault:
    no submission can be graded then.
    """
    crew = _Crew(iter(jobs), AHEAD * workers)
    with make_executor() as executor:
        crew.fill(executor)
        yield _outcomes(crew, executor, make_executor)


def _outcomes(crew: _Crew, executor: Executor, make_executor: MakeExecutor) -> Iterator[Outcome]:
    yield from crew.work(executor)
    while not crew.is_done:
        with make_executor() as another:
            yield from crew.work(another)


def grade_all(jobs: Iterable[Job], make_executor: MakeExecutor, workers: int) -> Iterator[Outcome]:
    """The results of `grading`, for callers that do nothing in the meantime."""
    with grading(jobs, make_executor, workers) as outcomes:
        yield from outcomes


class _Crew:
    """Runs the jobs of one run, on a new executor whenever one breaks.

    A job whose worker died is a suspect, and so is every other job of an executor that broke
    with it. Suspects are tried one by one, with nothing else under way; only what happens then
    counts, and one that loses MOST_TRIES workers on trial is set aside. One that ends its worker
    when it is judged, and hints are searched for, is graded again without the search.
    """

    def __init__(self, waiting: Iterator[Job], ahead: int) -> None:
        self._waiting = waiting
        self._ahead = ahead
        self._running: dict[Future[Any], Job] = {}
        self._suspects: list[Job] = []
        self.is_done = False

    def work(self, executor: Executor) -> Iterator[Outcome]:
        """Yields outcomes until everything is done or the executor is broken."""
        while True:
            usable = self.fill(executor)
            if not self._running:
                self.is_done = usable
                if not usable:
                    yield from self._suspect(self._suspects.pop(), 1)
                return
            done, _ = wait(self._running, return_when=FIRST_COMPLETED)
            for future in done:
                error = _failed(future)
                if _is_of_the_search(error):  # what it takes never costs a grade
                    job = replace(self._running.pop(future), hints=False)
                    self._waiting = chain([job], self._waiting)
                elif isinstance(error, Overran):
                    job = self._running.pop(future)
                    yield job, Failure(job.student, overrun(error), Fault.SUBMISSION)
                elif error is None:
                    yield self._running.pop(future), future.result()
                elif isinstance(error, WorkerLost):
                    yield from self._suspect(self._running.pop(future), error.times)
                else:
                    usable = False
            if not usable:
                while self._running:
                    yield from self._suspect(self._running.popitem()[1], 1)
                return

    def fill(self, executor: Executor) -> bool:
        """Keep the executor busy; False when it is found broken."""
        trial = any(job.suspect for job in self._running.values())
        while len(self._running) < (1 if self._suspects or trial else self._ahead):
            trial = bool(self._suspects)
            job = self._suspects.pop() if self._suspects else next(self._waiting, None)
            if job is None:
                return True
            try:
                self._running[_submitted(executor, job)] = job
            except BrokenExecutor:  # a worker died between two jobs, or has just died
                self._suspects.append(replace(job, suspect=True))
                return False
        return True

    def _suspect(self, job: Job, times: int) -> Iterator[Outcome]:
        tries = job.tries + times * job.suspect
        hints = job.hints and tries < MOST_TRIES - 1  # the last try is without the search
        job = replace(job, suspect=True, tries=tries, hints=hints)
        if job.tries >= MOST_TRIES:
            yield job, Failure(job.student, f"grading it ended the worker {job.tries} times")
        else:
            self._suspects.append(job)


def _failed(future: Future[Any]) -> BrokenExecutor | Overran | None:
    """The error that ended a job from outside; the job's own errors are raised with its result."""
    error = None if future.cancelled() else future.exception()
    return error if isinstance(error, BrokenExecutor | Overran) else None


def _is_of_the_search(error: BrokenExecutor | Overran | None) -> bool:
    """Whether a job ended its worker when all was judged, and hints were searched for."""
    return isinstance(error, Overran | WorkerLost) and error.after_judging


def overrun(error: Overran) -> str:
    """The sentence that says why a submission is set aside, and what to do."""
    return (
        f"grading it was ended because {error}, which is what one submission may take "
        "(c.Autograder.submission_seconds, memory_mib): look at it before you raise that"
    )
