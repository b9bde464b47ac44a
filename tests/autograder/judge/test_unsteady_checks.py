"""A check that asks for something else each time it runs is known by all that it asks."""

from contextlib import closing

import pytest

from autograder.course import Course
from autograder.judge.collected import CollectedChecks
from autograder.judge.rehearsal import unsteady_checks

ASKS = {
    "a function among the arguments": "f(lambda x: x, x)",
    "a function beside it in a list": "f([lambda x: x, x])",
    "a function by name": "f(x, g=lambda x: x)",
    "a function that is sent": "f(student.sent(plus, k=x))",
    "one that is sent, one that is called back": "f(student.sent(plus, k=x), lambda x: x)",
    "a function that stands in": "standing_in(g=abs).f(x)",
}


@pytest.mark.parametrize("steady", [True, False])
@pytest.mark.parametrize("ask", ASKS.values(), ids=ASKS)
def test_what_is_asked_beside_a_function_is_compared(tmp_path, ask, steady):
    (tmp_path / "tests/tiny").mkdir(parents=True)
    drawn = "1.0" if steady else "np.random.randn()"
    text = ASKED.format(drawn=drawn, ask=ask)
    (tmp_path / "tests/tiny/test_tiny.py").write_text(text)
    with closing(CollectedChecks(Course(tmp_path), "tiny", None)) as collected:
        space = {"f": lambda *args, **kwargs: 1.0, "g": abs}
        found = list(unsteady_checks(collected, space, "s"))
    assert found == ([] if steady else ["test_asked"])


ASKED = """
import numpy as np
import pytest

def plus(x, k):
    return x + k

@pytest.mark.exercise("f")
def test_asked(student):
    x = {drawn}
    assert student.{ask} == 1.0
"""
