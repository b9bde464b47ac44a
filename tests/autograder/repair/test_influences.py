"""Which arguments change which results: what is said where no edit repairs a function."""

import numpy as np
import pytest

from autograder.judge.calls import Call, call_open
from autograder.repair.influences import said
from autograder.repair.lost_axes import lost_axis
from autograder.repair.places import OwnFunction
from autograder.sandbox import CallResult

RIGHT = """
def step(W, grad, v, beta, rate):
    v = beta * v + (1 - beta) * grad
    return W - rate * v, v
"""


def answering(text):
    space = {"np": np}
    exec(text, space)

    def answer(call):
        args = tuple(np.copy(a) if isinstance(a, np.ndarray) else a for a in call.args)
        return call_open(space, "step", args, dict(call.kwargs), seed=1, stand_ins={})

    return answer


def told(body, *others, right=RIGHT, above=""):
    """What is said of a function with this body; `others` are further right versions."""
    text = f"{above}\ndef step(W, grad, v, beta, rate):\n" + body
    arrays = (np.array([[1.0, -2.0]]), np.array([[0.3, 0.5]]), np.array([[0.7, 0.2]]))
    calls = [Call("step", (*arrays, 0.9, 0.01), {}, 1, None)]
    own = OwnFunction(text, "step")
    found = said(own, calls, answering(text), [answering(t) for t in (right, *others)], calls)
    return str(found) if found else ""


def test_an_argument_that_changes_a_result_and_should_not_is_named_with_its_line():
    body = "    v = beta * v - rate * grad\n    return W + v, v\n"
    assert told(body) == (
        "Line 3: `rate` is read here; it changes what is returned as `v`, and should not."
    )
    twice = "    v = beta * v * rate\n    v = v - rate * grad\n    return W + v, v\n"
    assert told(twice) == "`rate` changes what is returned as `v`, and should not."


def test_the_line_that_hands_an_argument_on_to_another_function_is_not_blamed():
    above = "def mixed(v, grad, beta, rate):\n    return beta * v - rate * grad\n"
    body = "    v = mixed(v, grad, beta, rate)\n    return W + v, v\n"
    assert told(body, above=above) == "`rate` changes what is returned as `v`, and should not."


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("    new = beta * v + grad * grad\n    return W - rate * new, v\n",
         "`grad` should change what is returned as `v`, and changes nothing in it."),
        ("    u = W - rate * grad\n    v = v * 2.0\n    return u, v\n",
         "`v` should change what is returned as `u`, and changes nothing in it."),
        ("    v = beta * v + (1 - beta) * grad\n    return W - rate * v, np.ones((1, 2))\n",
         "Whatever the function is given, value 2 of what is returned stays the same."),
    ],
)  # fmt: skip
def test_an_argument_that_should_change_a_result_and_does_not_is_named(body, sentence):
    assert told(body) == sentence


def test_nothing_is_said_of_right_values_nor_where_right_versions_differ():
    assert told(RIGHT.partition("rate):\n")[2]) == ""
    body = "    v = beta * v - rate * grad\n    return W + v, v\n"
    assert told(body, right=body.join(["def step(W, grad, v, beta, rate):\n", ""])) == ""


def test_discrete_results_are_left_alone():
    """An argument may leave them as they are by chance."""
    right = "def step(W, grad, v, beta, rate):\n    return 1 if rate > 0.5 else 0\n"
    assert told("    return 5\n", right=right) == ""


def test_of_arrays_it_is_not_said_that_they_should_change_nothing():
    """Where a right version meets zeros, or a ratio, they may do so by chance."""
    right = "def step(W, grad, v, beta, rate):\n    return W * grad / grad, v\n"
    body = "    return W * grad, v\n"
    assert told(body, right=right) == ""
    right = right.replace("W * grad / grad", "W * beta")
    assert told(body, right=right).startswith("`beta` should change value 1")


RATE = """
def step(W, first, number, least, total):
    return W * min(number / least, 1.0) * {}
"""


