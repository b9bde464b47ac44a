"""Arrays of objects that are numbers or texts cross as numbers and lists; no others do."""

import numpy as np
import pytest

from autograder.sandbox import Limits, Sandbox
from autograder.sandbox.listed import listed

ANSWERS = {
    "np.array([1, 2.5], dtype=object)": np.array([1.0, 2.5]),
    "np.array([[True, False]], dtype=object)": np.array([[True, False]]),
    "np.array([np.float32(1), 2], dtype=object)": np.array([1.0, 2.0]),
    "np.array(['b', 'a'])": ["b", "a"],
    "np.unique([['b'], ['a']])": ["a", "b"],
    "np.array('b')": "b",
    "{'names': np.array([['a'], ['b']]), 'n': (np.array([1], dtype=object),)}": {
        "names": [["a"], ["b"]],
        "n": (np.array([1]),),
    },
}
REFUSED = (
    "np.array([None, 1], dtype=object)",
    "np.array([[1], [2, 3]], dtype=object)",
    "np.array([2 ** 70], dtype=object)",
    "np.array(['a', 1], dtype=object)",
    "np.array([Liar(1)], dtype=object)",
    "np.array([b'a'])",
)
LIAR = """
class Liar(float):
    def __float__(self):
        return 2.0
    def __eq__(self, other):
        return True
"""


@pytest.fixture(scope="module")
def session():
    with Sandbox(Limits()) as sandbox, sandbox.session() as running:
        running.run_cell(f"import numpy as np{LIAR}")
        yield running


def call(session, answer):
    session.run_cell(f"def f():\n    return {answer}")
    return session.call("f", (), {}, seed=1, stand_ins={})


@pytest.mark.parametrize("answer", ANSWERS)
def test_numbers_and_texts_cross(session, answer):
    result = call(session, answer)
    assert result.status == "value"
    np.testing.assert_equal(result.value, ANSWERS[answer])
    assert type(result.value) is type(ANSWERS[answer])


@pytest.mark.parametrize("answer", REFUSED)
def test_other_objects_do_not(session, answer):
    assert call(session, answer).status == "unsupported"


def test_what_is_no_such_array_stays_what_it_is():
    inner = [1]
    inner.append(inner)
    value = {"a": np.eye(2), "b": (1, "x"), "c": inner}
    assert listed(value)["a"] is value["a"]
    assert listed(value)["b"] == value["b"]
