"""From the command to the first graded submission, which is recorded by the same run."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from typing import Any

from autograder.course import Course
from benchmarks.classes import make_course, submit
from benchmarks.floor import clean
from benchmarks.measure import autograder, surroundings

ROUNDS = 5
SIZE = 10


def start(work: Path, original: Course, assignment: str) -> dict[str, Any]:
    """Seconds to the first result of a class of ten, and to the end, of a few runs."""
    course = make_course(work / "start", original, assignment)
    submit(course, assignment, SIZE)
    empty = (course.root / "gradebook.db").read_bytes()
    first: list[float] = []
    whole: list[float] = []
    for _ in range(ROUNDS):
        clean(course.root)
        (course.root / "gradebook.db").write_bytes(empty)
        seconds = _graded(course.root, assignment)
        first.append(seconds[0])
        whole.append(seconds[1])
    return {"submissions": SIZE, "first": first, "whole": whole}


def _graded(root: Path, assignment: str) -> tuple[float, float]:
    begin = time.perf_counter()
    command = autograder("grade", assignment, "--json")
    with subprocess.Popen(
        command, cwd=root, env=surroundings(), text=True, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        first = time.perf_counter() - begin
        process.stdout.read()
    if process.returncode or '"points"' not in line:
        raise RuntimeError(f"{' '.join(command)} did not grade: {line}")
    return first, time.perf_counter() - begin
