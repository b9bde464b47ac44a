"""What is seen by reading a function alone."""

import pytest

from autograder.judge.calls import Call
from autograder.repair.at_sight import (
    never_used,
    no_seed,
    nothing_read,
    other_default,
    overwritten,
    rounds_alike,
)
from autograder.repair.places import OwnFunction
from autograder.repair.statements import Donor
from autograder.sandbox import CallResult

BATCHES = """def batches(X, size):
    found = []
    for k in range(3):
        found.append(X[:, {slice}])
    return found
"""


@pytest.mark.parametrize(
    ("own", "right", "is_said"),
    [
        (":size", "k * size:(k + 1) * size", True),
        ("k:size", "k * size:(k + 1) * size", False),
        (":size", ":size", False),  # a right version whose rounds are alike, too
    ],
)
def test_a_loop_whose_rounds_are_all_alike_is_seen_where_right_ones_differ(own, right, is_said):
    function = OwnFunction(BATCHES.format(slice=own), "batches")
    donor = Donor(BATCHES.format(slice=right), "batches")
    said = rounds_alike(function, [donor])
    assert (str(said) if said else "") == is_said * "Line 3: no round of this loop reads `k`."


@pytest.mark.parametrize(
    ("body", "is_said"),
    [
        ("for k, y in X:\n        y = y + size\n    return X", True),
        ("y = size\n    return X + y", False),
        ("y = size\n    def f():\n        return y\n    return f()", False),
        ("y = size\n    if X:\n        return y\n    return X", False),
    ],
)
def test_a_value_that_nobody_reads_is_seen(body, is_said):
    function = OwnFunction(f"def batches(X, size):\n    {body}\n", "batches")
    donor = Donor("def batches(X, size):\n    return X + size\n", "batches")
    said = never_used(function, [donor])
    line = 3 if "for" in body else 2
    assert (str(said) if said else "") == is_said * (
        f"Line {line}: what `y` gets here is never read afterwards."
    )
    assert never_used(function, [donor, Donor(function.with_splices(), "batches")]) is None


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("y = np.zeros(3)\n    for k in range(3):\n        y[k] = X\n    return X", 4),
        ("y = {}\n    y['a'] = X\n    y['b'][0], _ = X, size\n    return X", 4),
        ("y = np.zeros(3)\n    y[0] = X\n    y[1] = y[0]\n    return X", 0),
        ("y = np.zeros(3)\n    y[0] += X\n    return X", 3),
        ("y = np.zeros(3)\n    y[0] = X\n    return y", 0),
        ("y = X\n    y[0] = size\n    return X", 0),  # another name for what was given
    ],
)
def test_a_new_array_whose_entries_are_filled_and_never_read_is_seen(body, line):
    function = OwnFunction(f"def batches(X, size):\n    {body}\n", "batches")
    said = never_used(function, [Donor("def batches(X, size):\n    return X\n", "batches")])
    expected = f"Line {line}: what `y` gets here is never read afterwards." if line else ""
    assert (str(said) if said else "") == expected


@pytest.mark.parametrize(
    ("body", "is_said"),
    [
        ("size = len(X)\n    return X / size", True),
        ("n, size = 1, len(X)\n    return X / size", True),
        ("size = size + 1\n    return X / size", False),
        ("X = X / size\n    return X", False),
        ("if X:\n        size = 2\n    return X / size", False),  # only now and then
    ],
)
def test_a_parameter_that_is_replaced_before_it_is_read_is_seen(body, is_said):
    function = OwnFunction(f"def batches(X, size):\n    {body}\n", "batches")
    donor = Donor("def batches(X, size):\n    return X / size\n", "batches")
    said = overwritten(function, [donor])
    assert (str(said) if said else "") == is_said * (
        "Line 2: `size` is a parameter of this function, and what the caller gave is replaced "
        "here before anything has read it."
    )
    assert overwritten(function, [donor, Donor(function.with_splices(), "batches")]) is None
    assert overwritten(function, []) is None


