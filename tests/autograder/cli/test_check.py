"""The public checks in a terminal: one verdict for an exercise."""

import pytest

from autograder.cli.check import one_verdict

ENGLISH = ("✓ f: as expected", "✓ f, example 2: as expected")
CHINESE = ("✓ f\uff1a与预期一致", "✓ f\uff0c例 2\uff1a与预期一致")


@pytest.mark.parametrize("right", [ENGLISH, CHINESE])
def test_an_example_that_is_right_says_nothing_where_another_one_fails(right):
    """Else ✓ and ✗ would stand for the same exercise."""
    lines = [*right, "printed by a student", "✓ f2: as expected", "✗ f, example 3: is 1/2 of 3"]
    assert one_verdict("f", lines, passed=False) == lines[2:]


@pytest.mark.parametrize("right", [ENGLISH, CHINESE])
def test_several_right_examples_are_one_verdict(right):
    lines = ["printed", *right, "printed"]
    assert one_verdict("f", lines, passed=True) == ["printed", right[0], "printed"]
