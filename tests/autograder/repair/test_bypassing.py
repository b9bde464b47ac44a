"""Pieces of the solution that go past a function of the student's own."""

import re

import pytest

from autograder.repair.bypassing import bypassed, suspected
from autograder.repair.candidates import Edit, edits
from autograder.repair.choosing import inside_first, of_one, told
from autograder.repair.evident import is_made_good_late
from autograder.repair.places import OwnFunction, Splice
from autograder.repair.statements import moves

pytestmark = pytest.mark.quick

HELPER = "def between(a, b):\n    lo = np.log10(a)\n    return lo\n\n"


def own_with(line):
    return OwnFunction(f"{HELPER}def f(a, b):\n    r = {line}\n    return 1 - r\n", "f")


def replacing(own, old, new, kind="donor"):
    line = 1 + own.with_splices()[: own.with_splices().index(old)].count("\n")
    begin = own._begin + own.with_splices().encode().index(old.encode())
    return Edit((Splice(begin, begin + len(old), new),), kind, 2.0, (line,))


@pytest.mark.parametrize(
    ("line", "old", "new", "name"),
    [
        ("between(1 - a, b)", "between(1 - a, b)", "10 ** a", "between"),
        ("between(a.T, b).T", "between(a.T, b).T", "10 ** a", "between"),
        ("between(a, b).reshape(-1, 1)", "between(a, b).reshape(-1, 1)", "10 ** a", "between"),
        ("between(1 - a, b)", "between(1 - a, b)", "between(a, b)", ""),
        ("2 * between(a, b)", "2 * between(a, b)", "10 ** a", ""),
        ("np.exp(a)", "np.exp(a)", "10 ** a", ""),
    ],
)
def test_a_piece_of_the_solution_bypasses_the_function_that_it_replaces(line, old, new, name):
    own = own_with(line)
    assert bypassed(own, replacing(own, old, new)) == ((6, name) if name else None)
    assert bypassed(own, replacing(own, old, new, "op")) is None


@pytest.mark.parametrize(
    ("old", "line"),
    [("v[:, None]", 6), ("v.reshape(-1, 1)", 6), ("v[0]", 0), ("2 * v", 0), ("w.T", 0)],
)
def test_a_variable_that_holds_what_was_returned_is_bypassed_like_its_call(old, line):
    """`w` is filled twice, and an entry or a multiple is calculated where it stands."""
    text = (
        f"{HELPER}def f(a, b):\n    u, v = between(a, b)\n    w = between(b, a)\n"
        f"    w = w - u\n    return {old}\n"
    )
    own = OwnFunction(text, "f")
    assert bypassed(own, replacing(own, old, "10 ** a")) == ((line, "between") if line else None)


def test_the_function_that_is_bypassed_is_told_and_not_the_formula_of_its_call():
    own = own_with("between(1 - a, b)")
    past = replacing(own, "between(1 - a, b)", "10 ** a")
    assert told(of_one(own, None, [past]), own, str, "en") == (
        "Line 6: what `between` returns here is wrong: look inside of it, and at what it is given."
    )
    inside = Edit((), "call extra", 3.0, (2,))
    assert inside_first(own, [past, inside]) == [inside]


RETURNING = "def f(x):\n    d = x * x\n    e = d + 1\n    return {'d': d.T, 'e': e.T, 'x': x}\n"


@pytest.mark.parametrize(
    ("old", "kind", "late"),
    [
        ("d.T", "factor missing", True),
        ("e.T", "factor missing", False),  # nothing else reads it
        ("d.T", "transposed", False),
        ("x}", "sign", False),  # nothing fills it
        ("x * x", "op", False),
    ],
)
def test_what_other_lines_read_is_not_wrong_where_it_is_returned(old, kind, late):
    own = OwnFunction(RETURNING, "f")
    assert is_made_good_late(own, replacing(own, old, "0", kind)) is late


