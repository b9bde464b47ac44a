"""What a hidden check holds in its hands."""

import os
import sys
from types import ModuleType

import numpy as np

from autograder.grading.grader import Grader
from autograder.judge.calls import call_open
from autograder.sandbox import Sandbox

BARE_FUNCTIONS = '''
from types import ModuleType

import numpy as np
import pytest
from autograder.graders import assert_same

@pytest.mark.exercise("double")
@pytest.mark.parametrize("f", [lambda x: x + 1, np.exp], ids=["lambda", "ufunc"])
def test_double(student, reference, f):
    """Doubles what a function gives"""
    assert_same(student.double(f), reference.double(f))
    assert_same(student.double(x=f), reference.double(x=f))

@pytest.mark.exercise("norms")
def test_norms(student, reference):
    """One norm per column"""
    assert_same(student.norms(np.eye(2)), np.array([2.0, 2.0]))
'''
DOUBLES = "def double(x):\n    return x * 2 if not callable(x) else 2 * x(3.0)"


def test_a_bare_function_that_a_check_hands_to_a_student_is_called_back(tiny, filled, right):
    (tiny.tests("tiny") / "test_tiny.py").write_text(BARE_FUNCTIONS)
    solution = tiny.solution("tiny")
    calls_it = "y = " + DOUBLES.split("return ")[1]
    solution.write_text(solution.read_text().replace("y = 2 * x", calls_it))
    wrong = DOUBLES.replace("3.0", "4.0")
    with Grader(tiny, "tiny") as grader:
        best = grader.grade(filled(**right | {"double": DOUBLES}), "ada").report
        other = grader.grade(filled(**right | {"double": wrong}), "bob").report
    assert best.points == 10
    assert [check.verdict for check in other.exercises[0].checks] == ["wrong", "wrong"]
    assert np.isclose(other.points, 6)


THROUGH_A_MODULE = """
from types import ModuleType

import numpy as np
import tools
from tools import double

def norms(x):
    y = tools.double(x)
    return np.sqrt((y ** 2).sum(axis=0))
"""


def test_a_helper_that_is_called_by_its_module_is_stood_in_for():
    with Sandbox() as box, box.session() as session:
        session.run_cell("import types, sys\ntools = types.ModuleType('tools')")
        session.run_cell("exec('def double(x):\\n    return 2 * x', vars(tools))")
        session.run_cell("sys.modules['tools'] = tools")
        assert session.run_cell(THROUGH_A_MODULE).status == "ok"
        half = session.call("norms", [np.eye(2)], stand_ins={"double": lambda x: x / 2})
        assert half.value.tolist() == [0.5, 0.5]
        assert session.call("norms", [np.eye(2)]).value.tolist() == [2.0, 2.0]  # put back
    tools = ModuleType("tools")
    exec("def double(x):\n    return 2 * x", vars(tools))
    space = {"np": np, "tools": tools, "double": tools.double}
    exec(THROUGH_A_MODULE.partition("double\n")[2], space)
    stand_ins = {"double": lambda x: x / 2}
    half = call_open(space, "norms", (np.eye(2),), {}, seed=0, stand_ins=stand_ins)
    assert half.value.tolist() == [0.5, 0.5]
    assert tools.double is space["double"] and tools.double(1) == 2


def test_a_module_with_a_function_of_the_same_name_stays_as_it_is():
    space = {"np": np, "sqrt": lambda x: x}
    exec("def f(x):\n    return np.sqrt(x) + sqrt(x)", space)
    result = call_open(space, "f", (4.0,), {}, seed=0, stand_ins={"sqrt": lambda x: 0.0})
    assert result.value == 2.0


OF_A_NUMBER = '''
import pytest
from autograder.graders import assert_same

@pytest.mark.exercise("double")
def test_double(student, reference):
    """Twice"""
    assert_same(student.double(2.0), reference.double(2.0))
    assert student.double(2.0) == 4.0

@pytest.mark.exercise("norms")
def test_norms(student):
    """Of a column of zeros"""
    assert student.norms([[0.0]]) == 0.0
'''


def test_files_that_are_mended_within_a_second_are_graded_by(tiny, filled, right, monkeypatch):
    """Python, and pytest before 9.2, take what they have compiled for fresh by second and size."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    tests, solution = tiny.tests("tiny") / "test_tiny.py", tiny.solution("tiny")
    points = []
    for change, number in ((("return y", "return x"), "2.0"), (("return x", "return y"), "4.0")):
        tests.write_text(OF_A_NUMBER.replace("4.0", number))
        solution.write_text(solution.read_text().replace(*change))
        for file in (tests, solution):
            os.utime(file, (1_800_000_000, 1_800_000_000))
        with Grader(tiny, "tiny") as grader:
            points.append(grader.grade(filled(**right), "ada").report.exercises[0].points)
    assert points == [0, 4]