@pytest.mark.parametrize(("number", "is_said"), [(12, False), (4, True)])
def test_what_has_influence_in_any_call_of_the_checks_is_not_said_to_have_none(number, is_said):
    """A right version may read an argument in some cases only, and a wrong one, too."""
    kept = RATE.format("(1 if number <= least else 1 - number / total)")
    always = RATE.format("(1 - number / total)")
    beginning = Call("step", (2.0, 0.1, 3, 10, 100), {}, 1, None)
    further = [beginning, Call("step", (2.0, 0.1, number, 10, 100), {}, 1, None)]

    def told(wrong, right, first):
        own = OwnFunction(wrong, "step")
        found = said(own, [first], answering(wrong), [answering(right)], further)
        return str(found) if found else ""

    sentence = "Line 3: `total` is read here; it changes the result, and should not."
    assert told(always, kept, beginning) == is_said * sentence
    sentence = "`total` should change the result, and changes nothing in it."
    assert told(kept, always, beginning) == is_said * sentence


@pytest.mark.parametrize(
    ("cache", "body", "sentence"),
    [
        ((1.0, 2.0), "X * cache[0]", "`rate` should change the result, and changes nothing in it."),
        ("two", "np.ones((1, 2))", "`X` should change the result, and changes nothing in it."),
        (
            (1.0, 2.0),
            "np.ones((1, 2))",
            "Whatever the function is given, the result stays the same.",
        ),
    ],
)
def test_that_nothing_changes_a_result_is_said_where_everything_was_changed(cache, body, sentence):
    text = f"\ndef step(X, cache, rate, decay):\n    return {body}\n"
    right = "\ndef step(X, cache, rate, decay):\n    return X * rate * decay * len(cache)\n"
    call = Call("step", (np.array([[1.0, 2.0]]), cache, 0.5, 0.9), {}, 1, None)
    own = OwnFunction(text, "step")
    assert str(said(own, [call], answering(text), [answering(right)], [call])) == sentence


SPLIT = "\ndef step(X, Y, order, n):\n    Y = {}\n    return (X[:, :n], Y{}), 1.0\n"


FACT = "The numbers are right, and an axis of length 1 is lost"


@pytest.mark.parametrize(
    ("shuffled", "cut", "sentence"),
    [
        ("Y[0, order]", "[:n]", f"{FACT}, perhaps in line 3."),
        ("Y[:, order].ravel()", "[:n]", f"{FACT}, perhaps in line 3."),
        ("Y[0, order]", "[:n] * 2", ""),  # more than an axis is wrong
        ("Y[:, order]", "[:, :n + 1]", ""),
        ("np.array([y for row in Y for y in row])[order]", "[:n]", f"{FACT}."),
        ("np.array([y for row in Y for y in row])[order[0:]]", "[:n]", f"{FACT}."),
        ("Y[0, order]", "[:n].ravel()", f"{FACT}, perhaps in one of the lines 3, 4."),
    ],
)
def test_where_all_numbers_are_right_a_lost_axis_is_told(shuffled, cut, sentence):
    """None of the lines that may take an axis away is sure to be the one."""
    space = {"np": np}
    text = SPLIT.format(shuffled, cut)
    exec(text, space)
    X, Y, order = np.arange(6.0).reshape(2, 3), np.array([[1.0, 2.0, 3.0]]), np.array([2, 0, 1])
    right = CallResult("value", ((X[:, :2], Y[:, order][:, :2]), 1.0))
    call = Call("step", (X, Y, order, 2), {}, 1, right)
    own = OwnFunction(text, "step")
    found = lost_axis(own, [call], lambda c: CallResult("value", space["step"](*c.args)))
    assert (str(found) if found else "") == sentence


def lost(*pairs):
    """What is said where the calls should have given the second value of each pair."""
    own = OwnFunction("def step(x):\n    return x\n", "step")
    calls = [Call("step", (x,), {}, 1, CallResult("value", right)) for x, right in pairs]
    found = lost_axis(own, calls, lambda call: CallResult("value", call.args[0]))
    return str(found) if found else ""


def test_an_axis_that_holds_several_entries_is_no_axis_of_length_1():
    rows, column = np.arange(6.0).reshape(2, 3), np.arange(6.0).reshape(6, 1)
    assert lost((rows.ravel(), rows)) == ""
    assert lost((column.ravel(), column)) == f"{FACT}."


def test_a_number_that_is_wrong_in_any_call_ends_what_is_said_of_an_axis():
    column = np.arange(6.0).reshape(6, 1)
    alike = [(column.ravel(), column)] * 4
    assert lost(*alike) == f"{FACT}."
    assert lost(*alike, (column, column + 1)) == ""
