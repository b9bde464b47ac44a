"""Statements that hand their work on to a function of the student's own."""

import pytest

from autograder.repair.candidates import BETTER, Edit, edits
from autograder.repair.choosing import (
    Partly,
    Repair,
    inside_first,
    nodes_of_lines,
    of_one,
    told,
)
from autograder.repair.handing_on import across_a_call, calculated_for, hands_on, makes_good
from autograder.repair.meant import MeantSearch
from autograder.repair.partly import in_part, told_in_part
from autograder.repair.places import OwnFunction

pytestmark = pytest.mark.quick

HELPER = "def scaled(x, r):\n    y = x / np.sqrt(r)\n    return y\n\n"


def own_with(line):
    return OwnFunction(f"{HELPER}def f(x, r):\n    z = {line}\n    return z\n", "f")


def statement(own):
    return next(s for s in own.statements if s.lineno == 6)


@pytest.mark.parametrize(
    ("line", "is_handed_on"),
    [
        ("scaled(x, r)", True),
        ("scaled(x.T, r=r.ravel()).T", True),
        ("scaled(x + 1, r)", False),
        ("scaled(x, r) - 1", False),
        ("scaled(x, r)[0]", False),
        ("scaled(x, np.abs(r))", False),
        ("scaled(scaled, r)", True),
        ("scaled(x, 'rows')", True),
        ("np.exp(x)", False),
        ("x.T", False),
    ],
)
def test_a_statement_hands_on_what_it_calculates_nothing_with(line, is_handed_on):
    own = own_with(line)
    assert hands_on(own, statement(own)) is is_handed_on


@pytest.mark.parametrize(
    ("line", "is_handed_on"),
    [
        ("z.append(scaled(x, r))", True),
        ("z[0] = scaled(x, r)", True),
        ("z.append(scaled(x, r) / 2)", False),
        ("z += scaled(x, r)", False),
        ("scaled(x, r)", False),
    ],
)
def test_what_is_appended_or_put_into_a_place_is_handed_on_as_well(line, is_handed_on):
    own = OwnFunction(f"{HELPER}def f(x, r):\n    {line}\n    return z\n", "f")
    assert hands_on(own, statement(own)) is is_handed_on


def test_a_function_below_is_one_of_the_students_own_too():
    own = OwnFunction(
        "def f(x):\n    z = later(x)\n    return z\n\ndef later(x):\n    return x\n", "f"
    )
    assert hands_on(own, own.statements[0])


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("scaled(x.T, r).T", "Line 6: what `scaled` returns here is wrong: look inside of it, "
         "and at what it is given."),
        ("scaled(x + 1, r)", "Line 6: `z` gets its first wrong value here, or in `scaled`, which "
         "is called here; the values that are read here are right."),
        ("x + 1", "Line 6: `z` gets its first wrong value here; the values that are read here "
         "are right."),
    ],
)  # fmt: skip
def test_the_line_that_calls_a_function_is_not_blamed_for_what_that_returns(line, told):
    own = own_with(line)
    found = Partly((), nodes_of_lines(own, [6]), "z")
    assert told_in_part(found, own, str, "en") == f"{told} Perhaps that is not all."


def test_of_two_functions_that_a_line_calls_none_is_blamed():
    cell = (
        "def g(x):\n    return x\n\ndef h(x):\n    return x\n\ndef f(x):\n    return g(x) + h(x)\n"
    )
    own = OwnFunction(cell, "f")
    assert told_in_part(Partly((), nodes_of_lines(own, [8])), own, str, "en") == ""


