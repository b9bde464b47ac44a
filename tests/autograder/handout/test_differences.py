"""How an answer differs from the expected one, in words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.handout.differences import differences

W1 = np.array([[1.5, -2.0, 0.25], [3.0, 0.5, -1.0], [0.75, 4.0, 2.5], [-0.5, 1.25, -3.5]])


ANSWER = {"W1": W1, "b1": np.zeros((4, 1))}


def only(got: Any, expected: Any, **tolerance: float) -> tuple[str, str, str]:
    """Path, kind and message of the one difference."""
    (found,) = differences(got, expected, **tolerance)
    return found.path, found.kind, found.message


def changed(where: Any, value: Any) -> np.ndarray:
    copy = W1.copy()
    copy[where] = value
    return copy


@pytest.mark.parametrize(
    ("got", "kind", "message"),
    [
        (None, "none", "the result is None, expected a dictionary"),
        ([W1], "type", "the result is a list, expected a dictionary"),
        ({"b1": ANSWER["b1"]}, "missing_key", "`W1` is missing"),
        (ANSWER | {"c": 1}, "extra_key", "`c` should not be there"),
        (ANSWER | {"W1": None}, "none", "`W1` is None, expected an array of shape (4, 3)"),
        (ANSWER | {"W1": [[""]]}, "type", "`W1` is a list, expected an array of shape (4, 3)"),
        (ANSWER | {"b1": np.zeros(4)}, "shape", "`b1` has shape (4,), expected (4, 1)"),
        (ANSWER | {"b1": 0}, "shape",
         "`b1` is a single number, expected an array of shape (4, 1)"),
        (ANSWER | {"b1": np.zeros((4, 1), int)}, "dtype", "`b1` holds integers, expected floats"),
        (ANSWER | {"W1": W1.T}, "transposed",
         "`W1` has shape (3, 4), expected (4, 3): it is transposed"),
        (ANSWER | {"W1": -W1}, "sign", "`W1`: all 12 entries have the wrong sign"),
        (ANSWER | {"W1": W1 * 10}, "factor",
         "`W1`: all 12 entries are 10 times what they should be"),
        (ANSWER | {"W1": W1 / 64}, "factor",
         "`W1`: all 12 entries are 1/64 of what they should be"),
        (ANSWER | {"W1": W1 * 0.8}, "factor",
         "`W1`: all 12 entries are 0.8 times what they should be"),
        (ANSWER | {"W1": W1 / -100}, "factor",
         "`W1`: all 12 entries have the wrong sign and are 1/100 of the right size"),
        (ANSWER | {"W1": W1 * -2}, "factor",
         "`W1`: all 12 entries have the wrong sign and are 2 times the right size"),
        (ANSWER | {"W1": W1 + 0.5}, "offset", "`W1`: all 12 entries are too large by 0.5"),
        (ANSWER | {"W1": W1 * 0}, "zeros", "`W1`: all 12 entries are zero and should not be"),
        (ANSWER | {"b1": np.array([[0.0], [0.5], [1.0], [0.0]])}, "entries",
         "`b1`: 2 of 4 entries (first at [1, 0]) are not zero as they should be"),
        (ANSWER | {"W1": changed([0, 2, 3], W1[:3] + 4)}, "rows",
         "`W1`: only rows 0, 2 and 3 are wrong (off by up to 250%)"),
        (ANSWER | {"W1": W1 + 0.01 * W1**2}, "value",
         "`W1`: all 12 entries are wrong (off by up to 4%)"),
        (ANSWER | {"b1": np.ones((4, 1))}, "offset", "`b1`: all 4 entries are too large by 1"),
        (ANSWER | {"W1": W1[::-1]}, "order", "`W1` has the right values in another order"),
        (ANSWER | {"W1": changed(1, W1[1] * 2)}, "factor",
         "`W1`: only row 1 is 2 times what it should be"),
        (ANSWER | {"W1": changed((slice(None), 2), [9, 8, 7.5, 1])}, "columns",
         "`W1`: only column 2 is wrong (off by up to 257%)"),
        (ANSWER | {"W1": changed(([0, 3], [2, 0]), [1.0, 2.0])}, "entries",
         "`W1`: 2 of 12 entries (first at [0, 2]) are wrong (off by up to 500%)"),
        (ANSWER | {"W1": changed((2, 1), np.nan)}, "nonfinite",
         "`W1` is NaN in 1 of 12 entries (first at [2, 1])"),
        (ANSWER | {"W1": changed((2, 1), np.inf)}, "nonfinite",
         "`W1` is infinite in 1 of 12 entries (first at [2, 1])"),
        (ANSWER | {"W1": W1 * (1 + 5e-6 * np.sign(W1 - 1))}, "value",
         "`W1`: all 12 entries are wrong (nearly right: off by 5e-06 of the value at most)"),
    ],
)  # fmt: skip
def test_a_difference_is_named(got: Any, kind: str, message: str):
    assert only(got, ANSWER)[1:] == (kind, message)


def test_kept_units_scaled_by_dropout_are_told_from_dropped_ones():
    kept = W1 * (W1 > 0)
    assert only(kept * 0.8, kept)[2] == (
        "the result: all 8 entries that are not zero are 0.8 times what they should be"
    )


@pytest.mark.parametrize(
    ("got", "expected", "kind", "message"),
    [
        (3.0, 1.5, "factor", "the result is 2 times what it should be"),
        (-1.5, 1.5, "sign", "the result has the wrong sign"),
        (-0.5, 1.5, "factor", "the result has the wrong sign and is 1/3 of the right size"),
        (
            0.5,
            1e-9,
            "value",
            "the result is wrong (off by up to 0.5, where nearly zero is expected)",
        ),
        (4001.3, 2.5, "value", "the result is wrong (off by more than a thousand times the value)"),
        (0.0043, 1.1, "value", "the result is wrong (off by up to 100%)"),
        (1.7, 1.5, "value", "the result is wrong (off by up to 13%)"),
        (float("nan"), 1.5, "nonfinite", "the result is NaN"),
        (np.ones(3), 1.5, "shape", "the result has shape (3,), expected a single number"),
        (True, 1, "dtype", "the result is of the kind boolean, expected integer"),
        (12, 3, "value", "the result is too large"),
        (-3, 3, "sign", "the result has the wrong sign"),
        (True, False, "value", "the result is the opposite of what it should be"),
        ("bias", "variance", "value", "the result is another text than expected"),
        (1, "variance", "type", "the result is a number, expected a text"),
        ((1,), (1, 2), "length", "the result has 1 item, expected 2"),
        (5, None, "type", "the result is a number, expected None"),
    ],
)
def test_plain_answers_are_compared_too(got: Any, expected: Any, kind: str, message: str):
    assert only(got, expected)[1:] == (kind, message)


@pytest.mark.parametrize(
    ("got", "expected", "path", "words"),
    [
        (({"dW1": W1}, 2), ({"dW1": -W1}, 2), "[0]['dW1']", "`dW1` in the 1st value returned"),
        (
            [{"dW1": W1}, 2],
            [{"dW1": -W1}, 2],
            "[0]['dW1']",
            "`dW1` in the 1st item of the result",
        ),
        ((1, W1), (1, -W1), "[1]", "the 2nd value returned"),
        ((1, (1, W1)), (1, (1, -W1)), "[1][1]", "the 2nd item in the 2nd value returned"),
        ({"W": (1, W1)}, {"W": (1, -W1)}, "['W'][1]", "the 2nd item in `W`"),
        ({7: W1}, {7: -W1}, "[7]", "`result[7]`"),
        ((1, (1, (W1,))), (1, (1, (-W1,))), "[1][1][0]", "`result[1][1][0]`"),
    ],
)
def test_a_place_inside_is_said_in_words(got, expected, path, words):
    found, _, message = only(got, expected)
    assert found == path
    assert message.startswith(f"{words}: all 12 entries")


CACHED = """The cost, and what the way back needs.

