"""Slips over several lines: statements in the wrong block, factors and indices in another place."""

import ast
import textwrap

import pytest

from autograder.repair.candidates import edits
from autograder.repair.places import OwnFunction
from autograder.repair.statements import Donor


def of_body(text):
    return "def step(X, Y, low, high, size, order):\n" + textwrap.indent(text + "\n", "    ")


def edit_to(wrong, right, *donors):
    """The cheapest edit that turns one body into another, or None."""
    own = OwnFunction(of_body(wrong), "step")
    for edit in edits(own, [Donor(of_body(text), "step") for text in donors], 100_000):
        try:
            made = ast.parse(own.with_splices(edit.splices))
        except SyntaxError:
            continue
        if ast.unparse(made) == ast.unparse(ast.parse(of_body(right))):
            return edit
    return None


@pytest.mark.parametrize(
    ("wrong", "right", "lines"),
    [
        # the copies are made once, and every round goes on with those of the round before
        ("a = X.copy()\nb = X.copy()\nfor i in Y:\n    a[i] += low\n    b[i] -= low\nreturn a",
         "for i in Y:\n    a = X.copy()\n    b = X.copy()\n    a[i] += low\n    b[i] -= low\n"
         "return a", (2, 3)),
        # what should be done once for all stands inside the loop, and looks at one entry
        ("for i in Y:\n    a = low\n    X[i] = a\n    n = abs(X[i])\n    d = n / high\nreturn d",
         "for i in Y:\n    a = low\n    X[i] = a\nn = abs(X)\nd = n / high\nreturn d", (5, 6)),
        ("for i in Y:\n    a = i\n    b = a\n    X.append(b)\n    Y.append(\n        b)\nreturn X",
         "for i in Y:\n    a = i\n    b = a\nX.append(b)\nY.append(b)\nreturn X", (5, 6)),
        # and the other way round
        ("for i in Y:\n    a = i\nb = a + low\nX.append(b)\nreturn X",
         "for i in Y:\n    a = i\n    b = a + low\n    X.append(b)\nreturn X", (4, 5)),
        # the last statement of an else
        ("if low:\n    a = X\nelse:\n    a = Y\n    a = a / high\nreturn a",
         "if low:\n    a = X\nelse:\n    a = Y\na = a / high\nreturn a", (6,)),
    ],
)  # fmt: skip
def test_statements_in_the_wrong_block_are_put_where_they_belong(wrong, right, lines):
    found = edit_to(wrong, right)
    assert found is not None
    assert (found.kind, found.lines) == ("moved", lines)


def test_what_is_done_under_a_condition_is_tried_in_every_case_and_the_other_way_round():
    always = "a = X\na = Y\nreturn a"
    under = "a = X\nif low < high:\n    a = Y\nreturn a"
    found = edit_to(under, always)
    assert (found.kind, found.lines) == ("condition extra", (3,))
    found = edit_to(always, under, "if low < high:\n    b = X\nreturn b")
    assert (found.kind, found.lines) == ("condition missing", (3,))
    rest = "n = high // size\nX.append(n){}\nreturn X"
    found = edit_to(rest.format(""), "n = high // size\nif high % size:\n    X.append(n)\nreturn X")
    assert (found.kind, found.lines) == ("condition missing", (3,))


@pytest.mark.parametrize(
    ("wrong", "right", "kind", "lines"),
    [
        # an order undone in place of followed, in one line or in two that are alike
        ("a = np.empty_like(X)\na[:, order] = X\nreturn a",
         "a = np.empty_like(X)\na = X[:, order]\nreturn a", "other side", (3,)),
        ("a, b = X.copy(), Y.copy()\na[:, order] = X\nb[:, order] = Y\nreturn a, b",
         "a, b = X.copy(), Y.copy()\na = X[:, order]\nb = Y[:, order]\nreturn a, b",
         "other side", (3, 4)),
        ("for j in order:\n    X[:, size[j]] = Y[:, j]\nreturn X",
         "for j in order:\n    X[:, j] = Y[:, size[j]]\nreturn X", "other side", (3,)),
        # a factor in the line above or below the one that it belongs in
        ("v = low * X + high * size * Y\nw = X - v\nreturn v, w",
         "v = low * X + size * Y\nw = X - v * high\nreturn v, w", "elsewhere", (2,)),
        ("a = np.dot(X, Y)\nb = a * (X > 0) * low / high\nreturn a, b",
         "a = np.dot(X, Y) * low / high\nb = a * (X > 0)\nreturn a, b", "elsewhere", (3,)),
        # one dictionary under two names
        ("a = b = {}\na['x'] = low\nb['x'] = high\nreturn a, b",
         "a = {}\nb = {}\na['x'] = low\nb['x'] = high\nreturn a, b", "copy", (2,)),
        # an axis lost on the way
        ("a = Y[0, low:high]\nreturn a", "a = Y[:, low:high]\nreturn a", "colon", (2,)),
        ("a = Y[0][order]\nreturn a", "a = Y[:, order]\nreturn a", "colon", (2,)),
        ("a = Y[:, order].ravel()\nreturn a", "a = Y[:, order]\nreturn a", "call extra", (2,)),
        ("a = Y.reshape(-1)\nreturn a", "a = Y\nreturn a", "call extra", (2,)),
    ],
)  # fmt: skip
def test_factors_indices_and_axes_are_put_where_they_belong(wrong, right, kind, lines):
    found = edit_to(wrong, right)
    assert found is not None
    assert (found.kind, found.lines) == (kind, lines)


def test_a_function_of_a_module_is_no_method_that_flattens():
    own = OwnFunction(of_body("a = np.ravel()\nreturn a"), "step")
    texts = {s.text for e in edits(own, [], 100_000) for s in e.splices}
    assert not any(text.strip("()") == "np" for text in texts)
