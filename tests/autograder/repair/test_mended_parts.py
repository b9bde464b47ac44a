"""Slips that are known by the parts of the answers which they spoil."""

import numpy as np
import pytest

from autograder.judge.calls import Call
from autograder.repair.candidates import Edit
from autograder.repair.choosing import Partly, Slip
from autograder.repair.mended_parts import joined, made_together, mended_parts, still_mended
from autograder.repair.places import OwnFunction, Splice
from autograder.repair.profiles import PartialRepairs, profile
from autograder.sandbox import CallResult

pytestmark = pytest.mark.quick

RIGHT = """def step(v, g):
    v["W"] = v["W"] * 3 + g
    v["b"] = v["b"] / 2 - g
    return v
"""
TWO = RIGHT.replace("* 3", "* 5").replace("/ 2 - g", "/ 2 - g ** g")
CALLS = [({"W": 1.0 + n, "b": 2.5 * n}, n + 2.0) for n in range(5)]


def answers(text, calls):
    space = {"np": np}
    exec(text, space)
    return [CallResult("value", space["step"](dict(v), g)) for v, g in calls]


class Tried:
    """Versions in some calls, as in a session."""

    def __init__(self, calls=CALLS, keeps=True, further=()):
        """`further` calls are made by checks, too, and not looked at where edits are measured."""
        self._calls, self._keeps, self._further = calls, keeps, further

    def measured(self, own, sources):
        right, mine = (profile(answers(text, self._calls)) for text in (RIGHT, own))
        notes = PartialRepairs(right, mine)
        for source in sources:
            notes.look(source, answers(source, self._calls))
        return notes

    def keeps_right(self, source):
        return self._keeps

    def every_call(self):
        every = [*self._calls, *self._further]
        return [
            Call("step", given, {}, 0, result)
            for given, result in zip(every, answers(RIGHT, every), strict=True)
        ]

    def answering(self, source):
        return lambda call: answers(source, [call.args])[0]


def found(*changes, calls=CALLS, keeps=True, text=TWO, further=(), right_lines=()):
    """The slips that some edits show: each a line, what stands there, what else could."""
    own = OwnFunction(text, "step")
    tried = {}
    for line, old, new, kind in changes:
        start = text.index(old)
        edit = Edit((Splice(start, start + len(old), new),), kind, 2.0, (line,))
        tried[own.with_splices(edit.splices)] = edit
    search = type(
        "Search", (), {"tried": tried, "is_right": staticmethod(lambda s: s.lineno in right_lines)}
    )
    return mended_parts(own, Tried(calls, keeps, further), search, list(tried))


FACTOR = (2, "* 5", "* 3", "constant")


def test_an_edit_that_makes_one_entry_right_in_all_calls_shows_a_slip():
    [one] = found(FACTOR, (3, "/ 2", "/ 3", "constant"))
    assert [slip.kind for slip in one.slips] == ["constant"] and "* 3" in one.source
    assert list(still_mended(OwnFunction(TWO, "step"), Tried(), [one])) == [one]


def test_two_slips_each_of_which_spoils_another_entry_are_both_shown():
    third = TWO.replace("return v", "v['c'] = 1 / g\n    return v")
    power = (3, "g ** g", "g", "power extra")
    assert [s.kind for one in found(FACTOR, power, text=third) for s in one.slips] == [
        "constant", "power extra",
    ]  # fmt: skip


def test_a_step_is_not_superfluous_where_its_value_is_one_of_the_right_way():
    """It was handed on where another one is asked for: taking it away hides that."""
    power = (3, "g ** g", "g", "power extra")
    assert found(power) and found(power, right_lines=(2,)) and not found(power, right_lines=(3,))
    assert found(FACTOR, right_lines=(2,))


def test_nothing_is_shown_by_few_calls_or_where_something_right_is_broken():
    assert not found(FACTOR, calls=CALLS[:2])
    assert not found(FACTOR, calls=CALLS[:1] * 5)
    assert not found((2, '* 5 + g\n    v["b"] = v["b"]', '* 3 + g\n    v["b"] = v["b"]', "donor"))


def test_a_check_that_was_passed_by_accident_may_be_failed_then():
    """Two wrongs had made something right: with one of them mended it is wrong."""
    further = [({"W": 3.0, "b": 1.0}, 90.0)]
    assert found(FACTOR, keeps=False, further=further)
    by_chance = (2, "* 5 + g", "* 3 + g * (g < 50)", "constant")
    assert found(by_chance, further=further)
    assert not found(by_chance, keeps=False, further=further)


def test_nothing_is_shown_where_edits_of_several_lines_make_the_same_entry_right():
    text = TWO.replace("    return v", "    v['W'] = v['W'] + 0 * 1\n    return v")
    other = (4, "+ 0 * 1", "- 2 * (v['W'] - g) / 5", "factor missing")
    assert found(FACTOR, text=text)
    both = found(FACTOR, other, text=text)
    assert all(slip.either for one in both for slip in one.slips)


def test_another_name_shows_nothing_where_what_was_read_could_itself_be_wrong():
    given = TWO.replace("(v, g)", "(v, g, k=7)").replace("* 5 + g", "* 3 + k")
    [one] = found((2, "k\n", "g\n", "name"), text=given)
    assert [slip.kind for slip in one.slips] == ["name"]
    made = given.replace('    v["b"]', '    k = v["b"]\n    v["b"]')
    assert not found((2, "k\n", "g\n", "name"), text=made)


def test_what_a_notebook_s_other_cells_make_of_it_is_looked_at_again():
    [one] = found(FACTOR)
    assert not list(still_mended(OwnFunction(TWO, "step"), Tried(CALLS[:2]), [one]))
    still = list(still_mended(OwnFunction(TWO, "step"), Tried(keeps=False), [one]))
    assert still == [one]  # what it makes right is so in every call


def test_slips_found_in_several_ways_are_told_once():
    one, other, same = Slip("sign", (3,)), Slip("power", (5,)), Slip("unsure", (3, 9))
    assert joined(None, []) is None
    assert joined(Partly((same,), (7,), "v"), [one, other]) == Partly((one, other), (7,), "v")
    assert joined(Partly((), (5,), "v"), [other]) == Partly((other,))
    many = [Slip("sign", (place,)) for place in range(6)]
    assert joined(None, many) == Partly(tuple(many[:4]))
    assert joined(Partly((), (9,), "v"), many) == Partly(tuple(many[:3]), (9,), "v")


def test_the_changed_lines_of_several_versions_make_one():
    own = OwnFunction(TWO, "step")
    text = own.with_splices()
    one, other = text.replace("* 5", "* 3"), text.replace("g ** g", "g")
    assert made_together(own, [one, other]).strip() == RIGHT.strip()
    assert made_together(own, [one, other, one]).strip() == RIGHT.strip()
    assert made_together(own, [one, text.replace("* 5", "* 4")]) == ""
    assert made_together(own, [one, text.replace("return v", "v = v\n    return v")]) == ""
