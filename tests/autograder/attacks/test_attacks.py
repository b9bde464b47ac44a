"""Every attack against the walls of this machine, and honest work beside it."""

import pytest
from attacking import INSIDE, SOURCE_OF_TROUBLE, attacks, families, load

pytestmark = pytest.mark.family


@pytest.mark.quick
def test_there_are_more_than_a_hundred_and_every_family_is_there():
    assert len(attacks()) > 300
    assert set(families()) == {
        "dear_answers", "eating", "edited_notebook", "leaving_early", "looking_for_answers",
        "lying_values",
        "poisoned_tools", "reaching_out", "remembered_answers", "staying", "telling",
        "tuned_to_the_test",
    }  # fmt: skip
    names = [(attack.family, attack.name) for attack in attacks()]
    assert len(set(names)) == len(names)


@pytest.mark.quick(
    "eating: bytearray of a terabyte",
    "edited_notebook: A kernel with a command",
    "looking_for_answers: numpy, ctypes and mmap open files too",
    "lying_values: A 0-d array",
    "lying_values: A different answer every time",
    "reaching_out: An abstract unix socket, a netlink and a raw one",
)
def test_the_attack_comes_to_nothing(arena, attack):
    assert arena.held(attack) == ""
    if attack.family in SOURCE_OF_TROUBLE:
        assert arena.next_is_right() == ""


@pytest.mark.quick("Foreign byte order")
@pytest.mark.parametrize("control", load("honest_controls"), ids=lambda c: c.name)
def test_honest_work_keeps_full_marks(arena, control):
    assert arena.grade(control).report.points == 10


def what_gets_through(arena, tried):
    """By attack: what it got, or what it cost the next student."""
    found = {attack.name: arena.held(attack) or cost_of(attack, arena) for attack in tried}
    return {name: what for name, what in found.items() if what}


def cost_of(attack, arena):
    return arena.next_is_right() if attack.family in SOURCE_OF_TROUBLE else ""


@pytest.mark.slow
def test_nothing_gets_through_tier_a_and_the_next_student_gets_full_marks(arena_a):
    """Of what stays in its process, which is tried with less of a wall too, a fifth is enough."""
    assert arena_a.grader.sandbox.tier == "A"
    inside = {*INSIDE} - {*SOURCE_OF_TROUBLE}
    tried = [attack for attack in attacks() if not attack.slow]
    at_a_wall = [attack for attack in tried if attack.family not in inside]
    assert len(at_a_wall) > 150
    others = [attack for attack in tried if attack.family in inside][::5]
    assert what_gets_through(arena_a, at_a_wall + others) == {}
    assert arena_a.next_is_right() == ""
    for control in load("honest_controls"):
        assert arena_a.grade(control).report.points == 10, control.name


@pytest.mark.slow
def test_without_a_wall_verdicts_are_still_the_judges_own(arena_unwalled):
    assert arena_unwalled.grader.sandbox.tier == "weak"
    tried = [a for a in attacks() if a.family in INSIDE and not a.slow]
    tried += [a for a in load("eating") if a.verdict == ("memory",)]
    assert len(tried) > 200
    found = {attack.name: arena_unwalled.held(attack) for attack in tried}
    assert {name: what for name, what in found.items() if what} == {}
    assert arena_unwalled.next_is_right() == ""


@pytest.mark.slow
def test_the_weak_tier_holds_what_needs_no_wall_and_says_that_it_is_weak(arena_weak):
    tried = [attack for attack in attacks() if attack.weak]
    assert len(tried) == 3
    found = {attack.name: arena_weak.held(attack) for attack in tried}
    assert {name: what for name, what in found.items() if what} == {}
    assert any("weak sandbox" in flag for flag in arena_weak.baseline(tried[0]).flags)
