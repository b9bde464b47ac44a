"""Grades and records one batch of submissions, as `autograder grade` does."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.batch.order import Order, Product
from autograder.batch.pool import Failure, Job
from autograder.batch.recording import RecordingRun
from autograder.batch.run import ClassRun
from autograder.course import Course
from autograder.gradebook.recorder import Recorder
from autograder.gradebook.staging import Staging
from autograder.model import CourseError, GraderError
from autograder.nbgrader_plugins.other_notebooks import other_notebooks
from autograder.watch.pools import WarmPools


@dataclass
class Recorded:
    """The students whose submissions were recorded, and those whose were not."""

    students: list[str] = field(default_factory=list)
    failures: dict[str, Failure] = field(default_factory=dict)  # by student


def grade_and_record(
    coursedir: CourseDirectory,
    config: Config,
    course: Course,
    pools: WarmPools,
    assignment: str,
    students: Collection[str],
) -> Recorded:
    """Grade what lies in submitted/ of these students; what is up to date is not run again.

    Raises CourseError when nobody can be graded, Refused when nothing can be recorded.
    """
    run = _class_run(coursedir, config, course, assignment, students)
    with (
        run.grading(pools.count, lambda: pools.lent(assignment)) as outcomes,
        Recorder(coursedir, assignment, config) as recorder,
    ):
        recording = RecordingRun(run, recorder)
        for _, outcome in outcomes:
            if isinstance(outcome, Failure):
                recording.fail(outcome)
            else:
                recording.take(outcome)
        recording.renew()
        recording.remember_refusals(run.plan.students)
    found = [*recording.failures, *run.plan.unreadable]
    failures: Mapping[str, Failure] = {failure.student: failure for failure in found}
    left = [student for student in run.plan.students if student not in failures]
    return Recorded(left, dict(failures))


def changed_since(
    coursedir: CourseDirectory,
    config: Config,
    course: Course,
    assignment: str,
    students: Collection[str],
) -> list[str]:
    """Those of whom submitted/ holds something else than what their stored report is of."""
    with suppress(CourseError, GraderError):  # nothing can be graded again
        run = _class_run(coursedir, config, course, assignment, students)
        return [job.student for job in run.jobs() if _is_replaced(run, job)]
    return []


def _is_replaced(run: ClassRun, job: Job) -> bool:
    """Whether the stored report is of other files than the job's."""
    kept = run.kept.find(job.student)
    if kept is None or kept.key is None or job.key is None:
        return False
    return dict(kept.key.submission) != dict(job.key.submission)


def _class_run(
    coursedir: CourseDirectory,
    config: Config,
    course: Course,
    assignment: str,
    students: Collection[str],
) -> ClassRun:
    others = other_notebooks(coursedir, assignment, course, config)
    order = Order(Product.STAGED, Staging.of(coursedir, assignment, config), others)
    return ClassRun(course, assignment, only=students, order=order)