X: (n_x, m). Returns the cost, a number, and the cache (Z1, A1,
    W1).
"""
LISTED = """Two things.

Arguments:
mu -- no, not this one

Returns:
Z_tilde -- the values, shape (n, m)
cache -- "Z_norm" and the rest
"""


@pytest.mark.parametrize(
    ("about", "got", "expected", "words"),
    [
        (CACHED, (1, (1, 2, 3)), (1, (1, 2, 7)), "`W1` in the 2nd value returned"),
        (CACHED, (1, (1, 2)), (1, (1, 7)), "the 2nd item in the 2nd value returned"),
        (LISTED, (1, 2), (1, 7), "`cache`, the 2nd value returned"),
        (LISTED, (1, 2, 3), (1, 2, 7), "the 3rd value returned"),
    ],
)
def test_a_place_has_the_name_that_the_docstring_gives_it(about, got, expected, words):
    [found] = differences(got, expected, about=about)
    assert found.message == f"{words} is too small"


def test_all_differences_are_listed_in_the_order_of_the_expected_answer():
    found = differences({"b": 1, "a": 2, "c": 0}, {"a": 1, "b": 2, "d": 3})
    assert [(d.path, d.kind) for d in found] == [
        ("a", "value"), ("b", "value"), ("d", "missing_key"), ("c", "extra_key"),
    ]  # fmt: skip


def test_no_message_holds_the_expected_value():
    found = differences(
        {"W": np.array([1.25, 7.0]), "s": "no"}, {"W": np.array([1.25, 3.3]), "s": "yes"}
    )
    assert not any("3.3" in d.message or "yes" in d.message for d in found)
    assert "3.3" in found[0].expected and "7." in found[0].got


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (np.array(2.0), 2.0),
        (2, 2.0),
        (2.0, np.array(2.0)),
        (np.array([[2.0]]), 2.0),
        (np.asfortranarray(W1), W1),
        (W1.astype(np.float32) / np.float32(3), W1 / 3),
        ([1, W1], (1, W1)),
        (np.array([np.nan, np.inf]), np.array([np.nan, np.inf])),
        (np.array([True, False]), np.array([1, 0])),
        (np.array([1.0, 0.0]), np.array([True, False])),
        (W1.view(np.recarray), W1),
        ({"b": 1, "a": 2}, {"a": 2, "b": 1}),
        (np.zeros((0, 3)), np.zeros((0, 3))),
        (None, None),
        (np.array([0, 200], np.uint8), np.array([0, 200], np.int64)),
        (1 + 2j, 1 + 2j),
    ],
    ids=lambda value: type(value).__name__,
)
def test_the_same_answer_in_another_dress_is_accepted(got: Any, expected: Any):
    assert differences(got, expected) == []


def test_unsigned_integers_do_not_wrap_around():
    assert only(np.array([255], np.uint8), np.array([0], np.uint8))[1] == "value"
    assert differences(np.array([1, 2], np.uint8), np.array([2, 1], np.uint8)) != []


def test_integers_too_large_for_numpy_are_compared_as_floats():
    assert differences(2**70, 2**70) == []
    assert only(2**70, 3)[2] == "the result is too large"
    assert only(-(10**400), 3.0)[1] == "nonfinite"
    assert only(1, 1j)[1] == "value"


def test_nan_is_only_right_where_nan_is_expected():
    assert only(np.array([1.0, 2.0]), np.array([1.0, np.nan]))[1] == "nonfinite"
    assert only(np.array([1.0, np.inf]), np.array([1.0, -np.inf]))[1] == "nonfinite"


floats = hnp.arrays(
    np.float64,
    hnp.array_shapes(max_dims=3, max_side=4),
    elements=st.floats(-1e6, 1e6, allow_subnormal=False)
    | st.sampled_from([np.nan, np.inf, -np.inf]),
)


@settings(deadline=None)
@given(floats, st.floats(-1e-5, 1e-5), st.booleans())
def test_equality_agrees_with_numpys_allclose(expected: np.ndarray, noise: float, flip: bool):
    got = expected * (1 + noise)
    if flip:
        got.flat[0] = 0.5
    with np.errstate(all="ignore"):
        same = np.allclose(got, expected, rtol=1e-6, atol=1e-8, equal_nan=True)
    assert (differences(got, expected) == []) == same


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | floats
    | st.complex_numbers(),
    lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner)
    | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@settings(deadline=None)
@given(anything, anything)
def test_any_two_answers_can_be_compared(got: Any, expected: Any):
    assert differences(expected, expected) == []
    for found in differences(got, expected):
        assert found.message and found.kind and "\n" not in found.message
        assert len(found.expected) <= 70 and len(found.got) <= 70


def test_a_key_with_a_line_break_is_shown_escaped():
    [found] = differences([{}], [{"a\n": 1}])
    assert found.message == "`result[0]['a\\n']` is missing"
