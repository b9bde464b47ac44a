"""What hidden graders assert with: what is accepted, and what the words may give away."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.graders.compare import Mismatch, assert_same, fail, same


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (np.float64(2.0), 2.0),
        (np.array(2.0), 2.0),
        (np.array([2.0]), 2.0),
        (2, 2.0),
        (np.asfortranarray(np.eye(3)), np.eye(3)),
        (np.eye(4)[::2, ::2], np.eye(4)[::2, ::2].copy()),
        (np.float32(1 / 3), 1 / 3),
        (np.full((2, 2), 1 / 3, np.float32), np.full((2, 2), 1 / 3)),
        ({"b": 1.0, "a": 2.0}, {"a": 2.0, "b": 1.0}),
    ],
    ids=["scalar", "0-d", "length 1", "int", "Fortran", "strided", "f32", "f32 array", "key order"],
)
def test_what_is_right_in_another_form_is_accepted(got, expected):
    assert_same(got, expected)


@pytest.mark.parametrize(
    ("got", "expected", "words"),
    [
        (np.zeros((1,)), np.zeros((1, 1)), r"shape \(1,\), expected \(1, 1\)"),
        (np.full((2, 2), 3.0), np.ones((2, 2)), "3 times"),
        (-np.ones((2, 2)), np.ones((2, 2)), "sign"),
        ({"W1": 1.0}, {"W1": 1.0, "b1": 0.0}, "b1"),
        (None, np.ones(2), "None"),
        (np.array([np.nan, 1.0]), np.ones(2), "nan|NaN|finite|number"),
    ],
    ids=["shape", "factor", "sign", "missing key", "none", "nan"],
)
def test_a_difference_is_named_by_its_kind(got, expected, words):
    with pytest.raises(Mismatch, match=words):
        assert_same(got, expected)


def test_hidden_messages_hold_no_expected_value_and_shown_ones_do():
    expected = np.array([[0.123456789, 7.654321]])
    with pytest.raises(Mismatch) as caught:
        assert_same(expected + np.array([[0.0, 1.25]]), expected)
    assert "7.65" not in caught.value.message and "8.90" not in caught.value.message
    assert "7.65" in caught.value.shown and "8.90" in caught.value.shown


def test_the_kind_of_number_can_be_asked_for():
    assert_same(np.zeros(3), np.zeros(3), dtype="f")
    with pytest.raises(Mismatch, match="integers, expected float"):
        assert_same(np.zeros(3, int), np.zeros(3), dtype="f")


def test_a_free_message_is_a_mismatch():
    with pytest.raises(Mismatch, match="the mask is too wide"):
        fail("the mask is too wide")


shapes = hnp.array_shapes(max_dims=3, max_side=4)
floats = st.floats(-1e6, 1e6)


@given(hnp.arrays(np.float64, shapes, elements=floats))
def test_every_array_agrees_with_itself(array):
    assert same(array.copy(), array)


@given(hnp.arrays(np.float64, shapes, elements=floats), st.data())
def test_one_entry_that_moves_is_seen(array, data):
    index = data.draw(st.integers(0, array.size - 1))
    moved = array.copy()
    moved.flat[index] += 1.0 + abs(moved.flat[index])
    assert not same(moved, array)


@given(hnp.arrays(np.float64, shapes, elements=floats), floats.filter(lambda x: abs(x) > 1e-3))
def test_a_message_never_shows_a_fresh_number(array, shift):
    try:
        assert_same(array + shift, array)
    except Mismatch as error:
        for value in array.flat:
            told = np.isclose(abs(value), abs(shift), rtol=1e-3)  # the difference may be named
            if abs(value) > 10 and value != round(value) and not told:
                assert f"{value:.6g}" not in error.message
