"""Which of several repairs was meant, by the values on the way."""

import numpy as np
import pytest

from autograder.repair.candidates import Edit
from autograder.repair.places import OwnFunction, Splice
from autograder.repair.traces import tables, traced
from autograder.repair.ways import Way
from autograder.repair.weighing import LEFT, TO_NOTHING, Evidence

pytestmark = pytest.mark.quick

ARGS = np.array([0.3, 1.7]), np.array([2.2, 0.4])


def answer(source):
    """What a traced version answers in one call."""
    space = {}
    exec(source, {"np": np}, space)
    return tables([space["step"](*ARGS)])


class Answering:
    """What answers calls of versions of a function in this process."""

    known_checks, check, calls = "", "check", ()

    def known_calls(self, most_of_one, most):
        return []

    def tables(self, sources, calls):
        return [answer(source) for source in sources]


class OneWay:
    def __init__(self, right):
        self.table = answer(traced(of_body(right)))

    def way(self, own, check, calls):
        return Way(self.table[:, 1:], [{"u": tuple(self.table[-1, 1:])}])


def of_body(body):
    return OwnFunction(f"def step(x, y):\n {body}\n", "step")


def weighed(wrong, right, *changes):
    """How much dearer each change becomes, and the evidence with the edits."""
    own = of_body(wrong)
    found = []
    for old, new, kind in changes:
        begin = own.with_splices().index(old)
        line = own.with_splices()[:begin].count("\n") + 1
        found.append(Edit((Splice(begin, begin + len(old), new),), kind, 2.0, (line,)))
    evidence = Evidence(own, Answering(), OneWay(right))
    return [edit.cost - 2.0 for edit in evidence.weighed(found)], evidence, found


WAY = "z = x * 3.5\n w = z + y\n return w * 7"
SWAPPED = "z = x / 3.5\n w = z + y\n return w * 7"


def test_what_makes_a_wrong_value_good_below_it_is_dearer_than_what_mends_it():
    more, evidence, (here, below) = weighed(
        SWAPPED, WAY, ("x / 3.5", "x * 3.5", "op"), ("z + y", "z * 12.25 + y", "factor missing")
    )
    assert more == [0, LEFT]
    assert [s.lineno for s in evidence.left(below)] == [2] and evidence.left(here) == []


def test_what_makes_a_right_value_wrong_is_dearer_as_well():
    wrong = WAY.replace("z + y", "z - y")
    more, _, _ = weighed(
        wrong, WAY, ("z - y", "z + y", "sign"), ("x * 3.5", "x * 3.5 + 2 * y", "op")
    )
    assert more == [0, LEFT]


def test_what_is_left_unread_by_a_term_less_counts_for_nothing():
    wrong = "v = x - 3.5\n w = x + y + v\n return w * 7"
    right = "w = x + y\n return w * 7"
    more, _, _ = weighed(wrong, right, ("x + y + v", "x + y", "term extra"))
    assert more == [0]
    both = ("x + y + v", "x + y", "term extra"), ("x + y + v", "x + y", "donor")
    assert weighed(wrong, right, *both)[0] == [0, LEFT]  # it goes around the line


def test_what_lets_something_vanish_is_dearer():
    wrong = "w = x + y + (y - x) * y\n return w * 7"
    right = "w = x + y\n return w * 7"
    more, evidence, found = weighed(
        wrong, right, ("y - x", "x - x", "name"), ("x + y + (y - x) * y", "x + y", "term extra")
    )
    assert more == [TO_NOTHING, 0]
    assert [evidence.vanishes(edit) for edit in found] == [True, False]


def test_a_variable_may_hold_what_one_of_a_right_version_holds():
    _, evidence, _ = weighed(SWAPPED, WAY, ("x / 3.5", "x * 3.5", "op"))
    assert not evidence.holds("z") and not evidence.holds("nothing")
