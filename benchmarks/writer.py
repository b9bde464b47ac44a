"""How many submissions the single writer takes per second: ``python -m benchmarks.writer``.

One graded result under many names: workers stage its files and draft its report, in parallel;
the writer commits rows in batches and moves files and reports into place. Both are measured
here in one process, one after the other, for new students and for the same ones again.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from autograder.environment import prepare_process

prepare_process()

from nbgrader.coursedir import CourseDirectory  # noqa: E402

from autograder.batch.recording import RecordingRun  # noqa: E402
from autograder.batch.run import ClassRun  # noqa: E402
from autograder.course import Course  # noqa: E402
from autograder.gradebook.recorder import Recorder  # noqa: E402
from autograder.grading.grader import Grader  # noqa: E402
from autograder.model import Graded  # noqa: E402
from benchmarks.classes import make_course, submit  # noqa: E402

ASSIGNMENT = "initialization"
SIZE = 1000


@dataclass(frozen=True)
class Rates:
    """Milliseconds of one submission: in a worker, and in the one process that records."""

    stage: float
    record: float


def graded_once(course: Course, student: str) -> Graded:
    """A real result to record under many names."""
    path = course.submitted(ASSIGNMENT, student) / f"{ASSIGNMENT}.ipynb"
    with Grader(course, ASSIGNMENT) as grader:
        return grader.grade(path.read_bytes(), student)


def record(
    course: Course, graded: Graded, students: Iterable[str], assignment: str = ASSIGNMENT
) -> Rates:
    """Record one result for every student."""
    run = ClassRun(course, assignment, force=True)
    coursedir = CourseDirectory(root=str(course.root))
    staged: list[float] = []
    recorded: list[float] = []
    with Recorder(coursedir, assignment) as recorder:
        recording = RecordingRun(run, recorder)
        for job in run.jobs():
            report = replace(graded.report, student=job.student)
            mine = replace(graded, report=report, key=job.key)
            ready = _timed(staged, partial(recorder.staging, mine))
            _timed(recorded, partial(recording.take, ready))
        _timed(recorded, recording.finish)
    count = len(run.plan.students)
    return Rates(1000 * sum(staged) / count, 1000 * sum(recorded) / count)


def _timed(laps: list[float], action: Callable[[], Any]) -> Any:
    start = time.perf_counter()
    result = action()
    laps.append(time.perf_counter() - start)
    return result


def writer(work: Path, original: Course, size: int = SIZE, rounds: int = 3) -> dict[str, Any]:
    """The writer's rates, new students and the same ones again: medians over rounds."""
    new, again = [], []
    for _ in range(rounds):
        course = make_course(work / "writer", original, ASSIGNMENT)
        students = submit(course, ASSIGNMENT, size)
        graded = graded_once(course, students[0])
        new.append(record(course, graded, students))
        again.append(record(course, graded, students))
    return {
        "submissions": size,
        "stage_ms": statistics.median(r.stage for r in new),
        "record_ms": statistics.median(r.record for r in new),
        "again_ms": statistics.median(r.record for r in again),
    }


def main() -> None:
    """Print the rates."""
    original = Course.load(Path(__file__).resolve().parent.parent)
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        found = writer(Path(folder), original)
    print(f"in a worker: {found['stage_ms']:.2f} ms a submission to prepare and stage")
    for name, text in (("record_ms", "new"), ("again_ms", "again")):
        print(
            f"the writer, {text}: {1000 / found[name]:.0f} submissions/s, {found[name]:.2f} ms each"
        )


if __name__ == "__main__":
    main()
