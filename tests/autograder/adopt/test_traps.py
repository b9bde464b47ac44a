"""Kinds of test cells at which hidden checks could go wrong: each is right, or stays as it was."""

import json

import adopt_course
import pytest

from autograder.adopt.adopting import adopt
from autograder.authoring.build import build
from autograder.course import Course
from autograder.grading.grader import Grader
from autograder.notebook.reading import read

pytestmark = pytest.mark.slow


def solved(text):
    return f"### BEGIN SOLUTION\n{text}\n### END SOLUTION"


# name: solution, test, a wrong answer; "" where it stays a test cell
TRAPS = {
    "fill": (
        "def fill(x):\n    x.append(1)",
        "a = [0]\nfill(a)\nassert a == [0, 1]",
        "def fill(x):\n    return x + [1]",
    ),
    "doubled": (
        "def doubled(x):\n    return 2 * x",
        "a = np.ones(2)\nassert doubled(a).sum() == 4 and a.sum() == 2",
        "def doubled(x):\n    x *= 2\n    return x",
    ),
    "marks": (
        "marks = [1, 2]",
        "marks.append(3)\nassert sum(marks) == 6 and len(marks) == 3",
        "",  # the cell itself has changed it in the notebook
    ),
    "scaled": ("def scaled(x):\n    return x * t", "t = 3\nassert scaled(2) == 6", ""),
    "drawn": (
        "def drawn():\n    return np.random.rand()",
        "np.random.seed(19)\na = drawn()\nnp.random.seed(19)\nassert a == np.random.rand()",
        "",
    ),
    "mean": (
        "def mean(x):\n    return np.mean(x)",
        "assert type(mean([1, 2])) == np.float64 and isinstance(mean([1]), float)",
        "def mean(x):\n    return 1",
    ),
    "odd": (
        "def odd(x):\n    return x % 2 == 1",
        "assert odd(3) is True and odd(2 ** 70 + 1) is True",
        "def odd(x):\n    return x % 2",
    ),
    "signed": (
        "def signed():\n    return -0.0, float('nan'), {'b': 1, 'a': 2}",
        "a, b, c = signed()\nassert str(a) == '-0.0' and b != b and list(c) == ['b', 'a']",
        "def signed():\n    return 0.0, float('nan'), {'b': 1, 'a': 2}",
    ),
    "root": (
        "def root(x):\n    if x < 0:\n        raise ValueError('negative')\n    return x ** 0.5",
        "import unittest\nunittest.TestCase().assertRaises(ValueError, root, -1)",
        "def root(x):\n    assert x >= 0\n    return x ** 0.5",
    ),
    "applied": (
        "def applied(f, n):\n    return [f(i) for i in range(n)]",
        "seen = []\nassert applied(lambda i: seen.append(i) or i, 3) == seen == [0, 1, 2]",
        "def applied(f, n):\n    return list(range(n))",
    ),
    "naturals": (
        "def naturals():\n    n = 0\n    while True:\n        yield n\n        n += 1",
        "import itertools\nassert list(itertools.islice(naturals(), 4)) == [0, 1, 2, 3]",
        "def naturals():\n    while True:\n        yield 0",
    ),
    "code": ("code = 'print(1)'", "exec(code)", ""),
    "banned": (
        "def banned(x):\n    return sorted(x)",
        "sorted = None\nassert banned([1]) == [1]",
        "",
    ),
}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    root = tmp_path_factory.mktemp("traps")
    cells = [(solved(solution), test) for solution, test, _ in TRAPS.values()]
    adopt_course.write_course(root, adopt_course.small_notebook("import numpy as np", *cells))
    return Course.load(root)


def test_each_is_judged_right_or_stays(course):
    made = {one.name: one for one in adopt(course, "ps1")}
    assert {name for name, one in made.items() if one.stays} == {
        name for name, (_, _, wrong) in TRAPS.items() if not wrong
    }
    build(course.root)
    release = read(course.release_notebook("ps1")).raw
    right = {name: solution for name, (solution, _, _) in TRAPS.items()}
    wrong = {name: text or right[name] for name, (_, _, text) in TRAPS.items()}
    with Grader(course, "ps1") as grader:
        for answers, points in ((right, 1), (wrong, 0)):
            cells = [
                {**cell, "source": answers.get(
                    cell["metadata"].get("nbgrader", {}).get("grade_id"), cell["source"])}
                for cell in release["cells"]
            ]  # fmt: skip
            text = json.dumps({**release, "cells": cells}).encode()
            found = {e.name: e.points for e in grader.grade(text, "ada").report.exercises}
            for name, one in made.items():
                if not one.stays:
                    assert found[name] == points, (name, points)
