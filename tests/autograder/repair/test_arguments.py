"""Calls whose arguments no function of that name takes."""

import ast

import pytest

from autograder.repair.candidates import edits
from autograder.repair.places import OwnFunction


@pytest.mark.parametrize(
    ("wrong", "right", "kind"),
    [
        ("np.copy(a, b)", "np.copy(a)", "argument extra"),
        ("np.exp(a, b, dtype=c)", "np.exp(a, dtype=c)", "argument extra"),
        ("np.dot(a, axis=1, keepdims=True)", "np.sum(a, axis=1, keepdims=True)", "function"),
    ],
)
def test_an_argument_too_many_is_left_out_and_a_function_found_that_takes_the_others(
    wrong, right, kind
):
    text = "def f(a, b, c):\n    return {}\n"
    own = OwnFunction(text.format(wrong), "f")
    found = [
        (e.kind, e.lines) for e in edits(own, [], 100_000)
        if ast.unparse(ast.parse(own.with_splices(e.splices))) == text.format(right).rstrip()
    ]  # fmt: skip
    assert found == [(kind, (2,))]


def test_a_call_with_a_list_of_arguments_is_left_as_it_is():
    own = OwnFunction("def f(a, b):\n    return max(a, *b)\n", "f")
    assert not any(e.kind == "argument extra" for e in edits(own, [], 100_000))
