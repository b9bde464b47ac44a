"""Which edits a slice gets, and that none of them loses what another part of it says."""

import ast

import pytest

from autograder.repair.places import OwnFunction
from autograder.repair.slices import of_a_slice

pytestmark = pytest.mark.quick


def changes_of(text):
    own = OwnFunction(f"def f(x, n):\n    return x[{text}]\n", "f")
    [node] = (n for n in ast.walk(own.node) if isinstance(n, ast.Slice))
    return {(change.kind, change.text) for change in of_a_slice(own, node)}


def test_the_step_of_a_slice_is_left_out_or_turned_round():
    found = changes_of("1:n:-2")
    assert ("slice step", "1:n") in found
    [turned] = (text for kind, text in found if kind == "slice step" and text != "1:n")
    assert list(range(9))[eval(f"slice({turned.replace(':', ',')})", {"n": 7})] == [1, 3, 5]


def test_another_begin_or_end_keeps_the_step():
    found = changes_of("1:n:-2")
    others = [text for kind, text in found if kind != "slice step"]
    assert others and all(text.endswith(":-2") for text in others)
    assert ("slice begin", ":n:-2") in found and ("slice end", "1::-2") in found


def test_a_slice_without_a_step_gets_none():
    found = changes_of("1:n")
    assert found and all(kind != "slice step" and text.count(":") == 1 for kind, text in found)


def test_a_step_without_ends_is_an_index_that_should_not_be_there():
    assert ("index extra", ":") in changes_of("::-1")
    assert all(kind != "index extra" for kind, _ in changes_of("1::-1"))
