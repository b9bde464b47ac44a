"""Where a wrong function leaves the way of a right one."""

import tracemalloc

import numpy as np
import pytest

from autograder.repair.places import OwnFunction
from autograder.repair.searching import _rank
from autograder.repair.traces import compared, dearer, same_digests, tables, traced

pytestmark = pytest.mark.quick


def trace_of(wrong, right, *args):
    """The wrong function's values in one call, beside those of the right one."""
    rows = []
    for body in (wrong, right):
        own = OwnFunction(f"def step(x, y):\n {body}\n", "step")
        space = {}
        exec(traced(own), {"np": np}, space)
        rows.append((own, space["step"](*(np.array(a) for a in args))))
    (own, table), (_, known) = rows
    return compared(own, table, np.unique(known[:, 1:], axis=0))


def test_the_first_wrong_value_is_in_the_line_that_makes_it():
    trace = trace_of("z = x * 3.5\n w = z + y\n return w", "z = x * 5.5\n w = z + y\n return w",
                     [0.3, 1.7], [2.2, 0.4])  # fmt: skip
    assert trace.first.statement.lineno == 2


def test_another_way_to_a_right_value_is_no_wrong_one():
    """A sum divided by their number, where the right version takes the mean."""
    trace = trace_of("z = np.sum(x) / len(x)\n return z + 2 * y",
                     "return np.mean(x) + 3 * y", [0.3, 1.7], [2.2, 0.4])  # fmt: skip
    assert trace.first.statement.lineno == 3


def test_where_an_exception_ends_a_call_loops_may_turn_too_often():
    trace = trace_of("n = len(x)\n for l in range(n):\n  z = y[l]\n return z",
                     "z = y[0]\n return z", [0.3, 1.7], [2.2])  # fmt: skip
    costs = dict(zip(map(trace.own.text, (s.node for s in trace.own.sites)),
                     dearer(trace.own, trace), strict=True))  # fmt: skip
    assert costs["len(x)"] < 1 and costs["range(n)"] < 1


def test_a_call_that_breaks_off_goes_wrong_where_it_ends():
    trace = trace_of("z = x + x\n w = z * y\n return w", "z = x + x\n return z",
                     [0.3, 1.7], [2.2, 0.4, 1.3])  # fmt: skip
    assert trace.first.statement.lineno == 3
    assert trace.first.node.id == "y"


def test_a_small_negative_number_is_no_counter():
    trace = trace_of("z = -len(x)\n w = z * y\n return w", "z = len(x)\n w = z * y\n return w",
                     [0.3, 1.7], [2.2, 0.4])  # fmt: skip
    assert trace.first.statement.lineno == 2


def test_a_small_number_is_not_taken_for_the_nothing_that_two_equal_ones_leave():
    trace = trace_of("z = x * 1e-14\n w = y\n return w", "z = x - x\n w = y\n return w", 0.3, 2.2)
    assert trace.first.statement.lineno == 2


def test_what_is_centred_may_add_up_to_another_nothing():
    trace = trace_of("z = x + 3e-15\n return z", "z = x\n return z", [0.3, -0.3], 2.2)
    assert trace.first is None


def test_a_list_on_the_way_is_no_value_that_right_versions_have():
    trace = trace_of(
        "z = []\n z.append(x)\n w = x * y\n return w", "w = x / y\n return w", 0.3, 2.2
    )
    assert trace.first.statement.lineno == 4


def test_a_statement_that_breaks_off_is_not_mended():
    trace = trace_of("z = x + x\n w = z + y[7]\n return w", "z = x + x\n w = z + y\n return w",
                     [0.3, 1.7], [2.2, 0.4])  # fmt: skip
    one, other, _ = trace.own.statements
    assert trace.mends(one) and not trace.mends(other)


def test_what_is_changed_in_place_is_wrong_in_that_line():
    trace = trace_of("z = x + x\n z *= y\n return z - x", "z = x + x\n z /= y\n return z - x",
                     [0.3, 1.7], [2.2, 0.4])  # fmt: skip
    assert trace.first.statement.lineno == 3


def test_values_of_the_right_way_are_counted_once_each_and_counters_never():
    """What makes a value that was there already anew is no step on the way."""
    right = "z = x * 5.5\n w = z + y\n return w + len(x)"

    def met(body):
        return trace_of(body, right, [0.3, 1.7], [2.2, 0.4]).met

    assert met("z = x * 5.5\n w = z * y\n return w") == 3  # x, y, z
    assert met("z = x * 5.5\n w = z + y\n return w") == 4
    assert met("z = x * 5.5\n w = x * 5.5\n return w") == 2
    assert met("return len(x)") == 1  # x alone


def test_an_edit_that_brings_a_value_which_was_there_already_comes_after_one_that_brings_a_new():
    right = "z = x * 5.5\n w = z + y\n return w"

    def trace(body):
        return trace_of(f"z = x * 5.5\n w = {body}\n return w", right, [0.3, 1.7], [2.2, 0.4])

    before = trace("z * y")
    new, old, wrong = (_rank(trace(body), before, 1) for body in ("z + y", "x * 5.5", "z - y"))
    assert new < old < wrong


def test_of_a_statement_it_is_known_whether_what_it_makes_is_right_unless_it_is_a_counter():
    trace = trace_of("n = len(x)\n z = x * 3.5\n w = x + y\n w += z\n return w",
                     "w = x + y\n return w * 2", [0.3, 1.7], [2.2, 0.4])  # fmt: skip
    assert trace.states == [None, False, True, None, False]


def test_a_value_of_another_call_is_no_right_one():
    own = OwnFunction("def step(x):\n return x * 3.5\n", "step")
    space = {}
    exec(traced(own), {"np": np}, space)
    one, other = space["step"](0.3), space["step"](1.7)
    assert compared(own, tables([one, other]), tables([one, other])[:, 1:]).states == [True]
    assert compared(own, tables([one, other]), tables([other, one])[:, 1:]).states == [False]


def test_what_vanishes_is_counted():
    def nothing(body):
        return trace_of(body, "return x", [0.3, 1.7], [2.2, 0.4]).nothing

    assert nothing("return x - x + y") == 1
    assert nothing("return x[:0]") == 1
    assert nothing("return x - y") == 0


def test_long_tables_are_compared_in_little_memory():
    """A loop of thousands of turns, beside right versions in several ways."""
    known = np.zeros((9_000, 6))
    known[:, 4] = known[:, 5] = np.arange(9_000) + 0.5
    rows = known[8_000:9_000]
    tracemalloc.start()
    same = same_digests(rows, known)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 120_000_000
    assert np.array_equal(np.argwhere(same), [(n, n + 8_000) for n in range(1_000)])
    assert same_digests(rows[:0], known).shape == (0, 9_000)
    assert same_digests(rows, known[:0]).shape == (1_000, 0)
