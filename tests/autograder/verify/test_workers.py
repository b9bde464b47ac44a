"""The worker processes of `verify`."""

import os
import signal
import time

import pytest

from autograder.model import CourseError
from autograder.verify.workers import Lost, answered

pytestmark = pytest.mark.family


def served(task):
    if task == "endless":
        while True:
            pass
    if task == "crash":
        os.kill(os.getpid(), signal.SIGKILL)
    if task == "memory":
        try:
            return len(bytearray(1 << 45))
        except MemoryError:
            return "no memory"
    if task == "error":
        raise CourseError("the author's mistake")
    return task.upper()


def test_workers_survive_loops_crashes_and_greed():
    tasks = ["a", "endless", "b", "crash", "memory", "c"]
    start = time.monotonic()
    results = dict(answered(served, tasks, workers=2, cpu_seconds=0.3))
    assert time.monotonic() - start < 20
    assert [results[i] for i in range(6)] == [
        "A", Lost("timeout"), "B", Lost("crashed"), "no memory", "C",
    ]  # fmt: skip


def test_an_error_in_a_worker_is_raised_here():
    with pytest.raises(CourseError, match="the author's mistake"):
        list(answered(served, ["a", "error"], workers=1))
