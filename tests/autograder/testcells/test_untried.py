"""For which test cells the author's notebook holds no solution."""

import pytest

from autograder.testcells.program import codes
from autograder.testcells.untried import without_solution
from tests.autograder.testcells.conftest import cell

STUB = "# YOUR CODE HERE\nraise NotImplementedError()"


def untried(*cells):
    """Of cells `s…` and `t…`; all test cells are said to have failed."""
    made = [
        cell(text, name, solution=name[0] == "s", grade=name[0] == "t", points=1)
        for name, text in cells
    ]
    return without_solution(codes({"cells": made}), {name for name, _ in cells})


@pytest.mark.parametrize(
    "stub",
    [
        STUB,
        "def f(x):\n    '''Doubles.'''\n    # YOUR CODE HERE\n    raise NotImplementedError()",
        "import math\ndef f(x):\n    pass",
        "def f(x):\n    return None",
        "class f:\n    def g(self): ...",
        "f = None",
        "f = ...",
        "# your answer",
    ],
)
def test_a_stub_leaves_its_test_untried_and_no_other(stub):
    found = untried(("s1", stub), ("t1", "assert f(1) == 2"), ("s2", "y = 3"), ("t2", "assert y"))
    assert found == {"t1"}


@pytest.mark.parametrize(
    "solution",
    [
        "def f(x):\n    return x",
        "from math import floor as f",
        "f = lambda x: x",
        "f = 0",
        "if True:\n    def f(x): return 1",
    ],
)
def test_a_solution_that_fails_its_test_is_one(solution):
    assert untried(("s1", solution), ("t1", "assert f(1) == 2")) == frozenset()


def test_what_is_made_of_a_stubs_names_is_not_there_either():
    cells = [("s1", "def f(x): pass"), ("p", "y = f(1)"), ("t1", "assert y == 2")]
    assert untried(*cells) == {"t1"}


def test_what_stands_below_the_stub_of_a_cell_is_not_there_either():
    cell_with_more = STUB + "\n\nn = len(data)"
    found = untried(("s1", cell_with_more), ("t1", "assert n == 3"), ("t2", "assert data"))
    assert found == {"t1", "t2"}


def test_the_answer_may_go_into_a_cell_that_nobody_has_marked():
    assert untried(("p", "n = None  # your answer"), ("t1", "assert n == 3")) == {"t1"}
    assert untried(("p", "# a remark"), ("t1", "assert n == 3")) == frozenset()


def test_a_name_that_the_author_misspelled_is_no_students():
    solved = [("s1", "def f(x): return 2"), ("t1", "assert ff(1) == 2")]
    assert untried(*solved) == frozenset()
