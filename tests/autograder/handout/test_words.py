"""A value on one short line: what is written is bounded, whatever the value holds."""

import sys

import numpy as np
import pytest

from autograder.handout.differences import differences
from autograder.handout.words import render


def calls_of(function):
    """How many functions are called on the way, Python's own and C's: work, not time."""
    count = 0

    def counting(_frame, event, _argument):
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(counting)
    try:
        function()
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1.23456789012345, "1.23456789"), ([1, 2.5], "[1, 2.5]"), ((1,), "(1,)"), ((), "()"),
        ({"W1": [1], 2: "x"}, "{'W1': [1], 2: 'x'}"), ("text", "'text'"), (None, "None"),
        (np.arange(3.0), "[0. 1. 2.]"), ([np.arange(3)], "[array([0, 1, 2])]"),
        (np.ones((2, 1, 1, 1)), "an array of shape (2, 1, 1, 1)"), (True, "True"), ({}, "{}"),
        (10**400, "an integer of 1329 bits"), ([[[1]], 2], "[[[1]], 2]"), (3 + 1j, "(3+1j)"),
        (list(range(99)), "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19…"),
        ("x" * 99, f"'{'x' * 68}…"),
    ],
)  # fmt: skip
def test_a_value_is_written_on_one_line(value, shown):
    assert render(value) == shown


DEEP = []
for _ in range(30):
    DEEP = [DEEP, DEEP]
DEAR = {
    "many empty lists": [[]] * 200_000,
    "many keys": {i: None for i in range(100_000)},
    "many texts": ["x" * 99] * 100_000,
    "many long integers": [1 << 4000] * 20_000,
    "many small arrays": [np.ones(2)] * 50_000,
    "lists that share their items": DEEP,
    "eight axes": np.zeros((2,) * 8),
    "twenty axes": np.zeros((2,) * 20, bool),
    "a long text": "x" * 1_000_000,
}


@pytest.mark.parametrize("dear", DEAR)
def test_no_more_is_looked_at_than_fits_on_the_line(dear):
    assert len(render(DEAR[dear])) <= 70
    assert calls_of(lambda: render(DEAR[dear])) < 3000


@pytest.mark.parametrize("expected", [1.5, [1.0], {"W1": 1.0}, np.ones((2, 3)), "text", None])
@pytest.mark.parametrize("dear", DEAR)
def test_a_dear_answer_is_compared_and_put_in_words_cheaply(dear, expected):
    assert calls_of(lambda: differences(DEAR[dear], expected)) < 6000


def test_of_keys_that_should_not_be_there_some_are_named():
    assert len(differences({i: None for i in range(100_000)}, {})) == 20
