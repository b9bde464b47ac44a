"""How many submissions the single writer takes per second: ``python -m benchmarks.writer``."""

from __future__ import annotations

import tempfile
import time
from dataclasses import replace
from pathlib import Path

from autograder.cli import prepare_process

prepare_process()

from nbgrader.coursedir import CourseDirectory  # noqa: E402

from autograder.course import Course  # noqa: E402
from autograder.grading import Grader  # noqa: E402
from autograder.record.recorder import Recorder  # noqa: E402
from benchmarks.classes import make_course, submit  # noqa: E402

ASSIGNMENT = "initialization"
SIZE = 1000


def main() -> None:
    """Record one prepared result under many names and print the rate."""
    original = Course.load(Path(__file__).resolve().parent.parent)
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        course = make_course(Path(folder) / "writer", original, ASSIGNMENT)
        first, *_ = submit(course, ASSIGNMENT, SIZE)
        path = course.submitted(ASSIGNMENT, first) / f"{ASSIGNMENT}.ipynb"
        with Grader(course, ASSIGNMENT) as grader:
            graded = grader.grade(path.read_bytes(), first)
        students = sorted(p.name for p in (course.root / "submitted").iterdir())
        with Recorder(CourseDirectory(root=str(course.root)), ASSIGNMENT) as recorder:
            ready = recorder.preparation(graded)
            start = time.perf_counter()
            for student in students:
                recorder.record(replace(ready, report=replace(ready.report, student=student)))
            recorder.flush()
            seconds = time.perf_counter() - start
        print(f"{SIZE / seconds:.0f} submissions/s, {1000 * seconds / SIZE:.2f} ms each")


if __name__ == "__main__":
    main()
