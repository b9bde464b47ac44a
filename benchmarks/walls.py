"""The cost of wall, vocabulary and budget: one class graded with them and without, in turns.

Processor time is counted, of the judge and of everything that it has started: a busy machine
measures the same ratio. Each batch of submissions is graded by both sides, one after the other;
which of them begins changes from batch to batch.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

import psutil

from autograder.course import Course
from autograder.grading import hand_outs
from autograder.grading.grader import Grader
from autograder.judge import judge
from autograder.judge.message_gate import Gate
from autograder.sandbox import Sandbox, confined_process
from autograder.sandbox.inside.confinement import LAYERS
from benchmarks.classes import make_course, submit

BATCH = 10


def walls(work: Path, original: Course, assignment: str, size: int) -> dict[str, Any]:
    """Processor seconds with and without, for each batch, and the ratio of all together."""
    course = replace(make_course(work / "walls", original, assignment), repair_seconds=0.0)
    students = [s for s in submit(course, assignment, size) if not s.endswith(("-loop", "-crash"))]
    bare = partial(Sandbox, without=LAYERS)
    with Grader(course, assignment) as walled:
        with mock.patch.object(hand_outs, "Sandbox", bare):
            opened = Grader(replace(course, tier="A"), assignment)
        with opened:
            return {"tier": str(walled.sandbox.tier), **_compared(walled, opened, students)}


def _compared(walled: Grader, opened: Grader, students: list[str]) -> dict[str, Any]:
    _graded(walled, students[:1])  # what is done once for a class
    with _without_budget_and_gate():
        _graded(opened, students[:1])
    batches: list[dict[str, float]] = []
    for start in range(1, len(students) - BATCH + 1, BATCH):
        batch = students[start : start + BATCH]
        sides = [("with", walled), ("without", opened)]
        found = {}
        for name, grader in sides if len(batches) % 2 else sides[::-1]:
            if name == "with":
                found[name] = _graded(grader, batch)
            else:
                with _without_budget_and_gate():
                    found[name] = _graded(grader, batch)
        batches.append(found)
    total = {side: sum(batch[side] for batch in batches) for side in ("with", "without")}
    return {
        "submissions": BATCH * len(batches),
        "batches": batches,
        "ratio": total["with"] / total["without"],
    }


def _graded(grader: Grader, students: list[str]) -> float:
    """Processor seconds of grading these submissions."""
    before = _processor_seconds()
    for student in students:
        folder = grader.course.submitted(grader.assignment, student)
        grader.grade((folder / f"{grader.assignment}.ipynb").read_bytes(), student)
    time.sleep(0.2)  # the last session is ended by its child-maker
    return _processor_seconds() - before


def _processor_seconds() -> float:
    """Processor seconds of this process and of all that it has started, ended ones included."""
    own = psutil.Process()
    found = time.process_time()
    for process in own.children(recursive=True):
        times = process.cpu_times()
        found += times.user + times.system + times.children_user + times.children_system
    return found


@contextmanager
def _without_budget_and_gate() -> Iterator[None]:
    """Let every word pass, and do not count a session's files and threads."""
    with (
        mock.patch.object(Gate, "wrong", lambda gate, told, answers, examples: told[0]),
        mock.patch.object(Gate, "ended", lambda gate, text: text),
        mock.patch.object(Gate, "remarks", lambda gate, texts: texts),
        mock.patch.object(judge, "with_one_line", lambda checks, lines, tell: checks),
        mock.patch.object(confined_process, "over_limits", lambda folder, limits: False),
        mock.patch.object(confined_process, "threads_of", lambda pid: 0),
    ):
        yield
