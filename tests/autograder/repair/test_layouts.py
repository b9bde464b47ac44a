"""Values of right versions in other layouts."""

import numpy as np
import pytest

from autograder.repair.layouts import other_layouts, turns
from autograder.repair.localizing import astray
from autograder.repair.places import OwnFunction
from autograder.repair.right_versions import RightVersion
from autograder.repair.traces import compared, traced

pytestmark = pytest.mark.quick

X = np.array([[0.3, 1.7, 2.9], [2.2, 0.4, 5.1]])
RIGHT = (
    "def centred(x):\n    mean = x.mean(axis=1, keepdims=True)\n    spread = abs(x - mean)\n"
    "    total = spread.sum(axis=1, keepdims=True)\n    return (x - mean) / total\n"
)
ROWS = (
    "def of_rows(r):\n    mean = r.mean(axis=0)\n    spread = abs(r - mean)\n"
    "    total = spread.sum(axis=0)\n    return (r - mean) / total\n\n"
    "def centred(x):\n    return of_rows(x.T).T\n"
)


def seen(text, **options):
    own = OwnFunction(text, "centred")
    space = {"np": np}
    exec(traced(own, **options), space)
    return own, space["centred"](X)


@pytest.mark.parametrize(
    ("line", "turned"),
    [
        ("y = x.T", True),
        ("y = f(x.T, 2)", True),
        ("y = f(2 * x.T)", True),
        ("y = x @ x.T", False),
        ("y = np.dot(x.T, x)", False),
        ("y = x.T.dot(x)", False),
        ("y = x + 1", False),
    ],
)
def test_a_function_turns_what_is_no_factor_of_a_matrix_product(line, turned):
    assert turns(OwnFunction(f"def f(x):\n    {line}\n    return y\n", "f")) is turned


def right_version():
    own, rows = seen(RIGHT)
    return RightVersion(own, rows, other_layouts(rows, seen(RIGHT, turned=True)[1]))


def test_examples_as_rows_have_the_values_of_examples_as_columns():
    version = right_version()
    own, rows = seen(ROWS)
    known = version.forms[:, 1:]
    assert compared(own, rows, known).first is None
    assert compared(own, rows, version.rows[:, 1:]).first is not None


def test_the_first_wrong_value_of_rows_is_found_in_its_line():
    version = right_version()
    own, rows = seen(ROWS.replace("spread.sum(axis=0)", "spread.max(axis=0)"))
    known = version.forms[:, 1:]
    assert compared(own, rows, known).first.statement.lineno == 4
    found = astray(own, [(rows, [version])])
    assert [s.lineno for s in found.statements] == [4]


def test_what_a_matrix_holds_in_another_order_is_no_other_layout():
    version = right_version()
    own, rows = seen(ROWS.replace("of_rows(x.T).T", "of_rows(x.T[::-1]).T[:, ::-1]"))
    known = version.forms[:, 1:]
    first = compared(own, rows, known).first
    assert first is not None and first.statement.lineno == 3
