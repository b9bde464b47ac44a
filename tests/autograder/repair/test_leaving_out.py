"""Which simpler edits stand behind one that only undoes something superfluous."""

import ast
import textwrap

import pytest

from autograder.repair.candidates import Edit
from autograder.repair.leaving_out import without
from autograder.repair.places import OwnFunction, Splice


def of_body(text):
    return "def step(X, Y, low, high, layers, A):\n" + textwrap.indent(text + "\n", "    ")


@pytest.mark.parametrize(
    ("wrong", "old", "new", "edit_kind", "simpler", "kind"),
    [
        ("z = int(np.ceil(low * X))", "np.ceil(low * X)", "np.ceil(low) * X", "out of call",
         "z = int((low * X))", "call extra"),
        ("z = A / np.sqrt(low)", "np.sqrt", "np.abs", "function", "z = A / low", "call extra"),
        ("z = low * (X / high) * Y", "* Y", "* (Y / low)", "factor missing",
         "z = (X / high) * Y", "factor extra"),
    ],
)  # fmt: skip
def test_an_edit_that_undoes_something_superfluous_has_a_simpler_one(
    wrong, old, new, edit_kind, simpler, kind
):
    """By another name: it is to be left out."""
    own = OwnFunction(of_body(wrong + "\nreturn z"), "step")
    begin = own.with_splices().index(old)
    splice = Splice(begin, begin + len(old), new)
    edit = Edit((splice,), edit_kind, 1.0, (2,), "low")
    found = {ast.unparse(ast.parse(own.with_splices(e.splices)).body[0].body[0]): e.kind
             for e in without(own, edit)}  # fmt: skip
    assert found[ast.unparse(ast.parse(simpler))] == kind


def test_a_line_that_could_stand_elsewhere_is_tried_without():
    own = OwnFunction(of_body("X = f(X)\nz = X + 1\nreturn z"), "step")
    [simpler] = without(own, Edit((), "moved", 1.0, (2,)))
    assert simpler.kind == "extra" and "f(X)" not in own.with_splices(simpler.splices)


def test_what_is_added_in_one_line_and_taken_off_in_another_is_tried_without_both():
    """Where another sign in one of them would do as well: both calls are then of one place."""
    own = OwnFunction(of_body("up = f(X + low, A)\ndown = f(X - low, A)\nreturn up - down"), "step")
    begin = own.with_splices().index("X + low")
    edit = Edit((Splice(begin, begin + 7, "X - low"),), "sign", 1.0, (2,))
    both = [e for e in without(own, edit) if e.lines == (2, 3)]
    assert [e.kind for e in both] == ["term extra"]
    text = own.with_splices(both[0].splices)
    assert "f(X, A)" in text and text.count("low") == 1  # the parameter alone


@pytest.mark.parametrize("compared", ["A < high", "high > A"])
def test_a_mask_read_in_place_of_a_limit_is_tried_without_the_comparison(compared):
    """Any share that is drawn lies below an entry that is 1: what was drawn shows nothing."""
    own = OwnFunction(of_body(f"z = {compared}\nreturn z"), "step")
    begin = own.with_splices().index("high", own.with_splices().index("z ="))
    edit = Edit((Splice(begin, begin + 4, "X"),), "name", 1.0, (2,), "high")
    kinds = {own.with_splices(e.splices).split("\n")[1].strip(): e.kind for e in without(own, edit)}
    assert kinds["z = X"] == "donor"
    inside = Edit((Splice(begin, begin + 4, "X"),), "sign", 1.0, (2,))
    assert "donor" not in {e.kind for e in without(own, inside)}
