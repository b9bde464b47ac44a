"""Two sides exchanged below make good what two names exchanged above have spoilt."""

import ast

import pytest

from autograder.repair.candidates import BETTER, Edit
from autograder.repair.choosing import of_one
from autograder.repair.exchanged import DEARER, exchanged
from autograder.repair.places import OwnFunction, Splice

pytestmark = pytest.mark.quick

SLOPE = """def slope(f, {0}, {1}):
    up = f({1})
    down = f({0})
    return up - down
"""


def edit(own, kind, cost, *changes):
    """An edit of `own`: what stands there, after which text, and what else could."""
    text = own.with_splices()
    begins = [text.index(ahead) + len(ahead) for ahead, _, _ in changes]
    parts = [Splice(n, n + len(old), new) for n, (_, old, new) in zip(begins, changes, strict=True)]
    lines = tuple(dict.fromkeys(text[:n].count("\n") + 1 for n in begins))
    return Edit(tuple(parts), kind, cost, lines, changes[0][1])


def slope(one, other):
    """A function, its sides exchanged where it returns, and its names in the lines above."""
    own = OwnFunction(SLOPE.format(one, other), "slope")
    sides = edit(own, "swapped", 1.6, ("return ", "up - down", "down - up"))
    names = edit(own, "names", 2.6, ("up = f(", other, one), ("down = f(", one, other))
    return own, sides, names


@pytest.mark.parametrize(
    ("one", "other", "cheaper"),
    [("x_up", "x_down", 2 * BETTER), ("x_down", "x_up", None), ("x", "z", -BETTER / 2)],
)
def test_the_names_of_what_is_filled_tell_whether_two_names_were_exchanged(one, other, cheaper):
    own, sides, names = slope(one, other)
    found = [(e.splices, e.cost) for e in exchanged(own, sides, [names])]
    assert found == ([] if cheaper is None else [(names.splices, sides.cost - cheaper)])


def test_nothing_is_exchanged_in_the_same_lines_or_for_much_or_of_another_kind():
    own, sides, names = slope("x_up", "x_down")
    dear = edit(own, "names", sides.cost + DEARER, ("up = f(", "x_down", "x_up"))
    sign = edit(own, "sign", 1.6, ("return ", "up - down", "up + down"))
    assert not list(exchanged(own, sides, [sides, dear, sign]))
    assert not list(exchanged(own, sign, [names]))
    assert not list(exchanged(own, names, [sides]))  # their names tell that it was these


@pytest.mark.parametrize(("is_as_good", "lines"), [(False, {4}), (True, {2, 3})])
def test_of_exchanges_that_repair_the_one_that_the_names_tell_is_told(is_as_good, lines):
    own, sides, names = slope("x_up", "x_down")

    class Search:
        across_a_call = staticmethod(lambda first: [])
        is_right = staticmethod(lambda statement: False)
        at_the_source = staticmethod(lambda _: None)
        simplest = staticmethod(lambda found: found)

        @staticmethod
        def exchanged(first):
            return exchanged(own, first, [names]) if is_as_good else []

    repair = of_one(own, Search(), [sides])
    [slip] = repair.slips
    assert slip.kind == ("names" if is_as_good else "swapped")
    assert lines == {e.lineno for e in nodes(own, slip)}


def test_two_things_returned_in_the_other_order_or_unpacked_so_are_told_with_both_lines():
    text = (
        "def pair(a):\n    return a, 2 / a\n\ndef f(a):\n    p, q = pair(a)\n    return p - q * 3\n"
    )
    own = OwnFunction(text, "f")
    unpacked = edit(own, "names", 1.8, ("f(a):\n    ", "p", "q"), ("p, ", "q", "p"))
    returned = edit(own, "returned", 3.2, ("return ", "a, 2 / a", "2 / a, a"))
    [rival] = exchanged(own, unpacked, [returned])
    assert unpacked.cost < rival.cost < unpacked.cost + BETTER

    class Search:
        is_right = staticmethod(lambda statement: False)
        at_the_source = staticmethod(lambda _: None)
        simplest = staticmethod(lambda found: found)
        exchanged = staticmethod(lambda first: [rival])
        across_a_call = staticmethod(lambda first: [])

    [slip] = of_one(own, Search(), [unpacked]).slips
    assert slip.either and {e.lineno for e in nodes(own, slip)} == {2, 5}


def nodes(own, slip):
    found = list(ast.walk(own.bare))
    return [found[place] for place in slip.nodes]
