"""What is as likely as something else, and what is never tried."""

import pytest

from autograder.repair.candidates import edits
from autograder.repair.places import OwnFunction
from autograder.repair.searching import BETTER

pytestmark = pytest.mark.quick


def versions_of(line):
    """The cost of each version of a function of one line, the cheapest first."""
    own = OwnFunction(f"def f(x, y):\n    return {line}\n", "f")
    found = edits(own, [], 100_000)
    return {own.with_splices(e.splices).split("return ")[-1].strip(): e.cost for e in found[::-1]}


def test_to_exchange_the_choices_of_where_is_as_likely_as_another_condition():
    costs = versions_of("np.where(x, y, 1)")
    assert abs(costs["np.where(x, 1, y)"] - costs["np.where(y, y, 1)"]) < BETTER


def test_no_brackets_are_put_around_what_comes_to_nothing():
    assert "x ** (1 / 2)" in versions_of("x ** 1 / 2")
    assert "x ** (2 / 2)" not in versions_of("x ** 2 / 2")
