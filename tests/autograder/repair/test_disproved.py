"""Known mistakes that an exception alone shows, and that a repair disproves."""

from types import SimpleNamespace

import pytest

from autograder.graders.misconceptions import Version
from autograder.model import Check, Exercise, Verdict
from autograder.repair.choosing import Repair, Slip, nodes_of_lines
from autograder.repair.disproved import is_disproved, is_of_a_loop
from autograder.repair.places import OwnFunction

pytestmark = pytest.mark.quick


def widths(dims):
    found = []
    for n in range(1, len(dims)):
        found.append((dims[n], dims[n - 1]))
    return found


RIGHT = """def widths(dims):
    found = []
    for n in range(1, len(dims)):
        found.append((dims[n], dims[n - 1]))
    return found
"""
TOO_FAR = Version("widths", "too_far", replace=(("len(dims))", "len(dims) + 1)"),))
NEXT = Version("widths", "next_width", replace=(("(dims[n],", "(dims[n + 1],"),))
OWN = OwnFunction(RIGHT.replace("(dims[n],", "(dims[n + 1],"), "widths")
LOOP, FILLED, LAST = 3, 4, 5


def test_a_wrong_version_is_of_a_loop_if_it_goes_through_something_else_alone():
    assert is_of_a_loop(TOO_FAR, RIGHT) and not is_of_a_loop(NEXT, RIGHT)
    assert not is_of_a_loop(Version("widths", "same"), RIGHT)


@pytest.mark.parametrize(
    ("version", "kind", "lines", "disproved"),
    [
        (TOO_FAR, "count", [FILLED], True),
        (TOO_FAR, "count", [LOOP], False),
        (TOO_FAR, "donor", [FILLED], False),
        (TOO_FAR, "count", [FILLED, LAST], True),
        (TOO_FAR, "count", [FILLED, LOOP], False),
        (NEXT, "count", [FILLED], False),
    ],
)
def test_a_loop_is_not_blamed_where_what_repairs_stands_in_none(version, kind, lines, disproved):
    check = Check("c", "widths", "", Verdict.ERROR, misconception=version.name)
    exercise = Exercise("widths", 1.0, (check,))
    wrong = SimpleNamespace(versions=(version,))
    judge = SimpleNamespace(
        reference=SimpleNamespace(widths=widths),
        diagnostician=SimpleNamespace(wrong_versions=lambda name: [wrong]),
    )
    repair = Repair(tuple(Slip(kind, nodes_of_lines(OWN, [line])) for line in lines))
    assert is_disproved(judge, exercise, OWN, repair) is disproved
    assert not is_disproved(judge, exercise, OWN, Repair(repair.slips, is_certain=False))
