"""The cost of the search for slips: the same class with it and without it, in turns."""

from __future__ import annotations

import json
import random
import resource
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from autograder.course import Course
from autograder.graders.samples import Parts
from autograder.grading.grader import Grader
from autograder.model import Report
from autograder.repair.hints import Repairer
from autograder.report.statistics import is_unexplained
from autograder.verify.mutants import mutants
from benchmarks.classes import make_course

WRONG = 0.3  # of all functions of a class
KNOWN = 0.5  # of the wrong ones: an author's misconception; the others are slips of another kind


def hints(work: Path, original: Course, assignment: str, size: int) -> dict[str, Any]:
    """Processor seconds with and without it, and the functions that were left without a hint."""
    course = make_course(work / "hints", original, assignment)
    with_repair = Grader(course, assignment)
    without = Grader(replace(course, repair_seconds=0.0), assignment)
    own_time = _OwnTime()  # the turns of the other grader are not this one's
    assert with_repair.judge is not None
    with_repair._repairer = Repairer(with_repair.judge, course.repair_seconds, own_time)
    graders = {"with": with_repair, "without": without}
    seconds = dict.fromkeys(graders, 0.0)
    left = dict.fromkeys(graders, 0)
    wrong = 0
    for number, notebook in enumerate(_class(course, assignment, size)):
        turns = list(graders) if number % 2 else list(graders)[::-1]
        for name in turns:
            start = time.process_time()
            own_time.runs = name == "with"
            report = graders[name].grade(notebook, f"s{number:05d}").report
            own_time.runs = False
            seconds[name] += time.process_time() - start
            left[name] += sum(map(is_unexplained, report.exercises))
        wrong += _wrong(report)
    for name, grader in graders.items():
        before = _of_children()
        grader.close()  # its processes end, and the system has booked their time
        seconds[name] += _of_children() - before
    return {
        "assignment": assignment, "submissions": size, "wrong": wrong, "unexplained": left,
        "seconds": seconds, "ratio": seconds["with"] / seconds["without"],
    }  # fmt: skip


class _OwnTime:
    """A clock that stands still while another grader works."""

    def __init__(self) -> None:
        self._before = 0.0
        self._since: float | None = None

    @property
    def runs(self) -> bool:
        return self._since is not None

    @runs.setter
    def runs(self, value: bool) -> None:
        self._before = self()
        self._since = time.monotonic() if value else None

    def __call__(self) -> float:
        return self._before + (time.monotonic() - self._since if self._since else 0.0)


def _class(course: Course, assignment: str, size: int) -> Iterator[bytes]:
    """Notebooks of which so many functions are wrong, drawn anew for each student."""
    rng = random.Random(1)
    parts = Parts.load(course, assignment)
    known: dict[str, list[str]] = {}
    for version in parts.misconceptions:
        if version.wrong:
            source = version.source(parts.solutions[version.function])
            known.setdefault(version.function, []).append(source)
    slips = {f: [m.source for m in mutants(source, f)] for f, source in parts.solutions.items()}
    source_notebook = json.loads(course.source_notebook(assignment).read_text("utf-8"))
    for _ in range(size):
        notebook = json.loads(json.dumps(source_notebook))
        for cell in notebook["cells"]:
            name = cell["metadata"].get("nbgrader", {}).get("grade_id")
            if name in slips and rng.random() < WRONG:
                mine = known.get(name, []) if rng.random() < KNOWN else slips[name]
                cell["source"] = rng.choice(mine or slips[name])
        yield json.dumps(notebook).encode()


def _wrong(report: Report) -> int:
    return sum(not all(check.passed for check in e.checks) for e in report.exercises)


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
