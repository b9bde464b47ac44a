"""Conditions that a statement may be put under."""

import pytest

from autograder.repair.nesting import conditions
from autograder.repair.places import OwnFunction


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("return m // size", ["m % size"]),
        ("return X.shape[1] % (size + 1), k % 2", ["X.shape[1] % (size + 1)", "k % 2"]),
        ("return m / size  # m // size, and m % size", []),
        ("'''m // size'''\n    return '%d' % m, f'%{k}' % m, 'm // size'", []),
        ("return (m //\n        size)", ["m % size"]),
    ],
)
def test_what_is_divided_without_a_remainder_is_asked_for_its_remainder(body, found):
    """By the code itself, and not by comments and texts."""
    own = OwnFunction(f"def step(X, m, size, k):\n    {body}\n", "step")
    assert conditions(own, ["k > 1"]) == ["k > 1", *found]
