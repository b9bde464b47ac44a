"""Edits that do the same where a variable gets its value as others do where it is read."""

import ast

import pytest

from autograder.repair.at_the_source import at_the_source
from autograder.repair.candidates import Edit
from autograder.repair.places import OwnFunction, Splice

pytestmark = pytest.mark.quick


def at_source(body, old, new, kind):
    """The changed statements of the functions that are to be tried, and the kinds."""
    own = OwnFunction("def f(x, y):\n" + "".join(f"    {line}\n" for line in body), "f")
    text = own.with_splices()
    begins = [n for n in range(len(text)) if text.startswith(old, n)]
    splices = tuple(Splice(n, n + len(old), new) for n in begins)
    line = text[: begins[0]].count("\n") + 1
    found = []
    for edit in at_the_source(own, Edit(splices, kind, 2.0, (line,))):
        changed = ast.parse(own.with_splices(edit.splices)).body[0].body
        [place] = [n for n in range(len(body)) if ast.unparse(changed[n]) != body[n]]
        assert edit.lines == (place + 2,)
        found.append((ast.unparse(changed[place]), edit.kind))
    return found


def test_what_is_done_with_every_reading_is_done_where_the_variable_gets_its_value():
    body = ["v = x + y", "return v, 3 * v"]
    assert at_source(body, "v,", "np.sqrt(v),", "call missing") == []  # more than the name changes
    own = OwnFunction("def f(x, y):\n    v = x + y\n    return 2 - v * 3 * v\n", "f")
    text = own.with_splices()
    places = [n for n in range(text.index("return"), len(text)) if text[n] == "v"]
    splices = tuple(Splice(n, n + 1, "np.sqrt(v)") for n in places)
    [edit] = at_the_source(own, Edit(splices, "call missing", 2.0, (3,)))
    assert "v = np.sqrt((x + y))\n" in own.with_splices(edit.splices)
    assert (edit.lines, edit.kind) == ((2,), "call missing")


@pytest.mark.parametrize(
    ("read", "old", "new", "kind", "filled"),
    [
        ("return 3 * v", "3 * v", "3 * v / y", "factor missing", "v = (x + y) / y"),
        ("return 3 - v", "3 - v", "3 + v", "sign", "v = -(x + y)"),
        ("return 3 * v", "3 * v", "3 / v", "op", "v = 1 / (x + y)"),
        ("return x[1:v]", "1:v", "1:(v + x)", "slice end", "v = x + y + x"),
    ],
)
def test_the_same_is_done_in_the_line_above(read, old, new, kind, filled):
    found = at_source(["v = x + y", read], old, new, kind)
    kind = "unsure" if kind == "slice end" else kind  # no slice stands there
    assert found == [(filled, kind)]


def test_a_parameter_or_what_two_lines_fill_has_no_such_line():
    assert at_source(["return 3 * y"], "3 * y", "3 / y", "op") == []
    twice = ["v = x", "v = v + y", "return 3 * v"]
    assert at_source(twice, "3 * v", "3 / v", "op") == []
