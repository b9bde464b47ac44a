"""A condition is not blamed for the exception below it."""

from types import SimpleNamespace

import pytest

from autograder.repair.candidates import Edit
from autograder.repair.going_round import goes_round
from autograder.repair.pairing import EditPair, Half
from autograder.repair.places import OwnFunction

SOURCE = """\
def tail(x, size):
    count = len(x) // size
    if len(x) % size:
        rest = x[count * size : len(x) / 1]
    return count
"""
RAISING = 4


def pair_in(own, *lines):
    halves = (Half(own, (Edit((), "name", 1.0, (line,)),), lambda _: False, ()) for line in lines)
    return EditPair(tuple(halves), SOURCE)


def ending_in(lines):
    ended = SimpleNamespace(lines=lines)
    return SimpleNamespace(telling_calls={"check 0": None}, answering=lambda _: lambda _: ended)


@pytest.mark.parametrize(
    ("lines", "is_round"),
    [((2, 3), True), ((3, RAISING), False), ((2, 5), False), ((2, RAISING), False)],
)
def test_a_pair_goes_round_an_exception_if_it_changes_a_condition_above_it_and_not_its_line(
    lines, is_round
):
    own = OwnFunction(SOURCE, "tail")
    raised = ending_in([f"tail, line {RAISING}: rest = x[count * size : len(x) / 1]"])
    assert goes_round(own, pair_in(own, *lines), raised) is is_round
    assert not goes_round(own, pair_in(own, *lines), ending_in([]))
    assert not goes_round(own, pair_in(own, *lines), ending_in(["other, line 4: x"]))
