"""A small course with graders, for tests of their proof."""

import json

import pytest

from autograder.authoring.stub import stub
from autograder.course import Course
from autograder.notebook.reading import dumps
from autograder.verify.prove import prove

CENTERED = '''\
def centered(X):
    """Take the mean of each row away.

    X: shape (n, m). Returns an array of the same shape.
    """
    ### START CODE HERE ### (≈ 1 line of code)
    result = X - np.mean(X, axis=1, keepdims=True)
    ### END CODE HERE ###
    return result
'''


STEPPED = '''\
def stepped(w, gradient, learning_rate):
    """One step of gradient descent."""
    ### START CODE HERE ### (≈ 1 line of code)
    w = w - learning_rate * gradient
    ### END CODE HERE ###
    return w
'''


GRADERS = '''\
"""Hidden checks."""

import numpy as np
import pytest

from autograder.graders import assert_same
from autograder.graders import documented


@pytest.mark.exercise("centered", public=True)
def test_centered_shown(student):
    """The documented case"""
    for case in documented("centered"):
        assert_same(student.centered(*case.args), case.expected)


@pytest.mark.exercise("centered")
def test_centered_fresh(student, reference, rng):
    """Right for any matrix"""
    X = rng.normal(size=(3, 5))
    assert_same(student.centered(X), reference.centered(X))


@pytest.mark.exercise("stepped")
def test_stepped(student, reference, rng):
    """Right for any step"""
    w, gradient = rng.normal(size=(2, 4))
    assert_same(student.stepped(w, gradient, 0.3), reference.stepped(w, gradient, 0.3))
'''


MISCONCEPTIONS = """\
from autograder.graders import edited, misconception


edited("centered", name="columns", hint="Rows, not columns.", replace=[("axis=1", "axis=0")])


@misconception("stepped", hint="Downhill is minus.")
def uphill(w, gradient, learning_rate):
    return w + learning_rate * gradient


@misconception("stepped", hint="Copy first.", wrong=False)
def in_place(w, gradient, learning_rate):
    w -= learning_rate * gradient
    return w
"""


ALTERNATIVES = """\
import numpy as np

from autograder.graders import alternative


@alternative("centered")
def with_a_loop(X):
    return np.array([row - sum(row) / len(row) for row in X])
"""


CASES = [
    {
        "function": "centered",
        "case": "one row",
        "args": [{"array": [[1.0, 3.0]]}],
        "expected": {"array": [[-1.0, 1.0]]},
    }
]


def cell(name, source, **meta):
    nbgrader = {
        "grade": False, "solution": False, "locked": False, "task": False,
        "grade_id": name, "schema_version": 3, **meta,
    }  # fmt: skip
    return {
        "cell_type": "code", "id": name, "source": source, "outputs": [],
        "execution_count": None, "metadata": {"nbgrader": nbgrader},
    }  # fmt: skip


def notebook(change=lambda source: source):
    cells = [
        cell("imports", "import numpy as np", locked=True),
        cell("centered", change(CENTERED), solution=True),
        cell("test_centered", "centered(np.ones((2, 3)))", grade=True, locked=True, points=2),
        cell("stepped", change(STEPPED), solution=True),
        cell("test_stepped", "stepped(1, 1, 1)", grade=True, locked=True, points=1),
    ]
    raw = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return dumps(raw)


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def course(tmp_path):
    """A course of one small assignment with good graders."""
    write(tmp_path / "source/a/a.ipynb", notebook())
    write(tmp_path / "release/a/a.ipynb", notebook(stub))
    solution = f"import numpy as np\n\n\n{CENTERED}\n\n{STEPPED}"
    write(tmp_path / "solutions/a.py", solution)
    write(tmp_path / "tests/a/test_a.py", GRADERS)
    write(tmp_path / "tests/a/documented_cases.json", json.dumps(CASES))
    write(tmp_path / "tests/a/misconceptions.py", MISCONCEPTIONS)
    write(tmp_path / "tests/a/alternatives.py", ALTERNATIVES)
    excuse = "A result in single precision is a right answer in this course."
    write(
        tmp_path / "tests/a/equivalent_mutants.toml",
        f'[[equivalent]]\noperator = "float32"\nbefore = "* = *"\nreason = "{excuse}"\n',
    )
    return Course(tmp_path)


def change(course, name, old, new):
    path = course.tests("a") / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def proven(course, exercise=""):
    (proof,) = prove(course, ["a"], exercise=exercise, workers=1)
    return proof
