"""What answers with entries for each layer show."""

import numpy as np
import pytest

from autograder.judge.calls import Call
from autograder.repair.shown_by_layers import layer_left_out
from autograder.sandbox import CallResult

pytestmark = pytest.mark.quick


def given(layers):
    return {f"{k}{n}": np.full(2, float(n)) for n in range(1, layers + 1) for k in "Wb"}


def stepped(values, layers=(1, 2, 3, 4)):
    return {k: v - 0.5 * (int(k[1:]) in layers) for k, v in values.items()}


def said(student, sizes=(2, 3, 4)):
    """What is said of a function that takes a step, and gives back what it was given, too."""
    calls = [
        Call("step", (given(n),), {}, 1, CallResult("value", (stepped(given(n)), given(n))))
        for n in sizes
    ]
    return str(layer_left_out([(call, student(*call.args)) for call in calls]) or "")


@pytest.mark.parametrize(
    ("student", "told"),
    [
        (lambda p: stepped(p, range(1, len(p) // 2)), "What is returned for the last layer is as"),
        (lambda p: stepped(p, (2, 3, 4)), "What is returned for the first layer is as it was"),
        (lambda p: stepped(p), ""),
        (lambda p: stepped(p, (1,)), ""),  # of two layers the last, of four several
        (lambda p: p, ""),
        (lambda p: {**stepped(p), "b1": p["b1"]}, ""),  # not the whole layer
        (lambda p: {k: v * 2 for k, v in p.items()}, ""),
        (lambda p: {k: v for k, v in stepped(p).items() if int(k[1:]) < len(p) / 2},
         "What is returned has nothing for the last layer"),
        (lambda p: {k: v for k, v in stepped(p).items() if k[1:] != "1"},
         "What is returned has nothing for the first layer"),
        (lambda p: {}, ""),
        (lambda p: 3, ""),
    ],
)  # fmt: skip
def test_a_layer_that_is_left_out_in_every_call_is_told(student, told):
    for answer in (lambda p: (student(p), p), lambda p: (student(p),)):
        found = said(answer)
        assert found.startswith(told) and bool(found) == bool(told)


def test_nothing_is_shown_by_single_layers_or_other_keys():
    assert said(lambda p: (p, p), sizes=(1, 1)) == ""
    assert layer_left_out([]) is None
    call = Call("f", ({"a": 1.0},), {}, 1, CallResult("value", {"a": 2.0}))
    assert layer_left_out([(call, {"a": 1.0})]) is None
