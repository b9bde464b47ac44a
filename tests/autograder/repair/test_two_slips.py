"""Functions with two slips: both are told."""

import json
from dataclasses import replace

import pytest

from autograder.grading.grader import Grader

pytestmark = pytest.mark.family


def told(course, text, name="norms"):
    """The hint for a wrong function."""
    notebook = json.loads(course.source_notebook("tiny").read_text())
    [cell] = [c for c in notebook["cells"] if c["id"] == name]
    cell["source"] = text
    with Grader(replace(course, repair_seconds=2.0), "tiny") as grader:
        report = grader.grade(json.dumps(notebook).encode(), "ada").report
    [hint] = {c.hint for c in report.exercise(name).checks if not c.passed}
    return hint


def test_a_slip_beside_a_known_mistake_is_told_with_its_author_s_words(tiny):
    text = """import numpy as np

def norms(x):
    y = double(x) + 1
    return np.sqrt(np.sum(y * y, axis=1))
"""
    assert told(tiny, text) == (
        "The norms of the rows, not of the columns. "
        "Line 4: there is a term here that should not be."
    )


ENDING = """
edited("norms", name="third_axis", hint="A matrix has no third axis.",
       replace=[("axis=0", "axis=2")])
edited("norms", name="no_such_root", hint="numpy has no such root.",
       replace=[("np.sqrt", "np.squareroot")])
"""


def test_a_slip_that_an_exception_hides_is_told_behind_the_known_mistake(tiny):
    path = tiny.tests("tiny") / "misconceptions.py"
    path.write_text(path.read_text() + ENDING)
    text = """import numpy as np

def norms(x):
    y = double(x)
    return np.sqrt(np.sum(y * y, axis=2))
"""
    assert told(tiny, text) == "A matrix has no third axis."
    assert told(tiny, text.replace("(x)", "(x) + 1", 2).replace("norms(x) + 1", "norms(x)")) == (
        "A matrix has no third axis. Line 4: there is a term here that should not be."
    )
    unknown_to_edits = text.replace("sqrt", "squareroot").replace("axis=2", "axis=0")
    more = " The function got no further than that: more may be wrong."
    assert told(tiny, unknown_to_edits) == "numpy has no such root."  # it is proved to be all
    nothing_returned = text.replace("return ", "n = ")
    assert told(tiny, nothing_returned) == "A matrix has no third axis." + more


ENDING_TWO = """
edited("norms", name="third_axis", hint="A matrix has no third axis.",
       replace=[("axis=0", "axis=2")])
edited("norms", name="plain", hint="Nothing is doubled.", replace=[("double(x)", "x")])
edited("norms", name="no_root", hint="The root is missing.", replace=[("n = np.sqrt(", "n = (")])
"""


OF_NOTHING = """
@pytest.mark.exercise("norms")
def test_norms_of_nothing(student, reference, rng):
    x = 0 * rng.standard_normal((3, 2))
    assert_same(student.norms(x), reference.norms(x))
"""


def test_two_known_mistakes_that_an_exception_hides_are_told_behind_it(tiny):
    graders = tiny.tests("tiny") / "test_tiny.py"
    graders.write_text(graders.read_text() + OF_NOTHING)
    path = tiny.tests("tiny") / "misconceptions.py"
    path.write_text(path.read_text() + ENDING_TWO)
    text = """import numpy as np

def norms(x):
    y = x
    return np.sum(y * y, axis=2)
"""
    assert told(tiny, text) == (
        "A matrix has no third axis. Nothing is doubled. The root is missing."
    )


def test_two_slips_in_one_line_are_told_rather_than_that_it_is_another_expression(tiny):
    text = """import numpy as np

def norms(x):
    y = double(x)
    return np.square(np.mean(y * y, axis=0))
"""
    both = {
        "Line 5: `np.square` is not the function that is asked for here",
        "Line 5: this is a mean, where a sum is wanted",
    }
    assert set(told(tiny, text).removesuffix(".").split(". ")) == both


VANISHING = """
edited("norms", name="nothing", hint="All is taken off.", replace=[("y * y", "y - y")])
"""


def test_answers_that_are_all_the_same_are_no_sign_of_a_known_mistake(tiny):
    """What ends in zeros whatever comes in need not be this one."""
    path = tiny.tests("tiny") / "misconceptions.py"
    path.write_text(path.read_text() + VANISHING)
    text = """import numpy as np

def norms(x):
    y = double(x) + 1
    z = y + 1
    return np.sqrt(np.sum((z - y) * y - z, axis=0) ** 2)
"""
    assert told(tiny, text).startswith("Line 4: there is a term here")


UNCHANGED = """
edited("double", name="unchanged", hint="It comes back as it was.", replace=[("2 * x", "x")])
"""


def test_what_gives_back_its_argument_is_no_sign_of_a_known_mistake(tiny):
    path = tiny.tests("tiny") / "misconceptions.py"
    path.write_text(path.read_text() + UNCHANGED)
    text = "def double(x):\n    y = 4 + x\n    return y - {}\n"
    assert told(tiny, text.format(4), "double") == "It comes back as it was."
    assert "as it was" not in told(tiny, text.format(3), "double")


NO_ROOT = """
edited("norms", name="no_root", hint="No root is taken.", replace=[("np.sqrt(", "(")])
"""


def test_what_is_left_without_a_part_of_the_formula_is_no_sign_of_a_known_mistake(tiny):
    """The power is there, and another one is wanted."""
    path = tiny.tests("tiny") / "misconceptions.py"
    path.write_text(path.read_text() + NO_ROOT)
    text = """import numpy as np

def norms(x):
    y = double(x)
    return np.sum(y * y, axis=0) ** -0.3
"""
    assert "root" not in told(tiny, text)
    plain = text.replace(" ** -0.3", "").replace("(x)\n", "(x) + 1\n")
    assert told(tiny, plain) == (
        "No root is taken. Line 4: there is a term here that should not be."
    )
