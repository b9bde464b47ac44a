"""What a student's process may answer in place of what a version of its function computes."""

import json
import tracemalloc
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from autograder.grading.grader import Grader
from autograder.grading.own_answers import MOST_REPLIED, OwnAnswers
from autograder.model import Verdict
from autograder.repair.known_searches import digest_of_files
from autograder.repair.places import OwnFunction
from autograder.repair.profiles import parts_of
from autograder.repair.progress import RightWay
from autograder.repair.right_versions import RightVersion
from autograder.repair.traces import BROKE, MOST_ROWS, compared, is_table, tables, traced

TEXT = "def step(x):\n    y = x * 3.5\n    return y + 0.25\n"
ROW = [1.0, 0.0, 0.0, 0.0, 0.0, 7.5, 4.1]


def rows_of(*places, **columns):
    rows = np.array([[place, *ROW[1:]] for place in places])
    for column, value in columns.items():
        rows[0, int(column[1:])] = value
    return rows


def right_rows():
    space = {}
    exec(traced(OwnFunction(TEXT, "step")), space)
    return space["step"](0.3)


@pytest.mark.quick
def test_a_table_holds_places_and_lengths_and_not_too_many_rows():
    assert is_table(rows_of(1, 2, BROKE)) and is_table(right_rows())
    assert is_table(rows_of(1, c5=np.nan, c6=np.inf))  # what the student's function makes
    lies = [
        rows_of(np.nan), rows_of(np.inf), rows_of(2.5), rows_of(-2), rows_of(BROKE, 1),
        rows_of(1, c1=np.nan), rows_of(1, c2=1e300), rows_of(1).astype(np.float16),
        np.tile(ROW, (MOST_ROWS + 2, 1)),
    ]  # fmt: skip
    assert not any(map(is_table, lies))
    assert len(tables(lies)) == 0


@pytest.mark.quick
def test_a_place_that_a_function_does_not_have_shows_nothing():
    own, right = OwnFunction(TEXT, "step"), right_rows()
    lie = rows_of(1, len(own.sites))
    assert compared(own, lie, right[:, 1:]).first is None
    reached = RightWay([[RightVersion(own, right)]]).reached(own, [lie])
    assert reached.made == [0] and not reached.near


@pytest.mark.quick
def test_what_versions_answer_is_bounded_together_and_counted_anew_for_each_message():
    answers = OwnAnswers(None, None)
    reply = SimpleNamespace(size=MOST_REPLIED // 3, seconds=0.1, digest=b"d", result="kept")
    for _ in range(2):
        answers.begin_versions()
        found = [answers.of_version(reply) for _ in range(40)]
        assert [a.result for a in found[:3]] == ["kept"] * 3
        assert {a.result.status for a in found[3:]} == {"memory"}
        assert all(a.size == reply.size for a in found)


@pytest.mark.quick
def test_arrays_of_many_lengths_leave_nothing_behind():
    tracemalloc.start()
    for more in range(40):
        parts_of(np.zeros(1_000_000 + more))
    left, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert left < 80_000_000  # one of these arrays has eight of them


@pytest.mark.quick
def test_entries_of_a_long_array_count_by_their_place():
    one = np.zeros(200_000)
    other = one.copy()
    one[3], other[150_000] = 1.0, 1.0
    assert parts_of(one) != parts_of(other)


@pytest.mark.quick
def test_files_beside_a_notebook_are_known_by_digests():
    large = {"a.npy": b"x" * 1_000_000, "\udcff": b""}
    assert len(digest_of_files(large)) < 1000
    assert digest_of_files(large) != digest_of_files({**large, "a.npy": b"y" * 1_000_000})


def checks_of(course, text, **settings):
    notebook = json.loads(course.source_notebook("tiny").read_text())
    [cell] = [c for c in notebook["cells"] if c["id"] == "norms"]
    cell["source"] = text
    with Grader(replace(course, repair_seconds=2.0, **settings), "tiny") as grader:
        report = grader.grade(json.dumps(notebook).encode(), "ada").report
    return report.exercise("norms").checks


LIES = """import numpy as np
_array = np.array
class Rows:
    def reshape(self, *lengths):
        return np.full((3, 7), np.nan)
def lying(value, *more, **options):
    is_table = options.get("dtype") is float and isinstance(value, list)
    return Rows() if is_table else _array(value, *more, **options)
np.array = lying

def norms(x):
    y = double(x)
    return np.sqrt(np.mean(y * x, axis=0)) + 1
"""
DIES = """import os, sys, time
time.sleep(1.2)
def norms(x):
    if sys._getframe(0).f_code.co_filename == "<version>":
        os._exit(0)
    return np.sqrt(np.mean(double(x) * x, axis=0)) + 1
"""


@pytest.mark.family
def test_lies_about_the_values_on_the_way_cost_no_grade(tiny):
    assert {check.verdict for check in checks_of(tiny, LIES)} == {Verdict.WRONG}


@pytest.mark.family
def test_a_version_that_ends_its_process_when_the_time_is_nearly_over_costs_no_grade(tiny):
    checks = checks_of(tiny, DIES, submission_seconds=3.0)
    assert {check.verdict for check in checks} == {Verdict.WRONG}
