"""Calls that are made without the functions that stand in for a student's right ones."""

from types import SimpleNamespace

import numpy as np
import pytest

from autograder.judge.calls import Call
from autograder.repair.own_calls import script_without
from autograder.sandbox import CallResult

pytestmark = pytest.mark.quick

REFERENCE = SimpleNamespace(double=lambda x: 2 * x)
exec("def twice(x):\n    return double(double(x))\n", vars(REFERENCE))
JUDGE = SimpleNamespace(reference=REFERENCE)


def call(stands_in, value=12.0, argument=3.0):
    return Call("twice", (argument,), {}, 1, CallResult("value", value), {"double": stands_in})


def test_a_function_that_stands_in_for_a_right_one_is_left_out():
    script = script_without(JUDGE, [call(lambda x: x + x)], {"double"})
    assert script is not None and [p.stand_ins for p in script.prepared] == [()]


def test_a_function_is_needed_where_the_students_own_may_be_wrong_or_answers_otherwise():
    assert script_without(JUDGE, [call(lambda x: 2 * x)], {"other"}) is None
    assert script_without(JUDGE, [call(lambda x: 3 * x, 27.0)], {"double"}) is None
    assert script_without(JUDGE, [], {"double"}) is None


def test_a_call_with_a_function_among_its_arguments_is_not_sent():
    given = call(lambda x: 2 * x, np.float64(12.0))
    assert script_without(JUDGE, [given], {"double"}) is not None
    other = Call("size", (len,), {}, 1, CallResult("value", 1.0), {})
    REFERENCE.size = lambda f: 1.0
    assert script_without(JUDGE, [other], {"double"}) is None
