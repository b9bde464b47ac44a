"""What a hidden check says about a wrong answer, and what it keeps to itself."""

import numpy as np
import pytest

from autograder.graders.compare import Mismatch, assert_same
from autograder.judge.known_words import KnownWords
from autograder.judge.message_gate import Gate

pytestmark = pytest.mark.family


def mismatch(got, expected):
    with pytest.raises(Mismatch) as caught:
        assert_same(got, expected)
    return caught.value


def told(got, expected, names=("W1",)):
    known = KnownWords()
    known.learn("f", dict.fromkeys(names, 0.0))
    gate = Gate(known)
    return str(gate.wrong(mismatch(got, expected).told, b"", frozenset()))


@pytest.mark.quick
def test_a_key_of_the_answer_is_quoted_in_public_only():
    got, expected = {"W1": 1.0, "SECRET": 2.0, "SECRET2": 2.0}, {"W1": 1.0}
    assert told(got, expected) == "the result holds a key that should not be there; more is wrong"
    assert "SECRET" in mismatch(got, expected).shown


def test_a_missing_key_is_named_when_an_answer_of_the_reference_has_it():
    assert told({}, {"W1": 1.0}) == "`W1` is missing"
    assert told({}, {"4711": 1.0}) == "a part of the result is missing"


@pytest.mark.quick("shape6-has an axis of length 1 too many")
@pytest.mark.parametrize(
    ("shape", "what"),
    [
        ((0, 65535), "has another shape than expected"),
        ((1, 1, 1, 1, 7), "has another number of axes than expected"),
        ((1234,), "has another number of axes than expected"),
        ((3, 2), "is transposed"),
        ((2, 4711), "has another number of columns than expected"),
        ((4711, 3), "has another number of rows than expected"),
        ((1, 2, 3), "has an axis of length 1 too many"),
        ((), "is a single number, expected an array"),
    ],
)
def test_of_a_shape_its_kind_is_told(shape, what):
    assert told(np.ones(shape), np.zeros((2, 3))) == f"the result {what}"
    assert told({"W1": np.ones(shape)}, {"W1": np.zeros((2, 3))}) == f"`W1` {what}"


def test_an_axis_that_was_not_kept_is_told():
    assert told(np.ones(3), np.ones((3, 1))) == (
        "the result lacks an axis of length 1 that is to be kept"
    )


@pytest.mark.quick(
    "1.5-no float",
    "True-in a list",
    "expected4-70 bits",
    "expected5-in a dict",
    "None-negative",
    "expected9-no float",
)
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
