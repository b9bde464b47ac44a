"""Milliseconds of processor time that one submission more takes, for every assignment.

The clock of a busy machine says nothing; processor time says about the same on any.
"""

from __future__ import annotations

import resource
import time
from pathlib import Path
from typing import Any

from traitlets.config import Config

from autograder.course import Course
from autograder.gradebook.staging import Preparation
from autograder.graders.samples import Parts
from autograder.grading.grader import Grader
from benchmarks.classes import make_course, submit

ENDLESS = "-loop"  # takes its limit, whatever grades it
FEWER = 5  # a class of so many times fewer tells what is done once


def processor(work: Path, original: Course, size: int) -> dict[str, Any]:
    """Of one grader and its sessions, and of the notebook's text; no gradebook, nothing written."""
    rows = []
    for name in original.assignments():
        course = make_course(work / f"{name}-processor", original, name)
        students = [s for s in submit(course, name, size) if not s.endswith(ENDLESS)]
        few = students[: max(1, size // FEWER)]
        some, everybody = _seconds(course, name, few), _seconds(course, name, students)
        each = 1000 * (everybody - some) / (len(students) - len(few))
        exercises = len(Parts.load(course, name).solutions)
        rows.append({"assignment": name, "exercises": exercises, "milliseconds": each})
        print(f"{name}: {each:.1f} ms of processor time a submission", flush=True)
    return {"submissions": size, "rows": rows}


def _seconds(course: Course, name: str, students: list[str]) -> float:
    """Of this process and of all that it starts, which has ended then."""
    before = _used()
    with Grader(course, name) as grader:
        preparation = Preparation.from_config(Config())
        for student in students:
            path = course.submitted(name, student) / f"{name}.ipynb"
            preparation(grader.grade(path.read_bytes(), student))
    return _used() - before


def _used() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime
