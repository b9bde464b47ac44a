"""Where a wrong function goes astray, told without an edit that repairs it."""

import json
from dataclasses import replace

import numpy as np
import pytest

from autograder.grading.grader import Grader
from autograder.repair.localizing import astray, gets_right, makes_room
from autograder.repair.places import OwnFunction
from autograder.repair.right_versions import RightVersion
from autograder.repair.traces import traced

CALLS = [([0.3, 1.7, 2.9], [2.2, 0.4, 5.1]), ([4.1, 0.2, 7.7], [1.9, 3.3, 0.6])]


def watched(body):
    """A function and the values of its expressions in each of the calls."""
    own = OwnFunction(f"def step(x, y):\n {body}\n", "step")
    space = {"np": np, "helped": lambda a: a + 0.5}
    exec(traced(own), space)
    return own, [space["step"](*map(np.array, call)) for call in CALLS]


def told(wrong, *right, doubtful=()):
    """The lines where a function goes astray, and the variable that is wrong from there on."""
    own, rows = watched(wrong)
    versions = [[RightVersion(v, table) for v, table in zip([f] * 2, tables, strict=True)]
                for f, tables in map(watched, right)]  # fmt: skip
    found = astray(own, list(zip(rows, zip(*versions, strict=True), strict=True)), doubtful)
    return ([s.lineno for s in found.statements], found.name) if found else None


RIGHT = "mean = np.mean(x)\n spread = np.std(x)\n z = (x - mean) / spread\n return z + y"


@pytest.mark.quick
def test_the_line_is_told_whose_variable_is_wrong_though_all_that_it_reads_is_right():
    wrong = RIGHT.replace("np.std(x)", "np.var(x) + mean").replace("z + y", "z - y")
    assert told(wrong, RIGHT) == ([3], "spread")
    assert told(wrong.replace("spread", "s"), RIGHT) == ([3, 4], "z")


ROOM = "out = np.empty(3)\n for n in range(3):\n  out[n] = x[n] {} 2\n return out + y"


@pytest.mark.quick
@pytest.mark.parametrize("function", ["np.empty(3)", "np.zeros(3)", "np.empty_like(x)"])
def test_an_array_that_is_filled_below_is_not_blamed_for_what_it_holds_at_first(function):
    wrong = ROOM.replace("np.empty(3)", function).format("-")
    lines, _ = told(wrong, ROOM.replace("empty", "zeros").format("*")) or ([], "")
    assert 2 not in lines
    assert makes_room(OwnFunction(f"def f(x):\n y = {function}\n", "f").body[0]) == (
        "empty" in function
    )


DRAWS = (
    "r = np.random.RandomState(1)\n first = r.rand(3)\n {0} = {1}\n z = first {2} {0}\n return z"
)


@pytest.mark.quick
@pytest.mark.parametrize(
    ("again", "lines"), [("np.random.RandomState(1).rand(3)", [4, 5]), ("r.rand(3)", [5])]
)
def test_what_draws_the_same_numbers_as_another_line_is_not_known_to_be_right(again, lines):
    """They occur in right versions, too, where they were meant for the first draw alone."""
    wrong = DRAWS.format("more", again, "*")
    assert told(wrong, DRAWS.format("second", "r.rand(3)", "+")) == (lines, "z")


@pytest.mark.quick
def test_nothing_is_told_of_another_way_with_names_of_its_own():
    """Its values occur nowhere, and the slip is the last line's."""
    own_way = "a = x - y\n b = a * 3\n c = b + y * 3\n d = c * c\n return d / 7"
    assert told(own_way, RIGHT) is None
    assert told(own_way.replace("x - y", "x * 9"), RIGHT) is None


@pytest.mark.quick
def test_nothing_is_told_of_a_value_from_which_a_right_one_is_made():
    detour = RIGHT.replace("spread = np.std(x)", "spread = np.std(x) * 2").replace(
        "/ spread", "/ (spread / 2)"
    )
    assert told(detour.replace("z + y", "z - y"), RIGHT) is None


@pytest.mark.quick
def test_the_line_below_a_missing_step_is_not_told():
    """The mean is right where it is read, and not yet what it should be by then."""
    right = RIGHT.replace("\n spread", "\n mean = mean + y[0]\n spread")
    assert told(RIGHT, right) is None