def test_what_makes_good_a_function_that_is_called_costs_more_and_is_not_told_beside_it():
    own = own_with("scaled(x, r)")
    found = edits(own, [], 100_000)
    texts = {(e.lines, e.splices[0].text): e for e in found if len(e.splices) == 1}
    powers = [e for (lines, text), e in texts.items() if lines == (6,) and text == "r ** 2"]
    inside = Edit((), "call extra", 1.0, (2,))
    for edit in powers:
        assert makes_good(own, edit.kind, edit.lines)
        assert inside_first(own, [edit, inside]) == [inside]
        assert inside_first(own, [edit]) == [edit]
    alone = OwnFunction("def f(x, r):\n    z = scaled(x, r)\n    return z\n", "f")
    [same] = [e for e in edits(alone, [], 100_000) if e.splices[0].text == "r ** 2"]
    [power] = powers
    assert power.cost >= same.cost + 2


def test_another_variable_that_is_handed_on_is_told_of_the_call():
    own = own_with("scaled(x, x)")
    exchanged = Edit((), "name", 1.0, (6,))
    assert not makes_good(own, "name", (6,))
    assert inside_first(own, [exchanged, Edit((), "sign", 1.0, (2,))])[0] is exchanged


def test_an_edit_of_what_is_handed_on_is_no_slip_where_nothing_repairs_all():
    own = own_with("scaled(x, r)")
    gone = type("Astray", (), {"statements": [statement(own)], "name": "z"})
    mended = type("Mended", (), {"astray": gone, "edits": [Edit((), "power missing", 1.0, (6,))]})
    search = type("Search", (), {"astray": mended})
    found = in_part(own, search)
    assert not found.slips and found.astray == nodes_of_lines(own, [6])


ACROSS = (
    "def corrected(v, beta, t):\n    return v / (1 - beta ** t)\n\n"
    "def f(v, beta, t):\n    w = v * beta\n    return corrected(w, 1 - beta, t)\n"
)


@pytest.mark.parametrize(("line", "others"), [(2, {6}), (6, {2}), (5, set())])
def test_what_a_function_is_given_and_its_own_lines_are_across_from_each_other(line, others):
    assert across_a_call(OwnFunction(ACROSS, "f"), [line]) == others


class Repairing(MeantSearch):
    """A search in which versions with some texts repair; nothing is known of the values."""

    def __init__(self, own, *texts):
        self._own = own
        self.tried = {}
        self._candidates = edits(own, [], 100_000)
        self._texts = texts
        self.evidence = type("Evidence", (), {"weighed": staticmethod(list)})

    def _repairing(self, sources):
        return [n for n, s in enumerate(sources) if any(text in s for text in self._texts)]


def test_an_edit_of_what_is_passed_is_named_beside_one_where_it_is_received():
    own = OwnFunction(ACROSS, "f")
    first = Edit((), "term missing", 2.8, (2,))
    [other] = Repairing(own, "corrected(w, beta, t)").across_a_call(first)
    assert other.lines == (6,) and first.cost < other.cost < first.cost + BETTER
    assert Repairing(own, "nothing").across_a_call(first) == []
    dear = Edit((), "term missing", -2.0, (2,))
    assert Repairing(own, "corrected(w, beta, t)").across_a_call(dear) == []


TWICE = (
    "def thin(a, p, mode):\n    if mode == 'train':\n        return a * 2\n    return a * p\n\n"
    "def f(a, p, on):\n    if on:\n        return thin(a, p, 'train')\n"
    "    return thin(a, p, 'test')\n"
)


@pytest.mark.parametrize(
    ("kind", "lines", "name"),
    [
        ("factor missing", (8, 9), "thin"),
        ("factor missing", (8,), ""),  # the other call is as it should be
        ("factor missing", (3, 4), ""),
        ("constant", (8, 9), ""),
        ("moved", (8, 9), ""),
    ],
)
def test_what_all_calls_of_a_function_lack_is_as_likely_wrong_inside(kind, lines, name):
    own = OwnFunction(TWICE, "f")
    assert calculated_for(own, kind, lines) == name
    if name:
        [slip] = of_one(own, None, [Edit((), kind, 1.0, lines)]).slips
        assert (slip.kind, slip.name) == ("bypassed", "thin")
        words = "Lines 8, 9: what `thin` returns here is wrong: look inside of it, and"
        assert told(Repair((slip,)), own, str, "en").startswith(words)
