"""The bench runs versions of a solution in this process."""

import numpy as np
import pytest
from proven_course import STEPPED

from autograder.verify.bench import Bench, unchanged

pytestmark = pytest.mark.family


@pytest.fixture
def bench(course):
    made = Bench(course, "a")
    yield made
    made.close()


@pytest.mark.quick
def test_an_endless_mutant_is_cut_off_and_the_bench_goes_on(bench):
    endless = STEPPED.replace("    w = w - learning_rate * gradient", "    while True: w = w")
    (check,) = bench.checked({"stepped": endless}, "stepped")
    assert check.verdict == "timeout"
    assert bench.checked({}, "stepped")[0].passed


def test_every_check_of_an_exercise_judges_a_mutant(bench):
    checks = bench.checked({"centered": "def centered(X):\n    return 1"}, "centered")
    assert [check.passed for check in checks] == [False, False]


def test_missing_and_broken_cells_fail_their_own_exercise_only(bench):
    for source in (None, "def stepped(:", "raise ValueError", "while True: w = 1"):
        verdicts = {e.name: e.verdict for e in bench.graded({"stepped": source})}
        assert verdicts == {"centered": "passed", "stepped": "missing"}


def test_a_mutant_leaves_no_trace_in_the_next(bench):
    bench.checked({"centered": "np = None\ndef centered(X): pass"}, "centered")
    assert all(exercise.fraction == 1 for exercise in bench.graded({}))


@pytest.mark.quick("before1-after1-False", "before6-after6-True")
@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        (np.array([1.0, np.nan]), np.array([1.0, np.nan]), True),
        (np.array([1.0]), np.array([2.0]), False),
        (np.array([1.0]), np.array([[1.0]]), False),
        (np.array([1.0]), np.array([1]), False),
        ({"a": [1, 2]}, {"a": [1, 3]}, False),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        ([1, (2, 3)], [1, (2, 3)], True),
        (float("nan"), float("nan"), True),
        (len, len, True),
    ],
)
def test_a_change_of_an_argument_is_seen(before, after, same):
    assert unchanged(before, after) is same
