"""What is as likely as something else, and what is never tried."""

import os
import subprocess
import sys

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


ORDER = """
from autograder.repair.candidates import edits
from autograder.repair.places import OwnFunction
from autograder.repair.statements import Donor
text = "def f(x, l):\\n    a = x[f'W{l}'] * x['b%d' % l]\\n    b = a.sum()\\n    return b\\n"
donor = Donor(text.replace("*", "@").replace("sum", "mean"), "f")
own = OwnFunction(text, "f")
for edit in edits(own, [donor], 5000):
    print(edit.kind, edit.cost, edit.lines, [s.text for s in edit.splices])
"""


def test_edits_come_in_the_same_order_in_every_process():
    """What is found first is told: a set of texts has another order in another process."""
    orders = {
        subprocess.run(
            [sys.executable, "-c", ORDER], check=True, capture_output=True, text=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2", "3")
    }  # fmt: skip
    assert len(orders) == 1 and "count" in orders.pop()
