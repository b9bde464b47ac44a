"""Many submissions through warm graders: processes here, or any executor elsewhere.

A job is plain data, a result is plain data; which process grades which job changes
nothing. A worker that dies takes only time with it: its jobs are given out again, one by
one, so that a job which kills its worker is found and set aside.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from typing import Any

from autograder.course import Course
from autograder.grading import Grader
from autograder.model import CourseError, Graded, Report, SubmissionError
from autograder.sandbox import NurseryAddress

AHEAD = 4  # jobs in flight per worker: enough to keep it busy, few enough to keep memory flat
MOST_TRIES = 3


@dataclass(frozen=True)
class Job:
    """One notebook of one student, by content: what goes out to a worker."""

    course: Course
    assignment: str
    student: str
    notebook: bytes
    known: Report | None = None  # an earlier result, for the exercises not in `only`
    only: frozenset[str] | None = None  # exercises to check again; None means all
    then: Callable[[Graded], Any] | None = None  # done with the result where it was made
    tries: int = 0


@dataclass(frozen=True)
class Failure:
    """A submission that could not be graded, and why: nothing of it may be recorded."""

    student: str
    reason: str
    ours: bool = True  # False: the submission itself cannot be read


Outcome = tuple[Job, Any]  # a Graded or what `then` made of it, or a Failure

_graders: dict[tuple[Course, str], Grader] = {}
_nursery: NurseryAddress | None = None  # where this process's sandboxes come from


def warm_grader(course: Course, assignment: str) -> Grader:
    """This process's own grader of an assignment, made on first use and kept."""
    key = (course, assignment)
    if key not in _graders:
        if not _graders:
            atexit.register(close_graders)
        _graders[key] = Grader(course, assignment, _nursery)
    return _graders[key]


def close_graders() -> None:
    """End the warm processes behind this process's graders."""
    while _graders:
        _graders.popitem()[1].close()


def grade_job(job: Job) -> Any:
    """Grade one job in this process; every failure comes back as a value."""
    try:
        grader = warm_grader(job.course, job.assignment)
        graded = grader.grade(job.notebook, job.student, known=job.known, only=job.only)
        return graded if job.then is None else job.then(graded)
    except CourseError:
        raise
    except SubmissionError as error:
        return Failure(job.student, str(error), ours=False)
    except Exception as error:
        close_graders()  # whatever it was, the next submission starts clean
        return Failure(job.student, f"{type(error).__name__}: {error}")


def default_workers(course: Course) -> int:
    """How many processes grade: the course's setting, or one more than there are cores.

    A worker is two processes that wait for each other; one worker more fills the gaps.
    """
    return course.workers or len(os.sched_getaffinity(0)) + 1


def local_pool(
    course: Course, assignment: str, workers: int, nursery: NurseryAddress | None = None
) -> ProcessPoolExecutor:
    """Warm worker processes on this machine."""
    method = "fork" if threading.active_count() == 1 else "spawn"
    return ProcessPoolExecutor(
        workers,
        mp_context=multiprocessing.get_context(method),
        initializer=_warm_up,
        initargs=(course, assignment, nursery),
    )


def _warm_up(course: Course, assignment: str, nursery: NurseryAddress | None) -> None:
    """Start the grader before the first job comes; its errors surface with that job."""
    import contextlib
    import signal

    global _nursery
    _nursery = nursery
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the main process decides when to stop
    with contextlib.suppress(Exception):
        warm_grader(course, assignment)


def grade_all(
    jobs: Iterable[Job], make_executor: Callable[[], Executor], workers: int
) -> Iterator[Outcome]:
    """Grade jobs as they come, yielding results as they are done.

    Raises CourseError when the graders or the solution are at fault: no submission can be
    graded then.
    """
    waiting = iter(jobs)
    again: list[Job] = []
    while True:
        with make_executor() as executor:
            again = yield from _until_broken(executor, waiting, again, AHEAD * workers)
        if not again:
            return
        lost = [job for job in again if job.tries >= MOST_TRIES]
        again = [job for job in again if job.tries < MOST_TRIES]
        for job in lost:
            yield job, Failure(job.student, f"grading it ended the worker {MOST_TRIES} times")


def _until_broken(
    executor: Executor, waiting: Iterator[Job], again: list[Job], ahead: int
) -> Generator[Outcome, None, list[Job]]:
    """Returns the jobs that were under way when a worker died; none when all are done."""
    running: dict[Future[Any], Job] = {}
    again = list(again)
    while True:
        while again and not running:  # suspects go alone
            job = again.pop()
            running[executor.submit(grade_job, job)] = job
        while not again and len(running) < ahead and (next_job := next(waiting, None)):
            running[executor.submit(grade_job, next_job)] = next_job
        if not running:
            return []
        done, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in done:
            job = running.pop(future)
            try:
                yield job, future.result()
            except BrokenProcessPool:
                lost = [job, *running.values()]
                return [*(replace(j, tries=j.tries + 1) for j in lost), *again]