@pytest.mark.quick
def test_a_right_value_is_misnamed_only_where_the_lesson_has_that_name():
    """`size` is a number of its own in another right version, and no number in the lesson's."""
    other = "size = x - y\n mean = np.mean(x) + size\n spread = np.std(x)\n return mean"
    lesson = "many = 40 * x\n mean = np.mean(x)\n spread = np.std(x)\n return mean + y"
    wrong = "size = 40 * x\n mean = np.mean(x)\n z = (size - mean) * 7\n return z"
    assert told(wrong, lesson, other) == ([4, 5], "")
    named = lesson.replace("many = 40 * x", "size = x - y\n many = 40 * x")
    assert told(wrong, named, other) == ([2], "size")


@pytest.mark.quick
def test_a_value_that_another_function_of_the_student_s_makes_is_not_told():
    right = RIGHT.replace("np.std(x)", "helped(np.std(x))")
    wrong = right.replace("np.std(x)", "np.var(x)").replace("z + y", "z - y")
    assert told(wrong, right) == ([3], "spread")
    assert told(wrong, right, doubtful=["helped"]) is None


@pytest.mark.quick
def test_a_draw_is_not_told_as_the_ones_before_it_decide_it():
    right = "np.random.seed(3)\n mean = np.random.rand(3)\n return mean + y"
    assert told(right.replace("seed(3)", "seed(4)"), right) is None


@pytest.mark.quick
def test_a_small_whole_number_that_is_read_may_be_the_wrong_one():
    right = "n = len(x) - 1\n mean = np.sum(x) / n\n return mean + y"
    assert told(right.replace("len(x) - 1", "len(x) + 4").replace("n", "k", 1).replace(
        "/ n", "/ k"), right) == ([2, 3], "mean")  # fmt: skip


@pytest.mark.quick
def test_a_variable_that_is_added_to_is_not_taken_for_what_is_added():
    right = "total = x[0]\n total = total + x[1]\n mean = total / 2\n return mean + y"
    added = "total = x[0]\n total += x[1]\n mean = total / 2\n return mean - y"
    assert told(added, right) == ([5], "")


@pytest.mark.quick
def test_an_edit_mends_where_the_variable_gets_its_value_in_every_call():
    own, rows = watched(RIGHT.replace("z + y", "z - y"))
    right, tables = watched(RIGHT)
    versions = [[RightVersion(right, table)] for table in tables]
    assert gets_right(own, "spread", rows, versions)
    wrong, others = watched(RIGHT.replace("np.std(x)", "np.std(x) * (x[0] < 1)"))
    assert not gets_right(wrong, "spread", others, versions)


def hint(course, text):
    notebook = json.loads(course.source_notebook("tiny").read_text())
    [cell] = [c for c in notebook["cells"] if c["id"] == "norms"]
    cell["source"] = text
    with Grader(replace(course, repair_seconds=2.0), "tiny") as grader:
        report = grader.grade(json.dumps(notebook).encode(), "ada").report
    [told] = {c.hint for c in report.exercise("norms").checks if not c.passed}
    return told


@pytest.mark.family
def test_of_what_nothing_repairs_one_slip_and_where_it_goes_astray_behind_it_are_told(tiny):
    path = tiny.tests("tiny") / "alternatives.py"
    path.write_text(path.read_text() + NAMED)
    assert hint(tiny, LOST.format(slip="y - y ** 3")) == (
        "Line 5: `squares` gets its first wrong value here; the values that are read here are "
        "right. Perhaps that is not all."
    )
    assert hint(tiny, LOST.format(slip="y * y + 1")) == (
        "Line 5: there is a term here that should not be. "
        "Line 6: `total` gets its first wrong value here; the values that are read here are right. "
        "Perhaps that is not all."
    )


NAMED = """

@alternative("norms")
def step_by_step(x):
    y = double(x)
    squares = y * y
    total = np.sum(squares, axis=0)
    return np.sqrt(total)
"""
LOST = """import numpy as np

def norms(x):
    y = double(x)
    squares = {slip}
    total = np.max(squares, axis=0) / 3 + 5 ** 0.5
    return np.log(np.abs(total)) * 2 + 7
"""
