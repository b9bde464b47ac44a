"""What a function gives to others of the notebook, beside what right versions give."""

from types import SimpleNamespace

import numpy as np
import pytest

from autograder.judge.calls import Call
from autograder.repair.handed_over import HandedOver
from autograder.repair.places import OwnFunction
from autograder.repair.statements import Donor
from autograder.repair.traces import WIDTH
from autograder.sandbox import CallResult

pytestmark = pytest.mark.quick

RIGHT = """def slope(theta, step):
    return (cost(theta + step) - cost(theta - step)) / step / 2
"""
OTHER = """def slope(theta, step):
    below, above = [cost(theta=theta + s) for s in (-step, step)]
    return (above - below) / (2 * step)
"""
WITHOUT = "def slope(theta, step):\n    return 2 * theta\n"
GIVEN = "what `cost` is given here as `theta` is not always what it should be given"


THETAS = (3.0, np.ones(3))


def cost(theta, power=2):
    if isinstance(theta, dict):
        theta = theta["a"]
    return np.sum(theta**power)


def said(body, *, doubtful=(), donors=(RIGHT, OTHER, WITHOUT), thetas=THETAS, rows=None):
    own = OwnFunction(f"x = 1\n\ndef slope(theta, step):\n    {body}\n", "slope")
    judge = SimpleNamespace(reference=SimpleNamespace(cost=cost, np=np))
    calls = [Call("slope", (theta, 1e-6), {}, 1, CallResult("value", 0.0)) for theta in thetas]

    def tables_of_calls(sources, calls):
        [source] = sources
        space = {"cost": cost, "np": np}
        exec(source, space)
        return [[rows if rows is not None else space["slope"](*call.args) for call in calls]]

    trials = SimpleNamespace(
        doubtful=doubtful, tables_of_calls=tables_of_calls,
        telling_calls={f"check {n} 0": call for n, call in enumerate(calls)},
    )  # fmt: skip
    donors = [Donor(text, "slope") for text in donors]
    return str(HandedOver(judge).said(own, trials, donors) or "")


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("up = cost(theta + step)\n    return (up - cost(theta)) / step", 5),
        ("return cost(theta + 2 * step)\n", 4),
        ("up = theta + step\n    return cost(up) - cost(theta=up - 3 * step)", 5),
        ("down = theta - step\n    cost(power=3, theta=3 * down)", 5),
    ],
)
def test_a_value_that_no_right_version_gives_is_told_with_its_line(body, line):
    assert said(body).startswith(f"Line {line}: {GIVEN}")


@pytest.mark.parametrize(
    "body",
    [
        "return cost(theta + step) - cost(theta - step)",
        "return [cost(theta - step), cost(theta + step), cost(theta)]",  # one call more
        "return cost(np.stack([theta + step, theta - step]))",  # both at once
        "return cost('theta')",
        "return step",
        "cost = step\n    return cost",
        "def cost(theta):\n        return theta\n    return cost(theta)",  # of the student's own
        "return cost(theta + step) / cost(theta + step)",  # one is missing, none is wrong
    ],
)
def test_nothing_is_said_of_what_is_right_or_done_in_another_way(body):
    assert said(body) == ""


def test_the_line_is_left_out_where_the_call_stands_in_a_function_inside():
    told = said("f = lambda t: cost(t)\n    return f(theta) - f(theta - step)")
    assert told.startswith("What `cost` is given as `theta` is not always")


def test_nothing_is_said_beside_functions_that_may_be_wrong_or_of_one_call_of_several():
    body = "return cost(theta)"
    assert said(body) and not said(body, doubtful={"cost"})
    by_chance = "return cost(theta if np.ndim(theta) else theta + step)"
    assert not said(by_chance) and said(by_chance, thetas=(np.ones(3), np.zeros(2)))


def test_entries_of_a_dictionary_are_compared():
    right = """def slope(theta, step):
    return cost({"a": theta, "b": step}) / cost({"a": theta - step, "b": step})
"""
    assert said('return cost({"b": step, "a": theta})', donors=[right]) == ""
    assert said('return cost({"b": step, "a": theta + step})', donors=[right])


@pytest.mark.parametrize("number", [-1.0, 7.0, 8000.0, 1e12, np.nan, np.inf])
def test_a_process_that_lies_about_places_is_told_nothing(number):
    rows = np.zeros((1, WIDTH))
    rows[0, 0] = number
    assert said("return cost(theta)", rows=rows) == ""