@pytest.mark.parametrize(
    ("own", "right", "is_said"),
    [
        ("return rate", "return X / size", True),  # a global variable, perhaps of another cell
        ("X = 2\n    return X", "return X / size", False),
        ("return size", "return X / size", False),
        ("return rate", "return 3", False),
    ],
)
def test_a_function_that_reads_none_of_its_parameters_is_seen(own, right, is_said):
    function = OwnFunction(f"def batches(X, size):\n    {own}\n", "batches")
    said = nothing_read(function, [Donor(f"def batches(X, size):\n    {right}\n", "batches")])
    assert bool(said) == is_said


def test_a_single_parameter_that_is_not_read_has_a_sentence_that_names_it():
    donor = Donor("def batches(X):\n    return X\n", "batches")
    assert nothing_read(OwnFunction("def batches(X):\n    return 3\n", "batches"), [donor]) is None


GIVEN = CallResult("value")


@pytest.mark.parametrize(
    ("own", "args", "kwargs", "is_said"),
    [
        ("X, size=10000, seed=0", (1,), {}, True),
        ("X, size=10000, seed=0", (1, 2), {}, False),  # the default is not used
        ("X, size=10000, seed=0", (1,), {"size": 2}, False),
        ("X, size=64, seed=0", (1,), {}, False),
        ("X, n=64, seed=0", (1,), {}, False),  # its own name
        ("X, n=65, seed=0", (1,), {"seed": 1}, True),
        ("X, size=SIZE, seed=0", (1,), {}, False),  # which is 64, perhaps
        ("X, size, seed=0", (1,), {}, False),
        ("X", (1,), {}, False),
    ],
)
def test_a_default_that_is_another_number_is_seen_where_it_is_used(own, args, kwargs, is_said):
    right = Donor("def batches(X, size=64, seed=0):\n    return X\n", "batches")
    mine = OwnFunction(f"def batches({own}):\n    return X\n", "batches")
    said = other_default(mine, [right], [Call("batches", args, kwargs, 0, GIVEN)])
    assert (said is not None and said.parts["line"] == 1) == is_said
    assert other_default(mine, [], [Call("batches", args, kwargs, 0, GIVEN)]) is None


DRAWN = "def draw(n):\n    {}\n    return np.random.randn(n)\n"


@pytest.mark.parametrize(
    ("own", "right", "is_said"),
    [
        ("m = n", "np.random.seed(3)", True),
        ("m = n", "random = np.random.RandomState(3)", True),
        ("np.random.seed(7)", "np.random.seed(3)", False),
        ("begin()", "np.random.seed(3)", False),  # which may set it
        ("m = n", "m = n", False),
    ],
)
def test_a_function_that_draws_without_a_seed_is_told_so_where_right_ones_set_it(
    own, right, is_said
):
    function = OwnFunction(DRAWN.format(own), "draw")
    assert bool(no_seed(function, [Donor(DRAWN.format(right), "draw")])) == is_said
    others = [
        Donor(DRAWN.format(right), "draw"),
        Donor("def draw(n):\n    return more(n)\n", "draw"),
    ]
    assert bool(no_seed(function, others)) == is_said
    still = OwnFunction("def draw(n):\n    return n\n", "draw")
    assert not no_seed(still, [Donor(DRAWN.format(right), "draw")])


@pytest.mark.parametrize(("line", "is_said"), [("pass", True), ("np.random.seed(4)", False)])
def test_a_helper_that_is_read_with_the_function_sets_a_seed_or_none(line, is_said):
    begin = f"def begin():\n    {line}\n\n"
    function = OwnFunction(begin + DRAWN.format("begin()"), "draw")
    right = [Donor(DRAWN.format("np.random.seed(3)"), "draw")]
    assert bool(no_seed(function, right)) == is_said
