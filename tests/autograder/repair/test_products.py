"""Edits of what several factors belong to."""

import ast

import pytest

from autograder.repair.edit_operators import Scope
from autograder.repair.places import OwnFunction
from autograder.repair.products import of_a_product, of_an_exponent

pytestmark = pytest.mark.quick


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("y * (x - z)", "x - y * z"),
        ("y * (x + z)", "x + y * z"),
        ("x - y * z", None),
        ("(x + y * z) ** 2", "x + y * z ** 2"),
        ("np.square(x - y)", "x - y ** 2"),
        ("(x * y) ** 2", None),
        ("np.exp(x + y)", None),
    ],
)
def test_a_factor_or_power_of_brackets_may_belong_to_the_last_term_alone(written, meant):
    own = OwnFunction(f"def f(x, y, z):\n    return {written}\n", "f")
    node = own.body[-1].value
    found = {c.kind: ast.dump(ast.parse(c.text)) for c in of_a_product(own, node)}
    assert found.get("brackets") == (ast.dump(ast.parse(meant)) if meant else None)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("y ** n", ["y ** (k + 1)"]), ("y ** k", []), ("y ** 2", []), ("y * n", [])],
)
def test_what_counts_from_zero_may_be_meant_as_an_exponent(written, meant):
    own = OwnFunction(f"def f(y, n):\n    return [{written} for k in range(n)]\n", "f")
    node = own.body[-1].value.elt
    assert [c.text for c in of_an_exponent(own, node, Scope(integers=("k",)))] == meant
