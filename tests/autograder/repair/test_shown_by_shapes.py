"""What shapes and keys of answers show."""

import numpy as np
import pytest

from autograder.judge.calls import Call
from autograder.repair.places import OwnFunction
from autograder.repair.shown_by_shapes import shown_by_shapes
from autograder.sandbox import CallResult

pytestmark = pytest.mark.quick

INPUTS = [np.arange(6.0).reshape(2, 3), np.arange(20.0).reshape(5, 4) ** 2, np.eye(3)]
OWN = OwnFunction("def scaled(rate, X):\n    mean = X\n    return X, mean\n", "scaled")
COLUMNS = (
    "There are as many numbers in what is returned as `mean` as `X` has columns, and there should "
    "be one for each of its rows: look at the axis."
)


def right(X):
    return X, X.mean(axis=1, keepdims=True)


def said(student, inputs=INPUTS, wanted=right, own=OWN):
    calls = [Call("scaled", (0.1, X), {}, 1, CallResult("value", wanted(X))) for X in inputs]
    found = shown_by_shapes(own, calls, lambda c: CallResult("value", student(c.args[1])))
    return str(found or "")


def test_one_number_for_each_column_is_seen_where_one_for_each_row_is_wanted():
    assert said(lambda X: (X, X.mean(axis=0))) == COLUMNS
    assert said(lambda X: (X, X.sum(axis=0, keepdims=True))) == COLUMNS
    rows = COLUMNS.replace("has columns", "has rows").replace("of its rows", "of its columns")
    assert said(right, wanted=lambda X: (X, X.mean(axis=0))) == rows


def test_what_is_returned_beside_it_shows_the_axes_too():
    """Of gradients each bias belongs to a layer, and not to the inputs."""
    own = OwnFunction("def scaled(rate, cache):\n    return {}\n", "scaled")
    sizes = [(5, 3), (2, 7)]

    def gradients(n, m, db2):
        return {"dZ1": np.ones((4, 6)), "dZ2": np.ones((n, m)), "db1": np.ones((4, 1)), "db2": db2}

    calls = [
        Call("scaled", (0.1, ()), {}, 1, CallResult("value", gradients(n, m, np.ones((n, 1)))))
        for n, m in sizes
    ]
    mine = iter(gradients(n, m, np.ones((1, m))) for n, m in sizes)
    assert str(shown_by_shapes(own, calls, lambda call: CallResult("value", next(mine)))) == (
        "There are as many numbers in `db2` as `dZ2` has columns, and there should be one for each "
        "of its rows: look at the axis."
    )


@pytest.mark.parametrize(
    "student",
    [
        right,
        lambda X: (X, X.mean(axis=1)),
        lambda X: (X, X.mean()),
        lambda X: (X, X),
        lambda X: (X, np.zeros(7)),
        lambda X: (X, np.zeros(3)),  # as many as one input has columns
        lambda X: (X, "mean"),
        lambda X: X.mean(axis=0),
        lambda X: {},
    ],
)
def test_nothing_is_said_of_another_length(student):
    assert said(student) == ""


def test_nothing_is_shown_by_squares_alone_or_where_a_call_ends_without_a_value():
    assert said(lambda X: (X, X.mean(axis=0)), inputs=[np.eye(3)]) == ""
    call = Call("scaled", (0.1, INPUTS[0]), {}, 1, CallResult("value", right(INPUTS[0])))
    assert shown_by_shapes(OWN, [call], lambda call: CallResult("raised")) is None
    assert shown_by_shapes(OWN, [], lambda call: CallResult("raised")) is None


def test_rows_and_columns_that_have_changed_places_are_seen():
    own = OwnFunction("def scaled(rate, X):\n    return X\n", "scaled")
    told = said(lambda X: X.T + 1, wanted=lambda X: X, own=own)
    assert told == "Rows and columns of the result have changed places."
    assert said(lambda X: X[:, :1].T, wanted=lambda X: X, own=own) == ""
    assert said(lambda X: X[:, :1].T, wanted=lambda X: X[:, :1], own=own) == ""  # a row: an axis


@pytest.mark.parametrize(
    ("keys", "is_said"), [("WbX", True), ("Wb", False), ("WbXY", False), (("dW", "b", "X"), False)]
)
def test_keys_of_an_argument_are_seen_where_others_are_asked_for(keys, is_said):
    given = dict.fromkeys("WbX", 1.0)
    wanted = {f"d{key}": 0.0 for key in given}
    calls = [Call("scaled", (0.1, given), {}, 1, CallResult("value", wanted))] * 2
    mine = dict.fromkeys(keys, 0.0)
    found = shown_by_shapes(OWN, calls, lambda call: CallResult("value", mine))
    assert str(found or "") == is_said * (
        "The entries of what is returned have the names of those in `X`; other names are asked for."
    )
