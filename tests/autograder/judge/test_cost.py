"""What judging a right submission costs, in numbers that no busy machine changes."""

from pathlib import Path

import numpy as np
import pytest

from autograder.course import Course
from autograder.judge.calls import OpenBackend
from autograder.judge.judge import Judge
from autograder.notebook.cells import exercises
from autograder.notebook.reading import read

pytestmark = pytest.mark.family

ROOT = Path(__file__).parents[3]
MOST_CALLS = 250  # of student functions
MOST_KIB = 1200  # of arguments and answers, which a class of 600 sends 600 times over the wall


def size(value):
    """Bytes of the numbers in arguments or in an answer."""
    if isinstance(value, np.ndarray):
        return value.nbytes
    if isinstance(value, dict):
        return sum(map(size, value.values()))
    return sum(map(size, value)) if isinstance(value, list | tuple) else 8


class CountingBackend(OpenBackend):
    calls = bytes = 0

    def call(self, name, args, kwargs, *, seed, stand_ins):
        result = super().call(name, args, kwargs, seed=seed, stand_ins=stand_ins)
        self.calls += 1
        self.bytes += size(args) + size(dict(kwargs)) + size(result.value)
        return result


@pytest.mark.quick("initialization")
@pytest.mark.parametrize("assignment", sorted(p.name for p in (ROOT / "source").iterdir()))
def test_a_right_submission_is_judged_by_few_calls_and_numbers(assignment):
    course = Course.load(ROOT)
    points = {e.name: e.points for e in exercises(read(course.release_notebook(assignment)))}
    with Judge(course, assignment, points) as judge:
        backend = CountingBackend(dict(vars(judge.reference)))
        judge.run(backend)
    assert 0 < backend.calls <= MOST_CALLS
    assert 0 < backend.bytes <= MOST_KIB * 1024
