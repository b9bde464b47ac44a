"""A student's function that hands its work to another one of the same cell."""

import json
from dataclasses import replace

import pytest

from autograder.grading.grader import Grader
from autograder.repair.localizing import astray
from autograder.repair.places import OwnFunction, returned
from autograder.repair.right_versions import RightVersion
from autograder.repair.traces import tables, traced

pytestmark = pytest.mark.family

HELPED = """import numpy as np
def square_of(y):
    '''The square.'''
    return y + y

def norms(x):
    '''The length of each column.'''
    return np.sqrt(np.sum(square_of(double(x)), axis=0))
"""


def told(course, text, *, below=""):
    """The hints about `norms` in a notebook that has `text` for it."""
    notebook = json.loads(course.source_notebook("tiny").read_text())
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "norms":
            cell["source"] = text
    if below:
        made = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
        notebook["cells"].append({**made, "id": "below", "source": below})
    with Grader(replace(course, repair_seconds=1.0), "tiny") as grader:
        report = grader.grade(json.dumps(notebook).encode(), "ada").report
    return {check.hint for check in report.exercise("norms").checks if not check.passed}


def test_a_slip_in_a_helper_is_told_with_its_line(tiny):
    assert told(tiny, HELPED) == {
        "Line 4: look at the operation: is this multiplied, divided, added?"
    }


def test_what_calls_a_helper_wrongly_is_told_of_the_call(tiny):
    text = HELPED.replace("y + y", "y * y").replace("double(x)", "double(x) + 1")
    assert told(tiny, text) == {"Line 8: there is a term here that should not be."}


def test_a_helper_that_another_cell_defines_again_is_not_edited(tiny):
    """The one that is called is in that cell, whose lines are others."""
    assert told(tiny, HELPED, below="def square_of(y):\n    return y + y\n") == {""}


def test_a_function_is_read_with_those_right_above_it_that_it_calls():
    cell = (
        "first = 1\ndef unused(x):\n    return x\n\ndef inner(x):\n    'Words.'\n    return -x\n"
        "def outer(x):\n    return inner(x)\n# f\ndef f(x):\n    'Words.'\n    y = outer(x)\n"
        "    return y, x\n"
    )
    own = OwnFunction(cell, "f")
    assert own.helpers == ["inner", "outer"]
    assert [s.lineno for s in own.statements] == [5, 7, 8, 9, 13, 14]
    assert own.with_splices() == cell.removeprefix("first = 1\n").rstrip("\n")
    assert returned(own) == {0: "y", 1: "x"}  # nothing of what they return
    alone = OwnFunction(cell, "f", alone=True)
    assert alone.helpers == [] and [s.lineno for s in alone.statements] == [13, 14]
    assert OwnFunction(alone.with_splices(), "f").helpers == []


@pytest.mark.parametrize(
    "cell",
    [
        "def g(x):\n    return x\nlimit = 1\ndef f(x):\n    return g(x)\n",  # would be run again
        "def g(x):\n    return x\ndef f(x):\n    return g(x)\ndef g(x):\n    return -x\n",
        "def f(x):\n    return g(x)\ndef g(x):\n    return x\n",
    ],
)
def test_no_helper_is_what_stands_elsewhere_or_is_defined_again(cell):
    assert OwnFunction(cell, "f").helpers == []


RIGHT = "def f(x, r):\n    part = x * r\n    part_of_all = part / 4\n    return part_of_all - 1\n"
CALLING = "\ndef f(x, r):\n    return shared({}) - 1\n"
HELPER = "def shared(x, r):\n    part = {}\n    part_of_all = part / 4\n    return part_of_all\n"


def gone_astray(cell):
    """The lines where a function goes astray in a call."""
    rows = []
    functions = [OwnFunction(cell, "f"), OwnFunction(RIGHT, "f")]
    for function in functions:
        space = {}
        exec(traced(function), space)
        rows.append(tables([space["f"](7.5, 1.75)]))
    found = astray(functions[0], [(rows[0], [RightVersion(functions[1], rows[1])])])
    return [s.lineno for s in found.statements] if found else []


def test_the_line_where_a_helper_goes_astray_is_found():
    assert gone_astray(HELPER.format("x - r") + CALLING.format("x, r")) == [2]


@pytest.mark.parametrize(
    ("given", "lines"),
    [("r, r", []), ("x, x", []), ("x + 1, r", [7]), ("2 * x, r / 3", [7])],
)
def test_no_line_of_a_helper_is_said_to_go_astray_that_is_called_wrongly(given, lines):
    assert gone_astray(HELPER.format("x * r") + CALLING.format(given)) == lines


def test_what_a_helper_returns_is_not_taken_for_what_the_function_returns():
    right = "def shared(x, r):\n    return x * r / 4\n"
    assert gone_astray(right + CALLING.format("x, r")) == []


def test_a_second_name_that_nobody_knows_is_told_behind_the_one_that_ends_the_call(tiny):
    text = "def norms(x):\n    y = dubble(x)\n    return np.sqrt(np.sum(y * z, axis=0))\n"
    [hint] = told(tiny, "import numpy as np\n\n" + text)
    assert hint.startswith("Line 4: `dubble` is not known here")
    assert "Line 5: `z` is not known here" in hint and hint.count("dubble") == 1


def test_every_line_that_compares_in_place_of_assigning_is_told(tiny):
    text = "def norms(x):\n    y == 0\n    n == 1\n    x[0] == 1\n    y = double(x)\n"
    [hint] = told(tiny, text + "    n = np.sqrt(np.sum(y * y, axis=0))\n    return n\n")
    assert hint.count("`==` compares") == 2 and "Line 2:" in hint and "Line 3:" in hint
