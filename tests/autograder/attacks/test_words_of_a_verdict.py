"""What a hidden check says about a wrong answer, and what it keeps to itself."""

import numpy as np
import pytest

from autograder.graders.compare import Mismatch, assert_same


def mismatch(got, expected):
    with pytest.raises(Mismatch) as caught:
        assert_same(got, expected)
    return caught.value


def test_a_key_of_the_answer_is_quoted_in_public_only():
    found = mismatch({"W1": 1.0, "SECRET": 2.0, "SECRET2": 2.0}, {"W1": 1.0})
    assert found.message == "the result holds a key that should not be there"
    assert "SECRET" in found.shown


def test_a_missing_key_is_named():
    assert mismatch({}, {"W1": 1.0}).message == "`W1` is missing"


@pytest.mark.parametrize("shape", [(0, 65535), (1, 1, 1, 1, 7), (1234,)])
def test_a_shape_that_could_hold_a_message_is_not_told(shape):
    found = mismatch(np.zeros(shape), np.zeros((2, 3)))
    assert found.message == "the result has another shape than expected"


def test_an_ordinary_shape_is_told():
    assert "shape (3, 2), expected (2, 3)" in mismatch(np.ones((3, 2)), np.zeros((2, 3))).message


@pytest.mark.parametrize(
    "giant",
    [10**400, 2**70, -(10**1000), [10**400], {"a": 2**70}],
    ids=["no float", "70 bits", "negative", "in a list", "in a dict"],
)
@pytest.mark.parametrize(
    "expected", [1, 1.5, True, 2**40, [1.0], {"a": 1}, "text", None, np.ones(2), np.ones((2, 2))]
)
def test_a_giant_integer_is_only_a_wrong_answer(giant, expected):
    assert mismatch(giant, expected).message
    with pytest.raises(Mismatch):
        assert_same({"k": giant}, {"k": expected})


def test_giant_integers_that_are_expected_are_compared():
    assert_same(2**70, 2**70)
    assert mismatch(2**70 + 2**60, 2**70).message