def test_a_seed_behind_the_draw_is_likelier_in_the_wrong_place_than_other_lines():
    text = (
        "def draw(n, s):\n    o = np.random.rand(n)\n    {}\n    return o\n\n"
        "def f(n, s):\n    return draw(n, s)\n"
    )

    def cost(line):
        own = OwnFunction(text.format(line), "f")
        swapped = [m for m in moves(own, []) if m.kind == "moved" and m.line == 3]
        return min(m.cost for m in swapped)

    assert cost("np.random.seed(s)") < cost("print(s)") - 1


def test_lines_of_a_helper_are_moved_by_more_than_one():
    text = (
        "def step(v, g):\n    w = v * 2\n    u = v + 1\n    v = v + g\n    return w, u, v\n\n"
        "def f(v, g):\n    return step(v, g)\n"
    )
    own = OwnFunction(text, "f")
    made = {own.with_splices(m.splices) for m in moves(own, []) if m.kind == "moved"}
    first = "    v = v + g\n    w = v * 2\n    u = v + 1\n    return"
    assert any(first in version for version in made)
    assert not any("return w, u, v\n    return step" in version for version in made)


DRAWING = (
    "def mixed(data, seed):\n    np.random.seed(seed)\n"
    "    return data[np.random.permutation(3)]\n\n"
    "def f(x, y, seed):\n    z = x + y\n    return mixed(z, seed)\n"
)


@pytest.mark.parametrize(("drawn", "tried"), [("permutation(3)", False), ("zeros(3)", True)])
def test_what_draws_is_not_called_once_more(drawn, tried):
    text = DRAWING if drawn == "permutation(3)" else DRAWING.replace("np.random.", "np.")
    own = OwnFunction(text, "f")
    found = [e for e in edits(own, [], 100_000) if e.kind == "call missing"]
    assert any(s.text == "(mixed(y, seed))" for e in found for s in e.splices) is tried


@pytest.mark.parametrize(("line", "tried"), [("y ** len(x)", True), ("y * len(x)", False)])
def test_each_place_may_have_a_power_of_its_own_where_one_stands_for_all(line, tried):
    own = OwnFunction(f"def f(x, y):\n    return {line}\n", "f")
    found = [e for e in edits(own, [], 100_000) if "np.arange(1, len(x) + 1)" in e.splices[0].text]
    assert [e.kind for e in found] == ["constant"] * tried


SIZES = "def size(a):\n    return a\n\n\ndef f(a, b):\n    r = size(a)\n    return r + {}\n"


@pytest.mark.parametrize(
    ("other", "new", "line"),
    [("size(b)", "np.sqrt", 6), ("size(b)", "rest", 6), ("b", "np.sqrt", 6), ("b", "size2", 0)],
)
def test_a_function_replaced_wherever_it_is_called_may_be_what_is_wrong(other, new, line):
    own = OwnFunction(SIZES.format(other) + "\n\ndef size2(a):\n    return a\n", "f")
    text = own.with_splices()
    calls = [found.start() for found in re.finditer(r"(?<!def )size\(", text)]
    splices = tuple(Splice(own._begin + n, own._begin + n + 4, new) for n in calls)
    edit = Edit(splices, "function", 2.0, (6, 7)[: len(calls)], "size")
    assert suspected(own, edit) == ((line, "size") if line else None)
    if len(calls) > 1:  # elsewhere it stays
        assert suspected(own, Edit(splices[:1], "function", 2.0, (6,), "size")) is None


METHOD = """class Average:
    def step(self, old, new):
        return old - new


def f(old, new):
    average = Average()
    return average.step(old, new)
"""


@pytest.mark.parametrize(
    ("old", "new", "kind", "is_suspected"),
    [
        ("old, new)", "old, -new)", "sign", True),
        ("average.step(old, new)", "average.step(old, new) * 2", "factor missing", True),
        ("old, new)", "new, old)", "arguments", False),
    ],
)
def test_a_method_is_as_suspicious_as_what_is_calculated_for_it(old, new, kind, is_suspected):
    own = OwnFunction(METHOD, "f")
    text = own.with_splices()
    begin = own._begin + text.rindex(old)
    edit = Edit((Splice(begin, begin + len(old), new),), kind, 2.0, (8,))
    assert suspected(own, edit) == ((8, "step") if is_suspected else None)
