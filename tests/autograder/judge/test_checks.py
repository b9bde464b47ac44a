"""What a hidden check holds in its hands."""

import numpy as np

from autograder.grading.grader import Grader

BARE_FUNCTIONS = '''
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
