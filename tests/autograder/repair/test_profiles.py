"""What versions answer, part by part, and which of them have repaired something."""

import numpy as np
import pytest

from autograder.repair.profiles import PartialRepairs, are_same, parts_of, profile, vary
from autograder.sandbox import CallResult

pytestmark = pytest.mark.quick


def results(*values):
    return [CallResult("value", value) for value in values]


def test_parts_are_the_entries_of_dictionaries_tuples_and_lists():
    found = parts_of(({"W": np.ones((2, 1)), "b": 0.5}, [np.zeros(3), "relu"]))
    assert list(found) == [(0, "W"), (0, "b"), (1, 0), (1, 1)]


def test_numbers_in_a_list_are_one_part_and_so_is_a_long_list():
    assert list(parts_of([1.0, 2.0])) == [()]
    assert list(parts_of((1.0, 2.0))) == [(0,), (1,)]
    assert list(parts_of([np.zeros(2)] * 100)) == [()]


def test_lists_of_numbers_in_a_list_stand_for_an_array():
    rows = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
    assert parts_of(rows) == parts_of(np.array(rows))
    assert parts_of({"dW": rows}) == parts_of({"dW": np.array(rows)})
    assert list(parts_of([[1.0, 2.0], [3.0]])) == [()]  # of different lengths
    assert list(parts_of([[np.zeros(2)], [np.zeros(2)]])) == [(0, 0), (1, 0)]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (np.array([1.0, 2.0]), np.array([1.0, 2.0 + 1e-12]), True),
        (np.array([1.0, 2.0]), np.array([2.0, 1.0]), False),
        (np.array([1.0, 2.0]), np.array([[1.0, 2.0]]), False),
        (np.array([1.0, np.nan]), np.array([1.0, np.nan]), False),
        (np.array([1.0, np.inf]), np.array([1.0, 2.0]), False),
        ("relu", "tanh", False),
        (
            [(np.ones((2, 3)), np.ones((1, 3)))] * 70,
            [(np.ones((2, 3)), np.ones((1, 3)))] * 70,
            True,
        ),
        ([(np.ones(3), np.ones(2))] * 70, [(np.ones(3) + 1e-12, np.ones(2))] * 70, True),
        ([(np.ones(3), np.ones(2))] * 70, [(np.ones(2), np.ones(3))] * 70, False),
        ([(np.ones(3), np.zeros(3))] * 70, [(np.zeros(3), np.ones(3))] * 70, False),
        ([("W", np.ones(3))] * 70, [("b", np.ones(3))] * 70, False),
    ],
)
def test_a_part_is_known_again_up_to_rounding(one, other, same):
    [a], [b] = parts_of(one).values(), parts_of(other).values()
    assert are_same(a, b) == same


def notes(known=()):
    wanted = profile(results({"W": 2.0, "b": np.zeros(2)}))
    own = profile(results({"W": 1.0, "b": np.ones(2)}))
    return PartialRepairs(wanted, own, known)


def test_a_version_with_more_right_parts_and_none_less_is_noted():
    found = notes()
    found.look("weights", results({"W": 2.0, "b": np.ones(2)}))
    found.look("other", results({"W": 3.0, "b": np.ones(2)}))
    found.look("nothing", results(None))
    assert found.better == {"weights": frozenset([(0, "W")])}


def test_a_version_that_answers_like_a_known_mistake_is_noted_beside_it():
    found = notes([("mistake", profile(results({"W": 2.0, "b": np.full(2, 7.0)})))])
    found.look("like it", results({"W": 2.0, "b": np.full(2, 7.0)}))
    found.look("another", results({"W": 2.0, "b": np.full(2, 8.0)}))
    assert found.like == [("like it", "mistake")]


def test_what_the_student_s_own_function_answers_is_no_news():
    found = notes([("mistake", profile(results({"W": 1.0, "b": np.ones(2)})))])
    found.look("the same", results({"W": 1.0, "b": np.ones(2)}))
    assert not found.like and not found.better


def test_a_whole_number_beyond_all_floats_is_a_part_like_any_other():
    """A version that raises to a power by mistake had ended the search."""
    assert list(parts_of((10**400, 1.0))) == [(0,), (1,)]


@pytest.mark.parametrize(
    ("answers", "are_telling"),
    [
        ([], False),
        ([1.0, 1.0], False),
        (["x", "x"], False),
        (["x", "y"], True),
        ([None, None], False),
        ([float("nan"), float("nan")], False),
        ([float("inf"), 1.0], False),
        ([(0.0, 1.0)] * 3, False),
        ([(0.0, 1.0), (0.0, 2.0)], True),
        ([{"W": np.zeros(2)}, {"W": np.zeros(3)}], False),
        ([{"W": np.zeros(2)}, {"W": np.ones(2)}], True),
        ([10**400, 10**400], False),
    ],
)
def test_answers_vary_where_they_differ_and_hold_more_than_one_thing(answers, are_telling):
    assert vary(answers) == are_telling
