"""Answers that know nothing of the exercise earn nothing."""

import numpy as np
import pytest
from proven_course import proven

from autograder.verify.knows_nothing import know_nothing
from autograder.verify.questions import Kind
from autograder.verify.terminal import summary

pytestmark = pytest.mark.family

LENIENT = '''

@pytest.mark.exercise("stepped")
def test_stepped_nowhere(student):
    """A step of no length"""
    w = np.ones(3)
    assert_same(student.stepped(w, w, 0.0), w)
'''


def test_answers_that_know_nothing_earn_nothing(course):
    proof = proven(course)
    holds, asked = proof.claimed(Kind.KNOWS_NOTHING)
    assert holds == asked == 2 * 9


def test_an_answer_that_knows_nothing_and_earns_something_is_named(course):
    path = course.tests("a") / "test_a.py"
    path.write_text(path.read_text() + LENIENT)
    proof = proven(course, "stepped")
    found = "knows nothing stepped: return the first argument: earns 50%: it passes "
    assert proof.problems == (f"{found}test_stepped_nowhere",)
    assert found in summary([proof])


def test_an_author_lists_which_answers_may_earn_something(course):
    path = course.tests("a") / "test_a.py"
    path.write_text(path.read_text() + LENIENT)
    listed = course.tests("a") / "equivalent_mutants.toml"
    entry = (
        '[[earning]]\nfunction = "stepped"\nanswer = "return the first argument"\n'
        'reason = "A step of no length is what the exercise begins with."\n'
    )
    listed.write_text(listed.read_text() + entry)
    assert proven(course, "stepped").problems == ()
    path.write_text(path.read_text().replace(LENIENT, ""))
    assert "but earns nothing" in proven(course, "stepped").problems[0]


def test_what_knows_nothing_keeps_the_signature():
    cell = "def f(x, /, W, *, keep=0.5, **more):\n    return x"
    texts = know_nothing(cell, cell, "f")
    space = {}
    exec(texts["return zeros like all arguments"], space)
    found = space["f"](np.ones(2), {"W": [1.5]}, keep=True)
    assert found[0].tolist() == [0, 0] and found[1:] == ({"W": [0.0]}, 0)
    exec(texts["return the first argument"], space)
    assert space["f"](3, None) == 3
